import Kube

/// A container whose log is read.
public struct LogSource: Hashable, Sendable {
  /// Namespace of the pod.
  public var namespace: String
  /// Name of the pod.
  public var pod: String
  /// Name of the container, of any sort.
  public var container: String

  /// A container of a pod.
  public init(namespace: String, pod: String, container: String) {
    self.namespace = namespace
    self.pod = pod
    self.container = container
  }
}

/// What to read of the logs of some containers.
public struct LogRequest: Sendable, Hashable {
  /// The containers.
  public var sources: [LogSource]
  /// Go on as lines are written, across restarts of the containers.
  public var follow = false
  /// The logs of the containers before their last restart; nothing is followed then.
  public var previous = false
  /// Only so many of the last lines of each.
  public var tailLines: Int?
  /// Only what was written in the last so many seconds.
  public var sinceSeconds: Int?
  /// Only what was written since this time.
  public var sinceTime: Timestamp?
  /// Only so many of the first bytes of each.
  public var limit: LogLimit?

  /// Whether the API server may take the log from a kubelet whose certificate it cannot verify.
  public var skipsKubeletVerification = false

  /// Everything that the containers have written so far.
  public init(_ sources: [LogSource]) { self.sources = sources }
}

/// How much of a log is read. The server counts, and with it the times that it writes; so lines come as it sends them, and
/// a log that is followed ends with what is allowed, or with the run of its container.
public struct LogLimit: Sendable, Hashable {
  /// So many bytes, from the first on.
  public var bytes: Int
  /// Whether the times of the lines stand, and count, in their text.
  public var withTimes: Bool

  /// A limit; it is at least 1.
  public init(bytes: Int, withTimes: Bool) {
    self.bytes = bytes
    self.withTimes = withTimes
  }
}

/// A line of a log.
public struct LogLine: Sendable, Equatable {
  /// Which of the request's sources wrote it.
  public var source: Int
  /// When it was written; nil when the server did not say.
  public var time: LogTime?
  /// The time as the server wrote it.
  public var timeText: String?
  /// The line without its end, as the container wrote it: it may hold anything.
  public var text: String
  /// Whether the log ended before the line did.
  public var isUnfinished = false
}

/// What happens while logs are read. The number is that of the request's source.
public enum LogEvent: Sendable, Equatable {
  /// A line was written.
  case line(LogLine)
  /// Lines may be missing here, for this reason.
  case gap(Int, reason: String)
  /// The container was restarted; what follows is from its next run. The number is its restart count.
  case restarted(Int, count: Int)
  /// There is nothing to read yet, for this reason, such as `ContainerCreating`; it is tried again.
  case waiting(Int, reason: String)
  /// The log broke off, for this reason; it is tried again.
  case interrupted(Int, reason: String)
  /// The log is complete: it was not followed, or the container will not run again. Nothing more comes of this source.
  case ended(Int)
  /// The log cannot be read, in kubectl's words. Nothing more comes of this source.
  case failed(Int, reason: String)
}

/// When a line was written, exactly as the container runtime said it.
public struct LogTime: Sendable, Hashable, Comparable {
  /// Seconds since 1970.
  public var seconds: Int64
  /// 0..<1,000,000,000.
  public var nanoseconds: Int32

  /// Reads RFC 3339 with up to nine digits of a second; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let text = String(text)
    guard let time = Timestamp(text) else { return nil }
    seconds = time.seconds
    nanoseconds = 0
    guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return }
    var scale: Int32 = 100_000_000
    for byte in text.utf8[text.utf8.index(after: point)...] {
      guard byte >= 0x30, byte <= 0x39, scale > 0 else { break }
      nanoseconds += Int32(byte - 0x30) * scale
      scale /= 10
    }
  }

  /// The time in Kubernetes' usual resolution.
  public var timestamp: Timestamp { Timestamp(seconds: seconds, nanoseconds: nanoseconds) }

  /// Earlier times are less.
  public static func < (left: Self, right: Self) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}
