import DataFiles
import Kube

extension JSONValue {
  /// What a node says; unquoted numbers, truth values and null are that in JSON too.
  init(_ node: DataNode) {
    switch node.content {
    case .mapping(let entries): self = .object(SmallMap(uniquing: entries.map { ($0.key, JSONValue($0.value)) }))
    case .sequence(let elements): self = .array(elements.map { JSONValue($0) })
    case .scalar(let scalar):
      if node.isNull {
        self = .null
      } else if let bool = node.bool {
        self = .bool(bool)
      } else if let integer = node.integer {
        self = .int(integer)
      } else if let number = node.number {
        self = .double(number)
      } else {
        self = .string(scalar.text)
      }
    }
  }
}
