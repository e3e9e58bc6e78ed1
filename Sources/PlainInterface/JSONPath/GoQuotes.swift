/// Go's quoted texts.
enum GoQuotes {
  /// The text between quotes, double or single, with Go's escapes replaced; nil when it is malformed.
  static func unquoted(_ text: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count >= 2, let quote = scalars.first, quote == scalars.last, quote == "\"" || quote == "'" else {
      return nil
    }
    var bytes: [UInt8] = []
    var rest = scalars[1..<(scalars.count - 1)]
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        if scalar == quote { return nil }
        bytes.append(contentsOf: String(scalar).utf8)
        continue
      }
      guard let escaped = rest.popFirst(), let new = Self.bytes(escaped, &rest, quote: quote) else { return nil }
      bytes.append(contentsOf: new)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func bytes(
    _ escaped: Unicode.Scalar, _ rest: inout ArraySlice<Unicode.Scalar>, quote: Unicode.Scalar
  ) -> [UInt8]? {
    switch escaped {
    case "a": return [7]
    case "b": return [8]
    case "f": return [12]
    case "n": return [10]
    case "r": return [13]
    case "t": return [9]
    case "v": return [11]
    case "\\": return [0x5C]
    case "'", "\"": return escaped == quote ? Array(String(escaped).utf8) : nil
    case "x": return number(&rest, digits: 2, radix: 16).flatMap { UInt8(exactly: $0) }.map { [$0] }
    case "0"..."7":
      rest = [escaped] + rest
      return number(&rest, digits: 3, radix: 8).flatMap { UInt8(exactly: $0) }.map { [$0] }
    case "u": return number(&rest, digits: 4, radix: 16).flatMap(Unicode.Scalar.init).map { Array(String($0).utf8) }
    case "U": return number(&rest, digits: 8, radix: 16).flatMap(Unicode.Scalar.init).map { Array(String($0).utf8) }
    default: return nil
    }
  }

  private static func number(_ rest: inout ArraySlice<Unicode.Scalar>, digits: Int, radix: Int) -> UInt32? {
    guard rest.count >= digits else { return nil }
    var text = ""
    text.unicodeScalars.append(contentsOf: rest.prefix(digits))
    rest = rest.dropFirst(digits)
    return text.hasPrefix("+") || text.hasPrefix("-") ? nil : UInt32(text, radix: radix)
  }
}
