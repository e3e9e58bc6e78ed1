import ClusterState
import Diagnosis
import Expressions
import Kube
import ScreenKit
import Terminal

/// The containers of one pod.
final class ContainerSource: ScreenTableSource {
  let title: String
  let columns: [TableViewColumn]
  let needs: [Need]
  let contexts: [KeyContext] = [.entered, .ported, .logged, .object]
  let defaultSort = (column: "", descending: false)

  private let uid: String
  private let resource: Resource
  let builder: RowBuilder
  unowned let interface: Interface
  private var pod: Pod?
  private var summaries: [String: ContainerSummary] = [:]
  private var order: [String] = []
  private var findings: [Finding] = []

  init(_ screen: ScreenDefinition, uid: String, resource: Resource, interface: Interface) {
    self.uid = uid
    self.resource = resource
    self.interface = interface
    title = screen.name
    builder = RowBuilder(screen, scope: ScopeFacts(namespace: interface.namespace))
    columns = builder.columns.map { TableViewColumn($0) }
    needs = [Need(resource: resource, namespace: interface.namespace)]
  }

  func refresh(now: Timestamp) -> Set<String>? {
    let new = interface.cluster.store(resource)?.object(uid: uid) as? Pod
    let found = interface.findings.all(uid: uid)
    let isDiagnosedAnew = found != findings
    findings = found
    if new == pod { return isDiagnosedAnew ? Set(order) : [] }
    pod = new
    let all = new.map { ContainerSummary.all(of: $0) } ?? []
    order = all.map(\.name)
    summaries = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return nil
  }

  var showsUsage: Bool { true }

  var ids: [String] { order }
  func contains(_ id: String) -> Bool { summaries[id] != nil }

  func input(_ id: String, now: Timestamp) -> RowInput? {
    summaries[id].map {
      RowInput(
        object: .record($0), finding: interface.findings.summary(uid: uid, container: $0, now: now),
        usage: object(id).map(interface.usage) ?? .value(.null),
        scope: ScopeFacts(namespace: interface.namespace), pod: pod, now: now)
    }
  }

  /// The cause takes the colour of the row, as in the table of pods.
  func role(_ id: String, column: String) -> Role { column == "why" || column == "state" ? severity(id).role : .text }

  /// The order of the pod: it is the order in which containers start.
  func place(_ id: String) -> Int { order.firstIndex(of: id) ?? 0 }

  func labels(_ id: String) -> SmallMap<String> { pod?.metadata.labels ?? [:] }

  func object(_ id: String) -> RowObject? {
    pod.map {
      RowObject(
        resource: resource, namespace: $0.metadata.namespace, name: $0.metadata.name, uid: uid, container: id)
    }
  }

  func drill(_ id: String) -> Drill? { object(id).map { .logs($0) } }

  var condition: TableCondition {
    if pod == nil, interface.cluster.store(resource)?.freshness.isComplete == true {
      return TableCondition(word: "gone", role: .warning, explanation: "The pod is gone. Esc goes back.")
    }
    return TableCondition(interface.cluster.store(resource), resource: resource, now: interface.clock())
  }
}
