import Kube

/// Who has cordoned a node, and when: annotations that podmedic's cordons write, and its uncordons take away. Anybody who
/// may change the node can write them, and they outlive an uncordon by others: they are what somebody says.
public struct CordonNote: Sendable, Hashable {
  /// What the keys of all of them begin with.
  public static let prefix = "podmedic.dev/cordoned-"
  /// `podmedic.dev/cordoned-by`: the user.
  public static let byKey = "podmedic.dev/cordoned-by"
  /// `podmedic.dev/cordoned-at`: the time.
  public static let atKey = "podmedic.dev/cordoned-at"
  /// `podmedic.dev/cordoned-run`: the run of a drain.
  public static let runKey = "podmedic.dev/cordoned-run"

  /// The user, as far as the kubeconfig tells.
  public var user: String
  /// When.
  public var time: Timestamp
  /// The run; "" for a cordon on its own.
  public var run: String

  /// A note.
  public init(user: String, time: Timestamp, run: String = "") {
    self.user = user
    self.time = time
    self.run = run
  }

  /// Whether a cordoned node is still cordoned by a run. Where the taint has been set later than the run cordoned the
  /// node, somebody else has cordoned it since.
  public static func isStanding(_ node: Node, run: String) -> Bool {
    guard node.spec.unschedulable, node.metadata.annotations[runKey] == run else { return false }
    guard let added = node.cordonTaint?.timeAdded,
      let note = node.metadata.annotations[atKey].flatMap({ Timestamp("\($0)") })
    else { return true }
    return added <= note.advanced(by: .seconds(mostLag))
  }

  /// So many seconds after the cordon its taint comes at the latest; clocks that differ by more than five seconds are
  /// known and reckoned with.
  private static let mostLag: Int64 = 15
}

/// Since when a node is cordoned, and what its annotations say about it: by whom, and when.
public struct CordonFacts: Sendable, Hashable {
  /// When the taint of the cordon was set; nil where nothing tells it.
  public var since: Timestamp?
  /// Who did it, as the annotation says: one line of at most 64 characters; "" without one.
  public var user: String
  /// When it was done, as the annotation says; nil without one, and where it is no time.
  public var notedAt: Timestamp?

  /// What is told by two annotations and the time of the taint.
  public init(user: String?, notedAt: String?, since: Timestamp?) {
    let line = (user ?? "").prefix { !$0.isNewline }
    self.user = line.count > 64 ? line.prefix(63) + "…" : String(line)
    self.notedAt = notedAt.flatMap { Timestamp($0) }
    self.since = since
  }

  /// What a node tells; nil for one that is not cordoned.
  public init?(_ node: Node) {
    guard node.spec.unschedulable else { return nil }
    let annotations = node.metadata.annotations
    self.init(
      user: annotations[CordonNote.byKey].map { "\($0)" }, notedAt: annotations[CordonNote.atKey].map { "\($0)" },
      since: node.cordonTaint?.timeAdded)
  }

  /// Whether the annotation may be about another cordon than the taint: their times are more than a minute apart.
  public var differs: Bool {
    guard let since, let notedAt else { return false }
    return notedAt.advanced(by: .seconds(Self.longestAnswer)) < since
      || since.advanced(by: .seconds(Self.longestAnswer)) < notedAt
  }

  /// A remedy notes the time at which it was worked out: so long a person may take to agree.
  private static let longestAnswer: Int64 = 60
}

extension Node {
  /// The taint that the node controller sets on a cordoned node; `timeAdded` is when it did.
  public var cordonTaint: Taint? { spec.taints.first { $0.key == "node.kubernetes.io/unschedulable" } }
}
