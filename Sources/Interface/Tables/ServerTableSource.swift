import ClusterState
import Kube
import ScreenKit
import Terminal

/// Rows as the server itself prints them: for every kind that has no screen file, custom resources too.
final class ServerTableSource: TableSource {
  let title: String
  let needs: [Need]
  let contexts: [KeyContext] = [.object]
  let defaultSort = (column: "name", descending: false)

  private let resource: Resource
  private let isBuiltIn: Bool
  private let narrowing: Narrowing
  private unowned let interface: Interface
  private var rows: [String: TableRow] = [:]
  private var storeSeen: ObjectIdentifier?
  private var revisionSeen = -1
  private var namespaceSeen: String??

  init(_ resource: Resource, narrowing: Narrowing, interface: Interface) {
    self.resource = resource
    self.narrowing = narrowing
    self.interface = interface
    title = resource.plural
    isBuiltIn = builtInKind(group: resource.group, plural: resource.plural) != nil
    needs = [
      Need(resource: resource, namespace: resource.isNamespaced ? interface.namespace : nil, asTable: isBuiltIn)
    ]
  }

  /// The objects of built-in kinds may be read too, for the rules; they are in a store of their own.
  private var store: ObjectStore? {
    isBuiltIn ? interface.cluster.table(resource) : interface.cluster.store(resource)
  }

  private var showsNamespace: Bool { resource.isNamespaced && interface.namespace == nil }

  var columns: [TableViewColumn] {
    var columns: [TableViewColumn] = []
    if showsNamespace {
      columns.append(TableViewColumn(id: "namespace", title: "NAMESPACE", width: .fit(maximum: 24), priority: 2))
    }
    let own = store?.columns ?? []
    if own.isEmpty { columns.append(TableViewColumn(id: "name", title: "NAME", width: .fill)) }
    for (index, column) in own.enumerated() {
      columns.append(
        TableViewColumn(
          id: id(of: column, at: index), title: column.name.uppercased(), width: .fit(maximum: 60),
          alignment: column.type == "integer" || column.type == "number" ? .trailing : .leading, priority: index,
          isWide: column.priority > 0))
    }
    return columns
  }

  private func id(of column: TableColumn, at index: Int) -> String {
    switch column.name.lowercased() {
    case "name": "name"
    case "age": "age"
    case "status": "status"
    default: "\(index)"
    }
  }

  func refresh(now: Timestamp) -> Set<String>? {
    guard let store else {
      rows = [:]
      return []
    }
    let scope = resource.isNamespaced && !narrowing.ignoresScope ? interface.namespace : nil
    let isSame = storeSeen == ObjectIdentifier(store) && namespaceSeen == .some(scope)
    let changed = isSame ? store.changes(since: revisionSeen) : nil
    storeSeen = ObjectIdentifier(store)
    revisionSeen = store.revision
    namespaceSeen = .some(scope)
    func take(_ object: any ClusterObject) {
      guard let row = object as? TableRow, scope == nil || row.metadata.namespace == scope,
        narrowing.admits(row, in: interface.cluster)
      else { return }
      rows[ObjectStore.identity(row.metadata)] = row
    }
    guard let changed else {
      rows = [:]
      store.forEach(take)
      return nil
    }
    for id in changed {
      rows[id] = nil
      if let object = store.object(uid: id) { take(object) }
    }
    return changed
  }

  var ids: [String] { Array(rows.keys) }
  func contains(_ id: String) -> Bool { rows[id] != nil }

  private func value(_ id: String, _ column: String) -> JSONValue? {
    guard let row = rows[id], let own = store?.columns else { return nil }
    guard let index = own.indices.first(where: { self.id(of: own[$0], at: $0) == column }) else { return nil }
    return row.cells.indices.contains(index) ? row.cells[index] : nil
  }

  func cell(_ id: String, column: String, now: Timestamp) -> TableCell {
    guard let row = rows[id] else { return TableCell("") }
    if column == "namespace" { return TableCell(row.metadata.namespace) }
    // The server's age is of the moment when it answered; this one is of now.
    if column == "age", let created = row.metadata.creationTimestamp { return TableCell(now.since(created).human) }
    guard let value = value(id, column) else { return TableCell(column == "name" ? row.metadata.name : "") }
    switch value {
    case .string(let text): return TableCell(text)
    case .null: return TableCell("<none>")
    default: return TableCell(value.text())
    }
  }

  func sortKey(_ id: String, column: String) -> SortKey {
    guard let row = rows[id] else { return .missing }
    switch column {
    case "namespace": return .text(row.metadata.namespace)
    case "name": return .text(row.metadata.name)
    case "age": return row.metadata.creationTimestamp.map { .number(-Int128($0.microseconds)) } ?? .missing
    default:
      switch value(id, column) {
      case .int(let number): return .number(Int128(number) * 1_000_000_000)
      case .string(let text): return Quantity(text).nanos.map { .number($0) } ?? .text(text)
      default: return .missing
      }
    }
  }

  /// They are the server's own, which kubectl prints as they are.
  var kubectlColumns: KubectlColumns? {
    let columns = columns
    return KubectlColumns(
      always: columns.filter { !$0.isWide }.map(\.id), wide: columns.filter(\.isWide).map(\.id))
  }

  func kubectlSort(by column: String) -> KubectlSort? {
    switch column {
    case "namespace", "name": KubectlSort(path: ".metadata.\(column)", isReversed: false)
    case "age": KubectlSort(path: ".metadata.creationTimestamp", isReversed: true)
    default: nil
    }
  }

  func severity(_ id: String) -> RowSeverity { .none }

  func searchText(_ id: String, now: Timestamp) -> String {
    columns.map { cell(id, column: $0.id, now: now).text }.joined(separator: " ").lowercased()
  }

  func labels(_ id: String) -> SmallMap<String> { rows[id]?.metadata.labels ?? [:] }

  func object(_ id: String) -> RowObject? {
    rows[id].map {
      RowObject(resource: resource, namespace: $0.metadata.namespace, name: $0.metadata.name, uid: $0.metadata.uid)
    }
  }

  var condition: TableCondition {
    var condition = TableCondition(store, resource: resource, now: interface.clock())
    if condition.explanation == nil { condition.explanation = narrowing.emptiness(of: title) }
    return condition
  }

  func drill(_ id: String) -> Drill? { object(id).map { .details($0) } }
}
