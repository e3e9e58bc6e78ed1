/// A filter's pattern in the words of `grep -E`, which reads another dialect than podmedic.
enum GrepPattern {
  /// Finds a text. Between cells kubectl writes more spaces than one.
  static func of(text: String) -> String {
    var pattern = ""
    for character in text {
      if character != " " {
        pattern.append(character)
      } else if !pattern.hasSuffix(" +") {
        pattern += " +"
      }
    }
    return pattern
  }

  /// Finds what a pattern of podmedic's finds; nil where `grep -E` has no word for a part of it.
  static func of(pattern: String) -> String? {
    var result = ""
    var rest = Substring(pattern)
    while let character = rest.popFirst() {
      switch character {
      case "\\":
        guard let escaped = rest.popFirst(), let text = escape(escaped) else { return nil }
        result += text
      case "[":
        guard let text = bracket(&rest) else { return nil }
        result += text
      case "(" where rest.hasPrefix("?:"):
        rest.removeFirst(2)
        result += "("
      case "(" where rest.hasPrefix("?"): return nil
      case "{":
        guard let text = bounds(&rest) else { return nil }
        result += text
        dropLaziness(&rest)
      case "*", "+", "?":
        result.append(character)
        dropLaziness(&rest)
      case "}": return nil
      case " ":
        let isCounted = rest.first.map { "*+?{".contains($0) } ?? false
        if isCounted { result += " " } else if !result.hasSuffix(" +") { result += " +" }
      default: result.append(character)
      }
    }
    return result
  }

  /// What is behind a backslash; letters that GNU's and BSD's grep know too.
  private static func escape(_ character: Character) -> String? {
    switch character {
    case "d": "[0-9]"
    case "D": "[^0-9]"
    case "w", "W", "s", "S", "b", "B": "\\\(character)"
    case "^", "$", ".", "|", "?", "*", "+", "(", ")", "[", "]", "{", "}", "\\": "\\\(character)"
    default: character.isLetter || character.isNumber || "<>`'".contains(character) ? nil : String(character)
    }
  }

  /// The rest of a set of characters. A backslash in it means itself to grep.
  private static func bracket(_ rest: inout Substring) -> String? {
    var text = "["
    if rest.first == "^" {
      rest.removeFirst()
      text += "^"
    }
    guard rest.first != "]" else { return nil }
    while let character = rest.popFirst() {
      if character == "]" { return text + "]" }
      if character == "\\" || character == "[" { return nil }
      text.append(character)
    }
    return nil
  }

  /// The rest of `{n}`, `{n,}` or `{n,m}`.
  private static func bounds(_ rest: inout Substring) -> String? {
    guard let end = rest.firstIndex(of: "}") else { return nil }
    let inner = rest[..<end]
    let parts = inner.split(separator: ",", omittingEmptySubsequences: false)
    guard let first = parts.first, !first.isEmpty, parts.count <= 2,
      parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } })
    else { return nil }
    rest = rest[rest.index(after: end)...]
    return "{\(inner)}"
  }

  /// Which of several matches is found makes no difference to whether there is one.
  private static func dropLaziness(_ rest: inout Substring) {
    if rest.first == "?" { rest.removeFirst() }
  }
}
