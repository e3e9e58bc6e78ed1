import Testing

@testable import Kube

@Suite struct TimestampTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01.5Z", 1_500_000), ("1969-12-31T23:59:59Z", -1_000_000),
      ("2026-01-02T03:04:05Z", 1_767_323_045_000_000), ("2026-01-02T03:04:05+02:00", 1_767_315_845_000_000),
      ("2026-01-02T03:04:05-02:30", 1_767_332_045_000_000), ("2026-01-02T03:04:05.123456Z", 1_767_323_045_123_456),
      ("2026-01-02T03:04:05.123456789Z", 1_767_323_045_123_456), ("2026-01-02t03:04:05z", 1_767_323_045_000_000),
      ("2024-02-29T00:00:00Z", 1_709_164_800_000_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
      ("9999-12-31T23:59:59Z", 253_402_300_799_000_000), ("2000-02-29T12:00:00Z", 951_825_600_000_000),
    ] as [(String, Int64)])
  func times(_ text: String, _ microseconds: Int64) {
    #expect(Timestamp(text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "null", "2026", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04Z", "2026-13-02T03:04:05Z",
    "2026-00-02T03:04:05Z", "2026-01-32T03:04:05Z", "2026-02-29T03:04:05Z", "2026-04-31T00:00:00Z",
    "1900-02-29T00:00:00Z", "2026-01-02T24:04:05Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:61Z",
    "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx", "2026-01-02T03:04:05+0200", "2026-1-2T03:04:05Z",
    "-026-01-02T03:04:05Z", "٢٠٢٦-01-02T03:04:05Z", " 2026-01-02T03:04:05Z",
  ])
  func whatIsNoTime(_ text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test(arguments: [
    "0001-01-01T00:00:00Z", "0999-06-15T12:30:45Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z",
    "2000-02-29T23:59:59Z", "2100-03-01T00:00:00Z", "9999-12-31T23:59:59Z",
  ])
  func descriptionReadsBack(_ text: String) {
    #expect(Timestamp(text)?.description == text)
  }

  @Test func extremesNeverTrap() {
    for microseconds in [Int64.min, .min + 1, -1, 0, .max] {
      let time = Timestamp(microseconds: microseconds)
      _ = time.description
      _ = time.since(Timestamp(microseconds: .max))
      _ = time.advanced(by: .seconds(Int64.max / 2))
      var pod = Pod()
      pod.metadata.creationTimestamp = time
      _ = pod.protobuf
    }
    #expect(Timestamp(seconds: .max).description == "9999-12-31T23:59:59Z")
    #expect(Timestamp(seconds: .min, nanoseconds: .min).description == "0001-01-01T00:00:00Z")
    #expect(Timestamp(microseconds: -1).seconds == -1)
  }

  @Test func zeroTimeOfGoIsUnset() {
    var writer = ProtobufWriter()
    writer.message(1) { $0.bytes(8, []) }
    #expect(decoded(Pod.self, protobuf: writer.bytes)?.metadata.creationTimestamp == nil)
    writer = ProtobufWriter()
    writer.message(1) { metadata in metadata.message(8) { $0.int(1, 0) } }
    #expect(decoded(Pod.self, protobuf: writer.bytes)?.metadata.creationTimestamp == Timestamp(seconds: 0))
  }

  @Test func durationsAddUp() throws {
    let start = try #require(Timestamp("2026-01-02T03:04:05Z"))
    #expect(start.advanced(by: .seconds(90)).description == "2026-01-02T03:05:35Z")
    #expect(start.advanced(by: .seconds(90)).since(start) == .seconds(90))
    #expect(start.since(start.advanced(by: .milliseconds(1))) == .milliseconds(-1))
    #expect(start < start.advanced(by: .microseconds(1)))
  }
}
