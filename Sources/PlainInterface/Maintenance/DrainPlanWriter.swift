import ClusterState
import Diagnosis
import Draining
import Kube
import Terminal

/// What `podmedic drain --plan` says, as text, JSON or Markdown.
public struct DrainPlanWriter: Sendable {
  let plan: DrainPlan
  let cluster: CheckReport.Cluster
  let now: Timestamp
  /// What a reader must know beside the plan, a sentence each.
  let remarks: [String]

  /// A plan as of `now`.
  public init(_ plan: DrainPlan, cluster: CheckReport.Cluster, remarks: [String] = [], now: Timestamp) {
    self.plan = plan
    self.cluster = cluster
    self.remarks = remarks
    self.now = now
  }

  // MARK: Sentences

  /// Whether it can be done, in a sentence.
  public var headline: String {
    let nodes = plan.nodes.map(\.name).joined(separator: ", ")
    let time = plan.minimumSeconds > 0 ? "; allow at least \(plan.minimumSeconds) s" : ""
    return switch plan.outcome {
    case .canProceed: "Draining \(nodes) can proceed\(time)\(homeless)."
    case .blocked: "Draining \(nodes) is blocked."
    case .unknown: "Whether \(nodes) can be drained cannot be told."
    }
  }

  /// Which replacements stay Pending; "" when none does.
  private var homeless: String {
    let pods = plan.pods.filter {
      guard $0.verdict.isRemoval, case .findsNoRoom = $0.replacement else { return false }
      return true
    }
    guard let first = pods.first else { return "" }
    let more = pods.count > 1 ? " and \(pods.count - 1) more" : ""
    return "; the replacement\(pods.count == 1 ? "" : "s") of \(first.name.namespace)/\(first.name.name)\(more) "
      + (pods.count == 1 ? "stays Pending" : "stay Pending")
  }

  /// What becomes of the pods of a node, in numbers.
  public func summary(_ node: NodePlan, _ pods: [PodPlan]) -> String {
    let counts = [PodVerdict.Action.refuse, .evict, .delete, .skip].compactMap { action -> String? in
      let count = pods.count { $0.verdict.action == action }
      return count == 0 ? nil : "\(action.rawValue) \(count)"
    }
    let terminating = pods.count { $0.termination != nil && $0.verdict.action != .skip }
    let going = terminating > 0 ? "; \(terminating) of them terminating already" : ""
    let grace = node.longestGracePeriod > 0 ? "; longest grace period \(node.longestGracePeriod) s" : ""
    let cordon = node.cordon.map { $0.sentence("cordoned already").text(now: now) + "; " } ?? ""
    return "\(cordon)\(pods.count) \(pods.count == 1 ? "pod" : "pods")"
      + (counts.isEmpty ? "" : ": \(counts.joined(separator: ", "))") + going + grace
  }

  private static func sentence(_ replacement: Replacement?) -> String? {
    switch replacement {
    // The one is in the first line, the other is a warning.
    case .fits, .comesBack, Replacement.none?, nil: nil
    case .findsNoRoom(let reason): "its replacement stays Pending: \(reason)"
    case .unknown(let reason): "where its replacement fits cannot be told: \(reason)"
    }
  }

  /// `evict shop/web-1 of deployment/web -> n2`; of several pods their names.
  private static func title(_ pods: [PodPlan]) -> String {
    let names = pods.map { "\($0.name.namespace)/\($0.name.name)" }.joined(separator: ", ")
    var title = "\(pods[0].verdict.action.rawValue) \(names)"
    guard pods.count == 1, let pod = pods.first else { return title }
    if let owner = pod.owner { title += " of \(owner.shortText)" }
    if pod.termination != nil { title += ", terminating already" }
    if case .fits(let node) = pod.replacement { title += " -> \(node)" }
    if case .comesBack(let node) = pod.replacement { title += " -> \(node) again" }
    return title
  }

  static func sentence(_ verdict: BudgetVerdict) -> String {
    let state =
      switch verdict.state {
      case .allowed: "allows it now"
      case .waits: "makes it wait"
      case .never: "never allows it"
      }
    return "budget \(verdict.budget.name) \(state) (needs \(verdict.needs), has \(verdict.has))"
      + (verdict.reason.isEmpty ? "" : ": \(verdict.reason)")
  }

  static func sentence(_ demand: BudgetDemand) -> String {
    let total = demand.allowed + demand.waiting + demand.never
    let parts = [(demand.allowed, "now"), (demand.waiting, "later"), (demand.never, "never")]
      .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return "\(demand.budget.namespace)/\(demand.budget.name): \(total) \(total == 1 ? "eviction" : "evictions"), "
      + "\(parts.joined(separator: ", ")) (needs \(demand.needs) of \(demand.of) healthy, has \(demand.has))"
  }

