import Testing

@testable import Kube

@Suite struct SchemaTests {
  @Test func numbersAndNamesAreUniqueInEveryTable() {
    for table in everySchemaTable() {
      #expect(Set(table.wireNumbers).count == table.wireNumbers.count, "\(table.type)")
      #expect(Set(table.members.map(\.name)).count == table.members.count, "\(table.type)")
      #expect(!table.members.contains { $0.name.isEmpty }, "\(table.type)")
      #expect(table.wireNumbers.allSatisfy { $0 > 0 && $0 < 64 }, "\(table.type)")
      for numbers in table.inlined { #expect(Set(numbers).count == numbers.count, "\(table.type)") }
    }
  }

  @Test func everyKindHasItsMetadataInFrontAndAResource() {
    for kind in builtInKinds {
      #expect(!kind.resources.isEmpty)
      #expect(kind.fieldNames.first == "metadata", "\(kind)")
      #expect(Set(kind.resources.map(\.plural)).count == 1, "\(kind)")
    }
    let names = builtInKinds.map { $0.resource.qualifiedName }
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: builtInKinds.map { "\($0)" })
  func everyFieldSurvivesJSONAndProtobuf(_ name: String) throws {
    let kind = try #require(builtInKinds.first { "\($0)" == name })
    func check<Kind: KubeObject>(_ kind: Kind.Type) throws {
      var document = FullDocument()
      let json = document.json(of: kind)
      let object = try decoded(kind, json: json)
      #expect(unsetFields(object) == [])
      let again = try #require(decoded(kind, protobuf: object.protobuf))
      #expect(areEqual(object, again))
      #expect(!areEqual(object, Kind()))
      #expect(areEqual(try decoded(kind, json: [:]), Kind()))
      #expect(areEqual(try #require(decoded(kind, protobuf: Kind().protobuf)), Kind()))
    }
    try check(kind)
  }

  @Test func nullMembersLeaveFieldsUnset() throws {
    for kind in builtInKinds {
      func check<Kind: KubeObject>(_ kind: Kind.Type) throws {
        let members = Kind.fieldNames.map { ($0, JSONValue.null) }
        #expect(areEqual(try decoded(kind, json: .object(SmallMap(uniquing: members))), Kind()), "\(kind)")
      }
      try check(kind)
    }
  }

  @Test func unknownMembersAndFieldsArePassedOver() throws {
    let json: JSONValue = ["kind": "Pod", "x": [1, ["y": nil]], "spec": ["z": 1.5, "nodeName": "a"]]
    #expect(try decoded(Pod.self, json: json).spec.nodeName == "a")
    var writer = ProtobufWriter()
    writer.int(99, 7)
    writer.message(2) { spec in
      spec.double(500, 1)
      spec.string(10, "a")
    }
    writer.bytes(7, [1, 2, 3])
    #expect(decoded(Pod.self, protobuf: writer.bytes)?.spec.nodeName == "a")
  }

  /// Paths of fields that read as unset, in a value and all records within it.
  private func unsetFields(_ record: any KubeRecord, path: String = "") -> [String] {
    func fieldNames<Record: KubeRecord>(_ record: Record) -> [String] { Record.fieldNames }
    return fieldNames(record).flatMap { name in unset(record.value(of: name), path: "\(path).\(name)") }
  }

  private func unset(_ value: FieldValue?, path: String) -> [String] {
    switch value {
    case nil, .null, .string(""), .int(0), .bool(false): [path]
    case .list(let values): values.isEmpty ? [path] : values.flatMap { unset($0, path: path) }
    case .map(let values): values.isEmpty ? [path] : []
    case .record(let record): unsetFields(record, path: path)
    default: []
    }
  }
}
