import Expressions
import Glibc
import Kube

/// What can be typed behind `/`: text or a pattern, `!` for the opposite, `-f` for letters in order within a word, `-l` for
/// labels; behind a label query, ` /` and one of the others, which must hold too.
public struct RowFilter: Sendable {
  private enum Test: Sendable {
    case contains(String)
    case pattern(Pattern, typed: String)
    case fuzzy([[Character]])
    case labels(LabelQuery)
  }

  private struct Condition: Sendable {
    var test: Test
    var isInverse: Bool
  }

  /// As typed.
  public let text: String
  /// The label query that narrows the rows, as typed, unless its opposite does.
  let labelQuery: String?
  /// All must hold; not empty.
  private let conditions: [Condition]

  /// Reads a filter; nil for an empty one. Throws what is wrong with the pattern or the selector.
  public init?(parsing text: String) throws(FilterProblem) {
    var rest = text.drop { $0 == " " }
    guard !rest.isEmpty else { return nil }
    self.text = text
    var conditions: [Condition] = []
    var labelQuery: String?
    var isInverse = Self.takeInverse(&rest)
    if rest.hasPrefix("-l ") {
      let words = rest.dropFirst(2)
      // No key and no value of a label begins with a slash.
      let slash = words.indices.first { words[$0] == "/" && words[words.index(before: $0)] == " " }
      var query = words[..<(slash ?? words.endIndex)].drop { $0 == " " }
      while query.last == " " { query.removeLast() }
      do {
        conditions.append(Condition(test: .labels(try LabelQuery(parsing: String(query))), isInverse: isInverse))
      } catch {
        throw FilterProblem(message: "\(error)")
      }
      if !isInverse { labelQuery = String(query) }
      rest = slash.map { words[words.index(after: $0)...].drop { $0 == " " } } ?? ""
      isInverse = Self.takeInverse(&rest)
    }
    self.labelQuery = labelQuery
    if let test = try Self.test(rest) { conditions.append(Condition(test: test, isInverse: isInverse)) }
    guard !conditions.isEmpty else { return nil }
    self.conditions = conditions
  }

  private static func takeInverse(_ rest: inout Substring) -> Bool {
    guard rest.first == "!" else { return false }
    rest.removeFirst()
    return true
  }

  private static func test(_ text: Substring) throws(FilterProblem) -> Test? {
    if text.hasPrefix("-f ") {
      return .fuzzy(text.dropFirst(3).lowercased().split(separator: " ").map(Array.init))
    }
    if text.contains(where: { "\\^$.|?*+()[]{}".contains($0) }) {
      do {
        return .pattern(try Pattern("(?i)" + text), typed: String(text))
      } catch {
        throw FilterProblem(message: "\(error)")
      }
    }
    return text.isEmpty ? nil : .contains(text.lowercased())
  }

  /// Whether a row stays. `cells` are its texts in lower case; `name` is all that letters in order are looked for in,
  /// where the row has one: over many texts nearly every pattern would hold.
  public func matches(
    cells: String, name: @autoclosure () -> String? = nil, labels: @autoclosure () -> SmallMap<String>
  ) -> Bool {
    for condition in conditions {
      let holds =
        switch condition.test {
        case .contains(let text): Self.contains(text, in: cells)
        case .pattern(let pattern, _): pattern.matches(cells)
        case .fuzzy(let words): words.allSatisfy { Self.fuzzy($0, in: name() ?? cells) }
        case .labels(let selector): selector.matches(labels())
        }
      if holds == condition.isInverse { return false }
    }
    return true
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
    guard let old, let new, old.labelQuery == new.labelQuery, old.conditions.count == new.conditions.count,
      let last = old.conditions.last, let next = new.conditions.last, last.isInverse == next.isInverse,
      case .contains(let before) = last.test, case .contains(let after) = next.test,
      new.conditions.count == 1 || new.labelQuery != nil
    else { return .every }
    if contains(before, in: after) { return next.isInverse ? .hidden : .shown }
    if contains(after, in: before) { return next.isInverse ? .shown : .hidden }
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

  /// What of a filter `grep` can do; labels are for kubectl itself.
  enum GrepForm: Equatable, Sendable {
    /// Nothing is left to do.
    case nothing
    /// `grep -iE`, or with `-v` where it is inverse.
    case pattern(String, isInverse: Bool)
    /// It has no word for it.
    case impossible
  }

  /// How a search through kubectl's output finds the same.
  var grepForm: GrepForm {
    var form = GrepForm.nothing
    for condition in conditions {
      switch condition.test {
      case .labels: if condition.isInverse { return .impossible }
      case .fuzzy: return .impossible
      case .contains(let text): form = .pattern(GrepPattern.of(text: text), isInverse: condition.isInverse)
      case .pattern(_, let typed):
        guard let pattern = GrepPattern.of(pattern: typed) else { return .impossible }
        form = .pattern(pattern, isInverse: condition.isInverse)
      }
    }
    return form
  }

  /// Whether the labels of a row are those that are wanted.
  func admits(labels: @autoclosure () -> SmallMap<String>) -> Bool {
    conditions.allSatisfy { condition in
      guard case .labels(let selector) = condition.test else { return true }
      return selector.matches(labels()) != condition.isInverse
    }
  }

  /// The text to highlight in matching rows; nil when there is no such text.
  public var highlighted: String? {
    if let last = conditions.last, case .contains(let text) = last.test, !last.isInverse { text } else { nil }
  }
}

/// What is wrong with a filter, as one sentence.
public struct FilterProblem: Error, Equatable, Sendable {
  /// For the person who typed it.
  public var message: String
}
