import DataFiles

/// The words that a glossary explains, names and aliases: what `see: {term: …}` may name. Case does not count.
public struct GlossaryWords: Sendable {
  private let known: [String: String]

  /// The given words.
  public init(_ words: some Sequence<String>) {
    known = Dictionary(words.map { (Self.key($0), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether a word is explained.
  public func contains(_ word: String) -> Bool { known[Self.key(word)] != nil }

  /// The word that was probably meant.
  public func closest(to word: String) -> String? { Suggestion.closest(to: word, among: known.values.sorted()) }

  /// What is wrong with a reference to a word; nil when it is explained.
  func problem(with word: String) -> String? {
    if contains(word) { return nil }
    let hint = Suggestion.phrase(for: word, among: known.values.sorted())
    return "the glossary has no term \(Printable.quoted(word))\(hint)"
  }

  /// The same for all spellings of a word: case does not count, and `exit-code` is `exit code`.
  static func key(_ word: String) -> String {
    word.lowercased().split { $0.isWhitespace || $0 == "-" || $0 == "_" }.joined(separator: " ")
  }
}
