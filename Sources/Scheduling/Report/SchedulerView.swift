/// What kube-scheduler itself would say about a pod.
extension PlacementReport {
  /// How often a reason occurs among the nodes.
  public struct Bar: Sendable, Equatable {
    /// The scheduler's words.
    public let reason: String
    /// The number of nodes.
    public let nodes: Int

    /// A reason and the number of nodes.
    public init(reason: String, nodes: Int) {
      self.reason = reason
      self.nodes = nodes
    }
  }

  /// The reasons of the first filter that refuses each node, with the number of nodes; the most frequent first. One
  /// node may have several. Empty when a plugin refused the pod before (from 1.22 on).
  public var histogram: [Bar] {
    counts.map { Bar(reason: $0.key, nodes: $0.value) }.sorted { ($1.nodes, $0.reason) < ($0.nodes, $1.reason) }
  }

  private var counts: [String: Int] {
    var counts: [String: Int] = [:]
    if let podFailure {
      if rules.isOld { counts[podFailure.reason.text] = nodes.count }
      return counts
    }
    for node in nodes { for reason in node.reasons { counts[reason.text, default: 0] += 1 } }
    return counts
  }

  /// Whether the scheduler's message can be told for certain: no filter that it would come to is unknown.
  public var isCertain: Bool {
    if gap != nil { return false }
    if podFailure != nil { return true }
    return nodes.allSatisfy { node in if case .unknown? = node.first?.verdict { false } else { true } }
  }

  /// The message that the scheduler writes when no node fits, exactly; nil when a node fits or a filter cannot tell.
  public var message: String? {
    guard isCertain, fitting.isEmpty || podFailure != nil else { return nil }
    if nodes.isEmpty { return "no nodes available to schedule pods" }
    return head + tail
  }

  /// The message up to the part about preemption: what can be compared with the scheduler's.
  private var head: String {
    if let podFailure, !rules.isOld {
      return "0/\(nodes.count) nodes are available: \(podFailure.reason.text)."
    }
    // Sorted as texts, so that "10 …" comes before "2 …".
    let bars = counts.map { "\($0.value) \($0.key)" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return "0/\(nodes.count) nodes are available: \(bars.joined(separator: ", "))."
  }

  private var tail: String {
    if rules.isOld { return "" }
    // The words of DynamicResources about a pod without claims are in every message; after an early failure it has
    // lost its state and all that is left of its error is this.
    if podFailure != nil, rules.hasDynamicResources { return " not found" }
    let prefix = rules.hasDynamicResources ? " no new claims to deallocate, " : " "
    switch preemption {
    case .notPartOfTheMessage, .nominates: return ""
    case .never: return prefix + "preemption: not eligible due to preemptionPolicy=Never."
    case .waitsForVictims:
      return prefix + "preemption: not eligible due to a terminating pod on the nominated node."
    case .noCandidate(let reasons):
      let bars = reasons.map { "\($0.value) \($0.key)" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      return prefix + "preemption: 0/\(nodes.count) nodes are available: \(bars.joined(separator: ", "))."
    }
  }

  /// What the scheduler writes about a pod with gates (plugin SchedulingGates).
  private static let gatedMessage = "Scheduling is blocked due to non-empty scheduling gates"

  /// Whether the scheduler's own message says the same: nil when it has none, or when nobody can tell. A difference
  /// means that the cluster has changed since the scheduler's last attempt.
  public var agrees: Bool? {
    guard !schedulerMessage.isEmpty else { return nil }
    // As long as there are gates no filter runs: this is all that is ever said, whatever nodes there are.
    if case .gated = situation { return schedulerMessage == Self.gatedMessage }
    guard isCertain else { return nil }
    guard fitting.isEmpty || podFailure != nil else { return false }
    if nodes.isEmpty { return schedulerMessage == "no nodes available to schedule pods" }
    if schedulerMessage == head { return true }
    // Some versions between count what refuses the pod before any node for each of them.
    if let podFailure, rules.minor < 27 {
      let counted = "0/\(nodes.count) nodes are available: \(nodes.count) \(podFailure.reason.text)."
      if schedulerMessage == counted || schedulerMessage.hasPrefix(counted + " ") { return true }
    }
    guard schedulerMessage.hasPrefix(head + " ") else { return false }
    return agrees(onPreemption: schedulerMessage.dropFirst(head.utf8.count + 1))
  }

  /// Whether the end of the message, about preemption, says what is to be expected; true where that is not certain. While
  /// pods are removed for it a pod has an older message without such an end.
  private func agrees(onPreemption said: Substring) -> Bool {
    guard rules.hasDynamicResources, podFailure == nil, let start = said.firstRange(of: "preemption: ") else {
      return true
    }
    switch preemption {
    case .notPartOfTheMessage, .nominates: return true
    case .never, .waitsForVictims, .noCandidate: break
    }
    return tail.firstRange(of: "preemption: ").map { tail[$0.lowerBound...] == said[start.lowerBound...] } ?? true
  }

  /// The pod fits somewhere and still waits: the scheduler's verdict is older than the cluster.
  public var fitsNow: Bool { situation == .waiting && podFailure == nil && !fitting.isEmpty && foreignReasons.isEmpty }

  /// When the scheduler tries again, if `fitsNow`; nil otherwise.
  public var retry: String? {
    guard fitsNow else { return nil }
    return rules.hasQueueingHints
      ? "the scheduler tries again when something changes that its last refusal was about, at the latest after 5 minutes"
      : "the scheduler tries again after a change to nodes or pods (1 to 10 s back-off), at the latest after "
        + (rules.minor < 24 ? "1 minute" : "5 minutes")
        + "; any change to the pod, an annotation for one, makes it try at once"
  }
}
