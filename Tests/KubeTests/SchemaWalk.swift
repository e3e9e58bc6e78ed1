@testable import Kube

/// A table of a record type without its static type.
struct SchemaTable {
  let type: any KubeRecord.Type
  let members: [(name: String, type: FieldType)]
  let wireNumbers: [Int]
  let wireNames: [String]
  /// Names with numbers of each message that is inlined, apart.
  let inlined: [[Int]]

  init<Record: KubeRecord>(_ type: Record.Type) {
    self.type = type
    members = Record.schema.fields.map { ($0.name, $0.type) }
    wireNumbers = Record.schema.wireFields.map(\.number)
    wireNames = Record.schema.wireFields.filter { $0.members.isEmpty }.map(\.name)
    inlined = Record.schema.wireFields.map { $0.members.map(\.number) }
  }
}

/// The tables of all kinds and of all records within them, each once.
func everySchemaTable() -> [SchemaTable] {
  var seen: Set<ObjectIdentifier> = []
  var tables: [SchemaTable] = []
  func visit(_ type: any KubeRecord.Type) {
    guard seen.insert(ObjectIdentifier(type)).inserted else { return }
    func table<Record: KubeRecord>(_ type: Record.Type) -> SchemaTable { SchemaTable(type) }
    let found = table(type)
    tables.append(found)
    for member in found.members { visit(member.type) }
  }
  func visit(_ type: FieldType) {
    switch type {
    case .list(let element), .map(let element): visit(element)
    case .record(let record): visit(record)
    default: return
    }
  }
  for kind in builtInKinds { visit(kind) }
  return tables
}

/// JSON documents in which every field that is kept is set, to a value that no other field of its record has.
struct FullDocument {
  private var counter = 0

  mutating func json(of type: any KubeRecord.Type) -> JSONValue {
    func members<Record: KubeRecord>(_ type: Record.Type) -> [(String, FieldType)] {
      Record.schema.fields.map { ($0.name, $0.type) }
    }
    var entries: [(String, JSONValue)] = []
    for (name, type) in members(type) { entries.append((name, json(of: type, named: name))) }
    return .object(SmallMap(uniquing: entries))
  }

  private mutating func json(of type: FieldType, named name: String) -> JSONValue {
    counter += 1
    switch type {
    case .bool: return true
    case .int: return .int(counter)
    case .double: return .double(Double(counter) + 0.5)
    case .string: return .string("\(name) \(counter) ä\"\\")
    case .timestamp: return .string("2026-01-02T03:04:\(10 + counter % 50).25Z")
    case .duration, .any: return .null
    case .quantity: return .string("\(counter)Mi")
    case .intOrString: return .string("\(counter % 100)%")
    case .list(let element): return .array([json(of: element, named: name), json(of: element, named: name)])
    case .map(.int): return .object(["key": "QUJD", "key \(counter)": ""])
    case .map(let element):
      return .object(["key": json(of: element, named: name), "\(counter)": json(of: element, named: name)])
    case .record(let record): return json(of: record)
    }
  }
}

func decoded<Record: KubeRecord>(_ type: Record.Type, json: JSONValue) throws -> Record {
  try decoded(type, jsonBytes: json.bytes())
}

func decoded<Record: KubeRecord>(_ type: Record.Type, jsonBytes: [UInt8]) throws -> Record {
  try jsonBytes.withUnsafeBytes { bytes in
    var reader = JSONReader(bytes, pool: StringPool())
    return try Record(json: &reader)
  }
}

func decoded<Record: KubeRecord>(_ type: Record.Type, protobuf: [UInt8]) -> Record? {
  protobuf.withUnsafeBytes { Record(protobuf: $0, pool: StringPool()) }
}

/// Equality of two values of types that are only known at run time.
func areEqual(_ left: Any, _ right: Any) -> Bool {
  func compare<Value: Equatable>(_ left: Value) -> Bool { left == (right as? Value) }
  guard let left = left as? any Equatable else { return false }
  return compare(left)
}
