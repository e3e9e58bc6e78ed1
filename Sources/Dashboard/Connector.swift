import Interface
import Session

/// Connects to the cluster of a context.
public protocol Connector: AnyObject {
  /// Resolves the context and hands out a session that has not been started, or why there is none.
  func connect(context: String, _ completion: @escaping (Result<ConnectedSession, ConnectionFailure>) -> Void)
}

/// A session with what the interface shows of it.
public struct ConnectedSession {
  /// The session.
  public var session: ClusterSession
  /// Facts for the header.
  public var facts: SessionFacts
  /// The namespace to start with; nil for all.
  public var namespace: String?

  /// A session.
  public init(session: ClusterSession, facts: SessionFacts, namespace: String?) {
    self.session = session
    self.facts = facts
    self.namespace = namespace
  }
}

/// Why there is no connection, as a sentence.
public struct ConnectionFailure: Error, Equatable, Sendable {
  /// For a person.
  public var message: String

  /// A failure.
  public init(message: String) { self.message = message }
}
