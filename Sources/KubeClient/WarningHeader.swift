/// The `Warning` header with which an API server tells of deprecated kinds and doubtful fields (RFC 7234 section 5.5,
/// code 299).
enum WarningHeader {
  /// The text of `299 - "text"`; nil for other codes and malformed headers.
  static func text(_ header: String) -> String? {
    guard header.hasPrefix("299 "), let open = header.firstIndex(of: "\"") else { return nil }
    var text = ""
    var isEscaped = false
    for character in header[header.index(after: open)...] {
      if isEscaped {
        text.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        return text
      } else {
        text.append(character)
      }
    }
    return nil
  }
}
