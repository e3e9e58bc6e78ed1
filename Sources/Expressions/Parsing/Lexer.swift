import DataFiles

/// A word of an expression.
struct Token: Sendable {
  enum Kind: Hashable, Sendable {
    case name(String)
    case int(Int)
    case double(Double)
    case string(String)
    /// Operators and punctuation.
    case symbol(String)
    case end
  }

  let kind: Kind
  let range: Range<Int>
}

/// Cuts the text of an expression into words.
struct Lexer {
  private let source: String
  private let bytes: [UInt8]
  private var position = 0

  init(_ source: String) {
    self.source = source
    bytes = Array(source.utf8)
  }

  /// All words; the last is `.end`.
  mutating func tokens() throws(ExpressionProblem) -> [Token] {
    var tokens: [Token] = []
    while true {
      skipSpace()
      let start = position
      let kind = try next()
      tokens.append(Token(kind: kind, range: start..<position))
      if kind == .end { return tokens }
    }
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }
  private func byte(after count: Int) -> UInt8? {
    position + count < bytes.count ? bytes[position + count] : nil
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private mutating func next() throws(ExpressionProblem) -> Token.Kind {
    guard let byte = current else { return .end }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return .string(try text(isRaw: false)) }
    if byte == UInt8(ascii: "r"), let quote = self.byte(after: 1), quote == 0x22 || quote == 0x27 {
      position += 1
      return .string(try text(isRaw: true))
    }
    if Self.isDigit(byte) { return try number() }
    if Self.isNameStart(byte) {
      let start = position
      while let byte = current, Self.isNameStart(byte) || Self.isDigit(byte) { position += 1 }
      return .name(String(decoding: bytes[start..<position], as: UTF8.self))
    }
    return .symbol(try symbol())
  }

  private mutating func symbol() throws(ExpressionProblem) -> String {
    let two = String(decoding: bytes[position..<min(position + 2, bytes.count)], as: UTF8.self)
    if ["==", "!=", "<=", ">=", "&&", "||"].contains(two) {
      position += 2
      return two
    }
    let one = bytes[position]
    switch one {
    case UInt8(ascii: "="): throw problem("\"=\" is not an operator; write == to compare")
    case UInt8(ascii: "&"): throw problem("\"&\" is not an operator; write && for \"and\"")
    case UInt8(ascii: "|"): throw problem("\"|\" is not an operator; write || for \"or\"")
    default: break
    }
    guard "<>!+-*/%?:.,()[]".utf8.contains(one) else {
      // The whole character and not its first byte.
      let rest = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
      throw problem("unexpected \(Printable.quoted(String(rest.prefix(1))))")
    }
    position += 1
    return String(UnicodeScalar(one))
  }

  private mutating func number() throws(ExpressionProblem) -> Token.Kind {
    let start = position
    var isFraction = false
    if current == UInt8(ascii: "0"), byte(after: 1) == UInt8(ascii: "x") {
      position += 2
      let digits = position
      while let byte = current, Self.isDigit(byte) || Self.isNameStart(byte) { position += 1 }
      let text = String(decoding: bytes[digits..<position], as: UTF8.self)
      guard let value = Int(text, radix: 16) else { throw problem("malformed or too large number", at: start) }
      return .int(value)
    }
    skipDigits()
    if current == UInt8(ascii: "."), let digit = byte(after: 1), Self.isDigit(digit) {
      isFraction = true
      position += 1
      skipDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      let sign = byte(after: 1)
      let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
      if let digit = byte(after: isSigned ? 2 : 1), Self.isDigit(digit) {
        isFraction = true
        position += isSigned ? 2 : 1
        skipDigits()
      }
    }
    if let byte = current, Self.isNameStart(byte) {
      while let byte = current, Self.isNameStart(byte) || Self.isDigit(byte) { position += 1 }
      let word = Printable.quoted(String(decoding: bytes[start..<position], as: UTF8.self))
      throw problem("\(word) is not a number; write duration(\(word)) or quantity(\(word))", at: start)
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isFraction, let value = Double(text), value.isFinite { return .double(value) }
    guard !isFraction, let value = Int(text) else { throw problem("the number is too large", at: start) }
    return .int(value)
  }

  private mutating func skipDigits() {
    while let byte = current, Self.isDigit(byte) { position += 1 }
  }

  private mutating func text(isRaw: Bool) throws(ExpressionProblem) -> String {
    let start = position
    let quote = bytes[position]
    position += 1
    var result: [UInt8] = []
    while let byte = current {
      position += 1
      if byte == quote { return String(decoding: result, as: UTF8.self) }
      if byte == UInt8(ascii: "\\"), !isRaw {
        result += try escape()
      } else {
        result.append(byte)
      }
    }
    throw problem("the text has no closing \(quote == 0x22 ? "\"" : "'")", at: start)
  }

  private mutating func escape() throws(ExpressionProblem) -> [UInt8] {
    let start = position - 1
    guard let byte = current else { throw problem("the text ends in a backslash", at: start) }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): return [byte]
    case UInt8(ascii: "u"):
      let digits = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
      guard digits.utf8.count == 4, let code = UInt32(digits, radix: 16), let scalar = UnicodeScalar(code) else {
        throw problem("\\u takes four hexadecimal digits", at: start)
      }
      position += 4
      return Array(String(scalar).utf8)
    default:
      throw problem("unknown escape; for a regular expression write r\"…\", where backslashes stay", at: start)
    }
  }

  private func problem(_ message: String, at offset: Int? = nil) -> ExpressionProblem {
    ExpressionProblem(message, at: offset ?? position, in: source)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  private static func isNameStart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }
}
