import ClusterState
import Diagnosis
import Draining
import Kube
import PlainInterface
import Remedies
import Terminal

extension ComposedSource {
  /// What a drain would do, kept in step with the cluster: whether it can be done, under which options, and every pod with
  /// what becomes of it.
  static func drainPlan(_ draft: DrainDraft, _ interface: Interface) -> ComposedSource {
    let recipe = Recipe(
      title: "drain",
      columns: [
        TableViewColumn(id: "verdict", title: "VERDICT", width: .fit(maximum: 12)),
        TableViewColumn(id: "name", title: "POD", width: .fit(maximum: 40)),
        TableViewColumn(id: "goes", title: "GOES TO", width: .fit(maximum: 20), priority: 1),
        TableViewColumn(id: "owner", title: "OWNER", width: .fit(maximum: 30), priority: 3),
        TableViewColumn(id: "why", title: "WHY", width: .fill),
      ],
      contexts: [.drainPlan, .object],
      kinds: DrainPlanner.reads.reduce(into: []) { kinds, type in
        if !kinds.contains(where: { $0 == type }) { kinds.append(type) }
      }, namespace: nil, unreadColumn: 1,
      empty: "None of the nodes exists.",
      stamp: { draft.revision },
      rows: { [unowned interface] now in
        guard interface.isRead(DrainPlanner.reads) else { return [] }
        let plan = draft.work(interface.cluster, interface.schedulingSnapshot(), now: now)
        return plan.nodes.isEmpty ? [] : DrainPlanRows(draft, plan, interface: interface).rows
      })
    return ComposedSource(recipe, interface: interface)
  }
}

extension Interface {
  /// Whether everything that the server has of some kinds is known, or known to stay unknown.
  func isRead(_ kinds: [any KubeObject.Type]) -> Bool {
    kinds.compactMap { catalog.served($0) }.allSatisfy { resource in
      switch cluster.store(resource)?.freshness {
      case nil, .unread, .loading: false
      case .live, .stale, .forbidden, .notServed, .notCaptured, .failed: true
      }
    }
  }
}

/// The rows of the plan of a drain.
private struct DrainPlanRows {
  let draft: DrainDraft
  let plan: DrainPlan
  let writer: DrainPlanWriter
  let interface: Interface

  init(_ draft: DrainDraft, _ plan: DrainPlan, interface: Interface) {
    self.draft = draft
    self.plan = plan
    writer = DrainPlanWriter(plan, cluster: CheckReport.Cluster(), remarks: draft.remarks, now: interface.now)
    self.interface = interface
  }

  var rows: [ComposedSource.Row] {
    [answer, flags]
      + plan.nodes.flatMap { node in
        let pods = plan.pods(on: node.name)
        return [row(node, pods)] + DrainPlanWriter.sorted(pods).map(row)
      }
  }

  // MARK: The whole

  private var answer: ComposedSource.Row {
    let doubts = plan.decisiveGaps + writer.doubts.unknown + draft.remarks
    let missing = draft.nodes.filter { name in !plan.nodes.contains { $0.name == name } }
    let (word, severity, role): (String, RowSeverity, Role) =
      switch plan.outcome {
      case _ where !missing.isEmpty: ("refused", .critical, .critical)
      case .canProceed: ("can proceed", .none, .ok)
      case .blocked: ("blocked", .critical, .critical)
      case .unknown: ("cannot tell", .warning, .unknown)
      }
    let sentence =
      plan.outcome == .canProceed && missing.isEmpty
      ? writer.headline
      : (missing.map { "node \($0) does not exist" } + plan.obstacles + plan.decisiveGaps).joined(separator: "; ")
    return ComposedSource.Row(
      id: "answer",
      cells: [word, draft.nodes.count == 1 ? draft.nodes[0] : "\(draft.nodes.count) nodes", "", "", sentence],
      severity: severity, role: role, object: interface.row(ofNode: draft.nodes[0]),
      drill: .text("plan") { [writer] in
        writer.text.split(separator: "\n", omittingEmptySubsequences: false).map { [Span(String($0))] }
      },
      context: doubts.joined(separator: " "))
  }

  private var flags: ComposedSource.Row {
    let flags = draft.terms.flags
    return ComposedSource.Row(
      id: "flags",
      cells: [
        "flags", "\(flags.count) set", "", "",
        flags.isEmpty ? "kubectl's defaults: i, e, f and the other keys change them" : flags.joined(separator: " "),
      ], role: .accent, object: interface.row(ofNode: draft.nodes[0]),
      drill: .text("flags") { [draft] in DrainOptionKey.lines(draft.terms) })
  }