  /// Everything about a pod beside its verdict and the node where its replacement fits; warnings begin with `!`.
  public static func notes(_ pod: PodPlan) -> [String] {
    var notes: [String] = []
    if !pod.reason.isEmpty { notes.append(pod.reason) }
    if pod.verdict.action == .refuse, !pod.verdict.flags.allSatisfy({ pod.reason.contains($0) }) {
      notes.append("allowed with \(pod.verdict.flags.joined(separator: " "))")
    }
    notes += pod.blockedBy.map(sentence)
    if !pod.waitsFor.isEmpty {
      notes.append("waits for \(pod.waitsFor.map(\.name).joined(separator: ", ")) to be Ready")
    }
    if let gap = pod.budgetGap { notes.append("whether a budget forbids it cannot be told: \(gap)") }
    if let replacement = sentence(pod.replacement) { notes.append(replacement) }
    if !pod.loses.isEmpty { notes.append("! loses \(pod.loses.map(\.text).joined(separator: ", "))") }
    return notes + pod.warnings.map { "! \($0.text)" }
  }

  /// Permissions that are missing or unknown.
  public var doubts: (denied: [String], unknown: [String]) {
    var denied: [String] = []
    var unknown: [String: [String]] = [:]
    for check in plan.access {
      switch check.answer {
      case .allowed: break
      case .denied: denied.append("you may not \(check.text)")
      case .unknown(let reason): unknown[reason, default: []].append(check.text)
      }
    }
    let sentences = unknown.sorted { $0.key < $1.key }.map {
      "whether you may \($0.value.joined(separator: ", ")): \($0.key)"
    }
    return (denied, sentences)
  }

  /// Why it cannot be told whether the drain can be done; empty when it can be told.
  private var doubtsThatDecide: [String] { plan.outcome == .unknown ? plan.decisiveGaps : [] }

  /// What else is not known, what is no obstacle included.
  private var otherDoubts: [String] {
    plan.gaps.filter { !doubtsThatDecide.contains($0) } + doubts.unknown + remarks
  }

  // MARK: Text

  private static let width = 80

  /// For a terminal of 80 columns.
  public var text: String {
    var text = Self.paragraph(headline)
    for reason in plan.obstacles + doubtsThatDecide { text += Self.paragraph("- \(reason)", indent: 2) }
    for node in plan.nodes {
      let pods = plan.pods(on: node.name)
      text += "\n" + Self.paragraph("\(node.name): \(summary(node, pods))")
      for warning in node.warnings { text += Self.paragraph("! \(warning.text)", indent: 2) }
      for group in Self.groups(pods) {
        text += Self.paragraph(Self.title(group), indent: 2)
        for note in Self.notes(group[0]) { text += Self.paragraph(note, indent: 6) }
      }
    }
    text += section("Budgets", plan.budgets.map(Self.sentence))
    text += section("Cannot tell", otherDoubts)
    if plan.pods.contains(where: { if case .fits = $0.replacement { true } else { false } }) {
      text += "\n" + Self.paragraph("-> NODE: the replacement fits there; the scheduler may choose another node.")
    }
    return text + "\nNothing was changed.\n"
  }

  /// What stands in the way first, what stays last.
  public static func sorted(_ pods: [PodPlan]) -> [PodPlan] {
    func rank(_ pod: PodPlan) -> Int {
      switch pod.verdict.action {
      case .refuse: 0
      case .evict, .delete: pod.isNeverEvicted ? 1 : 2
      case .skip: 3
      }
    }
    return (0...3).flatMap { wanted in pods.filter { rank($0) == wanted } }
  }

  /// Pods in their order; those that stay and about which the same is to be said are together.
  private static func groups(_ pods: [PodPlan]) -> [[PodPlan]] {
    var groups: [[PodPlan]] = []
    for pod in sorted(pods) {
      let index = groups.firstIndex { group in
        pod.replacement == nil && group[0].replacement == nil && group[0].verdict.action == pod.verdict.action
          && notes(group[0]) == notes(pod)
      }
      if let index { groups[index].append(pod) } else { groups.append([pod]) }
    }
    return groups
  }

  private func section(_ title: String, _ lines: [String]) -> String {
    guard !lines.isEmpty else { return "" }
    return "\n\(title):\n" + lines.map { Self.paragraph($0, indent: 2) }.joined()
  }

  /// Lines of at most 80 columns; what follows the first is indented by two more.
  private static func paragraph(_ text: String, indent: Int = 0) -> String {
    let lines = wrapped(PlainText.line(text), width: width - indent - 2)
    return lines.enumerated().map { index, line in
      String(repeating: " ", count: indent + (index == 0 ? 0 : 2)) + line + "\n"
    }.joined()
  }
}

extension DrainPlanWriter {
  // MARK: Markdown

