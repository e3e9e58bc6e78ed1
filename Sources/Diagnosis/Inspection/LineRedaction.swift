/// Takes what looks like a secret out of a line of text before it becomes evidence that is shown and exported.
public enum LineRedaction {
  /// What stands in the place of a secret.
  public static let mark = "(hidden)"

  private static let names = [
    "password", "passwd", "pwd", "secret", "token", "apikey", "api_key", "api-key", "authorization", "credential",
    "private_key", "access_key",
  ]

  /// The line with the values of settings whose names tell that they are secret, credentials in URLs, bearer tokens and
  /// JSON web tokens hidden. What is not known to be a secret stays.
  public static func line(_ text: String) -> String {
    var result = ""
    var word = ""
    var hidesNext = false
    var isNamed = false
    func finish() {
      guard !word.isEmpty else { return }
      let lower = word.lowercased()
      if hidesNext, lower != "=" && lower != ":" && lower != "bearer" && lower != "basic" {
        result += mark
        hidesNext = false
      } else {
        let (shown, hides) = shown(word, lower)
        result += shown
        // In JSON the name, the sign and the value are words of their own.
        hidesNext = hides || hidesNext || isNamed && (word == ":" || word == "=")
        isNamed = names.contains { lower.hasSuffix($0) }
      }
      word = ""
    }
    for character in text {
      if character.isWhitespace || "\"',;&{}()[]".contains(character) {
        finish()
        result.append(character)
      } else {
        word.append(character)
      }
    }
    finish()
    return result
  }

  /// A word as it is shown, and whether the next word is a secret.
  private static func shown(_ word: String, _ lower: String) -> (text: String, hidesNext: Bool) {
    if word.hasPrefix("eyJ"), word.count > 20 { return (mark, false) }
    if lower == "bearer" { return (word, true) }
    if let scheme = word.firstRange(of: "://"), let at = word[scheme.upperBound...].firstIndex(of: "@"),
      let colon = word[scheme.upperBound..<at].firstIndex(of: ":")
    {
      return (word[...colon] + mark + word[at...], false)
    }
    guard let sign = word.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return (word, false) }
    let name = word[..<sign].lowercased()
    guard names.contains(where: { name.hasSuffix($0) }) else { return (word, false) }
    let value = word[word.index(after: sign)...]
    return value.isEmpty ? (word, true) : (word[...sign] + mark, false)
  }
}
