import DataFiles
import Kube

/// The way to a field of a JSON document: names of members and places in lists.
struct FieldPath: Equatable {
  enum Part: Equatable {
    case member(String)
    case element(Int)
  }

  var parts: [Part] = []

  /// The way to the innermost value that holds the byte at `offset`; nil for text that is no JSON up to there.
  init?(to offset: Int, in bytes: ArraySlice<UInt8>) {
    let found = bytes.withUnsafeBytes { bytes -> [Part]? in
      var reader = JSONReader(bytes, pool: StringPool(capacity: 16))
      do throws(DecodingFailure) {
        return try Self.search(offset, &reader)
      } catch {
        return nil
      }
    }
    guard let found else { return nil }
    parts = found
  }

  private static func search(_ offset: Int, _ reader: inout JSONReader) throws(DecodingFailure) -> [Part] {
    var found: [Part] = []
    func descend(_ part: Part, _ reader: inout JSONReader) throws(DecodingFailure) {
      _ = try reader.peek()
      let start = reader.offset
      var inner = reader
      try reader.skip()
      guard found.isEmpty, start <= offset, offset < reader.offset else { return }
      found = try [part] + search(offset, &inner)
    }
    switch try reader.peek() {
    case .object:
      try reader.object { (reader, name) throws(DecodingFailure) in try descend(.member(name), &reader) }
    case .array:
      var index = 0
      try reader.array { (reader) throws(DecodingFailure) in
        try descend(.element(index), &reader)
        index += 1
      }
    default: break
    }
    return found
  }

  /// `spec.containers[0].image`; "" for the document itself.
  var text: String {
    var text = ""
    for part in parts {
      switch part {
      case .member(let name): text += text.isEmpty ? name : ".\(name)"
      case .element(let index): text += "[\(index)]"
      }
    }
    return text
  }

  /// The value in a document, as far as the document has it.
  func node(in document: DataNode) -> DataNode {
    var node = document
    for part in parts {
      let next: DataNode?
      switch part {
      case .member(let name): next = node[name]
      case .element(let index): next = node.elements.flatMap { index < $0.count ? $0[index] : nil }
      }
      guard let next else { break }
      node = next
    }
    return node
  }
}

/// A YAML file whose documents are being read as JSON, so that problems name its own lines.
struct YAMLOrigin {
  private let source: CaptureSource
  /// The document that is being read.
  var index = 0
  private var documents: [DataNode]?
  private var lookups = 0
  /// So many lines are looked up: each costs a walk through the document, and nobody reads more.
  private static let most = 20

  init(_ source: CaptureSource) { self.source = source }

  /// The line of a byte of the current document's JSON; 0 when it cannot be told, as in a file that is broken further on.
  mutating func line(of offset: Int, in converted: CaptureSource) -> Int {
    lookups += 1
    guard lookups <= Self.most else { return 0 }
    if documents == nil {
      do throws(DataProblem) {
        documents = try YAMLFile.documents(source.bytes, file: source.name)
      } catch {
        documents = []
      }
    }
    guard let documents, index < documents.count, let path = FieldPath(to: offset, in: converted.bytes[...]) else {
      return 0
    }
    return path.node(in: documents[index]).position.line
  }
}