  /// To paste into a ticket.
  public var markdown: String {
    func escaped(_ text: String) -> String { ReportParts.escaped(text) }
    var text = "# Drain of \(escaped(plan.nodes.map(\.name).joined(separator: ", ")))\n\n\(escaped(headline))\n"
    if !cluster.context.isEmpty { text += "\nCluster `\(ReportParts.code(cluster.context))`, \(now)\n" }
    func list(_ lines: [String]) -> String { lines.map { "- \(escaped($0))\n" }.joined() }
    let reasons = plan.obstacles + doubtsThatDecide
    if !reasons.isEmpty { text += "\n" + list(reasons) }
    for node in plan.nodes {
      let pods = plan.pods(on: node.name)
      text += "\n## \(escaped(node.name))\n\n\(escaped(summary(node, pods)))\n"
      if !node.warnings.isEmpty { text += "\n" + list(node.warnings.map(\.text)) }
      guard !pods.isEmpty else { continue }
      text += "\n| Action | Pod | Owner | Fits on | What happens |\n| --- | --- | --- | --- | --- |\n"
      for pod in Self.sorted(pods) {
        let notes = Self.notes(pod).map { escaped($0) }.joined(separator: "<br>")
        text += "| \(pod.verdict.action.rawValue) | \(escaped("\(pod.name.namespace)/\(pod.name.name)")) "
        let node =
          switch pod.replacement {
          case .fits(let node): node
          case .comesBack(let node): "\(node) again"
          default: ""
          }
        text += "| \(escaped(pod.owner?.shortText ?? "")) | \(escaped(node)) | \(notes) |\n"
      }
    }
    if !plan.budgets.isEmpty { text += "\n## Budgets\n\n" + list(plan.budgets.map(Self.sentence)) }
    if !otherDoubts.isEmpty { text += "\n## Cannot tell\n\n" + list(otherDoubts) }
    return text
  }

  // MARK: JSON

  /// The versioned document, `podmedic.dev/v1` DrainPlan.
  public var json: JSONValue {
    [
      "apiVersion": "podmedic.dev/v1", "kind": "DrainPlan", "time": .string(now.description), "cluster": cluster.json,
      "nodes": .array(plan.nodes.map { .string($0.name) }), "canProceed": .bool(plan.outcome == .canProceed),
      "outcome": .string(plan.outcome.rawValue), "obstacles": Self.strings(plan.obstacles),
      "minimumSeconds": .int(plan.minimumSeconds), "pods": .array(plan.pods.map(Self.json)),
      "nodeWarnings": .array(
        plan.nodes.filter { !$0.warnings.isEmpty }.map {
          ["node": .string($0.name), "warnings": Self.strings($0.warnings.map(\.text))]
        }),
      "cordoned": .array(plan.nodes.compactMap { node in node.cordon.map { Self.json($0, node.name) } }),
      "budgets": .array(plan.budgets.map(Self.json)), "access": .array(plan.access.map(Self.json)),
      "unknown": Self.strings(plan.gaps), "remarks": Self.strings(remarks),
    ]
  }

  private static func json(_ cordon: CordonFacts, _ node: String) -> JSONValue {
    var json: JSONValue = ["node": .string(node)]
    if let since = cordon.since { json["since"] = .string(since.description) }
    if !cordon.user.isEmpty { json["annotatedBy"] = .string(cordon.user) }
    if let time = cordon.notedAt { json["annotatedAt"] = .string(time.description) }
    return json
  }

  private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

  private static func json(_ pod: PodPlan) -> JSONValue {
    [
      "node": .string(pod.node), "namespace": .string(pod.name.namespace), "name": .string(pod.name.name),
      "uid": .string(pod.uid), "owner": pod.owner.map { ReportParts.json($0) } ?? .null,
      "action": .string(pod.verdict.action.rawValue), "reason": .string(pod.reason),
      "flag": pod.verdict.flags.isEmpty ? .null : .string(pod.verdict.flags.joined(separator: " ")),
      "blockedBy": .array(
        pod.blockedBy.map {
          [
            "pdb": .string($0.budget.name), "state": .string($0.state.rawValue), "needs": .int($0.needs),
            "has": .int($0.has), "reason": .string($0.reason),
          ]
        }),
      "waitsFor": strings(pod.waitsFor.map(\.name)), "replacement": pod.replacement.map(json) ?? .null,
      "loses": strings(pod.loses.map(\.text)),
      "warnings": strings(pod.warnings.map(\.text)),
    ]
  }

  private static func json(_ replacement: Replacement) -> JSONValue {
    switch replacement {
    case .fits(let node): ["fits": true, "node": .string(node), "reason": ""]
    case .comesBack(let node): ["fits": false, "node": .string(node), "reason": .string(replacement.reason)]
    case .findsNoRoom(let reason), .none(let reason): ["fits": false, "node": nil, "reason": .string(reason)]
    case .unknown(let reason): ["fits": nil, "node": nil, "reason": .string(reason)]
    }
  }

  private static func json(_ demand: BudgetDemand) -> JSONValue {
    [
      "namespace": .string(demand.budget.namespace), "name": .string(demand.budget.name),
      "state": .string(demand.state.rawValue), "allowed": .int(demand.allowed), "waiting": .int(demand.waiting),
      "never": .int(demand.never), "needs": .int(demand.needs), "has": .int(demand.has), "expected": .int(demand.of),
    ]
  }

  private static func json(_ check: AccessCheck) -> JSONValue {
    var json: JSONValue = ["call": .string(check.text)]
    switch check.answer {
    case .allowed: json["allowed"] = true
    case .denied: json["allowed"] = false
    case .unknown(let reason):
      json["allowed"] = .null
      json["reason"] = .string(reason)
    }
    return json
  }
}
