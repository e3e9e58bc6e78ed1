import ClusterState
import Kube
import PlainInterface
import Remedies
import Scheduling
import Terminal

/// Where one pod could go, kept in step with the cluster: the rows of its table and the texts behind them.
final class PlacementView {
  private let subject: RowObject
  private unowned let interface: Interface
  private(set) var answer: PlacementAnswer?
  private var groups: [String: NodeGroup] = [:]

  /// What must have been read, as far as it can be, before anything is said.
  let kinds: [any KubeObject.Type]

  init(_ subject: RowObject, interface: Interface) {
    self.subject = subject
    self.interface = interface
    var kinds = PlacementQuestion.reads
    if let own = builtInKind(apiVersion: subject.resource.apiVersion, kind: subject.resource.kind)?.type,
      !kinds.contains(where: { $0 == own })
    {
      kinds.append(own)
    }
    self.kinds = kinds
  }

  /// Whether everything that the server has of it is known, or known to stay unknown.
  private var isRead: Bool {
    kinds.compactMap { interface.catalog.served($0) }.allSatisfy { resource in
      switch interface.cluster.store(resource)?.freshness {
      case nil, .unread, .loading: false
      case .live, .stale, .forbidden, .notServed, .notCaptured, .failed: true
      }
    }
  }

  /// The rows: the answer, groups of nodes with the nearest miss first, and what would place the pod.
  func rows() -> [ComposedSource.Row] {
    guard isRead, let object = interface.placementObject(subject)
    else {
      answer = nil
      return []
    }
    let snapshot = interface.schedulingSnapshot()
    guard
      var question = PlacementQuestion(object, in: interface.cluster, snapshot, isManifest: false, now: interface.now)
    else {
      return []
    }
    question.findOrigin(owner)
    let answer = question.answer
    self.answer = answer
    let found = answer.report.groups
    groups = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let failing = answer.report.plugins.filter { plugin in
      found.contains { $0.blockers.contains { $0.plugin == plugin } }
    }
    let lines = answer.report.lines(atMost: Self.mostGroups)
    return [answerRow(answer)] + lines.map { row($0, failing, answer.report) }
      + answer.suggestions.enumerated().map { suggestionRow($1, $0, answer.origin) }
  }

  /// An owner, as far as it is among what is read.
  private func owner(_ owner: OwnerReference, _ namespace: String) -> PodOrigin.Owner {
    let cluster = interface.cluster
    if let found = cluster.owner(owner, namespace: namespace) { return .found(found.metadata) }
    guard let kind = builtInKind(apiVersion: owner.apiVersion, kind: owner.kind),
      let store = cluster.store(kind.resource), store.freshness.isComplete,
      store.coverage.includes(namespace: namespace)
    else { return .unknown }
    return .missing
  }

  // MARK: Rows

  private func answerRow(_ answer: PlacementAnswer) -> ComposedSource.Row {
    let agreement =
      switch answer.report.agrees {
      case true?: "agrees"
      case false?: "differs"
      case nil: ""
      }
    return ComposedSource.Row(
      id: "answer", cells: ["", "scheduler", agreement, answer.headline], severity: answer.outcome.severity,
      role: answer.outcome.role, object: subject, drill: text("answer", answerLines(answer)))
  }

  /// One or two short names; of more the first and how many there are besides, so that the column stays narrow.
  private static func names(_ names: [String]) -> String {
    let few = names.prefix(2).joined(separator: ", ")
    return names.count < 2 || names.count == 2 && few.count <= 16 ? few : "\(names[0]) +\(names.count - 1)"
  }

  /// Most rows of nodes: with the answer and some suggestions they fit on 24 lines.
  private static let mostGroups = 10

  private func row(_ line: NodeGroupLine, _ failing: [FilterPlugin], _ report: PlacementReport) -> ComposedSource.Row {
    guard let first = line.groups.first, let title = line.title else {
      return row(line.groups[0], failing, report)
    }
    let names = line.groups.flatMap { $0.nodes.map(\.name) }
    let lines = line.groups.flatMap { group -> [[Span]] in
      let names = group.nodes.prefix(Self.mostPlaces).map(\.name).joined(separator: ", ")
      let rest = group.nodes.count - Self.mostPlaces
      return [
        [Span("\(group.nodes.count) ", .accent), Span(group.blockers.map(\.words).joined(separator: "; "))],
        [Span("  \(names)\(rest > 0 ? " and \(rest) more" : "")", .dim)],
      ]
    }
    return ComposedSource.Row(
      id: "further \(title)",
      cells: ["\(names.count)", Self.names(names), matrix(first, failing), "\(title): \(line.words())"],
      severity: .warning, object: node(names[0]), drill: text(title, lines), context: names.joined(separator: " "))
  }

