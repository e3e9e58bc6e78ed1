import Kube

/// What the log of a run says, put together.
public struct DrainLog: Sendable, Equatable {
  /// What is known of one node.
  public struct Node: Sendable, Equatable {
    /// Whether the run was about to cordon it.
    public var wasBeingCordoned = false
    /// Whether the run has cordoned it.
    public var isCordonedByRun = false
    /// The pods to remove; nil before they were planned.
    public var plan: [PlannedPod]?
    /// By uid, how many Ready pods the owners of these pods had; nil when nobody has counted.
    public var readyBefore: [String: Int]?
    /// Whether it has come to its end.
    public var hasEnded = false
    /// Why it could not be drained; nil when it could, or has not ended.
    public var problem: String?
    /// Whether it was opened again after the run.
    public var isUncordoned = false
    /// When; nil where that is not known.
    public var uncordonedAt: Timestamp?
  }

  /// What the run is about.
  public let header: DrainHeader
  /// By name, each node of the order.
  public private(set) var nodes: [String: Node] = [:]
  /// Every pod that the server may have been asked to remove.
  public private(set) var asked: Set<PodKey> = []
  /// Every pod that a person has left alone.
  public private(set) var skipped: Set<PodKey> = []
  /// How it ended, as a word; nil when nothing was written any more.
  public private(set) var outcome: String?
  /// Lines that are no records.
  public private(set) var brokenLines = 0

  /// The log in a file's text; nil when it does not begin with what the run is about. It may have been cut off anywhere.
  public init?(text: String) {
    let lines = text.split(separator: "\n")
    let records = lines.compactMap { DrainRecord(line: $0) }
    guard case .began(let header)? = records.first else { return nil }
    self.header = header
    brokenLines = lines.count - records.count
    for node in header.order.nodes { nodes[node.name] = Node() }
    for record in records { note(record) }
  }

  private mutating func note(_ record: DrainRecord) {
    switch record {
    case .began: outcome = nil
    case .cordoning(let node): nodes[node]?.wasBeingCordoned = true
    case .cordoned(let node): nodes[node]?.isCordonedByRun = true
    case .planned(let node, let pods): nodes[node]?.plan = pods
    case .readyBefore(let node, let counts): nodes[node]?.readyBefore = counts
    case .removing(let pod): asked.insert(pod)
    case .skipped(let pod): skipped.insert(pod)
    case .nodeEnded(let node, let problem):
      nodes[node]?.hasEnded = true
      nodes[node]?.problem = problem
    case .ended(let word, _): outcome = word
    case .uncordoned(let node, let time):
      nodes[node]?.isUncordoned = true
      nodes[node]?.uncordonedAt = time
    }
  }

  /// The last drain of a node, and those before it since the node was closed: a drain that met it cordoned goes on with
  /// what an earlier one began, unless the node was opened after that. The newest last; going on or ended.
  public static func maintenance(of node: DrainOrder.Target, among logs: [DrainLog]) -> [DrainLog] {
    let own = logs.filter { $0.target(node) != nil }
      .sorted { ($0.header.time, $0.header.id) < ($1.header.time, $1.header.id) }
    var chain: [DrainLog] = []
    for log in own.reversed() {
      if let next = chain.first {
        guard next.target(node)?.isCordoned == true, log.nodes[node.name]?.isUncordoned != true else { break }
      }
      chain.insert(log, at: 0)
    }
    return chain
  }

  private func target(_ node: DrainOrder.Target) -> DrainOrder.Target? {
    header.order.nodes.first { $0.name == node.name && $0.uid == node.uid }
  }

  /// The pods that the server may have been asked to take from a node, in the order of the plan.
  public func asked(of node: String) -> [PlannedPod] {
    (nodes[node]?.plan ?? []).filter { asked.contains($0.pod) }
  }

  /// Whether a person has ended it, and nothing has cut it off.
  public var wasCancelled: Bool { outcome == "cancelled" }

  /// Whether a run that was begun later is about one of its nodes: whoever began that one has done with this.
  public func isSuperseded(by other: DrainHeader) -> Bool {
    guard header.server == other.server, header.id != other.id,
      (header.time, header.id) < (other.time, other.id)
    else { return false }
    let uids = Set(header.order.nodes.map(\.uid))
    return other.order.nodes.contains { uids.contains($0.uid) }
  }

  /// Whether the run can be taken up again: it was cut off, interrupted or cancelled, and its nodes are still closed.
  public var isResumable: Bool { isUnfinished && uncordoned.isEmpty }

  /// Whether it could be taken up again if none of its nodes had been opened again since.
  public var isEndedByUncordon: Bool { isUnfinished && !uncordoned.isEmpty }

  /// The nodes that podmedic has opened again since, in the order of the run.
  public var uncordoned: [String] { header.order.nodes.map(\.name).filter { nodes[$0]?.isUncordoned == true } }

  private var isUnfinished: Bool {
    [nil, "interrupted", "cancelled"].contains(outcome) && nodes.values.contains { !$0.hasEnded }
  }
}
