import ClusterState
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
        TableViewColumn(id: "filters", title: "FILTERS", width: .fit(maximum: 50), priority: 0),
        TableViewColumn(id: "why", title: "WHY", width: .fill, priority: 1),
      ],
      contexts: [.object], kinds: view.kinds, namespace: nil,
      empty: "\(subject.resource.kind) \(subject.name) does not exist any more.",
      rows: { _ in view.rows() })
    return ComposedSource(recipe, interface: interface)
  }
}

extension Interface {
  /// Opens the page that explains where a pod, or the pods of a workload, can go.
  func openPlacement(of object: RowObject, in table: TableView) {
    var subject = object
    // Of trouble with a pod that waits, the pod is meant, not its owner.
    if let source = table.source as? TriageSource, let row = table.current, let pod = source.waitingPod(row) {
      subject = pod
    }
    guard let found = cluster.store(subject.resource)?.object(uid: subject.uid) as? any KubeObject,
      ClusterSnapshot.pod(of: found) != nil
    else { return show("\(subject.resource.kind) \(subject.name) makes no pods") }
    push(
      Page(
        crumb: "\(subject.name) placement", address: "", kubectl: kubectl("describe", subject),
        content: .table(self.table(ComposedSource.placement(of: subject, self)))))
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
        pod.spec.nodeName.isEmpty
      else { continue }
      return interface.rowObject(pod.reference)
    }
    return nil
  }
}
