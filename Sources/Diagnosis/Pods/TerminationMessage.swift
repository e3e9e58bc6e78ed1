import Kube

/// The line that tells most in what a container left behind at its end.
///
/// That is what its program wrote to `terminationMessagePath`, what the runtime said, or the end of its log
/// (`terminationMessagePolicy: FallbackToLogsOnError`). It may be anything, and differs from pod to pod.
public enum TerminationMessage {
  /// So much of a message is looked at, from the end: the kubelet keeps 4096 bytes.
  private static let longestMessage = 4096
  /// Longer lines are cut; the whole stands in the evidence.
  private static let longestLine = 120

  /// The last line that says what went wrong, else the last that is no frame of a stack; without a logger's date and
  /// place, without secrets. "" when there is nothing to say.
  public static func lastWords(_ message: String) -> String {
    let lines = message.suffix(longestMessage).split(whereSeparator: \.isNewline)
    let telling = lines.filter { !isFrame($0) }
    let line = telling.last(where: tellsOfFailure) ?? telling.last ?? lines.last ?? ""
    let text = LineRedaction.line(withoutLogger(withoutControls(line)))
    return text.count > longestLine ? text.prefix(longestLine) + "…" : text
  }

  /// The same, but only a line that says what went wrong; nil when there is none.
  static func lastFailure(_ message: String) -> String? {
    let lines = message.suffix(longestMessage).split(whereSeparator: \.isNewline)
    return lines.last { !isFrame($0) && tellsOfFailure($0) }.map { lastWords(String($0)) }
  }

  // MARK: Which line

  /// Whether a line is part of a stack, or of what runtimes write around an error.
  private static func isFrame(_ line: Substring) -> Bool {
    guard let first = line.first, line.contains(where: \.isLetter) else { return true }
    if first.isWhitespace { return true }
    return frames.contains { line.hasPrefix($0) } || line.hasSuffix("()") || line.hasSuffix("{")
  }

  private static let frames = [
    "at ", "goroutine ", "exit status ", "created by ", "Traceback (most recent call last)", "During handling of",
    "The above exception was", "stack backtrace:", "note: run with `RUST_BACKTRACE", "Node.js v", "Require stack:",
    "npm ERR! A complete log", "npm error A complete log",
  ]

  private static func tellsOfFailure(_ line: Substring) -> Bool {
    let line = line.lowercased()
    return failures.contains { line.contains($0) }
  }

  private static let failures = [
    "error", "fatal", "panic", "exception", "fail", "cannot", "can't", "could not", "unable", "invalid", "unknown",
    "missing", "denied", "refused", "not found", "no such", "forbidden", "in use", "timeout", "timed out",
    "unauthorized", "undefined", "not set", "required", "not permitted", "exceeded", "abort", "mismatch",
    "not assigned",
  ]

  // MARK: What of the line

  /// The line as one line of printable characters, without the sequences that colour it.
  private static func withoutControls(_ line: Substring) -> String {
    var text = ""
    var isInSequence = false
    for scalar in line.unicodeScalars {
      if isInSequence {
        // `ESC [ 31 m`: it ends with a letter.
        if scalar.properties.isAlphabetic { isInSequence = false }
      } else if scalar == "\u{1b}" {
        isInSequence = true
      } else if scalar.properties.generalCategory == .control || scalar == " " {
        if !text.isEmpty, !text.hasSuffix(" ") { text.append(" ") }
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }

  /// What a logger was told to say.
  private static func withoutLogger(_ line: String) -> String {
    if line.hasPrefix("{") {
      let said = ["\"msg\"", "\"message\"", "\"error\"", "\"err\""].compactMap { value(after: $0, sign: ":", in: line) }
      if !said.isEmpty { return said.joined(separator: ": ") }
    }
    if let said = value(after: "msg", sign: "=", in: line) {
      let why = value(after: "err", sign: "=", in: line) ?? value(after: "error", sign: "=", in: line)
      return why.map { "\(said): \($0)" } ?? said
    }
    var words = line.split(separator: " ", omittingEmptySubsequences: true)[...]
    // `E0610 09:27:02.1 run.go:72] "command failed" err="…"`, as Kubernetes' own programs write.
    if isOfKlog(words.first ?? ""), let end = line.firstRange(of: "] ") {
      let said = line[end.upperBound...]
      guard said.hasPrefix("\""), let text = quoted(said) else { return String(said) }
      return value(after: "err", sign: "=", in: line).map { "\(text): \($0)" } ?? text
    }
    while let word = words.first, words.count > 1, isTime(word) || isPlace(word) { words.removeFirst() }
    return words.joined(separator: " ")
  }

  private static func isOfKlog(_ word: Substring) -> Bool {
    word.count == 5 && "IWEF".contains(word.first ?? " ") && word.dropFirst().allSatisfy(\.isNumber)
  }

  /// Whether a word is a date or a time of day: `2026/06/10`, `09:27:31`, `[2026-06-10T09:27:31.120Z]`.
  private static func isTime(_ word: Substring) -> Bool {
    word.contains(where: \.isNumber) && word.allSatisfy { $0.isNumber || "-/:.,+TZ[]".contains($0) }
      && word.count { ":-/".contains($0) } >= 2
  }

  /// Whether a word is where in a program the line was written: `main.go:41:`.
  private static func isPlace(_ word: Substring) -> Bool {
    guard let end = word.firstRange(of: ".go:") else { return false }
    return word[end.upperBound...].allSatisfy { $0.isNumber || $0 == ":" }
  }

  /// `x y` out of `name="x y"`, with the sign between them; nil where there is none.
  private static func value(after name: String, sign: Character, in line: String) -> String? {
    var rest = line[...]
    while let place = rest.firstRange(of: name) {
      let isWord = place.lowerBound == line.startIndex || !line[line.index(before: place.lowerBound)].isLetter
      rest = rest[place.upperBound...]
      let value = rest.drop { $0 == " " }
      guard isWord, value.first == sign else { continue }
      let text = value.dropFirst().drop { $0 == " " }
      if text.hasPrefix("\"") { return quoted(text) }
      let word = text.prefix { !" ,}".contains($0) }
      return word.isEmpty ? nil : String(word)
    }
    return nil
  }

  /// `a "b"` out of `"a \"b\"" …`; nil when it is empty or has no end.
  private static func quoted(_ text: Substring) -> String? {
    var said = ""
    var isEscaped = false
    for character in text.dropFirst() {
      if isEscaped {
        said.append(character == "n" || character == "t" ? " " : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        return said.isEmpty ? nil : said
      } else {
        said.append(character)
      }
    }
    return nil
  }
}
