/// Reads YAML, and with it JSON, into nodes with positions.
///
/// The dialect is what Kubernetes users write: anchors, aliases and `<<` merge keys, several documents, UTF-8 or
/// UTF-16 with or without a byte order mark. A key twice in one mapping is an error. Hostile input ends in an error:
/// size, nesting and the growth through aliases are bounded.
public enum YAMLFile {
  /// What a file may be at most.
  public struct Limits: Sendable, Hashable {
    /// Bytes of the file.
    public var bytes = 16 << 20
    /// Lists and mappings within each other.
    public var depth = 100
    /// Nodes that aliases and merge keys stand for, all together.
    public var aliasedNodes = 100_000

    /// The limits used everywhere: 16 MiB, 100 levels, 100,000 aliased nodes.
    public init() {}
  }

  /// All documents of a file; empty documents are null nodes, an empty file has none.
  public static func documents(
    _ bytes: [UInt8], file: String, limits: Limits = Limits()
  ) throws(DataProblem) -> [DataNode] {
    try read(bytes, file: file, limits: limits, upTo: .max)
  }

  /// The first document, or nil when there is none. What follows it is not looked at, as in kubectl.
  public static func firstDocument(
    _ bytes: [UInt8], file: String, limits: Limits = Limits()
  ) throws(DataProblem) -> DataNode? {
    try read(bytes, file: file, limits: limits, upTo: 1).first
  }

  /// The only document, or nil when there is none; a second one is an error.
  public static func onlyDocument(
    _ bytes: [UInt8], file: String, limits: Limits = Limits()
  ) throws(DataProblem) -> DataNode? {
    let documents = try read(bytes, file: file, limits: limits, upTo: 2)
    guard documents.count < 2 else {
      throw DataProblem(documents[1].position, "a second document begins here; one document per file is read")
    }
    return documents.first
  }

  private static func read(
    _ bytes: [UInt8], file: String, limits: Limits, upTo count: Int
  ) throws(DataProblem) -> [DataNode] {
    guard bytes.count <= limits.bytes else {
      throw DataProblem(
        DataPosition(file: file), "the file has \(bytes.count) bytes; at most \(limits.bytes) are read")
    }
    let composer = YAMLComposer(source: bytes, file: file, limits: limits)
    var documents: [DataNode] = []
    while documents.count < count, let document = try composer.nextDocument() { documents.append(document) }
    return documents
  }
}
