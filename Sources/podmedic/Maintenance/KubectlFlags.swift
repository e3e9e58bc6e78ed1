import Draining

/// Reads the command lines of `cordon`, `uncordon` and `drain` as kubectl does, and says what is wrong with them in its
/// words, before the argument parser sees them: `--force=true`, `--dry-run` with and without a value, the last of equal
/// flags.
struct KubectlFlags {
  /// What a flag takes.
  enum Kind { case bool, int, duration, text, dryRun, optionalText, planFormat }

  private let command: String
  private let flags: [String: Kind]
  private let shorthands: [Character: String]

  /// The commands that are read this way.
  static let commands = ["cordon", "uncordon", "drain"]

  init(command: String) {
    self.command = command
    var flags: [String: Kind] = [
      "selector": .text, "dry-run": .dryRun, "read-only": .bool, "readonly": .bool, "unlock": .text, "help": .bool,
      "insecure-skip-tls-verify": .bool, "disable-compression": .bool, "v": .int,
      "match-server-version": .bool, "warnings-as-errors": .bool,
    ]
    for option in LeadingOptions.valued where option.hasPrefix("--") { flags[String(option.dropFirst(2))] = .text }
    flags["log-flush-frequency"] = .duration
    var shorthands: [Character: String] = ["l": "selector", "n": "namespace", "s": "server", "h": "help", "v": "v"]
    if command == "drain" {
      flags.merge(
        [
          "force": .bool, "ignore-daemonsets": .bool, "delete-emptydir-data": .bool, "disable-eviction": .bool,
          "grace-period": .int, "timeout": .duration, "pod-selector": .text, "skip-wait-for-delete-timeout": .int,
          "chunk-size": .int, "plan": .bool, "output": .planFormat, "batch": .int, "wait-ready": .bool,
          "cordon-again": .bool,
          "resume": .optionalText,
        ]
      ) { first, _ in first }
      shorthands["o"] = "output"
    }
    self.flags = flags
    self.shorthands = shorthands
  }

  /// The same command line with each flag once, each value behind `=`, and the nodes at the end; or why kubectl would
  /// not take it. Flags that may be repeated stay.
  func normalized(_ arguments: [String]) throws(CommandFailure) -> [String] {
    do throws(CommandFailure) { return try read(arguments) } catch {
      // Of a plan 1 says that the drain is blocked: it could not even be asked.
      guard command == "drain", arguments.contains("--plan"), error.status == 1 else { throw error }
      var failure = error
      failure.status = 2
      throw failure
    }
  }

