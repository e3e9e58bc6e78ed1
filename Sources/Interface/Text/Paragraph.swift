import Terminal

/// A label and a text that is broken beside it, in pages that explain something.
struct Paragraph: Equatable {
  var label = ""
  var text: String
  var role = Role.text

  /// Labels take so many columns.
  static let labelWidth = 12

  /// The lines of the paragraphs at a width; labels that repeat the one before are left out.
  static func lines(_ paragraphs: [Paragraph], width: Int) -> [[Span]] {
    var last = ""
    return paragraphs.flatMap { paragraph -> [[Span]] in
      let isRepeated = paragraph.label == last
      last = paragraph.label
      let indent = paragraph.label.isEmpty ? 0 : labelWidth
      let label = isRepeated ? "" : paragraph.label
      let head = label + String(repeating: " ", count: max(indent == 0 ? 0 : 1, indent - label.count))
      return broken(paragraph.text, width: max(20, width) - indent).enumerated().map { index, piece in
        let start = index == 0 ? head : String(repeating: " ", count: indent)
        return (indent == 0 ? [] : [Span(start, .fieldName)]) + [Span(piece, paragraph.role)]
      }
    }
  }

  /// A text in pieces of at most `width` columns, broken at spaces where there are any.
  static func broken(_ text: String, width: Int) -> [String] {
    var pieces: [String] = []
    var piece = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      var word = String(word)
      if !piece.isEmpty, textWidth(piece) + 1 + textWidth(word) > width {
        pieces.append(piece)
        piece = ""
      }
      // A word that is longer than a line, such as a patch, is cut.
      while textWidth(word) > width, word.count > width {
        pieces.append(String(word.prefix(width)))
        word = String(word.dropFirst(width))
      }
      piece += piece.isEmpty ? word : " " + word
    }
    return pieces + [piece]
  }
}
