extension JSONValue {
  /// This document as UTF-8 JSON; with `indent` on many lines, indented by that many spaces a level, else on one line.
  public func bytes(indent: Int? = nil) -> [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes, indent: indent, level: 0)
    return bytes
  }

  /// This document as JSON text.
  public func text(indent: Int? = nil) -> String { String(decoding: bytes(indent: indent), as: UTF8.self) }

  private func write(to bytes: inout [UInt8], indent: Int?, level: Int) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .int(let value): bytes.append(contentsOf: String(value).utf8)
    case .double(let value): bytes.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
    case .string(let text): Self.write(text, to: &bytes)
    case .array(let values):
      Self.writeList(values, "[", "]", to: &bytes, indent: indent, level: level) { value, bytes in
        value.write(to: &bytes, indent: indent, level: level + 1)
      }
    case .object(let map):
      Self.writeList(map.entries, "{", "}", to: &bytes, indent: indent, level: level) { entry, bytes in
        Self.write(entry.key, to: &bytes)
        bytes.append(contentsOf: (indent == nil ? ":" : ": ").utf8)
        entry.value.write(to: &bytes, indent: indent, level: level + 1)
      }
    }
  }

  private static func writeList<Element>(
    _ elements: [Element], _ open: String, _ close: String, to bytes: inout [UInt8], indent: Int?, level: Int,
    _ write: (Element, inout [UInt8]) -> Void
  ) {
    func newLine(_ level: Int) {
      guard let indent else { return }
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * level))
    }
    bytes.append(contentsOf: open.utf8)
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      newLine(level + 1)
      write(element, &bytes)
    }
    if !elements.isEmpty { newLine(level) }
    bytes.append(contentsOf: close.utf8)
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
      case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
      case 0x0a: bytes.append(contentsOf: "\\n".utf8)
      case 0x0d: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7f:
        let digits = String(byte, radix: 16)
        bytes.append(contentsOf: "\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
