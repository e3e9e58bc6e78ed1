import Diagnosis

/// A text in lines, as far as it is looked at.
struct TextLines {
  /// Lines that are looked at, from the end.
  static let most = 20_000
  /// Characters of a line that are looked at.
  static let longest = 2_000

  private let lines: [Substring]

  init(_ text: String) {
    lines = text.split(omittingEmptySubsequences: true) { $0.isNewline }.suffix(Self.most)
  }

  var count: Int { lines.count }
  var isEmpty: Bool { lines.isEmpty }

  /// The last lines, without secrets.
  func last(_ count: Int) -> [String] {
    lines.suffix(count).map { LineRedaction.line(String($0.prefix(Self.longest))) }
  }

  /// The last line that has a pattern, without secrets: what came last is what ended it.
  func last(matching pattern: LinePattern) -> String? {
    for line in lines.reversed() {
      let text = String(line.prefix(Self.longest))
      if pattern.matches(text) { return LineRedaction.line(String(text.drop(while: \.isWhitespace))) }
    }
    return nil
  }
}

/// An error that programs write in the same words everywhere.
struct KnownError {
  /// What it means.
  let meaning: String
  private let patterns: [LinePattern]

  private init(_ meaning: String, _ patterns: String...) {
    self.meaning = meaning
    self.patterns = patterns.compactMap { try? LinePattern($0) }
  }

  /// The first known error that a text has, with its line.
  static func find(in lines: TextLines) -> (error: KnownError, line: String)? {
    for error in all {
      for pattern in error.patterns { if let line = lines.last(matching: pattern) { return (error, line) } }
    }
    return nil
  }

  /// The most telling first.
  static let all: [KnownError] = [
    KnownError(
      "out of memory within the process", "java\\.lang\\.OutOfMemoryError", "JavaScript heap out of memory",
      "MemoryError", "fatal error: runtime: out of memory", "std::bad_alloc", "Cannot allocate memory"),
    KnownError("no space on the disk", "(?i)no space left on device", "ENOSPC"),
    KnownError(
      "a name cannot be resolved", "(?i)no such host", "(?i)temporary failure in name resolution",
      "(?i)name or service not known", "ENOTFOUND", "UnknownHostException", "EAI_AGAIN"),
    KnownError(
      "another service refuses the connection", "(?i)connection refused", "ECONNREFUSED", "ConnectException"),
    KnownError(
      "another service does not answer in time", "(?i)connection timed out", "ETIMEDOUT", "(?i)i/o timeout",
      "(?i)context deadline exceeded", "SocketTimeoutException"),
    KnownError("a certificate is not accepted", "x509: ", "(?i)certificate verify failed", "SSLHandshakeException"),
    KnownError(
      "credentials are refused", "(?i)password authentication failed", "(?i)access denied for user",
      "(?i)authentication failed", "\\b401 Unauthorized\\b", "(?i)invalid credentials"),
    KnownError("the address is in use", "(?i)address already in use", "EADDRINUSE"),
    KnownError(
      "a file or right is missing", "(?i)permission denied", "EACCES", "(?i)read-only file system", "EROFS",
      "(?i)no such file or directory", "ENOENT"),
    KnownError(
      "a setting is missing or wrong", "(?i)(missing|required) (required )?(environment|env|config\\w*|setting)",
      "(?i)(environment variable|env var) .*(not set|missing|required|undefined)",
      "(?i)(invalid|unknown|unrecognized) (option|flag|configuration|argument)",
      "(?i)failed to (parse|load|read) config"
    ),
    KnownError(
      "the program failed", "^panic: ", "^Traceback \\(most recent call last\\)", "(?i)unhandled ?exception",
      "(?i)segmentation fault", "^fatal: ", "(?i)\\bfatal error\\b", "Exception in thread"),
  ]
}
