import Testing

@testable import Kube

/// Whatever the bytes, decoders return or throw: a trap would end this test run.
@Suite struct HostileInputTests {
  private static let mutationsPerKind = 50

  @Test(arguments: builtInKinds.map { "\($0)" })
  func mutatedProtobufNeverTraps(_ name: String) throws {
    let kind = try #require(builtInKinds.first { "\($0)" == name })
    func check<Kind: KubeObject>(_ kind: Kind.Type) throws {
      var document = FullDocument()
      let bytes = try decoded(kind, json: document.json(of: kind)).protobuf
      var random = SeededRandom(seed: 1)
      var refused = 0
      for _ in 0..<Self.mutationsPerKind {
        let mutated = mutation(of: bytes, using: &random)
        guard let object = decoded(kind, protobuf: mutated) else {
          refused += 1
          continue
        }
        // What was accepted can be written, read and looked at.
        let again = try #require(decoded(kind, protobuf: object.protobuf))
        _ = areEqual(object, again)
        readAll(object)
      }
      #expect(refused > 0)
    }
    try check(kind)
  }

  @Test(arguments: builtInKinds.map { "\($0)" })
  func mutatedJSONNeverTraps(_ name: String) throws {
    let kind = try #require(builtInKinds.first { "\($0)" == name })
    func check<Kind: KubeObject>(_ kind: Kind.Type) throws {
      var document = FullDocument()
      let bytes = document.json(of: kind).bytes()
      var random = SeededRandom(seed: 2)
      var refused = 0
      for _ in 0..<Self.mutationsPerKind {
        let mutated = mutation(of: bytes, using: &random)
        do {
          readAll(try decoded(kind, jsonBytes: mutated))
        } catch let failure as DecodingFailure {
          #expect((0...mutated.count).contains(failure.offset))
          refused += 1
        }
      }
      #expect(refused > 0)
    }
    try check(kind)
  }

  @Test func everyPrefixOfAPodIsRefusedOrAPod() throws {
    var document = FullDocument()
    let json = document.json(of: Pod.self)
    let object = try decoded(Pod.self, json: json)
    let protobuf = object.protobuf
    for count in stride(from: 0, to: protobuf.count, by: 7) {
      _ = decoded(Pod.self, protobuf: Array(protobuf[..<count]))
    }
    let text = json.bytes()
    for count in stride(from: 0, to: text.count, by: 29) {
      #expect(throws: DecodingFailure.self) { try decoded(Pod.self, jsonBytes: Array(text[..<count])) }
    }
  }

  @Test func fieldsOfAnotherWireTypeAreUnset() throws {
    for wireType in [0, 1, 2, 5] as [UInt64] {
      var writer = ProtobufWriter()
      for number in 1...45 as ClosedRange<UInt64> {
        writer.varint(number << 3 | wireType)
        switch wireType {
        case 0: writer.varint(1)
        case 1: writer.raw([UInt8](repeating: 0, count: 8))
        case 2: writer.varint(0)
        default: writer.raw([UInt8](repeating: 0, count: 4))
        }
      }
      for kind in builtInKinds {
        func check<Kind: KubeObject>(_ kind: Kind.Type) { #expect(decoded(kind, protobuf: writer.bytes) != nil) }
        check(kind)
      }
    }
  }

  @Test func hugeNumbersAreClampedSoThatSumsCannotOverflow() throws {
    let text = #"{"spec":{"replicas":9223372036854775807},"status":{"replicas":-9223372036854775808}}"#
    let deployment = try decoded(Deployment.self, jsonBytes: Array(text.utf8))
    #expect(deployment.spec.replicas == 1 << 53)
    #expect(deployment.status.replicas == -(1 << 53))
    var writer = ProtobufWriter()
    writer.message(2) { $0.int(1, .max) }
    #expect(decoded(Deployment.self, protobuf: writer.bytes)?.spec.replicas == 1 << 53)
  }

  @Test func paddingAloneIsNoNegativeNumberOfBytes() throws {
    let secret = try decoded(Secret.self, json: ["data": ["a": "==", "b": "QUI=", "c": "QUJD", "d": "QQ=="]])
    #expect(secret.data.entries.map(\.value.bytes) == [0, 2, 3, 1])
    #expect(decoded(Secret.self, protobuf: secret.protobuf) == secret)
  }

  private func mutation(of bytes: [UInt8], using random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      let position = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes.removeSubrange(position...)
      case 3: bytes.remove(at: position)
      default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
      }
    }
    return bytes
  }

  /// Reads every field and what can be computed from it.
  private func readAll(_ record: any KubeRecord) {
    func names<Record: KubeRecord>(_ record: Record) -> [String] { Record.fieldNames }
    for name in names(record) { read(record.value(of: name)) }
  }

  private func read(_ value: FieldValue?) {
    switch value {
    case .record(let record): readAll(record)
    case .list(let values): values.forEach { read($0) }
    case .map(let values): values.entries.forEach { read($0.value) }
    case .quantity(let quantity): _ = (quantity.nanos, quantity.value, quantity.milliValue, quantity.hashValue)
    case .timestamp(let time): _ = (time.description, time.seconds)
    default: return
    }
  }
}
