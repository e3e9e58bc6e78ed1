import ClusterState
import Diagnosis
import Draining
import Kube
import Terminal

extension ComposedSource {
  /// A drain that is going on, or has ended: how far it is as a whole, with each node and with each pod.
  static func drainRun(_ show: DrainShow, _ interface: Interface) -> ComposedSource {
    let recipe = Recipe(
      title: "drain",
      columns: [
        TableViewColumn(id: "name", title: "POD", width: .fit(maximum: 40)),
        TableViewColumn(id: "why", title: "STATE", width: .fit(maximum: 44)),
        TableViewColumn(id: "on", title: "NOW ON", width: .fit(maximum: 24), priority: 1),
        TableViewColumn(id: "owner", title: "OWNER", width: .fit(maximum: 30), priority: 3),
        TableViewColumn(id: "replacement", title: "REPLACED BY", width: .fit(maximum: 40), priority: 4),
      ],
      contexts: [.drainRun, .object],
      kinds: [Pod.self, Node.self, ReplicaSet.self, Job.self, PodDisruptionBudget.self], namespace: nil,
      empty: "The drain is beginning.",
      // What is terminating counts seconds.
      stamp: { [unowned interface] in show.revision &* 100_000 &+ Int(interface.now.seconds % 100_000) },
      condition: { TableCondition(word: show.word, role: show.role, explanation: "The drain is beginning.") },
      rows: { [unowned interface] now in DrainRunRows(show: show, interface: interface, now: now).rows })
    return ComposedSource(recipe, interface: interface)
  }
}

/// The rows of a drain.
private struct DrainRunRows {
  let show: DrainShow
  let interface: Interface
  let now: Timestamp
  private let replacements: [String: Pod]

  init(show: DrainShow, interface: Interface, now: Timestamp) {
    self.show = show
    self.interface = interface
    self.now = now
    replacements = show.replacements(in: interface.cluster)
  }

  var rows: [ComposedSource.Row] {
    [whole] + (show.run?.nodes.flatMap { node in [row(node)] + node.pods.sorted(by: Self.precedes).map(row) } ?? [])
  }

  /// What needs a person first, what is done last.
  private static func precedes(_ left: PodProgress, _ right: PodProgress) -> Bool {
    func key(_ pod: PodProgress) -> (Int, String, String) { (pod.rank, pod.pod.namespace, pod.pod.name) }
    return key(left) < key(right)
  }

  // MARK: The whole

  private var whole: ComposedSource.Row {
    let (gone, all) = show.counts(in: interface.cluster)
    let bar = interface.glyphs.bar(all == 0 ? 0 : Double(gone) / Double(all), columns: 12)
    let severity: RowSeverity =
      switch show.role {
      case .critical: .critical
      case .notice: .warning
      default: .none
      }
    return ComposedSource.Row(
      id: "whole", cells: ["\(bar) \(show.word)", sentence, "", "", ""], severity: severity, role: show.role,
      object: interface.row(ofNode: show.order.nodes.first?.name ?? ""),
      drill: .text("drain") { [show, unowned interface] in
        let head = [[Span(show.order.kubectl, .accent)], [Span(show.progress(in: interface.cluster), .title)], []]
        return head + show.lines.map { [Span($0.text, $0.isError ? .warning : .text)] }
      })
  }

  private var sentence: String {
    if let refusal = show.refusal { return refusal }
    guard let run = show.run else { return "" }
    var parts = [show.progress(in: interface.cluster)]
    switch run.outcome {
    case nil where show.isCutOff: parts.append("R goes on")
    case nil:
      if let outage = run.outage { parts.append("the server does not answer: \(outage)") }
      if run.isPaused { parts.append("p goes on") }
    case .drained: break
    case .failed(let lines): parts.append(lines.joined(separator: "; "))
    case .cancelled: break
    case .interrupted(let why):
      if let name = run.reopened {
        // What there is to do comes first: the rest of a long sentence may be cut off.
        parts.insert("R asks whether \(name) is cordoned again: somebody has uncordoned it since", at: 0)
      } else {
        parts.append("\(why); R goes on where it was cut off, or podmedic drain --resume=\(run.header.id)")
      }
    }
    let cordoned = interface.stillCordoned(by: show).map(\.name)
    if show.isOver, !cordoned.isEmpty {
      let names = cordoned.joined(separator: ", ")
      parts.append("this run has cordoned \(names): u uncordons \(cordoned.count == 1 ? "it" : "them")")
    }
    if show.isCutOff { parts.append("begun \(run.header.time)") }
    return parts.joined(separator: "; ")
  }

  // MARK: Nodes and pods

