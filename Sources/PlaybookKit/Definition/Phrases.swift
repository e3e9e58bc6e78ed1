/// A text that is put together from words of an author and values, and read without what has no value.
///
/// A gap takes its phrase with it: what stands between commas, semicolons or parentheses of the author's own words
/// (`the limit is 64Mi, the request ...` becomes `the limit is 64Mi`). Where no other phrase would be left, what the gap
/// was announced by with a colon is ended there, and else the gap reads `none`. A colon at the end of a phrase whose
/// value is empty goes too. Punctuation within values never counts.
struct Phrases {
  private enum Piece {
    case words(String)
    case value(String)
    case gap
    /// `, ` or `; `
    case separator(String)
    case open, close
  }

  private var pieces: [Piece] = []
  private var hasGap = false

  /// Words of the author.
  mutating func append(words: String) {
    var run = ""
    func flush(_ pieces: inout [Piece]) {
      if !run.isEmpty { pieces.append(.words(run)) }
      run = ""
    }
    var rest = words[...]
    while let character = rest.first {
      if rest.hasPrefix(", ") || rest.hasPrefix("; ") {
        flush(&pieces)
        pieces.append(.separator(String(rest.prefix(2))))
        rest = rest.dropFirst(2)
      } else if character == "(" || character == ")" {
        flush(&pieces)
        pieces.append(character == "(" ? .open : .close)
        rest = rest.dropFirst()
      } else {
        run.append(character)
        rest = rest.dropFirst()
      }
    }
    flush(&pieces)
  }

  /// A value; one without a character is a gap only at the end of a phrase that announces it with a colon.
  mutating func append(value: String) {
    if value.isEmpty { hasGap = true }
    pieces.append(.value(value))
  }

  /// What has no value.
  mutating func appendGap() {
    hasGap = true
    pieces.append(.gap)
  }

  /// The text.
  var text: String {
    guard hasGap else { return pieces.map(Self.text).joined() }
    var index = 0
    let text = Self.group(pieces, &index, isNested: false)
    return Self.trimmed(text ?? "")
  }

  private static func text(_ piece: Piece) -> String {
    switch piece {
    case .words(let text), .value(let text), .separator(let text): text
    case .gap: ""
    case .open: "("
    case .close: ")"
    }
  }

  /// The phrases up to the end or the parenthesis that closes; nil when none of them is left.
  private static func group(_ pieces: [Piece], _ index: inout Int, isNested: Bool) -> String? {
    var result = ""
    var isEmpty = true
    var separator = ""
    var phrase = ""
    var hasGap = false
    var announced: String?
    func end() {
      let words = trimmed(phrase)
      defer {
        phrase = ""
        hasGap = false
      }
      if hasGap {
        if announced == nil { announced = whole(phrase) }
        return
      }
      if words.isEmpty { return }
      // Only a phrase that ends here, with nothing after its colon, has lost its value.
      result += (isEmpty ? "" : separator) + (words.hasSuffix(":") ? String(words.dropLast()) : phrase)
      isEmpty = false
    }
    while index < pieces.count {
      let piece = pieces[index]
      index += 1
      switch piece {
      case .words(let text), .value(let text): phrase += text
      case .gap:
        hasGap = true
        phrase += gapMark
      case .separator(let text):
        end()
        separator = text
      case .open:
        if let inner = group(pieces, &index, isNested: true) {
          phrase += "(\(inner))"
        } else {
          while phrase.hasSuffix(" ") { phrase.removeLast() }
        }
      case .close:
        if isNested {
          end()
          return isEmpty ? nil : result
        }
        phrase += ")"
      }
    }
    end()
    if isEmpty { return isNested ? nil : announced }
    return result
  }

  /// A character that no text has, where a gap is.
  private static let gapMark = "\u{FFFC}"

  /// The only phrase of a text, with its gap: cut off at the colon that announces it, else filled with a word.
  private static func whole(_ phrase: String) -> String {
    let words = trimmed(phrase)
    if words.hasSuffix(": " + gapMark) { return String(words.dropLast(3)) }
    return words.split(separator: gapMark, omittingEmptySubsequences: false).joined(separator: "none")
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.first == " " { text = text.dropFirst() }
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}
