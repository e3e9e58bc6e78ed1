/// One message of a watch.
public enum WatchEvent: Sendable {
  /// The object is there or has changed; both are told alike, since a client must treat them alike.
  case changed(any ClusterObject)
  /// The object is gone; this is its last state.
  case deleted(any ClusterObject)
  /// Nothing changed up to this version.
  case bookmark(resourceVersion: String)
  /// The server ends the watch.
  case failed(Status)
}

/// Decodes a watch stream: protobuf frames (four bytes of length, big-endian, then a `WatchEvent` without envelope
/// whose object is enveloped) or lines of JSON.
public struct WatchDecoder {
  private enum Format { case protobuf, json }

  /// A single event larger than this is no Kubernetes object (etcd refuses objects over 1.5 MB by default, and the
  /// request limit is 3 MB); a bound so that a hostile length cannot exhaust memory.
  static let largestEvent = 64 << 20

  private let format: Format
  private let codec: ObjectCodec
  private let pool: StringPool
  private var pending: [UInt8] = []

  /// A decoder for an answer with the given `Content-Type`; nil when that is neither protobuf nor JSON.
  public init?(contentType: String, codec: ObjectCodec, pool: StringPool) {
    if contentType.hasPrefix(Envelope.mediaType), codec.decodeProtobuf != nil {
      format = .protobuf
    } else if contentType.hasPrefix("application/json") {
      format = .json
    } else {
      return nil
    }
    self.codec = codec
    self.pool = pool
  }

  /// Takes the next bytes and returns the events that they complete.
  public mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(DecodingFailure) -> [WatchEvent] {
    // Searching for a line's end starts where the last search stopped, or a long line would cost its square.
    let searched = pending.count
    pending.append(contentsOf: bytes)
    let buffer = pending
    var events: [WatchEvent] = []
    let consumed = try buffer.withUnsafeBufferPointer { (buffer) throws(DecodingFailure) in
      let bytes = UnsafeRawBufferPointer(buffer)
      return switch format {
      case .protobuf: try frames(bytes, into: &events)
      case .json: try lines(bytes, searched: searched, into: &events)
      }
    }
    pending = []
    if consumed < buffer.count { pending.append(contentsOf: buffer[consumed...]) }
    guard pending.count <= Self.largestEvent else {
      throw DecodingFailure(offset: 0, reason: "an event of more than \(Self.largestEvent) bytes")
    }
    return events
  }

  private func frames(
    _ bytes: UnsafeRawBufferPointer, into events: inout [WatchEvent]
  ) throws(DecodingFailure) -> Int {
    var position = 0
    while bytes.count - position >= 4 {
      let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
      guard length <= Self.largestEvent else {
        throw DecodingFailure(offset: position, reason: "an event of \(length) bytes")
      }
      guard bytes.count - position - 4 >= length else { break }
      let frame = UnsafeRawBufferPointer(rebasing: bytes[position + 4..<position + 4 + length])
      if let event = try protobufEvent(frame) { events.append(event) }
      position += 4 + length
    }
    return position
  }

  private func protobufEvent(_ frame: UnsafeRawBufferPointer) throws(DecodingFailure) -> WatchEvent? {
    var reader = ProtobufReader(frame, pool: pool)
    var type = ""
    var raw = UnsafeRawBufferPointer(start: nil, count: 0)
    while let field = reader.nextField() {
      switch field {
      case 1: type = reader.string()
      case 2:
        reader.message { message in
          while let field = message.nextField() {
            if field == 1 { raw = message.bytes() } else { message.skip() }
          }
        }
      default: reader.skip()
      }
    }
    guard !reader.isMalformed, let (kind, content) = Envelope.open(raw, pool: pool) else {
      throw DecodingFailure(offset: 0, reason: "a watch event is malformed")
    }
    if type == "ERROR" || kind == "Status" {
      return .failed(Status(protobuf: content, pool: pool) ?? Status(code: 0, reason: "", message: "unreadable error"))
    }
    guard let object = codec.decodeProtobuf?(content, pool) else {
      throw DecodingFailure(offset: 0, reason: "the object of a watch event is malformed")
    }
    return Self.event(type, object)
  }

  private func lines(
    _ bytes: UnsafeRawBufferPointer, searched: Int, into events: inout [WatchEvent]
  ) throws(DecodingFailure) -> Int {
    var start = 0
    var position = searched
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "\n") {
        let line = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        if line.contains(where: { $0 > 0x20 }) { events += try jsonEvents(line) }
        start = position + 1
      }
      position += 1
    }
    return start
  }

  private func jsonEvents(_ line: UnsafeRawBufferPointer) throws(DecodingFailure) -> [WatchEvent] {
    var type = ""
    var object = UnsafeRawBufferPointer(start: nil, count: 0)
    var outer = JSONReader(line, pool: pool)
    try outer.object { (reader, name) throws(DecodingFailure) in
      switch name {
      case "type": type = try reader.string()
      case "object": object = try reader.skip()
      default: try reader.skip()
      }
    }
    var reader = JSONReader(object, pool: pool)
    if type == "ERROR" { return [.failed(try Status(json: &reader))] }
    return try codec.decodeJSON(&reader).compactMap { Self.event(type, $0) }
  }

  /// nil for types that are not known: newer servers may have more.
  private static func event(_ type: String, _ object: any ClusterObject) -> WatchEvent? {
    switch type {
    case "ADDED", "MODIFIED": .changed(object)
    case "DELETED": .deleted(object)
    case "BOOKMARK": .bookmark(resourceVersion: object.metadata.resourceVersion)
    default: nil
    }
  }
}
