import DataFiles
import Diagnosis
import Expressions
import Kube

/// All playbooks by name, after files of the user have replaced or extended those of the program.
///
/// A broken file never takes a playbook away: the next lower file of the same name is used, and `problems` says what is
/// wrong with the broken one.
public struct PlaybookLibrary: Sendable {
  /// A playbook with where it came from.
  public struct Entry: Sendable {
    /// The playbook.
    public let playbook: Playbook
    /// The file; `embedded:…` for a part of the program.
    public let path: String
    /// The files of the same name that it hides.
    public let shadowed: [String]
  }

  /// The playbooks, sorted by name.
  public let entries: [Entry]
  /// What was wrong with files, in the order of their names.
  public let problems: [DataProblem]

  /// The playbooks of all layers; see `DataLayer.searchPath`. Terms that they refer to must be among `terms`, which are
  /// asked for when a file is checked; nil leaves that unchecked. With `trustsEmbedded` the files of the program, which
  /// its own tests have checked, are not checked again, and have no tests: that takes a fifth of the time.
  public init(
    layers: [DataLayer], fileSystem: any FileSystem, terms: @autoclosure () -> GlossaryWords? = nil,
    trustsEmbedded: Bool = false
  ) {
    let files = LayeredFiles(layers: layers, fileSystem: fileSystem)
    let names = Set(files.definitions.map(\.name)).sorted()
    var entries: [Entry] = []
    var problems = files.problems
    var words: GlossaryWords??
    for definition in files.definitions {
      let (playbook, candidate, found) = definition.first { (candidate) throws(DataProblems) in
        let isTrusted = trustsEmbedded && candidate.path.hasPrefix(Self.embeddedPrefix)
        if !isTrusted, words == nil { words = .some(terms()) }
        var reader = PlaybookReader(playbooks: names, terms: words ?? nil, isTrusted: isTrusted)
        return try reader.playbook(candidate.root)
      }
      problems += found
      if let playbook, let candidate {
        entries.append(Entry(playbook: playbook, path: candidate.path, shadowed: definition.shadowed))
      }
    }
    self.entries = entries
    self.problems = problems
  }

  /// What the paths of files of the program begin with.
  private static let embeddedPrefix = "embedded:"

  /// The playbook with a name.
  public subscript(name: String) -> Playbook? { entries.first { $0.playbook.name == name }?.playbook }

  /// All names, sorted: for completion and "did you mean".
  public var names: [String] { entries.map(\.playbook.name) }

  /// The playbooks for a finding, the best first: the one that the finding itself names, then those that list its code,
  /// by its place in their lists.
  public func playbooks(for code: FindingCode) -> [Playbook] {
    let own = self[code.description.playbook]
    let others = entries.map(\.playbook).filter { $0.name != own?.name }
      .compactMap { playbook in playbook.scope.findings.firstIndex(of: code).map { (place: $0, playbook: playbook) } }
      .sorted { ($0.place, $0.playbook.name) < ($1.place, $1.playbook.name) }
    return (own.map { [$0] } ?? []) + others.map(\.playbook)
  }

  /// The playbooks to offer for the object of `facts`, the best first: those of its findings, the worst finding first,
  /// then those whose own condition holds. Playbooks of kinds that nothing of the object has are left out: a Deployment
  /// without all its replicas is no matter for a playbook about StatefulSets.
  public func playbooks(for facts: PlaybookFacts) -> [Playbook] {
    guard let object = facts.object else { return [] }
    var offered: [Playbook] = []
    func offer(_ playbook: Playbook) {
      guard !offered.contains(where: { $0.name == playbook.name }) else { return }
      if !playbook.scope.kinds.isEmpty, case .none = playbook.subject(facts) { return }
      offered.append(playbook)
    }
    let kind = type(of: object).resource.kind
    for finding in facts.history { for playbook in playbooks(for: finding.code) { offer(playbook) } }
    for finding in facts.troubles {
      // What only follows is told by what it follows from, where that is within reach of the workload.
      if finding.code.countsReplicas,
        let cause = facts.triage.groups.first(where: { $0.findings.contains(finding) })?.code, cause != finding.code
      {
        for playbook in playbooks(for: cause) { offer(playbook) }
      }
      let fitting = playbooks(for: finding.code)
      // A playbook about this kind alone knows more of it than one about all workloads.
      if finding.code.countsReplicas {
        for playbook in fitting where playbook.scope.kinds == [kind] { offer(playbook) }
      }
      for playbook in fitting { offer(playbook) }
    }
    for entry in entries where entry.playbook.scope.kinds.contains(kind) {
      guard let condition = entry.playbook.scope.condition else { continue }
      if condition.holds(PlaybookScope.bindings(condition, facts), now: facts.now) == true { offer(entry.playbook) }
    }
    return offered
  }
}

extension FindingCode {
  /// Whether it only counts the replicas of a workload.
  fileprivate var countsReplicas: Bool { self == .workloadReplicasMissing || self == .workloadRolloutStuck }
}

/// Checks a playbook file on its own.
public enum PlaybookLint {
  /// Everything wrong with the bytes of a playbook file, which may extend and refer to the playbooks of `embedded` and
  /// the words of `terms` (nil: any); empty when nothing is. `file` is the path that problems name. The file's tests are
  /// run when nothing else is wrong.
  public static func problems(
    in bytes: [UInt8], file: String, embedded: [DataLayer.EmbeddedFile], terms: GlossaryWords? = nil
  ) -> [DataProblem] {
    // The name decides what is read from a directory; a file that is named here is checked whatever it is called.
    let path = "/lint/playbook.yaml"
    var fileSystem = MemoryFileSystem()
    fileSystem.files[path] = bytes
    let layers = [
      DataLayer(name: "lint", source: .directory("/lint")), DataLayer(name: "embedded", source: .embedded(embedded)),
    ]
    let library = PlaybookLibrary(layers: layers, fileSystem: fileSystem, terms: terms)
    var problems = library.problems.filter { $0.file == path }
    if problems.isEmpty {
      if let entry = library.entries.first(where: { $0.path == path }) {
        problems = testProblems(entry.playbook)
      } else {
        problems = [
          DataProblem(DataPosition(file: path, line: 1, column: 1), "the file is empty: there is no playbook")
        ]
      }
    }
    return problems.map { problem in
      guard problem.file == path else { return problem }
      return DataProblem(DataPosition(file: file, line: problem.line, column: problem.column), problem.message)
    }
  }

  /// What the tests of a playbook find wrong, at the places of the tests.
  public static func testProblems(_ playbook: Playbook) -> [DataProblem] {
    playbook.scenarios.flatMap { scenario in
      scenario.failures(playbook).map { failure in
        DataProblem(scenario.position, "test \(Printable.quoted(scenario.name)): \(Printable.plain(failure))")
      }
    }
  }
}
