import Foundation
import Testing

/// Compares the `imports` column of ARCHITECTURE.md with what the sources import.
@Suite struct ImportTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// What may be imported by any target: the system's modules and the packages that podmedic depends on.
  private static let foreign: Set<String> = [
    "Foundation", "Glibc", "Synchronization", "PackagePlugin", "ArgumentParser", "Yams", "CYaml", "FlyingFox",
    "FlyingSocks", "Dispatch",
  ]

  private func table() throws -> [String: Set<String>] {
    let text = try String(contentsOf: Self.root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
    var rows: [String: Set<String>] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard cells.count == 5 else { continue }
      let names = cells[1].split(separator: ",").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
      let imports = Set(cells[3].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
      for name in names { rows[name] = imports }
    }
    return rows
  }

  private func imports(of folder: URL) throws -> Set<String> {
    var found: Set<String> = []
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let keyword = words.firstIndex(of: "import"), keyword <= 1, keyword + 1 < words.count,
          line.first?.isWhitespace == false
        else { continue }
        found.insert(String(words[keyword + 1].prefix { $0 != "." }))
      }
    }
    return found
  }

  @Test func everyTargetImportsOnlyWhatTheTableSays() throws {
    let table = try table()
    #expect(table.count > 15, "the table was read")
    var folders = try FileManager.default.contentsOfDirectory(
      at: Self.root.appending(path: "Sources"), includingPropertiesForKeys: nil)
    folders += ["Screens", "Playbooks"].map { Self.root.appending(path: $0) }
    for folder in folders where FileManager.default.fileExists(atPath: folder.path) {
      let name = folder.lastPathComponent
      let allowed = try #require(table[name], "\(name) is not in the table of ARCHITECTURE.md")
      let extra = try imports(of: folder).subtracting(allowed).subtracting(Self.foreign)
      #expect(extra.isEmpty, "\(name) imports \(extra.sorted()), which the table does not allow")
    }
  }

  @Test func arrowsPointDownward() throws {
    let text = try String(contentsOf: Self.root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
    let order = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
    let table = try table()
    var place: [String: Int] = [:]
    for (index, line) in order.enumerated() {
      for name in table.keys
      where line.hasPrefix("| `\(name)`") || line.contains("`\(name)`,") || line.contains(", `\(name)`") {
        place[name] = index
      }
    }
    for (name, imports) in table {
      for other in imports where !other.isEmpty {
        let below = try #require(place[other], "\(other) is not in the table")
        #expect(try below > #require(place[name]), "\(name) imports \(other), which stands above it")
      }
    }
  }
}
