import ClusterState
import DataFiles
import Diagnosis
import Kube

@testable import PlaybookKit

enum Fixtures {
  static let now = Scenario.defaultTime

  /// A playbook about pods with the given lines behind what every playbook needs.
  static func playbook(_ lines: String, name: String = "own") -> String {
    """
    apiVersion: podmedic.dev/v1
    kind: Playbook
    name: \(name)
    title: T
    about: A
    for: { kinds: [Pod], findings: [pod.oom-killed] }
    \(lines)
    """
  }

  /// What lint says about a playbook, as `line:column message`.
  static func problems(_ text: String) -> [String] {
    PlaybookLint.problems(in: Array(text.utf8), file: "own.yaml", embedded: []).map {
      "\($0.line):\($0.column) \($0.message)"
    }
  }

  /// The playbook of a text that has no mistakes.
  static func read(_ text: String) throws -> Playbook {
    let library = library(user: [:], embedded: ["own.yaml": text])
    if let first = library.problems.first { throw first }
    guard let playbook = library.entries.first?.playbook else { throw DataProblem(DataPosition(file: ""), "none") }
    return playbook
  }

  static func library(user: [String: String], embedded: [String: String]) -> PlaybookLibrary {
    var files = MemoryFileSystem()
    for (name, text) in user { files.files["/user/\(name)"] = Array(text.utf8) }
    let layers = [
      DataLayer(name: "user", source: .directory("/user")),
      DataLayer(name: "embedded", source: .embedded(embedded.map { .init(path: $0.key, text: $0.value) })),
    ]
    return PlaybookLibrary(layers: layers, fileSystem: files)
  }

  /// A cluster of objects written as in tests of playbooks, one YAML list.
  static func scenario(_ objects: String, object: String, more: String = "") throws -> Scenario {
    let playbook = try read(
      Fixtures.playbook(
        """
        steps: [{ id: a, title: A, check: { ok: "true" } }]
        tests:
          - name: n
            object: \(object)
            expect: { path: [a] }
            \(more)
            objects: \(objects)
        """))
    guard let scenario = playbook.scenarios.first else { throw DataProblem(DataPosition(file: ""), "no test") }
    return scenario
  }

  /// What a built-in check says about the subject of a scenario.
  static func judge(
    _ name: String, _ scenario: Scenario, _ arguments: [String: CheckArguments.Value] = [:]
  ) -> Judgement? {
    let state = scenario.state()
    let facts = PlaybookFacts(
      state, triage: Triage.diagnose(state, now: scenario.now), events: EventIndex(),
      object: scenario.subject.flatMap { state.object($0).value }, container: scenario.container, now: scenario.now)
    return CheckTable.named(name)?.judge(facts, CheckArguments(values: arguments))
  }
}
