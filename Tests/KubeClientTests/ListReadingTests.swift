import EventLoop
import Kube
import Testing

@testable import KubeClient

/// Long lists, which are decoded on another thread.
struct ListReadingTests {
  private final class Told {
    var names: [String] = []
    var version: String?
    var failure: DecodingFailure?
    var holds: [Bool] = []
  }

  private static func list(of count: Int) -> [UInt8] {
    let filler = String(repeating: "x", count: 2000)
    let items = (0..<count).map {
      #"{"metadata":{"name":"\#($0)","namespace":"a","uid":"\#($0)"},"data":{"filler":"\#(filler)"}}"#
    }
    let text =
      #"{"kind":"ConfigMapList","metadata":{"resourceVersion":"7"},"items":[\#(items.joined(separator: ","))]}"#
    return Array(text.utf8)
  }

  private static func reading(_ loop: Loop, _ told: Told) throws -> ListReading {
    let reading = try #require(
      ListReading(contentType: "application/json", codec: .typed(ConfigMap.self), loop: loop) { outcome in
        switch outcome {
        case .objects(let objects): told.names += objects.map(\.metadata.name)
        case .ended(let metadata): told.version = metadata.resourceVersion
        case .failed(let failure): told.failure = failure
        }
      })
    reading.onFull = { told.holds.append($0) }
    return reading
  }

  private static func feed(_ bytes: some Collection<UInt8>, by count: Int, to reading: ListReading, each: () -> Void) {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      Array(rest.prefix(count)).withUnsafeBytes { reading.take($0) }
      rest = rest.dropFirst(count)
      each()
    }
  }

  /// Whole and in order, however the bytes fall, whether the loop turns while they arrive or not.
  @Test(arguments: [1 << 14, 100_003, 6 << 20], [true, false]) func longListsAreWhole(count: Int, turns: Bool) throws {
    let loop = try Loop()
    let told = Told()
    let reading = try Self.reading(loop, told)
    let bytes = Self.list(of: 3000)
    #expect(bytes.count > ListReading.shortList + ListReading.longestQueue)
    Self.feed(bytes, by: count, to: reading) { if turns { loop.turn(upTo: .zero) } }
    reading.end()
    #expect(told.version == nil, "the end is told when everything before it is")
    #expect(loop.runUntilIdle(limit: .seconds(60)))
    #expect(told.names == (0..<3000).map { "\($0)" })
    #expect(told.version == "7")
    #expect(told.failure == nil)
  }

  /// What comes faster than it is decoded waits at the server, not in memory.
  @Test func aFastServerIsHeldBackAndLetGoAgain() throws {
    let loop = try Loop()
    let told = Told()
    let reading = try Self.reading(loop, told)
    // The loop does not turn: nothing that was decoded can be taken.
    Self.feed(Self.list(of: 3000), by: 1 << 16, to: reading) {}
    #expect(told.holds == [true])
    reading.end()
    #expect(loop.runUntilIdle(limit: .seconds(60)))
    #expect(told.holds == [true, false])
    #expect(told.version == "7")
  }

  @Test func aListThatIsCutShortOrMalformedFails() throws {
    let bytes = Self.list(of: 1000)
    for broken in [Array(bytes.dropLast(3)), Array(bytes.dropLast(2)) + Array(#",{"metadata":3}]}"#.utf8)] {
      let loop = try Loop()
      let told = Told()
      let reading = try Self.reading(loop, told)
      Self.feed(broken, by: 1 << 16, to: reading) {}
      reading.end()
      #expect(loop.runUntilIdle(limit: .seconds(60)))
      #expect(told.failure != nil)
      #expect(told.version == nil)
    }
  }

  @Test func nothingIsToldOfAListThatNobodyWantsAnyMore() throws {
    let loop = try Loop()
    let told = Told()
    let reading = try Self.reading(loop, told)
    Self.feed(Self.list(of: 1000), by: 1 << 16, to: reading) {}
    let known = told.names.count
    reading.cancel()
    reading.end()
    #expect(loop.runUntilIdle(limit: .seconds(60)))
    #expect(told.names.count == known && told.version == nil && told.failure == nil)
  }
}