  private func row(_ node: NodeProgress) -> ComposedSource.Row {
    let pods = node.pods
    let gone = pods.count { show.isGone($0, in: interface.cluster) }
    let hasEnded = show.isOver
    let isClosed = interface.isCordoned(node.target.name)
    let notBegun = isClosed && (node.isCordonedByRun || node.target.isCordoned) ? "cordoned, not begun" : "not begun"
    let (text, severity): (String, RowSeverity) =
      switch node.state {
      case .waiting where !hasEnded: ("waits for its turn", .none)
      case .cordoned where !hasEnded: ("cordoned", .none)
      case .waiting, .cordoned: (pods.isEmpty ? notBegun : "not drained: \(gone) of \(pods.count) gone", .none)
      case .waitingForBudget(let why): (hasEnded ? "\(notBegun): \(why)" : "waits for its turn: \(why)", .warning)
      case .waitingForOwners(let why):
        (
          "\(gone) of \(pods.count) gone" + (hasEnded ? ", not waited for the rest: \(why)" : ", waits: \(why)"),
          .warning
        )
      case .draining where hasEnded && gone == pods.count: ("ended when all \(gone) were gone", .none)
      case .draining: ("\(hasEnded ? "not drained" : "draining"): \(gone) of \(pods.count) gone", .none)
      case .drained: ("drained: \(gone) gone", .none)
      case .failed(let why): ("failed: \(why)", .critical)
      }
    let isAway = interface.isAway(node: node.target.name)
    let isOpenAgain = hasEnded && !isAway && !isClosed && (node.isCordonedByRun || node.target.isCordoned)
    let place = isAway ? "no longer exists; " : isOpenAgain ? "open again; " : ""
    return ComposedSource.Row(
      id: "node \(node.target.name)",
      cells: ["node \(node.target.name)", place + text, "", "", ""],
      severity: isAway && severity == .none ? .warning : severity,
      role: severity == .none && !isAway ? .title : nil, object: interface.row(ofNode: node.target.name))
  }

  /// Where a pod is. Nobody looks after pods any more when the run has ended: what is known of them is.
  private func text(_ pod: PodProgress) -> String {
    guard show.isOver, !pod.hasEnded else { return pod.text(now: now) }
    if show.isGone(pod, in: interface.cluster) { return "gone" }
    switch pod.state {
    case .waiting where show.isGoing(pod, in: interface.cluster): return "terminating"
    case .waiting where pod.wasAsked: return DrainShow.isNotKnown
    case .waiting, .blocked, .retrying: return "not evicted"
    case .evicting: return "asked to go, without an answer"
    case .terminating, .ended: return pod.text(now: now)
    }
  }

  private func row(_ pod: PodProgress) -> ComposedSource.Row {
    var severity = RowSeverity.none
    var role: Role?
    switch pod.state {
    case _ where !pod.hasEnded && show.isGone(pod, in: interface.cluster): role = .ok
    case .waiting: role = show.isOver && pod.wasAsked ? .progressing : .dim
    case .evicting, .terminating: role = .progressing
    case .blocked, .retrying: severity = .warning
    case .ended(.failed): severity = .critical
    case .ended(.leftAlone), .ended(.overdue): role = .notice
    case .ended: role = .ok
    }
    let replacement = replacements[pod.pod.uid]
    // Gone is not yet made good.
    if role == .ok, let replacement, !replacement.isReady { role = .progressing }
    let place = replacement.map {
      $0.spec.nodeName.isEmpty ? "no node yet" : "\($0.spec.nodeName) \($0.isReady ? "Ready" : "not ready")"
    }
    return ComposedSource.Row(
      id: "pod \(pod.pod.uid)",
      cells: [
        "\(pod.pod.namespace)/\(pod.pod.name)", text(pod), place ?? "",
        pod.topOwner(in: interface.cluster)?.shortText ?? "", replacement?.metadata.name ?? "",
      ], severity: severity, role: role,
      object: interface.row(ofPod: ObjectName(namespace: pod.pod.namespace, name: pod.pod.name), uid: pod.pod.uid))
  }
}

extension PodProgress {
  fileprivate var rank: Int {
    switch state {
    case .ended(.failed): 0
    case .blocked, .retrying: 1
    case .terminating, .evicting: 2
    case .waiting: 3
    case .ended: 4
    }
  }
}

extension Interface {
  /// What a row about a node stands for.
  func row(ofNode name: String) -> RowObject? {
    catalog.served(Node.self).map { RowObject(resource: $0, namespace: "", name: name) }
  }

  /// What a row about a pod stands for.
  func row(ofPod pod: ObjectName, uid: String) -> RowObject? {
    catalog.served(Pod.self).map { RowObject(resource: $0, namespace: pod.namespace, name: pod.name, uid: uid) }
  }

  /// Whether a node is known to be cordoned, or not known to be open or away.
  func isCordoned(_ name: String) -> Bool {
    cluster.get(Node.self, name: name)?.spec.unschedulable ?? !isAway(node: name)
  }

  /// Whether a node is known not to exist.
  func isAway(node name: String) -> Bool {
    cluster.get(Node.self, name: name) == nil && cluster.store(of: Node.self)?.freshness == .live
  }
}
