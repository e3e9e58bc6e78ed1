import TestSupport

/// What a drain command said, without what is random in kubectl: the order of pods and of errors, and how often it says
/// the same.
struct DrainTranscript: Equatable, CustomStringConvertible {
  let status: Int32
  let lines: [String]

  /// The prefix of names is taken out, and what podmedic says besides.
  init(_ result: CommandResult, prefix: String) {
    status = result.status
    let output = result.text.split(separator: "\n").map { "out: \($0)" }
    // kubectl logs in the form `I1121 17:39:12.189507 …` that it holds its requests back.
    let errors = result.errorText.split(separator: "\n").filter {
      !$0.hasPrefix("hint: ") && !$0.contains("client-side throttling")
    }.map { "err: \($0)" }
    lines = Set((output + errors).map { Self.sorted($0.replacing(prefix, with: "")) }).sorted()
  }

  /// A line with the errors or warnings in it in a fixed order.
  private static func sorted(_ line: String) -> String {
    if line.hasPrefix("err: Warning: ") {
      let groups = line.dropFirst("err: Warning: ".count).split(separator: "; ").map(String.init)
      return "err: Warning: " + groups.sorted().joined(separator: "; ")
    }
    guard let open = line.range(of: ": ["), let close = line.lastIndex(of: "]") else { return line }
    let inside = line[open.upperBound..<close]
    let errors = inside.replacing(", error when", with: "\nerror when").replacing(
      ", cannot delete", with: "\ncannot delete"
    )
    .split(separator: "\n").map(String.init)
    return line[..<open.upperBound] + errors.sorted().joined(separator: ", ") + line[close...]
  }

  var description: String { "exit status \(status)\n  " + lines.joined(separator: "\n  ") }
}

extension String {
  fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