  private func read(_ arguments: [String]) throws(CommandFailure) -> [String] {
    var values: [(name: String, value: String?)] = []
    var nodes: [String] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--" {
        nodes += rest
        break
      } else if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let kind = flags[name] else { throw usage("unknown flag: --\(name)") }
        var value = parts.count > 1 ? String(parts[1]) : nil
        if value == nil, kind.needsValue {
          guard let next = rest.popFirst() else { throw usage("flag needs an argument: --\(name)") }
          value = next
        }
        values.append((name, try checked(value, kind, "--\(name)")))
      } else if word.hasPrefix("-"), word.count > 1 {
        try readShorthands(word, &rest, &values)
      } else {
        nodes.append(word)
      }
    }
    return written(values) + ["--"] + nodes
  }

  private func readShorthands(
    _ word: String, _ rest: inout ArraySlice<String>, _ values: inout [(name: String, value: String?)]
  ) throws(CommandFailure) {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      guard let name = shorthands[letter], let kind = flags[name] else {
        throw usage("unknown shorthand flag: '\(letter)' in \(word)")
      }
      guard kind.needsValue else {
        values.append((name, nil))
        continue
      }
      var value = String(letters)
      if value.isEmpty {
        guard let next = rest.popFirst() else { throw usage("flag needs an argument: '\(letter)' in \(word)") }
        value = next
      } else if value.hasPrefix("=") {
        value.removeFirst()
      }
      letters = ""
      values.append((name, try checked(value, kind, "-\(letter), --\(name)")))
    }
  }

  /// The value as the argument parser takes it; nil for a flag that is on.
  private func checked(_ value: String?, _ kind: Kind, _ flag: String) throws(CommandFailure) -> String? {
    func invalid(_ why: String) -> CommandFailure {
      usage("invalid argument \"\(value ?? "")\" for \"\(flag)\" flag: \(why)")
    }
    switch kind {
    case .bool:
      guard let value else { return nil }
      if ["1", "t", "T", "TRUE", "true", "True"].contains(value) { return nil }
      guard ["0", "f", "F", "FALSE", "false", "False"].contains(value) else {
        throw invalid("strconv.ParseBool: parsing \"\(value)\": invalid syntax")
      }
      return "false"
    case .int:
      let text = value ?? ""
      if let number = Int(text) { return "\(number)" }
      let digits = text.drop { $0 == "-" || $0 == "+" }
      let isNumber = !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
      throw invalid("strconv.ParseInt: parsing \"\(text)\": \(isNumber ? "value out of range" : "invalid syntax")")
    case .duration:
      do throws(GoDurationFailure) {
        _ = try GoDuration.parse(value ?? "")
        return value
      } catch {
        throw invalid(error.message)
      }
    case .dryRun: return value ?? "unchanged"
    case .optionalText:
      // An identifier that is not set in a script is none; it is not to go on with whatever was last.
      if value?.isEmpty == true { throw invalid("it names nothing; leave the = out, or name one") }
      return value ?? ""
    case .planFormat:
      let formats = DrainCommand.Format.allCases.map(\.rawValue)
      guard let value, formats.contains(value) else {
        throw invalid("a plan is written as \(formats.joined(separator: ", "))")
      }
      return value
    case .text: return value
    }
  }

  /// Of equal flags the last counts, but for those that may be repeated.
  private func written(_ values: [(name: String, value: String?)]) -> [String] {
    let repeated: Set<String> = ["unlock", "as-group", "as-user-extra", "from"]
    var words: [String] = []
    for (index, (name, value)) in values.enumerated() {
      let isLast = !values[(index + 1)...].contains { $0.name == name }
      guard isLast || repeated.contains(name) else { continue }
      let dashes = name.count == 1 ? "-" : "--"
      if flags[name] == .bool {
        if value == nil { words.append(dashes + name) }
      } else if name.count == 1 || value?.isEmpty == true {
        words += [dashes + name, value ?? ""]
      } else {
        words.append("\(dashes)\(name)=\(value ?? "")")
      }
    }
    return words
  }

  private func usage(_ message: String) -> CommandFailure {
    CommandFailure("error: \(message)\nSee '\(Podmedic.calledName) \(command) --help' for usage.")
  }
}

extension KubectlFlags.Kind {
  fileprivate var needsValue: Bool {
    switch self {
    case .int, .duration, .text, .planFormat: true
    case .bool, .dryRun, .optionalText: false
    }
  }
}

/// What the commands about nodes share: kubectl's words for wrong command lines.
enum KubectlUsage {
  /// Which nodes: names or a selector, not both.
  static func check(_ names: [String], selector: String?, command: String) throws(CommandFailure) {
    let hint = "See '\(Podmedic.calledName) \(command) -h' for help and examples"
    if names.isEmpty, selector == nil {
      throw CommandFailure("error: USAGE: \(command) NODE [flags]\n\(hint)")
    }
    if !names.isEmpty, selector?.isEmpty == false {
      throw CommandFailure("error: cannot specify both a node name and a --selector option\n\(hint)")
    }
  }

  /// What `--dry-run` asks for.
  static func dryRun(_ word: String?) throws(CommandFailure) -> DrainOptions.DryRun {
    switch word {
    case nil: return .none
    case "unchanged":
      Output.message("--dry-run is deprecated and can be replaced with --dry-run=client.")
      return .client
    case let word?:
      guard let dryRun = DrainOptions.DryRun(rawValue: word) else {
        throw CommandFailure(
          "error: Invalid dry-run value (\(word)). Must be \"none\", \"server\", or \"client\".")
      }
      return dryRun
    }
  }
}