  // MARK: Nodes and pods

  private func row(_ node: NodePlan, _ pods: [PodPlan]) -> ComposedSource.Row {
    let summary = writer.summary(node, pods)
    let text = ([summary] + node.warnings.map(\.text)).joined(separator: "; ")
    return ComposedSource.Row(
      id: "node \(node.name)", cells: ["node", node.name, "", "", text],
      severity: node.warnings.isEmpty ? .none : .warning, role: node.warnings.isEmpty ? .title : nil,
      object: interface.row(ofNode: node.name),
      drill: .text("\(node.name) plan") {
        Paragraph.lines(
          [Paragraph(label: "node", text: node.name), Paragraph(label: "pods", text: summary)]
            + node.warnings.map { Paragraph(label: "warning", text: $0.text, role: .warning) }, width: 100)
      })
  }

  private func row(_ pod: PodPlan) -> ComposedSource.Row {
    let severity = pod.severity
    let notes = DrainPlanWriter.notes(pod).map { $0.hasPrefix("! ") ? String($0.dropFirst(2)) : $0 }
    return ComposedSource.Row(
      id: "pod \(pod.uid)",
      cells: [
        pod.verdictWord, "\(pod.name.namespace)/\(pod.name.name)", pod.destination, pod.owner?.shortText ?? "",
        notes.joined(separator: "; "),
      ], severity: severity, role: pod.verdict.isRemoval || pod.verdict.action == .refuse ? nil : .dim,
      object: interface.row(ofPod: pod.name, uid: pod.uid), drill: .text("\(pod.name.name) plan") { Self.lines(pod) },
      offer: offer(pod))
  }

  /// What makes room before the pod goes. Each step that is done leaves the next one.
  private func offer(_ pod: PodPlan) -> ComposedSource.Offer? {
    for case .isOutage(_, _, let room?) in pod.warnings {
      let more =
        room.replicas.map { RemedyOrder(.scale, room.owner, ["replicas": "\($0)"]) }
        ?? RemedyOrder(.rolloutRestart, room.owner)
      return .remedies(room.open.map { RemedyOrder(.cordon, Interface.reference(ofNode: $0)) } + [more])
    }
    return nil
  }

  /// Everything about one pod.
  private static func lines(_ pod: PodPlan) -> [[Span]] {
    var paragraphs = [
      Paragraph(label: "pod", text: "\(pod.name.namespace)/\(pod.name.name) on \(pod.node)", role: .title),
      Paragraph(label: "owner", text: pod.owner?.shortText ?? "none"),
      Paragraph(label: "verdict", text: pod.verdictWord, role: pod.severity == .none ? .text : pod.severity.role),
      Paragraph(label: "goes to", text: pod.destination),
    ]
    if pod.gracePeriod > 0 { paragraphs.append(Paragraph(label: "may take", text: "\(pod.gracePeriod) s to end")) }
    for note in DrainPlanWriter.notes(pod) {
      paragraphs.append(
        note.hasPrefix("! ")
          ? Paragraph(label: "warning", text: String(note.dropFirst(2)), role: .warning)
          : Paragraph(label: "because", text: note))
    }
    return Paragraph.lines(paragraphs, width: 100)
  }
}

extension PodPlan {
  /// kubectl's verdict, and where a budget says more.
  fileprivate var verdictWord: String {
    guard verdict.action == .evict else { return verdict.action.rawValue }
    if isNeverEvicted { return "never" }
    if termination != nil { return "terminating" }
    return blockedBy.contains { $0.state == .waits } ? "evict, waits" : "evict"
  }

  /// Where the replacement goes.
  fileprivate var destination: String {
    switch replacement {
    case .fits(let node): node
    case .comesBack(let node): "\(node) again"
    case .findsNoRoom: "stays Pending"
    case Replacement.none?: "nowhere"
    case .unknown: "not known"
    case nil: "stays"
    }
  }

  fileprivate var severity: RowSeverity {
    if verdict.action == .refuse || isNeverEvicted { return .critical }
    guard verdict.isRemoval else { return .none }
    if case .findsNoRoom = replacement { return .warning }
    if !warnings.isEmpty || !loses.isEmpty { return .warning }
    return blockedBy.contains { $0.state == .waits } || budgetGap != nil ? .notice : .none
  }
}
