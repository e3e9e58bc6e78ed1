import Testing

@testable import Kube

@Suite struct SharedValuesTests {
  private func container(variables: [String], pool: StringPool) throws -> Container {
    var writer = ProtobufWriter()
    for name in variables { writer.message(7) { $0.string(1, name) } }
    return try #require(writer.bytes.withUnsafeBytes { Container(protobuf: $0, pool: pool) })
  }

  private func storage(_ container: Container) -> UnsafeRawPointer? {
    container.env.withUnsafeBytes { $0.baseAddress }
  }

  @Test func equalListsShareTheirStorageFromTheSecondOn() throws {
    let pool = StringPool()
    let names = ["FIRST_VARIABLE", "SECOND_VARIABLE", "THIRD_VARIABLE"]
    let containers = try (0..<4).map { _ in try container(variables: names, pool: pool) }
    for container in containers { #expect(container.env.map(\.name) == names) }
    #expect(storage(containers[0]) != storage(containers[1]))
    #expect(storage(containers[1]) == storage(containers[2]))
    #expect(storage(containers[1]) == storage(containers[3]))
    let other = try container(variables: ["FIRST_VARIABLE", "SECOND_VARIABLE", "THIRD_VARIABLF"], pool: pool)
    #expect(other.env.last?.name == "THIRD_VARIABLF")
  }

  @Test func equalBytesOfAnotherLimitAreAnotherValue() throws {
    let pool = StringPool()
    let long = String(repeating: "x", count: ObjectMeta.longestKeptAnnotation + 1)
    for _ in 0..<4 {
      var writer = ProtobufWriter()
      for number in [11, 12] {
        writer.message(number) { entry in
          entry.string(1, "key")
          entry.string(2, long)
        }
      }
      let metadata = try #require(writer.bytes.withUnsafeBytes { ObjectMeta(protobuf: $0, pool: pool) })
      #expect(metadata.labels["key"] == long)
      #expect(metadata.annotations["key"] == "")
    }
  }

  @Test func elementsMayBeApartAndCutShort() throws {
    let pool = StringPool()
    for _ in 0..<4 {
      var writer = ProtobufWriter()
      for name in ["A_VARIABLE_OF_SOME_LENGTH", "ANOTHER"] { writer.message(7) { $0.string(1, name) } }
      writer.string(1, "web")
      writer.message(7) { $0.string(1, "LAST") }
      let whole = try #require(writer.bytes.withUnsafeBytes { Container(protobuf: $0, pool: pool) })
      #expect(whole.env.map(\.name) == ["A_VARIABLE_OF_SOME_LENGTH", "ANOTHER", "LAST"])
      let cut = writer.bytes.dropLast(2)
      #expect(Array(cut).withUnsafeBytes { Container(protobuf: $0, pool: pool) } == nil)
    }
  }
}
