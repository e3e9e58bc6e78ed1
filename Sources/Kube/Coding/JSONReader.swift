/// What is wrong with a document and where.
public struct DecodingFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// Byte offset from the start of the document.
  public var offset: Int
  /// What was expected there, as a sentence fragment.
  public var reason: String

  /// A failure at `offset`.
  public init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }

  /// One line for a person.
  public var description: String { "\(reason) at byte \(offset)" }
}

/// A pull parser for JSON (RFC 8259) over memory that the caller keeps alive.
///
/// It builds nothing that is not asked for: typed records take the members that they know and `skip()` the rest.
/// Strict about structure, lenient about what does no harm (unpaired surrogates become U+FFFD).
public struct JSONReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var depth = 0
  /// Deeper nesting than any Kubernetes object has; a bound so that hostile documents cannot exhaust the stack.
  private static let maximumDepth = 512
  let pool: StringPool

  /// A reader over `bytes`, which must outlive it.
  public init(_ bytes: UnsafeRawBufferPointer, pool: StringPool) {
    self.bytes = bytes.bindMemory(to: UInt8.self)
    self.pool = pool
  }

  /// The kinds of value that can come next.
  public enum Token: Sendable { case object, array, string, number, bool, null }

  /// How many bytes of the document have been read. After `peek()` that is where the next value begins.
  public var offset: Int { position }

  /// Goes on reading at a byte at which a value begins, in a text of several documents.
  public mutating func move(to offset: Int) { position = min(max(0, offset), bytes.count) }

  /// A failure at the current position.
  public func failure(_ reason: String) -> DecodingFailure { DecodingFailure(offset: position, reason: reason) }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  /// What kind of value comes next.
  public mutating func peek() throws(DecodingFailure) -> Token {
    skipSpace()
    guard position < bytes.count else { throw failure("unexpected end of the document") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw failure("expected a value")
    }
  }

  /// Whether only white space is left.
  public mutating func isAtEnd() -> Bool {
    skipSpace()
    return position >= bytes.count
  }

  /// Takes a `null` if one comes next.
  public mutating func takeNull() throws(DecodingFailure) -> Bool {
    guard try peek() == .null else { return false }
    try literal("null")
    return true
  }

  private mutating func literal(_ text: StaticString) throws(DecodingFailure) {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { throw failure("unexpected end of the document") }
    for index in 0..<count where bytes[position + index] != text.utf8Start[index] {
      throw failure("expected '\(text)'")
    }
    position += count
  }

  /// `true` or `false`.
  public mutating func bool() throws(DecodingFailure) -> Bool {
    guard try peek() == .bool else { throw failure("expected true or false") }
    if bytes[position] == UInt8(ascii: "t") {
      try literal("true")
      return true
    }
    try literal("false")
    return false
  }

  /// Calls `member` with each name of an object; it must read or skip the value.
  public mutating func object(
    _ member: (inout JSONReader, String) throws(DecodingFailure) -> Void
  ) throws(DecodingFailure) {
    try enter(UInt8(ascii: "{"), "expected an object")
    skipSpace()
    if take(UInt8(ascii: "}")) { return leave() }
    while true {
      let name = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("expected ':'") }
      try member(&self, name)
      skipSpace()
      if take(UInt8(ascii: "}")) { return leave() }
      guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or '}'") }
    }
  }

  /// Calls `element` for each element of an array; it must read or skip the value.
  public mutating func array(
    _ element: (inout JSONReader) throws(DecodingFailure) -> Void
  ) throws(DecodingFailure) {
    try enter(UInt8(ascii: "["), "expected an array")
    skipSpace()
    if take(UInt8(ascii: "]")) { return leave() }
    while true {
      try element(&self)
      skipSpace()
      if take(UInt8(ascii: "]")) { return leave() }
      guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or ']'") }
    }
  }

  private mutating func enter(_ byte: UInt8, _ reason: String) throws(DecodingFailure) {
    skipSpace()
    guard take(byte) else { throw failure(reason) }
    depth += 1
    guard depth <= Self.maximumDepth else { throw failure("nested more than \(Self.maximumDepth) deep") }
  }

  private mutating func leave() { depth -= 1 }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// Passes over the next value, whatever it is, and returns its bytes.
  @discardableResult
  public mutating func skip() throws(DecodingFailure) -> UnsafeRawBufferPointer {
    let token = try peek()
    let start = position
    switch token {
    case .object: try object { (reader, _) throws(DecodingFailure) in try reader.skip() }
    case .array: try array { (reader) throws(DecodingFailure) in try reader.skip() }
    case .string: try skipString()
    case .number: _ = numberBytes()
    case .bool: _ = try bool()
    case .null: try literal("null")
    }
    return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<position])
  }

  private mutating func skipString() throws(DecodingFailure) {
    position += 1
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    position = bytes.count
    throw failure("unterminated string")
  }

  private mutating func numberBytes() -> Range<Int> {
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        position += 1
      default: return start..<position
      }
    }
    return start..<position
  }

  /// The text of a number, as written.
  public mutating func numberText() throws(DecodingFailure) -> String {
    guard try peek() == .number else { throw failure("expected a number") }
    let range = numberBytes()
    return String(decoding: bytes[range], as: UTF8.self)
  }

  /// A whole number; one with a fraction or an exponent must still be whole.
  public mutating func int() throws(DecodingFailure) -> Int {
    let start = position
    let text = try numberText()
    if let value = Int(text) { return value }
    if let value = Double(text), let exact = Int(exactly: value) { return exact }
    throw DecodingFailure(offset: start, reason: "expected a whole number of at most 64 bits")
  }

  /// A number.
  public mutating func double() throws(DecodingFailure) -> Double {
    let start = position
    guard let value = Double(try numberText()) else {
      throw DecodingFailure(offset: start, reason: "expected a number")
    }
    return value
  }

  /// A string.
  public mutating func string() throws(DecodingFailure) -> String {
    try string(shared: false)
  }

  /// A string that is likely to occur in many objects; storage is shared with its equals.
  public mutating func sharedString() throws(DecodingFailure) -> String {
    try string(shared: true)
  }

  private mutating func string(shared: Bool) throws(DecodingFailure) -> String {
    guard try peek() == .string else { throw failure("expected a string") }
    position += 1
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        let plain = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<position])
        position += 1
        return shared ? pool.string(plain) : String(decoding: plain, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      position += 1
    }
    throw failure("unterminated string")
  }

  private mutating func escapedString(from start: Int) throws(DecodingFailure) -> String {
    var units = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: units, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        units.append(byte)
        continue
      }
      guard position < bytes.count else { break }
      let escape = bytes[position]
      position += 1
      switch escape {
      case UInt8(ascii: "n"): units.append(0x0a)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "r"): units.append(0x0d)
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0c)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(escape)
      case UInt8(ascii: "u"): try unicodeEscape(into: &units)
      default: throw failure("unknown escape in a string")
      }
    }
    throw failure("unterminated string")
  }

  private mutating func unicodeEscape(into units: inout [UInt8]) throws(DecodingFailure) {
    let first = try hexUnit()
    var value = UInt32(first)
    if (0xd800..<0xdc00).contains(first), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    {
      let saved = position
      position += 2
      let second = try hexUnit()
      if (0xdc00..<0xe000).contains(second) {
        value = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
      } else {
        position = saved
      }
    }
    let scalar = Unicode.Scalar(value) ?? "\u{fffd}"
    units.append(contentsOf: Character(scalar).utf8)
  }

  private mutating func hexUnit() throws(DecodingFailure) -> UInt16 {
    guard position + 4 <= bytes.count else { throw failure("unterminated string") }
    var value: UInt16 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch bytes[position] {
      case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case let byte where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw failure("expected four hexadecimal digits")
      }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }
}
