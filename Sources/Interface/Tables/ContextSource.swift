import Expressions
import Kube
import ScreenKit
import Terminal

/// The contexts of the kubeconfig.
final class ContextSource: TableSource {
  let title: String
  let columns: [TableViewColumn]
  let needs: [Need] = []
  let contexts: [KeyContext] = []
  let defaultSort = (column: "name", descending: false)

  private let builder: RowBuilder
  private unowned let interface: Interface
  private var rows: [String: ContextFacts] = [:]

  init(_ screen: ScreenDefinition, interface: Interface) {
    self.interface = interface
    title = screen.name
    builder = RowBuilder(screen, scope: ScopeFacts(namespace: nil))
    columns = builder.columns.map { TableViewColumn($0) }
  }

  func refresh(now: Timestamp) -> Set<String>? {
    let all = interface.session.contexts.map { context in
      var facts = ContextFacts()
      facts.name = context.name
      facts.cluster = context.cluster
      facts.user = context.user
      facts.namespace = context.namespace
      facts.server = context.server
      facts.isCurrent = context.name == interface.session.context
      return facts
    }
    let new = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    if new == rows { return [] }
    rows = new
    return nil
  }

  var ids: [String] { Array(rows.keys) }

  private func input(_ id: String, now: Timestamp) -> RowInput? {
    rows[id].map { RowInput(object: .record($0), scope: ScopeFacts(namespace: nil), now: now) }
  }

  func cell(_ id: String, column: String, now: Timestamp) -> TableCell {
    guard let definition = builder.columns.first(where: { $0.id == column }), let input = input(id, now: now) else {
      return TableCell("")
    }
    return TableCell(
      builder.cell(definition, of: input, now: now).text, rows[id]?.isCurrent == true ? .accent : .text)
  }

  func sortKey(_ id: String, column: String) -> SortKey {
    let now = interface.clock()
    guard let definition = builder.columns.first(where: { $0.id == column }), let input = input(id, now: now) else {
      return .missing
    }
    return builder.sortKey(definition, of: input, now: now)
  }

  func severity(_ id: String) -> RowSeverity { .none }

  func searchText(_ id: String, now: Timestamp) -> String {
    columns.map { cell(id, column: $0.id, now: now).text }.joined(separator: " ").lowercased()
  }

  func labels(_ id: String) -> SmallMap<String> { [:] }
  func object(_ id: String) -> RowObject? { nil }
  func drill(_ id: String) -> Drill? { .context(id) }
  var condition: TableCondition { TableCondition(word: "", role: .dim, explanation: "The kubeconfig has no contexts.") }
}
