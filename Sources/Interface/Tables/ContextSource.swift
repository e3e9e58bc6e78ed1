import Expressions
import Kube
import ScreenKit
import Terminal

/// The contexts of the kubeconfig.
final class ContextSource: ScreenTableSource {
  let title: String
  let columns: [TableViewColumn]
  let needs: [Need] = []
  let contexts: [KeyContext] = [.contexts]
  let defaultSort = (column: "name", descending: false)

  let builder: RowBuilder
  unowned let interface: Interface
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
  func contains(_ id: String) -> Bool { rows[id] != nil }

  func input(_ id: String, now: Timestamp) -> RowInput? {
    rows[id].map { RowInput(object: .record($0), scope: ScopeFacts(namespace: nil), now: now) }
  }

  func role(_ id: String, column: String) -> Role { rows[id]?.isCurrent == true ? .accent : .text }

  func severity(_ id: String) -> RowSeverity { .none }

  func labels(_ id: String) -> SmallMap<String> { [:] }
  func object(_ id: String) -> RowObject? { nil }
  func drill(_ id: String) -> Drill? { .context(id) }
  var condition: TableCondition { TableCondition(word: "", role: .dim, explanation: "The kubeconfig has no contexts.") }
}
