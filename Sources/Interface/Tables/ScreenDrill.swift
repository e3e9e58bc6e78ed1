import Expressions
import Kube
import ScreenKit

extension ScreenDefinition {
  /// What Enter does on a row of an object that this screen is for.
  func drill(_ object: any KubeObject, _ row: RowObject, now: Timestamp) -> Drill {
    switch enter {
    case .open(let name, let relation)?: open(name, relation, object, row, now)
    case .command(.logs)?: .logs(row)
    case .command(.useNamespace)?: .namespace(row.name)
    case .command(.rules)?: .command("can s:\(row.namespace):\(row.name)")
    default: .details(row)
    }
  }

  private func open(
    _ name: String, _ relation: Relation, _ object: any KubeObject, _ row: RowObject, _ now: Timestamp
  ) -> Drill {
    switch relation {
    case .owner: return .screen(name, .owned(uid: row.uid, name: row.name), crumb: row.name)
    case .selector:
      return .screen(
        name, .selected(namespace: row.namespace, PodSelector.of(object)), crumb: row.name)
    case .namespace: return .namespace(row.name)
    case .parts: return .screen(name, .names([row.uid]), crumb: row.name)
    case .field(let field, let value):
      let wanted = value.evaluate(Bindings(object: .record(object), names: [:]), now: now).value
      if name == "pods", let wanted, case .string(let node) = wanted, row.resource.kind == "Node" {
        return .screen(name, .onNode(node), crumb: row.name)
      }
      let facts = FieldCondition(field: field, wanted: wanted ?? .null, now: now)
      return .screen(name, .matching({ facts.holds($0) }, kubectl: ""), crumb: row.name)
    }
  }
}
