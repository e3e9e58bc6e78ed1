import Expressions
import Glibc
import Kube

/// What can be typed behind `/`: text or a pattern, `!` for the opposite, `-f` for letters in order within a word, `-l` for labels.
public struct RowFilter: Sendable {
  private enum Test: Sendable {
    case contains(String)
    case pattern(Pattern)
    case fuzzy([[Character]])
    case labels(LabelQuery)
  }

  /// As typed.
  public let text: String
  private let test: Test
  private let isInverse: Bool

  /// The label query that it is, if it is one and not the opposite of one.
  var labelQuery: String? {
    guard case .labels = test, !isInverse else { return nil }
    return String(text.drop { $0 == " " }.dropFirst(3).drop { $0 == " " })
  }

  /// Reads a filter; nil for an empty one. Throws what is wrong with the pattern or the selector.
  public init?(parsing text: String) throws(FilterProblem) {
    var rest = Substring(text)
    while rest.first == " " { rest.removeFirst() }
    guard !rest.isEmpty else { return nil }
    self.text = text
    var isInverse = false
    if rest.first == "!" {
      isInverse = true
      rest.removeFirst()
    }
    self.isInverse = isInverse
    if rest.hasPrefix("-f ") {
      test = .fuzzy(rest.dropFirst(3).lowercased().split(separator: " ").map(Array.init))
    } else if rest.hasPrefix("-l ") {
      do {
        test = .labels(try LabelQuery(parsing: String(rest.dropFirst(3))))
      } catch {
        throw FilterProblem(message: "\(error)")
      }
    } else if rest.contains(where: { "\\^$.|?*+()[]{}".contains($0) }) {
      do {
        test = .pattern(try Pattern("(?i)" + rest))
      } catch {
        throw FilterProblem(message: "\(error)")
      }
    } else {
      guard !rest.isEmpty else { return nil }
      test = .contains(rest.lowercased())
    }
  }

  /// Whether a row stays. `cells` are its texts in lower case; `name` is all that letters in order are looked for in,
  /// where the row has one: over many texts nearly every pattern would hold.
  public func matches(
    cells: String, name: @autoclosure () -> String? = nil, labels: @autoclosure () -> SmallMap<String>
  ) -> Bool {
    let holds =
      switch test {
      case .contains(let text): Self.contains(text, in: cells)
      case .pattern(let pattern): pattern.matches(cells)
      case .fuzzy(let words): words.allSatisfy { Self.fuzzy($0, in: name() ?? cells) }
      case .labels(let selector): selector.matches(labels())
      }
    return holds != isInverse
  }

  /// Which rows can be judged differently by another filter.
  enum Recheck: Sendable {
    /// Every row.
    case every
    /// None of those that are hidden will be shown.
    case shown
    /// None of those that are shown will be hidden.
    case hidden
  }

  /// What typing one more letter, or taking one away, can change: who types `abc` need not have 50,000 rows searched for
  /// each letter.
  static func recheck(from old: RowFilter?, to new: RowFilter?) -> Recheck {
    guard let old, let new, case .contains(let before) = old.test, case .contains(let after) = new.test,
      old.isInverse == new.isInverse
    else { return .every }
    if contains(before, in: after) { return new.isInverse ? .hidden : .shown }
    if contains(after, in: before) { return new.isInverse ? .shown : .hidden }
    return .every
  }

  /// Compares bytes, which is many times faster than comparing characters: a filter looks at every row for every key.
  private static func contains(_ text: String, in cells: String) -> Bool {
    withBytes(of: text) { wanted in withBytes(of: cells) { all in contains(wanted, in: all) } }
  }

  /// `body` with the UTF-8 of a text, which is copied only where it does not lie in one piece.
  private static func withBytes(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
    text.utf8.withContiguousStorageIfAvailable(body) ?? Array(text.utf8).withUnsafeBufferPointer(body)
  }

  private static func contains(_ wanted: UnsafeBufferPointer<UInt8>, in all: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let letters = wanted.baseAddress, let first = wanted.first else { return true }
    guard all.count >= wanted.count, var place = all.baseAddress else { return false }
    // Where the text can begin at the latest.
    let end = place + (all.count - wanted.count + 1)
    while place < end, let found = memchr(place, Int32(first), end - place) {
      if memcmp(found, letters, wanted.count) == 0 { return true }
      place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
    }
    return false
  }

  /// Whether some word has the letters in this order.
  private static func fuzzy(_ letters: [Character], in text: String) -> Bool {
    var place = 0
    for character in text {
      if character == " " {
        place = 0
      } else if character == letters[place] {
        place += 1
        if place == letters.count { return true }
      }
    }
    return false
  }

  /// The text to highlight in matching rows; nil when there is no such text.
  public var highlighted: String? {
    if case .contains(let text) = test, !isInverse { text } else { nil }
  }
}

/// What is wrong with a filter, as one sentence.
public struct FilterProblem: Error, Equatable, Sendable {
  /// For the person who typed it.
  public var message: String
}