  private func row(_ group: NodeGroup, _ failing: [FilterPlugin], _ report: PlacementReport) -> ComposedSource.Row {
    let isUnknown = !group.blockers.isEmpty && group.nodes[0].isRefused == false
    return ComposedSource.Row(
      id: group.id,
      cells: [
        "\(group.nodes.count)", Self.names(group.nodes.map(\.name)), matrix(group, failing), Self.why(group, report),
      ],
      severity: group.blockers.isEmpty || isUnknown ? .none : .warning,
      role: group.blockers.isEmpty ? (report.isAssumed ? .unknown : .ok) : isUnknown ? .unknown : nil,
      object: node(group.nodes[0].name),
      drill: .text("\(group.nodes[0].name) filters") { [weak self] in self?.lines(of: group.id) ?? [] },
      context: group.nodes.map(\.name).joined(separator: " "))
  }

  /// A place for each filter that fails anywhere, so that the rows can be compared: its name, or a dash where it passes.
  private func matrix(_ group: NodeGroup, _ failing: [FilterPlugin]) -> String {
    failing.map { plugin in
      let name = plugin.shortName
      let blocker = group.blockers.first { $0.plugin == plugin }
      let text = blocker.map { $0.isUnknown ? "?" : name } ?? "-"
      return text + String(repeating: " ", count: max(0, name.count - text.count))
    }.joined(separator: " ")
  }

  private static func why(_ group: NodeGroup, _ report: PlacementReport) -> String {
    guard let first = group.blockers.first(where: \.isSaid) ?? group.blockers.first else { return report.passWords }
    let more = group.blockers.count > 1 ? " (+\(group.blockers.count - 1) behind it)" : ""
    return first.words + more
  }

  /// Most places that are listed for a suggestion.
  private static let mostPlaces = 20

  private func suggestionRow(_ suggestion: Suggestion, _ place: Int, _ origin: PodOrigin?) -> ComposedSource.Row {
    let places = suggestion.places.isEmpty ? "a new node" : Self.names(suggestion.places)
    let orders = suggestion.remedies(origin)
    var lines: [[Span]] = [[Span(suggestion.text, .title)]]
    if !suggestion.remarks.isEmpty { lines.append([]) }
    lines += suggestion.remarks.map { [Span("mind: ", .fieldName), Span($0)] }
    if !suggestion.kubectl.isEmpty { lines.append([]) }
    lines += suggestion.kubectl.map { [Span($0, .accent)] }
    if let order = orders.first {
      let more = orders.count > 1 ? ", then what is left of it" : ""
      lines += [
        [], [Span("a", .key), Span(" on its row tries \(order.commandLine) and asks\(more)", .dim)],
      ]
    }
    let shown = suggestion.places.prefix(Self.mostPlaces).joined(separator: ", ")
    let rest = suggestion.places.count - Self.mostPlaces
    lines += [
      [],
      [
        Span("places: ", .fieldName),
        Span(shown.isEmpty ? "a new node" : rest > 0 ? "\(shown) and \(rest) more" : shown),
      ],
      [
        Span(
          suggestion.isVerified
            ? "The filters have let the pod pass on a copy of the cluster's state with this change."
            : "The filters have let the pod pass as if that had been done; nobody can tell whether it can be.", .dim)
      ],
    ]
    return ComposedSource.Row(
      id: "suggestion \(place)",
      cells: ["", places, "would help", suggestion.text],
      role: .accent, object: suggestion.places.first.flatMap(node), drill: text("suggestion", lines),
      offer: orders.isEmpty ? .none(Self.refusal(suggestion)) : .remedies(orders))
  }

  /// Why a suggestion is not podmedic's to make, and what to do instead.
  private static func refusal(_ suggestion: Suggestion) -> String {
    for change in suggestion.changes {
      switch change {
      case .repair(let node, _): return "a change cannot cure a node: b opens the playbook for node \(node)"
      case .bindClaim(let claim), .addVolume(let claim): return "claim \(claim) has a playbook: :pvc, then b"
      case .addNode, .createClaim: return "podmedic cannot make that: it is for a person to do"
      default: continue
      }
    }
    return suggestion.kubectl.isEmpty
      ? "podmedic cannot make that: it is for a person to do" : "no remedy does that: enter shows the command"
  }

  private func text(_ title: String, _ lines: [[Span]]) -> Drill { .text(title) { lines } }

  private func node(_ name: String) -> RowObject? {
    guard let node = interface.cluster.get(Node.self, name: name), let kind = interface.catalog.served(Node.self) else {
      return nil
    }
    return RowObject(resource: kind, namespace: "", name: name, uid: node.metadata.uid)
  }

  // MARK: Texts

  /// Most waiting pods of a DaemonSet that are listed one by one.
  private static let mostWaiting = 20

