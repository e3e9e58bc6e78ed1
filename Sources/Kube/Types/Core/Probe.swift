/// A check that the kubelet makes again and again.
public struct Probe: KubeRecord, Equatable {
  /// Runs a command.
  public var exec: ExecAction?
  /// Asks over HTTP.
  public var httpGet: HTTPGetAction?
  /// Opens a connection.
  public var tcpSocket: TCPSocketAction?
  /// Asks over gRPC.
  public var grpc: GRPCAction?
  /// Seconds after the start before the first check.
  public var initialDelaySeconds: Int = 0
  /// Seconds that one check may take.
  public var timeoutSeconds: Int = 0
  /// Seconds between checks.
  public var periodSeconds: Int = 0
  /// Successes in a row that end a failure.
  public var successThreshold: Int = 0
  /// Failures in a row that count.
  public var failureThreshold: Int = 0
  /// Seconds between the request to stop and the kill after a failure.
  public var terminationGracePeriodSeconds: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Probe>([
    .inlined(
      1,
      [
        .record(1, "exec", \.exec),
        .record(2, "httpGet", \.httpGet),
        .record(3, "tcpSocket", \.tcpSocket),
        .record(4, "grpc", \.grpc),
      ]),
    .int(2, "initialDelaySeconds", \.initialDelaySeconds),
    .int(3, "timeoutSeconds", \.timeoutSeconds),
    .int(4, "periodSeconds", \.periodSeconds),
    .int(5, "successThreshold", \.successThreshold),
    .int(6, "failureThreshold", \.failureThreshold),
    .int(7, "terminationGracePeriodSeconds", \.terminationGracePeriodSeconds),
  ])
}

/// Runs a command in the container.
public struct ExecAction: KubeRecord, Equatable {
  /// Program and arguments; not run in a shell.
  public var command: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ExecAction>([
    .strings(1, "command", \.command)
  ])
}

/// Asks over HTTP; any status of 200 to 399 is a success.
public struct HTTPGetAction: KubeRecord, Equatable {
  /// Path of the URL.
  public var path: String = ""
  /// Port or its name.
  public var port: IntOrString?
  /// Host; empty for the pod's address.
  public var host: String = ""
  /// `HTTP` or `HTTPS`.
  public var scheme: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<HTTPGetAction>([
    .shared(1, "path", \.path),
    .intOrString(2, "port", \.port),
    .shared(3, "host", \.host),
    .shared(4, "scheme", \.scheme),
  ])
}

/// Opens a TCP connection.
public struct TCPSocketAction: KubeRecord, Equatable {
  /// Port or its name.
  public var port: IntOrString?
  /// Host; empty for the pod's address.
  public var host: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<TCPSocketAction>([
    .intOrString(1, "port", \.port),
    .shared(2, "host", \.host),
  ])
}

/// Asks the gRPC health service.
public struct GRPCAction: KubeRecord, Equatable {
  /// Port.
  public var port: Int = 0
  /// Name of the service asked about.
  public var service: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<GRPCAction>([
    .int(1, "port", \.port),
    .string(2, "service", \.service),
  ])
}

/// Hooks around a container's start and stop.
public struct Lifecycle: KubeRecord, Equatable {
  /// Runs right after the start.
  public var postStart: LifecycleHandler?
  /// Runs before the request to stop.
  public var preStop: LifecycleHandler?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Lifecycle>([
    .record(1, "postStart", \.postStart),
    .record(2, "preStop", \.preStop),
  ])
}

/// What a hook does.
public struct LifecycleHandler: KubeRecord, Equatable {
  /// Runs a command.
  public var exec: ExecAction?
  /// Asks over HTTP.
  public var httpGet: HTTPGetAction?
  /// Waits.
  public var sleep: SleepAction?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LifecycleHandler>([
    .record(1, "exec", \.exec),
    .record(2, "httpGet", \.httpGet),
    .record(4, "sleep", \.sleep),
  ])
}

/// Waits.
public struct SleepAction: KubeRecord, Equatable {
  /// How long.
  public var seconds: Int = 0

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<SleepAction>([
    .int(1, "seconds", \.seconds)
  ])
}
