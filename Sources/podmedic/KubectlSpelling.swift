/// kubectl's ways to write options that the argument parser does not know: a value right behind a short name (`-nshop`,
/// `-owide`), `=true` and `=false` behind a switch, `--v=6`.
///
/// Source: pflag, which kubectl reads its command line with.
enum KubectlSpelling {
  /// Short names with a value, in every command.
  private static let valued: Set<Character> = ["n", "s", "o", "l", "L", "c", "v"]
  private static let switches: Set<Character> = ["A", "w", "h"]
  private static let longSwitches: Set<String> = [
    "all-namespaces", "insecure-skip-tls-verify", "disable-compression", "read-only", "no-headers", "watch",
    "watch-only", "output-watch-events", "show-labels", "ignore-not-found", "show-managed-fields", "follow", "previous",
    "timestamps", "all-containers", "all-pods", "prefix", "ignore-errors", "insecure-skip-tls-verify-backend",
    "show-kind", "match-server-version", "warnings-as-errors",
  ]

  /// The same command line as the argument parser takes it. What is not understood stays as it is, so that the parser
  /// says what is wrong with it.
  static func normalized(_ arguments: [String], subcommands: Set<String>) -> [String] {
    let command = arguments.first(where: subcommands.contains)
    // `-f` follows a log, and names a file elsewhere.
    let isLogs = command == "logs"
    let valued = isLogs ? valued : valued.union(["f"])
    let switches = isLogs ? switches.union(["f", "p"]) : switches
    var result: [String] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--" {
        result.append(word)
        result += rest
        break
      }
      guard word.hasPrefix("-"), word.count > 1 else {
        result.append(word)
        continue
      }
      if word.hasPrefix("--") {
        result += long(word)
      } else {
        result += short(word, valued, switches)
      }
      // What stands behind an option is its value, whatever it looks like.
      if let last = result.last, last == word, takesNext(word, valued), let next = rest.popFirst() {
        result.append(next)
      }
    }
    return result
  }

  private static func takesNext(_ word: String, _ valued: Set<Character>) -> Bool {
    if word.hasPrefix("--") { return LeadingOptions.valued.contains(word) }
    return word.count == 2 && word.last.map(valued.contains) == true
  }

  private static func long(_ word: String) -> [String] {
    let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if parts[0] == "v" { return parts.count > 1 ? ["-v", parts[1]] : ["-v"] }
    guard parts.count > 1, longSwitches.contains(parts[0]), let isOn = truth(parts[1]) else { return [word] }
    return isOn ? ["--" + parts[0]] : []
  }

  private static func short(_ word: String, _ valued: Set<Character>, _ switches: Set<Character>) -> [String] {
    let letters = Array(word.dropFirst())
    guard letters.count > 1 else { return [word] }
    var tail = String(letters[1...])
    if valued.contains(letters[0]) {
      if tail.hasPrefix("=") { tail.removeFirst() }
      return ["-\(letters[0])", tail]
    }
    guard switches.contains(letters[0]) else { return [word] }
    if tail.hasPrefix("=") {
      guard let isOn = truth(String(tail.dropFirst())) else { return [word] }
      return isOn ? ["-\(letters[0])"] : []
    }
    // `-Aw`, `-Anshop`: a switch and what comes behind it.
    return ["-\(letters[0])"] + short("-" + tail, valued, switches)
  }

  /// Go's `strconv.ParseBool`.
  private static func truth(_ word: String) -> Bool? {
    if ["1", "t", "T", "TRUE", "true", "True"].contains(word) { return true }
    if ["0", "f", "F", "FALSE", "false", "False"].contains(word) { return false }
    return nil
  }
}
