import Kube

/// What is to be drained, and how.
public struct DrainOrder: Sendable, Equatable {
  /// A node as it was read when the drain was ordered.
  public struct Target: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its uid: a namesake that has replaced it is not touched.
    public var uid: String
    /// Whether it was cordoned already, by whomever.
    public var isCordoned: Bool

    /// A node.
    public init(name: String, uid: String, isCordoned: Bool) {
      self.name = name
      self.uid = uid
      self.isCordoned = isCordoned
    }

    /// A node as it is now.
    public init(_ node: Node) {
      self.init(name: node.metadata.name, uid: node.metadata.uid, isCordoned: node.spec.unschedulable)
    }
  }

  /// The nodes, in the order in which they are drained. All are cordoned first.
  public var nodes: [Target]
  /// kubectl's options.
  public var options: DrainOptions
  /// How many pods of a node are removed at a time; nil for all at once, as kubectl does.
  public var batch: Int?
  /// Whether each batch, and each node, waits until the owners of the removed pods have as many Ready pods as before.
  /// A node that fails then stops the run.
  public var waitsReady = false

  /// Nodes under some options.
  public init(nodes: [Target], options: DrainOptions) {
    self.nodes = nodes
    self.options = options
  }

  /// Whether it waits for replacements, and for budgets: a dry run replaces nothing.
  var isRolling: Bool { waitsReady && options.dryRun == .none }

  /// The flags of podmedic's own command.
  public var flags: [String] {
    options.flags + (batch.map { ["--batch=\($0)"] } ?? []) + (waitsReady ? ["--wait-ready"] : [])
  }

  /// The command of kubectl that does the same, as far as kubectl can.
  public var kubectl: String { (["kubectl drain"] + nodes.map(\.name) + options.flags).joined(separator: " ") }
}

/// One pod, never its namesake.
public struct PodKey: Hashable, Sendable {
  /// Its namespace.
  public var namespace: String
  /// Its name.
  public var name: String
  /// Its uid.
  public var uid: String

  /// A pod.
  public init(namespace: String, name: String, uid: String) {
    self.namespace = namespace
    self.name = name
    self.uid = uid
  }

  /// The key of a pod.
  public init(_ pod: Pod) {
    self.init(namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid)
  }
}
