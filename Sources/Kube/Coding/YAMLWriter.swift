/// Writes YAML: block style, lists not indented below their key, texts quoted and broken as Go's YAML does.
///
/// The text comes in pieces that say what they are, so that the same writer serves a pipe (which joins them) and a
/// screen (which colours them).
public struct YAMLWriter {
  /// For whom the text is.
  public enum Style: Sendable {
    /// Byte for byte what `kubectl get -o yaml` prints: keys sorted, long texts broken at spaces.
    case kubectl
    /// For a person: keys in the order of the document, texts of several lines always as they are, none broken.
    case reading
  }

  /// What a piece of text is.
  public enum Piece: Sendable, Equatable {
    /// Spaces, dashes, colons, empty lists and objects.
    case punctuation
    /// A member's name.
    case key
    /// A text, quoted where it must be; it may hold line ends where a long text was broken.
    case string
    /// A number or a truth value.
    case number
    /// `null`, and the mark before a block of lines.
    case mark
    /// The end of a line.
    case lineEnd
  }

  private let style: Style
  private let put: (Piece, String) -> Void

  private init(_ style: Style, _ put: @escaping (Piece, String) -> Void) {
    self.style = style
    self.put = put
  }

  /// Hands out a document piece by piece; every line has its end, the last one too.
  public static func write(_ value: JSONValue, style: Style, _ put: (Piece, String) -> Void) {
    withoutActuallyEscaping(put) { YAMLWriter(style, $0).document(value) }
  }

  /// The document as text, with a line end at its end.
  public static func text(_ value: JSONValue, style: Style = .kubectl) -> String {
    var text = ""
    write(value, style: style) { text += $1 }
    return text
  }

  private func document(_ value: JSONValue) {
    switch value {
    case .object(let map) where !map.isEmpty: members(map, indent: 0)
    case .array(let values) where !values.isEmpty: elements(values, indent: 0)
    default:
      scalar(value, indent: 0, column: 0)
      endLine()
    }
  }

  private func endLine() { put(.lineEnd, "\n") }

  /// `isBehindDash`: the first member of a list's element stands behind the dash.
  private func members(_ map: SmallMap<JSONValue>, indent: Int, isBehindDash: Bool = false) {
    let pad = String(repeating: " ", count: indent)
    let entries =
      style == .kubectl ? map.entries.sorted { YAMLKeyOrder.precedes($0.key, $1.key) } : map.entries
    for (index, entry) in entries.enumerated() {
      if !pad.isEmpty, !(isBehindDash && index == 0) { put(.punctuation, pad) }
      let key = YAMLScalar.key(entry.key)
      put(.key, key)
      put(.punctuation, ":")
      switch entry.value {
      case .object(let inner) where !inner.isEmpty:
        endLine()
        members(inner, indent: indent + 2)
      case .array(let values) where !values.isEmpty:
        endLine()
        elements(values, indent: indent)
      default:
        put(.punctuation, " ")
        scalar(entry.value, indent: indent, column: indent + key.unicodeScalars.count + 2)
        endLine()
      }
    }
  }

  private func elements(_ values: [JSONValue], indent: Int, isBehindDash: Bool = false) {
    let pad = String(repeating: " ", count: indent)
    for (index, value) in values.enumerated() {
      put(.punctuation, (isBehindDash && index == 0 ? "" : pad) + "- ")
      switch value {
      case .object(let map) where !map.isEmpty: members(map, indent: indent + 2, isBehindDash: true)
      case .array(let inner) where !inner.isEmpty: elements(inner, indent: indent + 2, isBehindDash: true)
      default:
        scalar(value, indent: indent, column: indent + 2)
        endLine()
      }
    }
  }

  private func scalar(_ value: JSONValue, indent: Int, column: Int) {
    switch value {
    case .null: put(.mark, "null")
    case .array: put(.punctuation, "[]")
    case .object: put(.punctuation, "{}")
    case .bool(let value): put(.number, value ? "true" : "false")
    case .int(let value): put(.number, String(value))
    case .double(let value): put(.number, GoNumber.general(value))
    case .string(let text):
      switch YAMLScalar.form(of: text, indent: indent, column: column, style: style) {
      case .line(let line): put(.string, line)
      case .block(let mark, let lines): block(mark, lines, indent: indent)
      }
    }
  }

  private func block(_ mark: String, _ lines: [Substring], indent: Int) {
    let pad = String(repeating: " ", count: indent + 2)
    put(.mark, mark)
    for line in lines {
      endLine()
      guard !line.isEmpty else { continue }
      put(.punctuation, pad)
      put(.string, String(line))
    }
  }
}
