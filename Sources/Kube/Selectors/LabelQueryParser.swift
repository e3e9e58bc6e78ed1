/// What is wrong with the text of a label query.
public struct LabelQueryFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// Character offset in the text.
  public var offset: Int
  /// What was expected or is not allowed, as a sentence fragment.
  public var reason: String

  /// One line for a person.
  public var description: String { "\(reason) (at character \(offset + 1))" }
}

extension LabelQuery {
  /// Reads kubectl's syntax: requirements between commas, each `key`, `!key`, `key=value` (or `==`), `key!=value`,
  /// `key in (a,b)`, `key notin (a,b)`, `key>1` or `key<1`. An empty text is met by everything; `in ()` asks for an empty
  /// value.
  public init(parsing text: String) throws(LabelQueryFailure) {
    var parser = LabelQueryParser(text)
    requirements = try parser.requirements()
  }
}

private struct LabelQueryParser {
  private let characters: [Character]
  private var position = 0

  init(_ text: String) { characters = Array(text) }

  mutating func requirements() throws(LabelQueryFailure) -> [LabelQuery.Requirement] {
    skipSpace()
    var requirements: [LabelQuery.Requirement] = []
    guard position < characters.count else { return [] }
    while true {
      requirements.append(try requirement())
      skipSpace()
      guard position < characters.count else { return requirements }
      guard take(",") else { throw failure("expected ',' between requirements") }
    }
  }

  private mutating func requirement() throws(LabelQueryFailure) -> LabelQuery.Requirement {
    skipSpace()
    if take("!") {
      return LabelQuery.Requirement(try key(), .isMissing)
    }
    let key = try key()
    skipSpace()
    guard position < characters.count, characters[position] != "," else {
      return LabelQuery.Requirement(key, .exists)
    }
    return LabelQuery.Requirement(key, try test())
  }

  private mutating func test() throws(LabelQueryFailure) -> LabelQuery.Test {
    if take("=") {
      _ = take("=")
      return .isIn([try value()])
    }
    if take("!") {
      guard take("=") else { throw failure("expected '!='") }
      return .isNotIn([try value()])
    }
    if take(">") { return .isGreater(try number()) }
    if take("<") { return .isLess(try number()) }
    let start = position
    switch word() {
    case "in": return .isIn(try values())
    case "notin": return .isNotIn(try values())
    default:
      position = start
      throw failure("expected one of = == != in notin > <")
    }
  }

  private mutating func values() throws(LabelQueryFailure) -> [String] {
    skipSpace()
    guard take("(") else { throw failure("expected '(' before the values") }
    skipSpace()
    var values: [String] = []
    while true {
      let value = try value()
      if !values.contains(value) { values.append(value) }
      skipSpace()
      if take(")") { return values.sorted() }
      guard take(",") else { throw failure("expected ',' or ')'") }
    }
  }

  private mutating func number() throws(LabelQueryFailure) -> Int {
    skipSpace()
    let start = position
    guard let number = Int(word()) else {
      position = start
      throw failure("expected a whole number")
    }
    return number
  }

  private mutating func key() throws(LabelQueryFailure) -> String {
    skipSpace()
    let start = position
    let key = word()
    if let reason = LabelSyntax.problem(ofKey: key) {
      position = start
      throw failure(reason)
    }
    return key
  }

  private mutating func value() throws(LabelQueryFailure) -> String {
    skipSpace()
    let start = position
    let value = word()
    if let reason = LabelSyntax.problem(ofValue: value) {
      position = start
      throw failure(reason)
    }
    return value
  }

  /// Characters up to the next separator; may be empty.
  private mutating func word() -> String {
    let start = position
    while position < characters.count, !Self.separators.contains(characters[position]) { position += 1 }
    return String(characters[start..<position])
  }

  private static let separators: Set<Character> = [",", "=", "!", "(", ")", "<", ">", " ", "\t", "\n", "\r", "\r\n"]

  private mutating func skipSpace() {
    while position < characters.count, characters[position].isWhitespace { position += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    guard position < characters.count, characters[position] == character else { return false }
    position += 1
    return true
  }

  private func failure(_ reason: String) -> LabelQueryFailure { LabelQueryFailure(offset: position, reason: reason) }
}

/// What label keys and values may look like.
enum LabelSyntax {
  /// What is wrong with a key (`name` or `domain/name`); nil when nothing is.
  static func problem(ofKey key: String) -> String? {
    if key.isEmpty { return "expected the name of a label" }
    let parts = key.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count <= 2, let name = parts.last else { return "a label has at most one '/'" }
    if parts.count == 2, !isDomain(parts[0]) { return "'\(key)': the part before '/' must be a lower-case DNS name" }
    return isName(name) ? nil : "'\(key)': \(rule)"
  }

  /// What is wrong with a value; nil when nothing is.
  static func problem(ofValue value: String) -> String? {
    value.isEmpty || isName(value.utf8[...]) ? nil : "'\(value)': \(rule)"
  }

  private static let rule = "at most 63 letters, digits, '-', '_' or '.', with a letter or digit at both ends"

  private static func isName(_ text: Substring.UTF8View) -> Bool {
    guard text.count <= 63, let first = text.first, let last = text.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && text.allSatisfy {
        isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
      }
  }

  private static func isDomain(_ text: Substring.UTF8View) -> Bool {
    guard text.count <= 253 else { return false }
    return text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.first, let last = part.last else { return false }
      return isLowercase(first) && isLowercase(last) && part.allSatisfy { isLowercase($0) || $0 == UInt8(ascii: "-") }
    }
  }

  private static func isLowercase(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowercase(byte) || byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
  }
}
