import Kube

/// What the interface knows about the connection, told by whoever runs it.
public struct SessionFacts: Sendable, Equatable {
  /// A context that can be switched to.
  public struct Context: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Name of its cluster.
    public var cluster: String
    /// Name of its user.
    public var user: String
    /// Its namespace; "" when it has none.
    public var namespace: String
    /// Address of its API server; "" when its cluster is not defined.
    public var server: String

    /// A context.
    public init(name: String, cluster: String, user: String, namespace: String, server: String = "") {
      self.name = name
      self.cluster = cluster
      self.user = user
      self.namespace = namespace
      self.server = server
    }
  }

  /// A capture in the place of a cluster.
  public struct Capture: Sendable, Equatable {
    /// Where it is.
    public var path: String
    /// When the cluster was like this; nil when that is not known.
    public var time: Timestamp?

    /// A capture.
    public init(path: String, time: Timestamp?) {
      self.path = path
      self.time = time
    }
  }

  /// Context in use.
  public var context = ""
  /// Name of its cluster.
  public var cluster = ""
  /// Name of its user.
  public var user = ""
  /// Version of the server, such as `v1.36.2`; "" while it is not known.
  public var serverVersion = ""
  /// Whom the user acts as (`--as`); "" for nobody else.
  public var impersonated = ""
  /// The server's certificate is not verified.
  public var isInsecure = false
  /// What is shown is a capture with this name, of a time that has passed; nil for a cluster.
  public var capture: Capture?
  /// Why nothing may be changed, and what helps if something does; nil when it may.
  public var writeRefusal: String?
  /// Nothing may be changed.
  public var isReadOnly: Bool { writeRefusal != nil }
  /// All contexts.
  public var contexts: [Context] = []
  /// Why the server cannot be reached, while that is so.
  public var trouble: String?
  /// What helps against it, where that is known.
  public var troubleHint: String?
  /// Names the binary in kubectl lines: `kubectl --context NAME`.
  public var kubectlPrefix = "kubectl"
  /// The same for podmedic's own commands: `podmedic --context NAME`.
  var ownPrefix: String { "podmedic" + kubectlPrefix.dropFirst("kubectl".count) }
  /// Names the binary and the files in kubectl lines about the kubeconfig itself.
  public var configPrefix = "kubectl config"
  /// What a person should know about how this connection was configured, as one sentence; nil when nothing.
  public var warning: String?

  /// Nothing known yet.
  public init() {}
}
