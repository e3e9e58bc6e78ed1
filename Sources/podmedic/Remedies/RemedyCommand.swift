import ArgumentParser
import PlainInterface
import Remedies

/// `podmedic remedy`: what podmedic can change, and doing it.
struct RemedyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remedy", abstract: "Changes the cluster: lists, explains and applies remedies.",
    subcommands: [RemedyListCommand.self, RemedyShowCommand.self, RemedyApplyCommand.self, RemedyUndoCommand.self])
}

/// `podmedic remedy list`.
struct RemedyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists all remedies.")

  func run() {
    let width = RemedyKind.all.map(\.name.rawValue.count).max() ?? 0
    for kind in RemedyKind.all {
      let name = kind.name.rawValue
      Output.write(name + String(repeating: " ", count: width - name.count + 2) + kind.title + "\n")
    }
  }
}

/// `podmedic remedy show NAME`.
struct RemedyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Explains one remedy.")

  @Argument(help: "Remedy.") var name: String

  func run() throws {
    let kind = try RemedyWords.kind(name)
    var text = "\(kind.name.rawValue): \(kind.title)\n\n\(kind.doc)\n\n"
    text += "for: \(kind.accepts.isEmpty ? "every kind" : kind.accepts.joined(separator: ", "))\n"
    if kind.changesOwner { text += "changes: the controller at the top of the owner chain\n" }
    if kind.isSevere { text += "severe: a person types the object's name to agree\n" }
    if !kind.parameters.isEmpty { text += "parameters:\n" }
    for parameter in kind.parameters {
      text += "  \(parameter.name)=<\(parameter.type)>\(parameter.isRequired ? " (required)" : "")  \(parameter.doc)\n"
    }
    Output.write(text)
  }
}

/// What people type about remedies.
enum RemedyWords {
  /// The remedy of a name.
  static func kind(_ word: String) throws(CommandFailure) -> RemedyKind {
    if let kind = RemedyName(rawValue: word).flatMap(RemedyKind.named) { return kind }
    throw .usage(
      "there is no remedy \"\(PlainText.line(word))\"", hint: "\"podmedic remedy list\" lists all of them.")
  }

  /// Parameters such as `memory-limit=512Mi`.
  static func parameters(_ words: [String]) throws(CommandFailure) -> [String: String] {
    var parameters: [String: String] = [:]
    for word in words {
      guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
        throw .usage("a parameter must be name=value, not \"\(PlainText.line(word))\"")
      }
      let name = String(word[..<equals])
      guard parameters.updateValue(String(word[word.index(after: equals)...]), forKey: name) == nil else {
        throw .usage("\(PlainText.line(name)) is given twice")
      }
    }
    return parameters
  }
}