  private func answerLines(_ answer: PlacementAnswer) -> [[Span]] {
    let report = answer.report
    var lines: [[Span]] = [[Span(answer.headline, answer.outcome.role ?? .text)], []]
    func add(_ label: String, _ text: String?) {
      if let text, !text.isEmpty { lines.append([Span("\(label): ", .fieldName), Span(text)]) }
    }
    add("scheduler", report.comparison == answer.headline ? nil : report.comparison)
    if report.agrees != true { add("it says", report.schedulerMessage) }
    add("preemption", answer.daemon == nil ? report.preemptionSentence ?? report.standingSentence : nil)
    for waiting in answer.daemon?.waiting.prefix(Self.mostWaiting) ?? [] {
      add("waits", waiting.sentence)
      add("preemption", waiting.preemption)
    }
    let more = (answer.daemon?.waiting.count ?? 0) - Self.mostWaiting
    if more > 0 { add("waits", "\(more) more of its pods") }
    add("requests", report.requestText)
    for sentence in report.room where answer.daemon == nil { add("capacity", sentence) }
    if let placement = answer.placement {
      let places = placement.places.prefix(8).map { "\($0.count) on \($0.node)" }.joined(separator: ", ")
      let isUnknown = placement.isAtLeast && placement.count == 0
      let count = "\(placement.isAtLeast ? "at least " : "")\(placement.count) more of its pods \(places)"
      add("room for", isUnknown ? "nobody can tell how many of its pods" : count)
    }
    if let failure = report.podFailure {
      add(failure.plugin.rawValue, "\(failure.reason.text) (\(failure.reason.evidence))")
    }
    for remark in answer.remarks { lines.append([Span(remark, .dim)]) }
    if !report.histogram.isEmpty { lines += [[], [Span("What the scheduler's message counts", .title)]] }
    lines += report.histogram.map { [Span("\($0.nodes) ", .accent), Span($0.reason)] }
    return lines
  }

  /// Most nodes of a group that are listed one by one.
  private static let mostNodes = 200

  /// Every filter on the first node of a group, and what differs for the others.
  private func lines(of id: String) -> [[Span]] {
    guard let group = groups[id], let report = answer?.report, let first = group.nodes.first else { return [] }
    var lines: [[Span]] = [[Span("node \(first.name)", .title)]]
    let width = (report.plugins.map(\.rawValue.count).max() ?? 0) + 2
    for plugin in report.plugins {
      let label = plugin.rawValue + String(repeating: " ", count: max(1, width - plugin.rawValue.count))
      let (word, role, reasons) = Self.verdict(report.verdict(of: plugin, on: first), first)
      lines.append([Span(label, .fieldName), Span(word, role)])
      for reason in reasons { lines.append([Span("  \(reason)")]) }
    }
    if group.nodes.count > 1 { lines += [[], [Span("The same holds for \(group.nodes.count - 1) more", .title)]] }
    for node in group.nodes.dropFirst().prefix(Self.mostNodes) {
      let evidence = report.blockers(on: node).map(\.evidence).filter { !$0.isEmpty }.joined(separator: "; ")
      lines.append([Span(node.name, .fieldName), Span("  \(evidence)")])
    }
    if group.nodes.count > Self.mostNodes + 1 {
      lines.append([Span("and \(group.nodes.count - Self.mostNodes - 1) more", .dim)])
    }
    return lines
  }

  private static func verdict(_ verdict: Verdict, _ node: NodeReport) -> (String, Role, [String]) {
    switch verdict {
    case .pass: ("passes", .ok, [])
    case .skipped: ("has nothing to look at", .dim, [])
    case .unknown(let reason): ("cannot tell: \(reason)", .unknown, [])
    case .fail(let reasons):
      (
        "refuses" + (reasons.allSatisfy(\.isResolvable) ? "; removing pods could help" : ""), .critical,
        reasons.map { "\($0.text): \(node.evidence(of: $0))" }
      )
    }
  }
}

extension PlacementReport.Outcome {
  fileprivate var severity: RowSeverity { self == .doesNotFit ? .critical : .none }

  fileprivate var role: Role? {
    switch self {
    case .fits: .ok
    case .doesNotFit: .critical
    case .unknown: .unknown
    }
  }
}

extension FilterPlugin {
  /// A word for the matrix.
  fileprivate var shortName: String {
    switch self {
    case .nodeUnschedulable: "Cordon"
    case .nodeName: "Name"
    case .taintToleration: "Taint"
    case .nodeAffinity: "Affinity"
    case .nodePorts: "Ports"
    case .nodeResourcesFit: "Fit"
    case .volumeRestrictions: "VolUse"
    case .ebsLimits: "EBS"
    case .gcePDLimits: "GCE"
    case .nodeVolumeLimits: "VolLimit"
    case .azureDiskLimits: "Azure"
    case .volumeBinding: "VolBind"
    case .volumeZone: "VolZone"
    case .podTopologySpread: "Spread"
    case .interPodAffinity: "Neighbour"
    case .dynamicResources: "Devices"
    case .nodeDeclaredFeatures: "Features"
    case .gangScheduling: "Gang"
    }
  }
}
