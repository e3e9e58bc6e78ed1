import Testing

@testable import Kube

/// Whatever the pieces in which an answer arrives, the same objects come of it.
@Suite struct WireTests {
  private enum Cut { case atOnce, byteByByte, atRandom(UInt64) }

  private static func pieces(_ bytes: [UInt8], _ cut: Cut) -> [[UInt8]] {
    switch cut {
    case .atOnce: return [bytes]
    case .byteByByte: return bytes.map { [$0] }
    case .atRandom(let seed):
      var random = SeededRandom(seed: seed)
      var rest = bytes[...]
      var pieces: [[UInt8]] = []
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...64, using: &random))
        pieces.append(Array(piece))
        rest = rest.dropFirst(piece.count)
      }
      return pieces
    }
  }

  private static let cuts: [Cut] = [.byteByByte] + (1...20).map { .atRandom($0) }

  private func list(
    _ bytes: [UInt8], _ type: String, _ codec: ObjectCodec, _ cut: Cut
  ) throws -> (objects: [any ClusterObject], metadata: ListMetadata) {
    var decoder = try #require(ListDecoder(contentType: type, codec: codec, pool: StringPool()))
    var objects: [any ClusterObject] = []
    for piece in Self.pieces(bytes, cut) { objects += try piece.withUnsafeBytes { try decoder.feed($0) } }
    try decoder.finish()
    return (objects, decoder.metadata)
  }

  private func watch(_ bytes: [UInt8], _ type: String, _ codec: ObjectCodec, _ cut: Cut) throws -> [WatchEvent] {
    var decoder = try #require(WatchDecoder(contentType: type, codec: codec, pool: StringPool()))
    var events: [WatchEvent] = []
    for piece in Self.pieces(bytes, cut) { events += try piece.withUnsafeBytes { try decoder.feed($0) } }
    return events
  }

  // MARK: Documents

  /// Text that would confuse who only counts brackets and quotes.
  private static let confusing = #"a "b" \ [{]} é"#

  private static let maps: [ConfigMap] = (1...5).map { number in
    var map = ConfigMap()
    map.metadata.name = "map-\(number)"
    map.metadata.namespace = "a"
    map.metadata.uid = "uid-\(number)"
    map.metadata.resourceVersion = "\(number)"
    map.metadata.annotations = SmallMap(uniquing: [("note", confusing + String(repeating: "x", count: number * 40))])
    return map
  }

  private static let metadataJSON: JSONValue = [
    "resourceVersion": "77", "continue": "next", "remainingItemCount": 3,
  ]

  private static func json(_ map: ConfigMap) -> JSONValue {
    [
      "metadata": [
        "name": .string(map.metadata.name), "namespace": "a", "uid": .string(map.metadata.uid),
        "resourceVersion": .string(map.metadata.resourceVersion),
        "annotations": ["note": .string(map.metadata.annotations["note"] ?? "")],
      ]
    ]
  }

  private static let jsonList: [UInt8] = {
    let list: JSONValue = [
      "kind": "ConfigMapList", "apiVersion": "v1", "metadata": metadataJSON, "items": .array(maps.map(json)),
    ]
    return list.bytes()
  }()

  private static let protobufList: [UInt8] = {
    var writer = ProtobufWriter()
    writer.message(1) { metadata in
      metadata.string(2, "77")
      metadata.string(3, "next")
      metadata.int(4, 3)
    }
    for map in maps { writer.bytes(2, map.protobuf) }
    return Envelope.seal(writer.bytes, apiVersion: "v1", kind: "ConfigMapList")
  }()

  private static let table: [UInt8] = {
    let table: JSONValue = [
      "kind": "Table", "metadata": metadataJSON,
      "columnDefinitions": [
        ["name": "Name", "type": "string", "priority": 0], ["name": "Node", "type": "string", "priority": 1],
      ],
      "rows": .array(maps.map { ["cells": [.string($0.metadata.name), .string(confusing)], "object": json($0)] }),
    ]
    return table.bytes()
  }()

  // MARK: Lists

  @Test(arguments: [("application/json", jsonList), (Envelope.mediaType, protobufList)])
  func listsOfObjects(type: String, bytes: [UInt8]) throws {
    for cut in [Cut.atOnce] + Self.cuts {
      let (objects, metadata) = try list(bytes, type, .typed(ConfigMap.self), cut)
      #expect(objects.compactMap { $0 as? ConfigMap } == Self.maps)
      #expect(metadata.resourceVersion == "77" && metadata.continueToken == "next" && metadata.remainingItemCount == 3)
    }
  }

  @Test func tables() throws {
    for cut in [Cut.atOnce] + Self.cuts {
      let (objects, metadata) = try list(Self.table, "application/json;as=Table", .table, cut)
      let rows = objects.compactMap { $0 as? TableRow }
      #expect(rows.map(\.metadata.name) == Self.maps.map(\.metadata.name))
      #expect(rows.allSatisfy { $0.cells.count == 2 && $0.cells[1] == .string(Self.confusing) })
      #expect(metadata.columns.map(\.name) == ["Name", "Node"] && metadata.columns.map(\.priority) == [0, 1])
      #expect(metadata.resourceVersion == "77")
    }
  }

  @Test(arguments: [("application/json", jsonList), (Envelope.mediaType, protobufList)])
  func aListThatEndsEarlyIsNone(type: String, bytes: [UInt8]) throws {
    // The last bytes of an envelope are empty fields that a list is whole without.
    let shortest = type == Envelope.mediaType ? 4 : 0
    for count in stride(from: 0, to: bytes.count - shortest, by: 3) {
      #expect(throws: DecodingFailure.self) {
        try list(Array(bytes.prefix(count)), type, .typed(ConfigMap.self), .atOnce)
      }
    }
  }

  @Test(arguments: ["text/html", "", "application/yaml"])
  func otherAnswersAreNoLists(type: String) {
    #expect(ListDecoder(contentType: type, codec: .typed(ConfigMap.self), pool: StringPool()) == nil)
    #expect(WatchDecoder(contentType: type, codec: .typed(ConfigMap.self), pool: StringPool()) == nil)
    #expect(ListDecoder(contentType: Envelope.mediaType, codec: .table, pool: StringPool()) == nil)
  }

  @Test(arguments: [
    Envelope.magic + [0x12] + [UInt8](repeating: 0xff, count: 9) + [0x01],  // a list of 2^64 - 1 bytes
    Envelope.magic + [0x12, 0x05, 0x12, 0xff, 0xff, 0xff, 0x07],  // an item larger than its list
    Envelope.magic + [0x12] + [UInt8](repeating: 0x80, count: 11),  // a number without end
    Envelope.magic + [0x08, 0x01], [0x6b, 0x38, 0x73, 0x01], Array("{}xx".utf8),
  ])
  func hostileLengthsAreRefused(bytes: [UInt8]) {
    for cut in [Cut.atOnce, .byteByByte] {
      #expect(throws: DecodingFailure.self) { try list(bytes, Envelope.mediaType, .typed(ConfigMap.self), cut) }
    }
  }

  @Test(arguments: [
    "[]", "}", "{}}", "{}{}", "null", #"{"items":[{"metadata":7}]}"#, #"{"items":[{]}]}"#,
    // What servers say that are none of Kubernetes'.
    "{}", #"{"items":[]}"#, #"{"kind":"Status","status":"Success"}"#, #"{"kind":"ConfigMap","data":{"items":"x"}}"#,
  ])
  func brokenJSONListsAreRefused(text: String) {
    for cut in [Cut.atOnce, .byteByByte] {
      #expect(throws: DecodingFailure.self) {
        try list(Array(text.utf8), "application/json", .typed(ConfigMap.self), cut)
      }
    }
  }

  // MARK: Watches

  private static let types = ["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "SOMETHING-NEW"]

  private static func frame(_ type: String, _ object: [UInt8]) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.string(1, type)
    writer.message(2) { $0.bytes(1, object) }
    return withUnsafeBytes(of: UInt32(writer.bytes.count).bigEndian) { Array($0) } + writer.bytes
  }

  private static let frames: [UInt8] = zip(types, maps).flatMap { type, map in
    frame(type, Envelope.seal(map.protobuf, apiVersion: "v1", kind: "ConfigMap"))
  }

  private static let lines: [UInt8] = zip(types, maps).flatMap { type, map in
    let event: JSONValue = ["type": .string(type), "object": json(map)]
    return event.bytes() + [0x0a]
  }

  private func words(_ events: [WatchEvent]) -> [String] {
    events.map { event in
      switch event {
      case .changed(let object):
        "changed \(object.metadata.name) \((object as? ConfigMap)?.metadata.annotations ?? [:])"
      case .deleted(let object): "deleted \(object.metadata.name)"
      case .bookmark(let version): "bookmark \(version)"
      case .failed(let status): "failed \(status.code) \(status.reason)"
      }
    }
  }

  @Test(arguments: [("application/json", lines), (Envelope.mediaType + ";stream=watch", frames)])
  func watches(type: String, bytes: [UInt8]) throws {
    let codec = ObjectCodec.typed(ConfigMap.self)
    let whole = words(try watch(bytes, type, codec, .atOnce))
    #expect(
      whole.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
        "changed map-1", "changed map-2", "deleted map-3", "bookmark 4",
      ])
    #expect(whole[0].contains("xxxx"))
    for cut in Self.cuts { #expect(words(try watch(bytes, type, codec, cut)) == whole) }
  }

  @Test func watchesOfTables() throws {
    let line =
      #"{"type":"ADDED","object":{"kind":"Table","rows":[{"cells":["x",1],"object":{"metadata":{"name":"x"}}}]}}"#
    for cut in [Cut.atOnce] + Self.cuts {
      let events = try watch(Array((line + "\n\n" + line + "\n").utf8), "application/json", .table, cut)
      #expect(words(events).map { $0.hasPrefix("changed x") } == [true, true])
    }
  }

  @Test func errorsEndWatchesInBothFormats() throws {
    let line = #"{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Expired","code":410}}"# + "\n"
    var status = ProtobufWriter()
    status.string(4, "Expired")
    status.int(6, 410)
    let frame = Self.frame("ERROR", Envelope.seal(status.bytes, apiVersion: "v1", kind: "Status"))
    for (type, bytes) in [("application/json", Array(line.utf8)), (Envelope.mediaType, frame)] {
      for cut in [Cut.atOnce, .byteByByte] {
        #expect(words(try watch(bytes, type, .typed(ConfigMap.self), cut)) == ["failed 410 Expired"])
      }
    }
  }

  @Test(
    arguments: [
      [0xff, 0xff, 0xff, 0xff], [0x04, 0x00, 0x00, 0x01], [0, 0, 0, 2, 0x0a, 0xff], [0, 0, 0, 0],
    ] as [[UInt8]])
  func hostileFramesAreRefused(bytes: [UInt8]) {
    for cut in [Cut.atOnce, .byteByByte] {
      #expect(throws: DecodingFailure.self) { try watch(bytes, Envelope.mediaType, .typed(ConfigMap.self), cut) }
    }
  }

  @Test func aLineWithoutEndIsRefusedBeforeItFillsTheMemory() throws {
    var decoder = try #require(
      WatchDecoder(contentType: "application/json", codec: .typed(ConfigMap.self), pool: StringPool()))
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: WatchDecoder.largestEvent / 2)
    var refusedAt: Int?
    for count in 1...3 where refusedAt == nil {
      do { _ = try piece.withUnsafeBytes { try decoder.feed($0) } } catch { refusedAt = count }
    }
    #expect(refusedAt == 3)
  }

  @Test func aVersionWithOtherNumbersIsReadAsJSON() throws {
    let beta = ObjectCodec.typed(EndpointSlice.self, version: "v1beta1")
    #expect(beta.accept == "application/json" && beta.acceptWatch == "application/json")
    let pool = StringPool(capacity: 16)
    #expect(ListDecoder(contentType: Envelope.mediaType, codec: beta, pool: pool) == nil)
    #expect(ObjectCodec.typed(EndpointSlice.self, version: "v1").accept.hasPrefix(Envelope.mediaType))
    let json = Array(
      #"{"kind":"EndpointSliceList","metadata":{},"items":[{"endpoints":[{"addresses":["1.2.3.4"],"hints":{"forZones":[{"name":"z"}]}}]}]}"#
        .utf8)
    var decoder = try #require(ListDecoder(contentType: "application/json", codec: beta, pool: pool))
    let slice = try json.withUnsafeBytes { try decoder.feed($0) }.first as? EndpointSlice
    #expect(slice?.endpoints.first?.zone == nil && slice?.endpoints.first?.hints?.forZones.first?.name == "z")
  }
}
