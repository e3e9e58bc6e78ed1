import Kube

/// How much a store can be trusted to be what the server has.
public enum Freshness: Sendable, Equatable {
  /// Nobody has asked for the kind yet.
  case unread
  /// The first list is under way; so many objects have arrived, and about so many are still to come if the server
  /// said so. What is missing may only not have arrived yet.
  case loading(received: Int, remaining: Int?)
  /// Complete, and changes arrive as they happen.
  case live
  /// Complete as of the given time; the connection is gone for the given reason.
  case stale(since: Timestamp, reason: String)
  /// The server refuses to list the kind, in its own words.
  case forbidden(String)
  /// The server does not serve the kind.
  case notServed
  /// This is a capture, which has not all of the kind, or nothing of it, for the given reason. What is there is right;
  /// what is missing may have been in the cluster.
  case notCaptured(String)
  /// The first list failed, for the given reason, and is tried again.
  case failed(String)

  /// Whether everything that the server had at one time is there, so that absence means something.
  public var isComplete: Bool {
    switch self {
    case .live, .stale: true
    case .unread, .loading, .forbidden, .notServed, .notCaptured, .failed: false
    }
  }

  /// Whether a server, or a capture, has said what there is, or that it will not.
  public var isAnswered: Bool {
    switch self {
    case .live, .stale, .forbidden, .notServed, .notCaptured: true
    case .unread, .loading, .failed: false
    }
  }
}

/// Which part of a kind a store holds.
public enum Coverage: Sendable, Hashable {
  /// All namespaces, or a cluster-scoped kind.
  case cluster
  /// One namespace.
  case namespace(String)

  /// Whether objects in `namespace` are in the store if they exist.
  public func includes(namespace: String) -> Bool {
    switch self {
    case .cluster: true
    case .namespace(let own): own == namespace
    }
  }
}
