import ArgumentParser
import DataFiles
import Kube
import PlainInterface
import PlaybookKit
import Playbooks

/// `podmedic glossary`: words of Kubernetes explained.
struct GlossaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "glossary", abstract: "Explains the words that Kubernetes and the playbooks use.")
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "The word, such as finalizer; without it all are listed.") var term: [String] = []
  @Option(name: [.short, .long], help: "Format.") var output = Format.text

  func run() throws {
    let glossary = Self.glossary()
    guard !term.isEmpty else {
      let listing = GlossaryListing(glossary.terms)
      return Output.write(output == .json ? listing.json.text(indent: 2) + "\n" : listing.text)
    }
    let word = term.joined(separator: " ")
    guard let found = glossary[word] else {
      let hint = glossary.words.closest(to: word).map { "Did you mean \"\(PlainText.line($0))\"?" }
      throw CommandFailure(
        "error: the glossary has no term \"\(PlainText.line(word))\"",
        hint: hint ?? "\"podmedic glossary\" lists them.")
    }
    Output.write(
      output == .json ? GlossaryListing.json(found).text(indent: 2) + "\n" : GlossaryListing.text(found))
  }

  /// The glossary that is part of the program.
  static var embedded: [DataLayer.EmbeddedFile] {
    Playbooks.glossary.map { DataLayer.EmbeddedFile(path: $0.path, text: $0.text) }
  }

  /// The terms of the user and of the program. What is wrong with files of the user is said, not fatal.
  static func glossary(sayProblems: Bool = true) -> Glossary {
    let layers = DataLayer.searchPath(
      for: "glossary", directories: [], environment: CommandContext.environment, embedded: embedded)
    let glossary = Glossary(layers: layers, fileSystem: DiskFileSystem())
    if sayProblems { for problem in glossary.problems { Output.message("Warning: \(problem)") } }
    return glossary
  }

  /// What is wrong with the files of the user and of the program.
  static func searchPathProblems() -> [DataProblem] {
    let glossary = glossary(sayProblems: false)
    return glossary.problems + glossary.danglingPlaybooks(PlaybookCommand.library(sayProblems: false).names)
  }
}
