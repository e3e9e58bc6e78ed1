import ArgumentParser
import DataFiles
import Kube
import PlainInterface
import PlaybookKit
import Playbooks

/// `podmedic playbook`: checklists that fill themselves in.
struct PlaybookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "playbook", abstract: "Follows playbooks: checklists that fill themselves in and end at a cause.",
    subcommands: [List.self, Show.self, Lint.self, PlaybookRunCommand.self])

  /// How reports are written.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

  /// The files that are part of the program.
  static var embedded: [DataLayer.EmbeddedFile] {
    Playbooks.files.map { DataLayer.EmbeddedFile(path: $0.path, text: $0.text) }
  }

  /// The same without their tests, which stand last in a file: what is to be run need not be read to its end.
  private static var embeddedForRuns: [DataLayer.EmbeddedFile] {
    Playbooks.files.map { file in
      let end = file.text.firstRange(of: "\ntests:\n")?.lowerBound ?? file.text.endIndex
      return DataLayer.EmbeddedFile(path: file.path, text: String(file.text[..<end]) + "\n")
    }
  }

  /// The playbooks of the user and of the program. What is wrong with files of the user is said, not fatal. To be run
  /// only, unless `checksEmbedded`: the program's own files are then checked as those of the user are, and have tests.
  static func library(sayProblems: Bool = true, checksEmbedded: Bool = false) -> PlaybookLibrary {
    let layers = DataLayer.searchPath(
      for: "playbooks", directories: [], environment: CommandContext.environment,
      embedded: checksEmbedded ? embedded : embeddedForRuns)
    let library = PlaybookLibrary(
      layers: layers, fileSystem: DiskFileSystem(), terms: GlossaryCommand.glossary(sayProblems: false).words,
      trustsEmbedded: !checksEmbedded)
    if sayProblems { for problem in library.problems { Output.message("Warning: \(problem)") } }
    return library
  }

  /// The playbook that a person means.
  static func playbook(_ name: String, in library: PlaybookLibrary) throws(CommandFailure) -> Playbook {
    if let playbook = library[name] { return playbook }
    let hint = Suggestion.closest(to: name, among: library.names).map { "Did you mean \"\($0)\"?" }
    throw .usage(
      "there is no playbook \"\(PlainText.line(name))\"", hint: hint ?? "\"podmedic playbook list\" lists them.")
  }

  /// `podmedic playbook list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the playbooks.")
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }
    @Option(name: [.short, .long], help: "Format.") var output = Format.text

    func run() throws {
      let listing = PlaybookListing(PlaybookCommand.library())
      Output.write(output == .json ? listing.json.text(indent: 2) + "\n" : listing.text)
    }
  }

  /// `podmedic playbook show`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows the steps of a playbook.")
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, yaml }
    @Argument(help: "Name of the playbook.") var name: String
    @Option(name: [.short, .long], help: "Format; yaml is the file itself.") var output = Format.text

    func run() throws {
      let library = PlaybookCommand.library()
      let playbook = try PlaybookCommand.playbook(name, in: library)
      switch output {
      case .text: Output.write(PlaybookListing.text(playbook))
      case .markdown: Output.write(PlaybookListing.markdown(playbook))
      case .yaml: Output.write(try file(playbook.name, in: library))
      }
    }

    private func file(_ name: String, in library: PlaybookLibrary) throws(CommandFailure) -> String {
      let path = library.entries.first { $0.playbook.name == name }?.path ?? ""
      if let text = Playbooks.files.first(where: { "embedded:" + $0.path == path })?.text { return text }
      do throws(FileError) {
        return PlainText.lines(String(decoding: try DiskFileSystem().read(path), as: UTF8.self))
      } catch {
        throw CommandFailure("error: \(error)")
      }
    }
  }

  /// `podmedic playbook lint`.
  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks playbook files and runs their tests; without files, your own and those of podmedic.",
      discussion: "Exits with 1 when something is wrong. Each problem is one line: file:line:column: what is wrong.")
    @Argument(help: "Files to check.") var files: [String] = []

    func run() throws {
      let problems =
        try files.isEmpty
        ? PlaybookCommand.searchPathProblems() : files.flatMap { try PlaybookCommand.problems(in: $0) }
      for problem in problems { Output.write("\(problem)\n") }
      guard problems.isEmpty else {
        throw CommandFailure("error: \(problems.count) \(problems.count == 1 ? "problem" : "problems") found")
      }
      Output.message(
        files.isEmpty ? "all playbooks are well" : "\(files.count == 1 ? "the file is" : "all files are") well")
    }
  }

  /// What is wrong with the files of the user and of the program, their tests included.
  static func searchPathProblems() -> [DataProblem] {
    let library = library(sayProblems: false, checksEmbedded: true)
    return library.problems + library.entries.flatMap { PlaybookLint.testProblems($0.playbook) }
  }

  /// What is wrong with a file, its tests included.
  static func problems(in file: String) throws(CommandFailure) -> [DataProblem] {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try DiskFileSystem().read(file)
    } catch {
      throw CommandFailure("error: \(error)")
    }
    return PlaybookLint.problems(
      in: bytes, file: file, embedded: embedded, terms: GlossaryCommand.glossary(sayProblems: false).words)
  }
}
