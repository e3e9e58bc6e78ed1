import ClusterState
import Diagnosis
import Expressions
import Kube
import ScreenKit
import Terminal

/// The containers of one pod.
final class ContainerSource: TableSource {
  let title: String
  let columns: [TableViewColumn]
  let needs: [Need]
  let contexts: [KeyContext] = [.logged, .object]
  let defaultSort = (column: "", descending: false)

  private let uid: String
  private let resource: Resource
  private let builder: RowBuilder
  private unowned let interface: Interface
  private var pod: Pod?
  private var summaries: [String: ContainerSummary] = [:]
  private var order: [String] = []

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
    if new == pod { return [] }
    pod = new
    let all = new.map { ContainerSummary.all(of: $0) } ?? []
    order = all.map(\.name)
    summaries = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return nil
  }

  var showsUsage: Bool { true }

  var ids: [String] { order }
  func contains(_ id: String) -> Bool { summaries[id] != nil }

  private func input(_ id: String, now: Timestamp) -> RowInput? {
    summaries[id].map {
      RowInput(
        object: .record($0), usage: object(id).map(interface.usage) ?? .value(.null),
        scope: ScopeFacts(namespace: interface.namespace), pod: pod, now: now)
    }
  }

  func cell(_ id: String, column: String, now: Timestamp) -> TableCell {
    guard let definition = builder.columns.first(where: { $0.id == column }), let input = input(id, now: now) else {
      return TableCell("")
    }
    let cell = builder.cell(definition, of: input, now: now)
    return TableCell(cell.text, cell.severity.map { RowSeverity($0).role } ?? .text)
  }

  func sortKey(_ id: String, column: String) -> SortKey {
    // The order of the pod: it is the order in which containers start.
    guard !column.isEmpty else { return .number(Int128(order.firstIndex(of: id) ?? 0)) }
    let now = interface.clock()
    guard let definition = builder.columns.first(where: { $0.id == column }), let input = input(id, now: now) else {
      return .missing
    }
    return builder.sortKey(definition, of: input, now: now)
  }

  func severity(_ id: String) -> RowSeverity {
    let now = interface.clock()
    guard let input = input(id, now: now), let severity = builder.severity(of: input, now: now) else { return .none }
    return RowSeverity(severity)
  }

  func searchText(_ id: String, now: Timestamp) -> String {
    columns.map { cell(id, column: $0.id, now: now).text }.joined(separator: " ").lowercased()
  }

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
