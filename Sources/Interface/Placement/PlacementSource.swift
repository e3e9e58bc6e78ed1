import ClusterState
import Diagnosis
import Kube
import Scheduling
import ScreenKit
import Terminal

extension ComposedSource {
  /// Nodes by filters: where a pod could go, or the next pod of what makes pods, and why not elsewhere.
  static func placement(of subject: RowObject, _ interface: Interface) -> ComposedSource {
    let view = PlacementView(subject, interface: interface)
    let recipe = Recipe(
      title: "placement",
      columns: [
        TableViewColumn(id: "nodes", title: "NODES", alignment: .trailing),
        TableViewColumn(id: "name", title: "NAME", width: .fit(maximum: 34)),
        TableViewColumn(id: "filters", title: "FILTERS", width: .fit(maximum: 50), priority: 0, isListOfWords: true),
        TableViewColumn(id: "why", title: "WHY", width: .fill, priority: 1),
      ],
      contexts: [.object], kinds: view.kinds, namespace: nil, unreadColumn: 1,
      causeRows: 3,
      empty: "\(subject.resource.kind) \(subject.name) does not exist any more.",
      rows: { _ in view.rows() })
    return ComposedSource(recipe, interface: interface)
  }
}

extension Interface {
  /// What keys mean now, the most special first: what the row under the cursor is comes before what its table is.
  var contexts: [KeyContext] {
    guard let page else { return [.global] }
    if case .run(let drain)? = page.drain, !drain.isRunning || drain.isPaused {
      return drain.contexts(page.contexts, hasClosed: !stillCordoned(by: drain).isEmpty)
    }
    guard let table = page.table, let current = table.current else { return page.contexts }
    if (table.source as? ComposedSource)?.offer(current) != nil { return [.suggested] + page.contexts }
    let ofKinds = (table.source as? ComposedSource)?.contexts(of: table.selection + [current])
    let contexts = ofKinds.map { $0 + [.table, .global] } ?? page.contexts
    return (isUnplaced(current, in: table) ? [.unplaced] : []) + contexts
  }

  /// Whether a row is about a pod that has no node, or about a workload that has such pods.
  func isUnplaced(_ id: String, in table: TableView) -> Bool {
    if let source = table.source as? TriageSource { return source.waitingPod(id) != nil }
    // In a tree the key folds it.
    let contexts = table.source.contexts
    guard contexts.contains(.logged), !contexts.contains(.tree), let object = table.source.object(id),
      object.container == nil
    else {
      return false
    }
    if object.resource.kind == "Pod" {
      return cluster.get(Pod.self, namespace: object.namespace, name: object.name).map(\.isUnplaced) ?? false
    }
    return cluster.pods(ofOwner: object.uid).contains(where: \.isUnplaced)
  }

  /// Of trouble with a pod that waits, the pod is meant, not its owner.
  func placementSubject(of object: RowObject, in table: TableView) -> RowObject {
    guard let source = table.source as? TriageSource, let row = table.current else { return object }
    return source.waitingPod(row) ?? object
  }

  /// What is known of the subject of such a page; objects of some captures have no uid, so that only their names tell.
  func placementObject(_ subject: RowObject) -> (any KubeObject)? {
    let store = cluster.store(subject.resource)
    let found =
      subject.uid.isEmpty
      ? store?.object(namespace: subject.namespace, name: subject.name) : store?.object(uid: subject.uid)
    return found as? any KubeObject
  }

  /// Opens the page that explains where a pod, or the pods of a workload, can go.
  func openPlacement(of subject: RowObject) {
    guard let found = placementObject(subject),
      ClusterSnapshot.pod(of: found) != nil
    else { return show("\(subject.resource.kind) \(subject.name) makes no pods") }
    push(
      Page(
        crumb: "\(subject.name) placement", address: "", kubectl: kubectl("describe", subject),
        content: .table(self.table(ComposedSource.placement(of: subject, self)))))
  }

  /// Opens the remedy of a suggestion. When it has been made the page is worked out anew, and what is left of the
  /// suggestion is offered again.
  func applySuggestion(of table: TableView) -> [Effect] {
    guard let current = table.current, let offer = (table.source as? ComposedSource)?.offer(current) else { return [] }
    switch offer {
    case .remedies(let orders):
      guard let first = orders.first else { return [] }
      return startRemedy(first)
    case .none(let reason):
      show(reason, role: .notice)
      return []
    }
  }

  /// The cluster as the scheduler sees it, in step with what is known now.
  func schedulingSnapshot() -> ClusterSnapshot {
    let rules = SchedulerRules(gitVersion: session.serverVersion)
    // The version is learned while this is shown, and with it the rules.
    var snapshot = snapshot.flatMap { $0.rules == rules ? $0 : nil } ?? ClusterSnapshot(rules: rules)
    self.snapshot = nil
    snapshot.update(from: cluster)
    // Nothing of a kind that the server does not have can stand in the way.
    if !catalog.resources.isEmpty {
      snapshot.setNotServed(ClusterSnapshot.reads.filter { catalog.served($0) == nil })
    }
    self.snapshot = snapshot
    return snapshot
  }

  /// Puts lines that are complete on a page of their own.
  func showLines(_ title: String, _ lines: [[Span]]) {
    let text = TextPage(.fixed)
    text.view.wraps = true
    text.view.setLines(lines)
    push(Page(crumb: title, address: "", kubectl: page?.kubectl ?? "", content: .text(text)))
  }
}

extension TriageSource {
  /// The first pod of a row that has no node yet.
  func waitingPod(_ id: String) -> RowObject? {
    for reference in objects(id) where reference.kind == "Pod" {
      guard let pod = interface.cluster.get(Pod.self, namespace: reference.namespace, name: reference.name),
        pod.isUnplaced
      else { continue }
      return interface.rowObject(pod.reference)
    }
    return nil
  }
}

extension Pod {
  /// Whether it waits for a node; what has had containers was on one.
  fileprivate var isUnplaced: Bool {
    spec.nodeName.isEmpty && (status.phase.isEmpty || status.phase == "Pending") && status.containerStatuses.isEmpty
  }
}
