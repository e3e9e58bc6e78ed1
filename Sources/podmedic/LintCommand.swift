import ArgumentParser
import DataFiles
import Interface
import PlaybookKit
import ScreenKit
import Screens
import Session

/// Checks screen, playbook and glossary files, and what a person has set.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract:
      "Checks screen, playbook, glossary, alias, hotkey and configuration files; without files, your own and podmedic's.",
    discussion: "Exits with 1 when something is wrong. Each problem is one line: file:line:column: what is wrong.")

  @Argument(help: "Files to check.") var files: [String] = []

  func run() throws {
    let embedded = Screens.files.map { DataLayer.EmbeddedFile(path: $0.path, text: $0.text) }
    let problems =
      try files.isEmpty
      ? searchPathProblems(embedded) + PlaybookCommand.searchPathProblems() + GlossaryCommand.searchPathProblems()
        + ownFileProblems
      : files.flatMap { try fileProblems($0, embedded) }
    for problem in problems { Output.write("\(problem)\n") }
    guard problems.isEmpty else {
      throw CommandFailure("error: \(problems.count) \(problems.count == 1 ? "problem" : "problems") found")
    }
    Output.message(
      files.isEmpty
        ? "all screens, playbooks, terms, aliases, hotkeys and the configuration are well"
        : "\(files.count == 1 ? "the file is" : "all files are") well")
  }

  private func searchPathProblems(_ embedded: [DataLayer.EmbeddedFile]) -> [DataProblem] {
    let layers = DataLayer.searchPath(
      for: "screens", directories: [], environment: CommandContext.environment, embedded: embedded)
    return ScreenLibrary(layers: layers, fileSystem: DiskFileSystem(), types: .builtIn).problems
  }

  private var ownFileProblems: [DataProblem] {
    let directories = XDGDirectories(environment: CommandContext.environment)
    return AliasFile.load(directories, DiskFileSystem()).problems
      + HotkeyFile.load(directories, DiskFileSystem()).problems
      + Configuration(environment: CommandContext.environment, fileSystem: DiskFileSystem()).problems
  }

  private func fileProblems(_ file: String, _ embedded: [DataLayer.EmbeddedFile]) throws -> [DataProblem] {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try DiskFileSystem().read(file)
    } catch {
      throw CommandFailure("error: \(error)")
    }
    // What a file is says its "kind"; a file that extends another may leave it out, and its folder tells.
    let document = Result { () throws(DataProblem) in try YAMLFile.onlyDocument(bytes, file: file) }
    let root = (try? document.get()) ?? nil
    func isA(_ kind: String, in folder: String) -> Bool {
      root?["kind"].map { $0.text == kind } ?? file.contains(folder + "/")
    }
    // Files of aliases and hotkeys have no kind, as k9s' have none.
    func isOwn(_ key: String, _ name: String) -> Bool {
      root?[key] != nil && root?["kind"] == nil || (file.split(separator: "/").last.map(String.init) ?? file) == name
    }
    if isOwn("aliases", "aliases.yaml") { return AliasFile(bytes, file: file).problems }
    if isOwn("hotKeys", "hotkeys.yaml") { return HotkeyFile(bytes, file: file).problems }
    if ["readOnly", "protected"].contains(where: { isOwn($0, "config.yaml") }) {
      return Configuration(bytes, file: file).problems
    }
    if isA("Playbook", in: "playbooks") {
      let terms = GlossaryCommand.glossary(sayProblems: false).words
      return PlaybookLint.problems(in: bytes, file: file, embedded: PlaybookCommand.embedded, terms: terms)
    }
    if case .success(nil) = document {
      return [
        DataProblem(
          DataPosition(file: file, line: 1, column: 1),
          "the file is empty: there is no screen, playbook or glossary in it")
      ]
    }
    if isA("Glossary", in: "glossary") {
      return Glossary.problems(
        in: bytes, file: file, embedded: GlossaryCommand.embedded,
        playbooks: PlaybookCommand.library(sayProblems: false).names)
    }
    return ScreenLint.problems(in: bytes, file: file, embedded: embedded, types: .builtIn)
  }
}
