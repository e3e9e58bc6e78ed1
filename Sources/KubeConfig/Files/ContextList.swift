import DataFiles

extension KubeConfig {
  /// A context as a list of contexts shows it.
  public struct ContextSummary: Sendable, Hashable {
    /// The context's name.
    public let name: String
    /// Whether it is the one that is used when none is chosen.
    public let isCurrent: Bool
    /// The name of its cluster.
    public let cluster: String
    /// The name of its user.
    public let user: String
    /// Its namespace; empty when none is set.
    public let namespace: String
    /// Its server, without user name and password; nil when the cluster does not exist or its address is broken.
    public let server: String?
    /// The file that defines it.
    public let file: String?
    /// Why it cannot be used as it is; nil when nothing is missing.
    public let problem: String?
  }

  /// The contexts, sorted by name. Nothing is opened or connected to.
  public var contextList: [ContextSummary] {
    contexts.sorted { $0.key < $1.key }.map { name, context in
      var problem: String?
      if context.cluster.isEmpty {
        problem = "cluster was not specified for context \"\(name)\""
      } else if clusters[context.cluster] == nil {
        problem = "cluster \"\(context.cluster)\" was not found for context \"\(name)\""
      } else if !context.user.isEmpty, users[context.user] == nil {
        problem = "user \"\(context.user)\" was not found for context \"\(name)\""
      }
      let server = clusters[context.cluster].flatMap { try? ServerURL($0.server) }
      return ContextSummary(
        name: name, isCurrent: name == currentContext, cluster: context.cluster, user: context.user,
        namespace: context.namespace, server: server?.description, file: context.origin?.file,
        problem: problem.map(PlainText.withoutControls))
    }
  }
}
