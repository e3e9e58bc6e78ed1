import DataFiles
import Diagnosis
import PlaybookKit
import Playbooks
import Testing

/// The playbooks that come with podmedic are well, and come to the ends that their own tests name.
@Suite struct ShippedPlaybooksTests {
  static let library = PlaybookLibrary(
    layers: [
      DataLayer(
        name: "embedded", source: .embedded(Playbooks.files.map { .init(path: $0.path, text: $0.text) }))
    ], fileSystem: MemoryFileSystem(), terms: glossary.words)

  static let glossary = Glossary(layers: [
    DataLayer(
      name: "embedded", source: .embedded(Playbooks.glossary.map { .init(path: $0.path, text: $0.text) }))
  ])

  @Test func nothingIsWrongWithTheFiles() {
    #expect(Self.library.problems.map(\.description) == [])
    #expect(Self.library.entries.count == Playbooks.files.count)
  }

  @Test(arguments: library.entries.map(\.playbook.name))
  func testsOfAPlaybookPass(name: String) throws {
    let playbook = try #require(Self.library[name])
    #expect(playbook.scenarios.count > 1, "\(name) has tests")
    for scenario in playbook.scenarios {
      #expect(scenario.failures(playbook) == [], "\(scenario.position): \(scenario.name)")
    }
  }

  /// Every branch of a playbook is shown by one of its tests.
  @Test(arguments: library.entries.map(\.playbook.name))
  func everyStepIsReachedByATest(name: String) throws {
    let playbook = try #require(Self.library[name])
    let reached = playbook.scenarios.reduce(into: Set<String>()) { $0.formUnion($1.report(playbook).path) }
    #expect(playbook.steps.map(\.id).filter { !reached.contains($0) } == [])
  }

  @Test func everyFindingHasItsPlaybook() {
    let names = Set(Self.library.names)
    for code in FindingCode.allCases {
      let playbook = code.description.playbook
      #expect(names.contains(playbook), "\(code.rawValue) names \(playbook)")
      if let own = Self.library[playbook] {
        #expect(own.scope.findings.contains(code), "\(playbook) does not list \(code.rawValue)")
      }
    }
  }
}
