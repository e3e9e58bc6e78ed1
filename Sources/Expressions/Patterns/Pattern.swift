/// A regular expression that is matched in time proportional to the text, whatever the expression: the language of
/// RE2, which CEL's `matches` has, without what podmedic does not need.
///
/// Known: literals, `.`, `[a-z]`, `[^…]`, `\d \w \s \D \W \S \b \B`, `^ $` (start and end of the text), `|`, groups
/// `(…)` `(?:…)`, repetition `* + ? {n} {n,} {n,m}`, and `(?i)` at the start. Back-references and look-around do not
/// exist: no linear matcher has them.
public struct Pattern: Sendable, CustomStringConvertible {
  /// The text it was made from.
  public let description: String
  /// Instructions of the matcher.
  let program: [PatternInstruction]

  /// A pattern of the given text.
  public init(_ text: String) throws(PatternProblem) {
    description = text
    var parser = PatternParser(text)
    program = try parser.program()
  }

  /// Whether the pattern matches anywhere in `text`.
  public func matches(_ text: String) -> Bool {
    var matcher = PatternMatcher(program)
    return matcher.matches(text)
  }

  /// Upper bound of the steps that matching a text of so many bytes takes.
  func cost(bytes: Int) -> Int { (bytes + 1) * program.count }
}

/// What is wrong with the text of a pattern.
public struct PatternProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence.
  public let message: String
  /// The sentence.
  public var description: String { message }
}

/// A step of the matcher.
enum PatternInstruction: Sendable {
  /// Consumes one character that is in the set.
  case set(ScalarSet)
  /// Goes on at both places.
  case fork(Int, Int)
  case jump(Int)
  case assert(PatternAssertion)
  case match
}

enum PatternAssertion: Sendable {
  case start, end, wordBoundary, noWordBoundary
}

/// A set of characters.
struct ScalarSet: Sendable {
  /// One bit for each ASCII character: nearly all text.
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  /// The ranges beyond ASCII.
  private var ranges: [ClosedRange<UInt32>] = []
  private var isInverted = false

  init(_ ranges: [ClosedRange<UInt32>] = []) {
    for range in ranges { insert(range) }
  }

  mutating func insert(_ range: ClosedRange<UInt32>) {
    if range.lowerBound < 128 {
      for value in range.lowerBound...min(range.upperBound, 127) {
        if value < 64 { low |= 1 << UInt64(value) } else { high |= 1 << UInt64(value - 64) }
      }
    }
    if range.upperBound >= 128 { ranges.append(max(range.lowerBound, 128)...range.upperBound) }
  }

  mutating func formUnion(_ other: ScalarSet) {
    for value in UInt32(0)..<128 where other.contains(value) { insert(value...value) }
    if other.isInverted { insert(128...0x10FFFF) } else { ranges += other.ranges }
  }

  mutating func invert() { isInverted.toggle() }

  /// Adds the other case of every letter, ASCII and the simple mappings of one character.
  mutating func foldCase() {
    for value in UInt32(UInt8(ascii: "a"))...UInt32(UInt8(ascii: "z")) {
      let upper = value - 32
      if holds(value) { insert(upper...upper) } else if holds(upper) { insert(value...value) }
    }
    for range in ranges where range.count == 1 {
      guard let properties = UnicodeScalar(range.lowerBound)?.properties else { continue }
      for mapping in [properties.lowercaseMapping, properties.uppercaseMapping] {
        if let scalar = mapping.unicodeScalars.first, mapping.unicodeScalars.count == 1 {
          insert(scalar.value...scalar.value)
        }
      }
    }
  }

  func contains(_ value: UInt32) -> Bool { holds(value) != isInverted }

  private func holds(_ value: UInt32) -> Bool {
    if value < 64 { return low & (1 << UInt64(value)) != 0 }
    if value < 128 { return high & (1 << UInt64(value - 64)) != 0 }
    return ranges.contains { $0.contains(value) }
  }
}
