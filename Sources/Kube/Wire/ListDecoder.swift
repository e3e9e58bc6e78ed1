/// What a list says about itself.
public struct ListMetadata: Sendable, Equatable {
  /// Version to watch from.
  public var resourceVersion = ""
  /// Token of the next page; empty on the last one.
  public var continueToken = ""
  /// About how many objects are on later pages; nil when the server does not say.
  public var remainingItemCount: Int?
  /// Columns, when the list is a server-side table.
  public var columns: [TableColumn] = []

  /// Nothing known yet.
  public init() {}
}

/// Decodes a list while it arrives, so that the first rows can be shown before the last byte is there and memory does
/// not follow the size of the answer.
public struct ListDecoder {
  private enum Format {
    case protobuf(ProtobufListSplitter)
    case json(JSONListSplitter)
  }

  private var format: Format
  private let codec: ObjectCodec
  private let pool: StringPool
  private var pending: [UInt8] = []
  /// Complete after `finish()`.
  public private(set) var metadata = ListMetadata()

  /// A decoder for an answer with the given `Content-Type`; nil when that is neither protobuf nor JSON.
  public init?(contentType: String, codec: ObjectCodec, pool: StringPool) {
    if contentType.hasPrefix(Envelope.mediaType), codec.decodeProtobuf != nil {
      format = .protobuf(ProtobufListSplitter())
    } else if contentType.hasPrefix("application/json") {
      format = .json(JSONListSplitter())
    } else {
      return nil
    }
    self.codec = codec
    self.pool = pool
  }

  /// Takes the next bytes and returns the objects that they complete.
  public mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(DecodingFailure) -> [any ClusterObject] {
    var objects: [any ClusterObject] = []
    if pending.isEmpty {
      let consumed = try split(bytes, into: &objects)
      if consumed < bytes.count { pending.append(contentsOf: bytes[consumed...]) }
      return objects
    }
    var buffer = pending
    pending = []  // so that `buffer` is changed in place
    buffer.append(contentsOf: bytes)
    let consumed = try buffer.withUnsafeBufferPointer { (buffer) throws(DecodingFailure) in
      try split(UnsafeRawBufferPointer(buffer), into: &objects)
    }
    if consumed > 0 { buffer.removeSubrange(..<consumed) }
    pending = buffer
    return objects
  }

  private mutating func split(
    _ bytes: UnsafeRawBufferPointer, into objects: inout [any ClusterObject]
  ) throws(DecodingFailure) -> Int {
    switch format {
    case .protobuf(var splitter):
      defer { format = .protobuf(splitter) }
      return try splitter.split(bytes) { (piece) throws(DecodingFailure) in
        switch piece {
        case .metadata(let bytes): metadata.read(protobuf: bytes, pool: pool)
        case .item(let bytes):
          guard let object = codec.decodeProtobuf?(bytes, pool) else {
            throw DecodingFailure(offset: 0, reason: "an object of the list is malformed")
          }
          objects.append(object)
        }
      }
    case .json(var splitter):
      defer { format = .json(splitter) }
      return try splitter.split(bytes) { (piece) throws(DecodingFailure) in
        var reader = JSONReader(piece.bytes, pool: pool)
        switch piece.member {
        case "metadata": metadata.read(try JSONValue(json: &reader))
        case "items", "rows": objects += try codec.decodeJSON(&reader)
        case "columnDefinitions": metadata.columns.append(TableColumn(try JSONValue(json: &reader)))
        default: break
        }
      }
    }
  }

  /// To be called at the end of the answer; fails when the answer was cut short or was no list.
  public mutating func finish() throws(DecodingFailure) {
    let isComplete =
      switch format {
      case .protobuf(let splitter): splitter.isComplete
      case .json(let splitter): splitter.isComplete
      }
    guard isComplete else {
      throw DecodingFailure(offset: pending.count, reason: "the list ended before it was complete")
    }
    if case .json(let splitter) = format, !splitter.isList {
      throw DecodingFailure(offset: 0, reason: "the answer is no list of Kubernetes'")
    }
  }
}

extension ListMetadata {
  mutating func read(protobuf bytes: UnsafeRawBufferPointer, pool: StringPool) {
    var reader = ProtobufReader(bytes, pool: pool)
    while let field = reader.nextField() {
      switch field {
      case 2: resourceVersion = reader.string()
      case 3: continueToken = reader.string()
      case 4: remainingItemCount = reader.int()
      default: reader.skip()
      }
    }
  }

  mutating func read(_ json: JSONValue) {
    resourceVersion = json["resourceVersion"]?.string ?? ""
    continueToken = json["continue"]?.string ?? ""
    remainingItemCount = json["remainingItemCount"]?.int
  }
}

extension TableColumn {
  init(_ json: JSONValue) {
    self.init(
      name: json["name"]?.string ?? "", type: json["type"]?.string ?? "string", priority: json["priority"]?.int ?? 0)
  }
}
