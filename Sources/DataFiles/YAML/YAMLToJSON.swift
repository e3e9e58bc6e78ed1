extension YAMLFile {
  /// All documents of a file as JSON, and what stopped the reading, if something did. What libyaml says is written down
  /// at once and no tree is built, so that large files are read in the time of libyaml and not much more memory.
  ///
  /// Scalars become what `DataNode` takes them for. A key twice in one mapping stays twice; merge keys (`<<`) are an
  /// error. Nesting and the growth through aliases are bounded by `limits`, the size is not.
  public static func json(
    _ bytes: [UInt8], file: String, limits: Limits = Limits()
  ) -> (documents: [[UInt8]], problem: DataProblem?) {
    let writer = YAMLToJSON(source: bytes, file: file, limits: limits)
    var documents: [[UInt8]] = []
    do throws(DataProblem) {
      while let document = try writer.nextDocument() { documents.append(document) }
      return (documents, nil)
    } catch {
      return (documents, error)
    }
  }
}

/// Writes JSON from events.
private final class YAMLToJSON {
  private let events: YAMLEvents
  private let limits: YAMLFile.Limits
  private let file: String
  private var output: [UInt8] = []
  private var anchors: [String: [UInt8]] = [:]
  private var aliasedBytes = 0

  /// All that aliases stand for, as JSON.
  private static let mostAliasedBytes = 64 << 20

  init(source: [UInt8], file: String, limits: YAMLFile.Limits) {
    events = YAMLEvents(source: source, file: file)
    self.file = file
    self.limits = limits
  }

  func nextDocument() throws(DataProblem) -> [UInt8]? {
    while true {
      switch try events.next().event {
      case .streamEnd: return nil
      case .documentStart:
        anchors = [:]
        output = []
        let (event, position) = try events.next()
        try write(event, at: position, depth: 0)
        return output
      default: continue
      }
    }
  }

  private func write(_ event: YAMLEvent, at position: DataPosition, depth: Int) throws(DataProblem) {
    guard depth <= limits.depth else {
      throw DataProblem(position, "lists and mappings are nested more than \(limits.depth) levels deep")
    }
    let start = output.count
    switch event {
    case .alias(let name): try writeAlias(name, at: position)
    case .scalar(let text, let isPlain, let anchor):
      writeScalar(text, isPlain: isPlain, at: position)
      keep(anchor, from: start)
    case .sequenceStart(let anchor):
      try writeSequence(depth: depth)
      keep(anchor, from: start)
    case .mappingStart(let anchor):
      try writeMapping(depth: depth)
      keep(anchor, from: start)
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
      throw DataProblem(position, "a value is missing here")
    }
  }

  private func keep(_ anchor: String?, from start: Int) {
    if let anchor { anchors[anchor] = Array(output[start...]) }
  }

  private func writeAlias(_ name: String, at position: DataPosition) throws(DataProblem) {
    guard let bytes = anchors[name] else {
      throw DataProblem(position, "nothing before this line is named \(Printable.quoted("&" + name))")
    }
    aliasedBytes += bytes.count
    guard aliasedBytes <= Self.mostAliasedBytes else {
      throw DataProblem(position, "the aliases of this file stand for more than \(Self.mostAliasedBytes >> 20) MiB")
    }
    output += bytes
  }

  private func writeSequence(depth: Int) throws(DataProblem) {
    output.append(UInt8(ascii: "["))
    var isFirst = true
    while true {
      let (event, position) = try events.next()
      if case .sequenceEnd = event { break }
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
      try write(event, at: position, depth: depth + 1)
    }
    output.append(UInt8(ascii: "]"))
  }

  private func writeMapping(depth: Int) throws(DataProblem) {
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    while true {
      let (event, position) = try events.next()
      if case .mappingEnd = event { break }
      guard case .scalar(let key, let isPlain, _) = event else {
        throw DataProblem(position, "a key must be a word, not a list or mapping")
      }
      if isPlain, key == "<<" { throw DataProblem(position, "merge keys are not read here; write the keys out") }
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
      writeText(key)
      output.append(UInt8(ascii: ":"))
      let (value, valuePosition) = try events.next()
      try write(value, at: valuePosition, depth: depth + 1)
    }
    output.append(UInt8(ascii: "}"))
  }

  private func writeScalar(_ text: String, isPlain: Bool, at position: DataPosition) {
    guard isPlain, Self.mayBeMore(text) else { return writeText(text) }
    let node = DataNode(.scalar(.init(text, isPlain: true)), at: position)
    if node.isNull {
      output += "null".utf8
    } else if let bool = node.bool {
      output += (bool ? "true" : "false").utf8
    } else if let integer = node.integer {
      output += String(integer).utf8
    } else if let number = node.number {
      output += "\(number)".utf8
    } else {
      writeText(text)
    }
  }

  /// Whether a plain scalar can be anything but text, by its first letter.
  private static func mayBeMore(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return true }
    switch first {
    case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "~"): return true
    case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "n"),
      UInt8(ascii: "N"):
      return text.utf8.count <= 5
    default: return false
    }
  }

  private func writeText(_ text: String) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        output += "\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
