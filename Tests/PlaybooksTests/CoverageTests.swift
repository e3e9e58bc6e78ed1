import Diagnosis
import Foundation
import Interface
import PlaybookKit
import Remedies
import Screens
import Testing

/// `Playbooks/COVERAGE.md` has every row, and everything that it names exists.
@Suite struct CoverageTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Rows that may be listed as not served.
  private static let most = 8

  private struct Row {
    var number: Int
    var targets: [String]
  }

  private let rows: [Row]
  private let unserved: [Int]

  init() throws {
    let text = try String(contentsOf: Self.root.appending(path: "Playbooks/COVERAGE.md"), encoding: .utf8)
    let parts = text.components(separatedBy: "## Not served yet\n")
    try #require(parts.count == 2)
    var rows: [Row] = []
    for line in parts[0].split(separator: "\n") where line.hasPrefix("| ") {
      let cells = line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
      guard let number = Int(cells[0]) else { continue }
      try #require(cells.count == 3, "\(line)")
      try #require(!cells[1].isEmpty, "\(line)")
      rows.append(Row(number: number, targets: cells[2].components(separatedBy: "; ")))
    }
    self.rows = rows
    unserved = parts[1].split(separator: "\n").compactMap { line in
      line.hasPrefix("- ") ? Int(line.dropFirst(2).prefix { $0.isNumber }) : nil
    }
  }

  @Test func everyRowIsThereOnce() {
    #expect((rows.map(\.number) + unserved).sorted() == Array(1...145))
    print("COVERAGE.md: \(unserved.count) of 145 rows are not served yet")
    #expect(unserved.count <= Self.most)
  }

  @Test func everyTargetExists() throws {
    let commands = try Self.commands()
    for row in rows {
      for target in row.targets {
        #expect(target.hasPrefix("`") && target.hasSuffix("`"), "row \(row.number): \(target)")
        let words = target.dropFirst().dropLast().split(separator: " ").map(String.init)
        #expect(Self.exists(words, commands), "row \(row.number): \(target)")
      }
    }
  }

  private static func exists(_ words: [String], _ commands: Set<String>) -> Bool {
    guard words.count > 1 else { return false }
    let name = words[1]
    switch words[0] {
    case "playbook":
      return words.count == 4 && words[2] == "step" && ShippedPlaybooksTests.library[name]?.step(words[3]) != nil
    case "screen": return words.count == 2 && Screens.files.contains { $0.path == "\(name).yaml" }
    case "command":
      if name == "podmedic" { return words.count == 3 && commands.contains(words[2]) }
      // What is no command of the dashboard is taken for the name of a kind.
      guard name.hasPrefix(":"), words.count == 2 else { return false }
      if case .open = Command(parsing: String(name.dropFirst())) { return false }
      return true
    case "key": return words.count == 2 && Action(rawValue: name) != nil
    case "remedy": return words.count == 2 && RemedyKind.all.contains { $0.name.rawValue == name }
    case "finding": return words.count == 2 && FindingCode(rawValue: name) != nil
    case "glossary": return ShippedPlaybooksTests.glossary[words.dropFirst().joined(separator: " ")] != nil
    default: return false
    }
  }

  /// The names of podmedic's commands, as their sources say them: an executable cannot be asked from here.
  private static func commands() throws -> Set<String> {
    let sources = root.appending(path: "Sources/podmedic")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var names: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      names.formUnion(text.matches(of: /commandName: "([a-z]+)"/).map { String($0.1) })
    }
    return names
  }
}
