/// Parses templates such as `{range .items[*]}{.metadata.name}{"\n"}{end}` exactly as client-go does, oddities included:
/// what kubectl takes and refuses is what people rely on.
struct JSONPathParser {
  private let input: [Unicode.Scalar]
  private var position = 0
  private var start = 0

  private init(_ text: String) { input = Array(text.unicodeScalars) }

  /// The pieces of a template: texts, and a list for each pair of braces.
  static func template(_ text: String) throws(JSONPathProblem) -> [JSONPathNode] {
    var parser = JSONPathParser(text)
    return try parser.template()
  }

  /// What stands in one pair of braces.
  private static func action(_ text: String) throws(JSONPathProblem) -> [JSONPathNode] {
    guard case .list(let nodes)? = try template("{\(text)}").first else { return [] }
    return nodes
  }

  // MARK: Reading characters

  private var next: Unicode.Scalar? { position < input.count ? input[position] : nil }

  private mutating func advance() -> Unicode.Scalar? {
    guard let scalar = next else { return nil }
    position += 1
    return scalar
  }

  /// What was read since the last call.
  private mutating func consume() -> String {
    defer { start = position }
    return Self.text(input[start..<position])
  }

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }

  private func isAt(_ prefix: String) -> Bool { input[position...].starts(with: prefix.unicodeScalars) }

  // MARK: Templates

  private mutating func template() throws(JSONPathProblem) -> [JSONPathNode] {
    var nodes: [JSONPathNode] = []
    while next != nil {
      guard next == "{" else {
        position += 1
        continue
      }
      if position > start { nodes.append(.text(consume())) }
      position += 1
      _ = consume()
      nodes.append(.list(try inside()))
    }
    if position > start { nodes.append(.text(consume())) }
    return nodes
  }

  private mutating func inside() throws(JSONPathProblem) -> [JSONPathNode] {
    var nodes: [JSONPathNode] = []
    while true {
      if isAt("}") {
        position += 1
        _ = consume()
        return nodes
      }
      if isAt("[?(") {
        nodes.append(try filter())
        continue
      }
      if isAt("..") {
        try recursive(&nodes)
        continue
      }
      switch advance() {
      case nil, "\r", "\n": throw JSONPathProblem("unclosed action")
      case " ", "@", "$": _ = consume()
      case "[": try array(&nodes)
      case let quote? where quote == "\"" || quote == "'": nodes.append(.text(try quoted(quote)))
      case ".": nodes.append(field())
      case let sign? where sign == "+" || sign == "-" || Self.isDigit(sign):
        position -= 1
        nodes.append(try number())
      case let letter? where Self.isAlphaNumeric(letter):
        position -= 1
        nodes.append(word())
      case let other?:
        let digits = String(other.value, radix: 16, uppercase: true)
        let code = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        throw JSONPathProblem("unrecognized character in action: U+\(code) '\(other)'")
      }
    }
  }

  private mutating func recursive(_ nodes: inout [JSONPathNode]) throws(JSONPathProblem) {
    if nodes.last == .recursive { throw JSONPathProblem("invalid multiple recursive descent") }
    position += 2
    _ = consume()
    nodes.append(.recursive)
    if let next, Self.isAlphaNumeric(next) { nodes.append(field()) }
  }

  private mutating func field() -> JSONPathNode {
    _ = consume()
    while let scalar = next, !Self.isTerminator(scalar) {
      // A backslash takes away the meaning of what follows.
      position = min(input.count, position + (scalar == "\\" ? 2 : 1))
    }
    let name = consume()
    return name == "*" ? .wildcard : .field(name.replacing("\\", with: ""))
  }

  private mutating func word() -> JSONPathNode {
    while let scalar = next, !Self.isTerminator(scalar) { position += 1 }
    let word = consume()
    return word == "true" || word == "false" ? .bool(word == "true") : .word(word)
  }

  private mutating func number() throws(JSONPathProblem) -> JSONPathNode {
    if next == "+" || next == "-" { position += 1 }
    while let scalar = next, scalar == "." || Self.isDigit(scalar) { position += 1 }
    let text = consume()
    if let int = Int(text) { return .int(int) }
    if let double = Double(text) { return .double(double) }
    throw JSONPathProblem("cannot parse number \(text)")
  }

  private mutating func quoted(_ quote: Unicode.Scalar) throws(JSONPathProblem) -> String {
    while true {
      guard let scalar = advance(), scalar != "\n" else { throw JSONPathProblem("unterminated quoted string") }
      if scalar == quote, input[position - 2] != "\\" { break }
    }
    let text = consume()
    guard let unquoted = GoQuotes.unquoted(text) else {
      throw JSONPathProblem("unquote string \(text) error invalid syntax")
    }
    return unquoted
  }

  // MARK: Brackets

  private mutating func array(_ nodes: inout [JSONPathNode]) throws(JSONPathProblem) {
    while true {
      guard let scalar = advance(), scalar != "\n" else { throw JSONPathProblem("unterminated array") }
      if scalar == "]" { break }
    }
    var text = String(consume().dropFirst().dropLast())
    if text == "*" { text = ":" }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    if parts.count > 1 {
      var union: [JSONPathNode] = []
      for part in parts {
        let trimmed = Self.text(part.unicodeScalars.trimming { $0 == " " })
        union.append(.list(try Self.action("[\(trimmed)]")))
      }
      nodes.append(.union(union))
    } else if text.count >= 2, text.hasPrefix("'"), text.hasSuffix("'"), !text.dropFirst().dropLast().contains("'") {
      nodes += try Self.action("." + text.dropFirst().dropLast())
    } else {
      nodes.append(.slice(try Self.slice(text)))
    }
  }

  private static func slice(_ text: String) throws(JSONPathProblem) -> JSONPathNode.Slice {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    func isNumber(_ part: Substring) -> Bool {
      (part.hasPrefix("-") ? part.dropFirst() : part).utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard parts.count <= 3, parts.allSatisfy(isNumber) else { throw JSONPathProblem("invalid array index \(text)") }
    func value(_ index: Int) throws(JSONPathProblem) -> Int? {
      guard index < parts.count, !parts[index].isEmpty else { return nil }
      guard let value = Int(parts[index]) else {
        throw JSONPathProblem("array index \(parts[index]) is not a number")
      }
      return value
    }
    return JSONPathNode.Slice(
      from: try value(0), to: try value(1), step: try value(2), isIndex: parts.count == 1)
  }

  private mutating func filter() throws(JSONPathProblem) -> JSONPathNode {
    position += 3
    _ = consume()
    var quote: Unicode.Scalar?
    var isClosed = false
    scan: while true {
      guard let scalar = advance(), scalar != "\n" else { throw JSONPathProblem("unterminated filter") }
      switch scalar {
      case "\"", "'":
        if quote == nil {
          quote = scalar
        } else if scalar == quote, input[position - 2] != "\\" {
          isClosed = true
        }
      case ")": if (quote != nil) == isClosed { break scan }
      default: break
      }
    }
    guard advance() == "]" else { throw JSONPathProblem("unclosed array expect ]") }
    let text = String(consume().dropLast(2))
    guard let (left, operation, right) = Self.comparison(text) else {
      return .filter(left: .list(try Self.action(text)), operation: "exists", right: .list([]))
    }
    return .filter(
      left: .list(try Self.action(left)), operation: operation, right: .list(try Self.action(right)))
  }

  /// Splits at the first run of `!<>=`, with something on both sides.
  private static func comparison(_ text: String) -> (left: String, operation: String, right: String)? {
    let signs: Set<Unicode.Scalar> = ["!", "<", ">", "="]
    let scalars = Array(text.unicodeScalars)
    let left = scalars.prefix { !signs.contains($0) }
    var operation = scalars[left.count...].prefix { signs.contains($0) }
    if left.count + operation.count == scalars.count { operation = operation.dropLast() }
    guard !left.isEmpty, !operation.isEmpty else { return nil }
    return (Self.text(left), Self.text(operation), Self.text(scalars[operation.endIndex...]))
  }

  // MARK: Characters

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .decimalNumber
  }

  private static func isAlphaNumeric(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: true
    default: scalar == "_"
    }
  }

  private static func isTerminator(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ", "\t", "\r", "\n", ".", ",", "[", "]", "$", "@", "{", "}": true
    default: false
    }
  }
}

extension BidirectionalCollection {
  /// Without the elements at both ends that satisfy a condition.
  fileprivate func trimming(_ isTrimmed: (Element) -> Bool) -> SubSequence {
    var rest = self[...]
    while let first = rest.first, isTrimmed(first) { rest = rest.dropFirst() }
    while let last = rest.last, isTrimmed(last) { rest = rest.dropLast() }
    return rest
  }
}
