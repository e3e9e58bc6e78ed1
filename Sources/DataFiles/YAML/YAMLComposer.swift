/// Builds nodes from events and keeps hostile files small.
final class YAMLComposer {
  /// A node that aliases may stand for, with what it costs to stand for it.
  private struct Built {
    var node: DataNode
    /// Nodes in it, aliases written out.
    var count: Int
    /// Lists and mappings within each other, itself included; 0 for a scalar.
    var height: Int
  }

  private let events: YAMLEvents
  private let limits: YAMLFile.Limits
  private var anchors: [String: Built] = [:]
  private var aliasedNodes = 0

  init(source: [UInt8], file: String, limits: YAMLFile.Limits) {
    events = YAMLEvents(source: source, file: file)
    self.limits = limits
  }

  func nextDocument() throws(DataProblem) -> DataNode? {
    while true {
      switch try events.next().event {
      case .streamEnd: return nil
      case .documentStart:
        anchors = [:]
        aliasedNodes = 0
        let (event, position) = try events.next()
        let built = try build(event, at: position, depth: 0)
        return built.node
      default: continue
      }
    }
  }

  private func build(_ event: YAMLEvent, at position: DataPosition, depth: Int) throws(DataProblem) -> Built {
    switch event {
    case .alias(let name): return try aliased(name, at: position, depth: depth)
    case .scalar(let text, let isPlain, let anchor):
      let node = DataNode(.scalar(.init(text, isPlain: isPlain)), at: position)
      return register(Built(node: node, count: 1, height: 0), as: anchor)
    case .sequenceStart(let anchor):
      return register(try sequence(at: position, depth: depth + 1), as: anchor)
    case .mappingStart(let anchor):
      return register(try mapping(at: position, depth: depth + 1), as: anchor)
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
      throw DataProblem(position, "a value is missing here")
    }
  }

  private func register(_ built: Built, as anchor: String?) -> Built {
    if let anchor { anchors[anchor] = built }
    return built
  }

  private func aliased(_ name: String, at position: DataPosition, depth: Int) throws(DataProblem) -> Built {
    // An anchor is registered when its node is complete, so a node cannot contain itself.
    guard let built = anchors[name] else {
      throw DataProblem(position, "nothing before this line is named \(Printable.quoted("&" + name))")
    }
    aliasedNodes += built.count
    guard aliasedNodes <= limits.aliasedNodes else {
      throw DataProblem(position, "the aliases of this file stand for more than \(limits.aliasedNodes) values")
    }
    try checkDepth(depth + built.height, at: position)
    return Built(node: DataNode(built.node.content, at: built.node.position), count: built.count, height: built.height)
  }

  private func sequence(at position: DataPosition, depth: Int) throws(DataProblem) -> Built {
    try checkDepth(depth, at: position)
    var elements: [DataNode] = []
    var count = 1
    var height = 0
    while true {
      let (event, start) = try events.next()
      if case .sequenceEnd = event { break }
      let element = try build(event, at: start, depth: depth)
      elements.append(element.node)
      count += element.count
      height = max(height, element.height)
    }
    return Built(node: DataNode(.sequence(elements), at: position), count: count, height: height + 1)
  }

  private func mapping(at position: DataPosition, depth: Int) throws(DataProblem) -> Built {
    try checkDepth(depth, at: position)
    var entries: [DataNode.Entry] = []
    var merged: [DataNode.Entry] = []
    var lines: [String: Int] = [:]
    var count = 1
    var height = 0
    while true {
      let (event, start) = try events.next()
      if case .mappingEnd = event { break }
      let key = try build(event, at: start, depth: depth)
      guard let scalar = key.node.scalar else {
        throw DataProblem(start, "a key must be a word, not a list or mapping")
      }
      let (valueEvent, valueStart) = try events.next()
      let value = try build(valueEvent, at: valueStart, depth: depth)
      count += key.count + value.count
      height = max(height, value.height)
      if scalar.isPlain, scalar.text == "<<" {
        merged += try entriesToMerge(value.node, at: valueStart)
        continue
      }
      if let line = lines.updateValue(start.line, forKey: scalar.text) {
        throw DataProblem(start, "the key \(Printable.quoted(scalar.text)) is already on line \(line)")
      }
      entries.append(.init(key: scalar.text, position: start, value: value.node))
    }
    for entry in merged where lines.updateValue(entry.position.line, forKey: entry.key) == nil { entries.append(entry) }
    return Built(node: DataNode(.mapping(entries), at: position), count: count, height: height + 1)
  }

  /// What `<<` brings in: the entries of a mapping, or of several with the first ones winning.
  private func entriesToMerge(_ node: DataNode, at position: DataPosition) throws(DataProblem) -> [DataNode.Entry] {
    if let entries = node.entries { return entries }
    var all: [DataNode.Entry] = []
    for element in node.elements ?? [] {
      guard let entries = element.entries else { throw DataProblem(position, "\"<<\" takes mappings only") }
      all += entries
    }
    guard node.elements != nil else { throw DataProblem(position, "\"<<\" takes a mapping") }
    return all
  }

  private func checkDepth(_ depth: Int, at position: DataPosition) throws(DataProblem) {
    guard depth <= limits.depth else {
      throw DataProblem(position, "lists and mappings are nested more than \(limits.depth) levels deep")
    }
  }
}
