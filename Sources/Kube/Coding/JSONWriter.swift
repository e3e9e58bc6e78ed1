/// How JSON is laid out.
public struct JSONStyle: Sendable {
  /// On many lines, indented by so many spaces a level; nil for one line.
  public var indent: Int?
  /// Members in the order of their names, compared byte by byte, instead of the document's.
  public var sortsKeys = false
  /// `<`, `>`, `&` and Unicode's line ends as escapes, as Go does for the sake of HTML.
  public var escapesMarkup = false

  /// On one line, in the order of the document.
  public static let compact = JSONStyle()
  /// As Go's `json.Marshal` writes a map.
  public static let goCompact = JSONStyle(sortsKeys: true, escapesMarkup: true)
  /// As `kubectl get -o json` prints it.
  public static let kubectl = JSONStyle(indent: 4, sortsKeys: true, escapesMarkup: true)
  /// As kubectl prints what it has decoded: members in the order of the document, which is that of their type.
  public static let kubectlTyped = JSONStyle(indent: 4, escapesMarkup: true)
}

extension JSONValue {
  /// This document as UTF-8 JSON; with `indent` on many lines, indented by that many spaces a level, else on one line.
  public func bytes(indent: Int? = nil) -> [UInt8] { bytes(JSONStyle(indent: indent)) }

  /// This document as UTF-8 JSON. Control characters are always escaped, so that printing it is harmless.
  public func bytes(_ style: JSONStyle) -> [UInt8] {
    var writer = JSONWriter(style: style)
    writer.write(self, level: 0)
    return writer.bytes
  }

  /// This document as JSON text.
  public func text(indent: Int? = nil) -> String { text(JSONStyle(indent: indent)) }

  /// This document as JSON text.
  public func text(_ style: JSONStyle) -> String { String(decoding: bytes(style), as: UTF8.self) }
}

private struct JSONWriter {
  let style: JSONStyle
  var bytes: [UInt8] = []

  mutating func write(_ value: JSONValue, level: Int) {
    switch value {
    case .null: put("null")
    case .bool(let value): put(value ? "true" : "false")
    case .int(let value): put(String(value))
    case .double(let value): put(GoNumber.json(value))
    case .string(let text): quote(text)
    case .array(let values):
      list(values, "[", "]", level: level) { $0.write($1, level: level + 1) }
    case .object(let map):
      let entries =
        style.sortsKeys
        ? map.entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : map.entries
      list(entries, "{", "}", level: level) { writer, entry in
        writer.quote(entry.key)
        writer.put(writer.style.indent == nil ? ":" : ": ")
        writer.write(entry.value, level: level + 1)
      }
    }
  }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func newLine(_ level: Int) {
    guard let indent = style.indent else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * level))
  }

  private mutating func list<Element>(
    _ elements: [Element], _ open: String, _ close: String, level: Int,
    _ write: (inout JSONWriter, Element) -> Void
  ) {
    put(open)
    for (index, element) in elements.enumerated() {
      if index > 0 { put(",") }
      newLine(level + 1)
      write(&self, element)
    }
    if !elements.isEmpty { newLine(level) }
    put(close)
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": put("\\\"")
      case "\\": put("\\\\")
      case "\n": put("\\n")
      case "\r": put("\\r")
      case "\t": put("\\t")
      case "\u{8}": put("\\b")
      case "\u{C}": put("\\f")
      // The C1 controls are no matter to JSON, but some terminals obey them.
      case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}": escape(scalar)
      case "<", ">", "&", "\u{2028}", "\u{2029}":
        if style.escapesMarkup { escape(scalar) } else { bytes.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
      default:
        if scalar.isASCII {
          bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
          bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ scalar: Unicode.Scalar) {
    let digits = String(scalar.value, radix: 16)
    put("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
  }
}
