/// How an API server says that a request failed (meta/v1 Status).
public struct Status: KubeRecord, Error, Equatable {
  /// `Success` or `Failure`.
  public var status = ""
  /// A sentence for people.
  public var message = ""
  /// A word for machines: `NotFound`, `Forbidden`, `Expired`, `Conflict`, `TooManyRequests` …
  public var reason = ""
  /// What the request was about.
  public var details: StatusDetails?
  /// HTTP status code; 0 when not set.
  public var code = 0

  /// A status with every field unset.
  public init() {}

  /// A failure.
  public init(code: Int, reason: String, message: String) {
    status = "Failure"
    self.code = code
    self.reason = reason
    self.message = message
  }

  /// The fields that are kept.
  public static let schema = Schema<Status>([
    .shared(2, "status", \.status),
    .string(3, "message", \.message),
    .shared(4, "reason", \.reason),
    .record(5, "details", \.details),
    .int(6, "code", \.code),
  ])
}

/// What a failed request was about (meta/v1 StatusDetails).
public struct StatusDetails: KubeRecord, Equatable {
  /// Name of the object.
  public var name = ""
  /// Group of the kind.
  public var group = ""
  /// Kind or resource of the object.
  public var kind = ""
  /// Single reasons.
  public var causes: [StatusCause] = []
  /// Seconds after which a retry makes sense; 0 when the server does not say.
  public var retryAfterSeconds = 0
  /// uid of the object.
  public var uid = ""

  /// Details with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<StatusDetails>([
    .string(1, "name", \.name),
    .shared(2, "group", \.group),
    .shared(3, "kind", \.kind),
    .records(4, "causes", \.causes),
    .int(5, "retryAfterSeconds", \.retryAfterSeconds),
    .string(6, "uid", \.uid),
  ])
}

/// A single reason of a failure (meta/v1 StatusCause).
public struct StatusCause: KubeRecord, Equatable {
  /// A word for machines, such as `DisruptionBudget`.
  public var reason = ""
  /// A sentence for people.
  public var message = ""
  /// The field it is about.
  public var field = ""

  /// A cause with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<StatusCause>([
    .shared(1, "reason", \.reason),
    .string(2, "message", \.message),
    .string(3, "field", \.field),
  ])
}
