import DataFiles

/// All terms of all glossary files, sorted by name. A term of a higher layer takes the place of the one of the same name
/// below it; files of the same name replace each other, or extend with `extends: NAME` and `terms+: […]`, as playbooks do.
///
/// A broken file never takes a term away: the next lower file of the same name is used, and `problems` says what is
/// wrong.
public struct Glossary: Sendable {
  /// The terms, sorted by name without regard to case.
  public let terms: [GlossaryTerm]
  /// What is wrong with files, in the order of their names.
  public let problems: [DataProblem]
  /// All words that can be asked for.
  public let words: GlossaryWords

  private let places: [String: Int]

  /// The terms of all layers; see `DataLayer.searchPath`.
  public init(layers: [DataLayer], fileSystem: any FileSystem = MemoryFileSystem()) {
    let files = LayeredFiles(layers: layers, fileSystem: fileSystem)
    let words = GlossaryWords(files.definitions.flatMap { $0.candidates.flatMap { Self.words(in: $0.root) } })
    var problems = files.problems
    var found: [(rank: Int, terms: [GlossaryTerm])] = []
    for definition in files.definitions {
      let (terms, candidate, wrong) = definition.first { (candidate) throws(DataProblems) in
        try GlossaryReader(words: words).terms(candidate.root)
      }
      problems += wrong
      guard let terms, let candidate else { continue }
      found.append((layers.firstIndex { $0.name == candidate.layer } ?? layers.count, terms))
    }
    // Files of one layer are in the order of their names.
    let order = found.indices.sorted { (found[$0].rank, $0) < (found[$1].rank, $1) }
    var byName: [String: GlossaryTerm] = [:]
    for index in order {
      for term in found[index].terms where byName[GlossaryWords.key(term.name)] == nil {
        byName[GlossaryWords.key(term.name)] = term
      }
    }
    let sorted = byName.sorted { $0.key < $1.key }
    terms = sorted.map(\.value)
    self.problems = problems
    var places: [String: Int] = [:]
    for (place, term) in terms.enumerated() {
      for alias in term.aliases where places[GlossaryWords.key(alias)] == nil {
        places[GlossaryWords.key(alias)] = place
      }
    }
    // A name is meant before any alias.
    for (place, entry) in sorted.enumerated() { places[entry.key] = place }
    self.places = places
    self.words = GlossaryWords(terms.flatMap(\.words))
  }

  /// The term that a name or alias means; case, dashes and spaces do not count.
  public subscript(word: String) -> GlossaryTerm? { places[GlossaryWords.key(word)].map { terms[$0] } }

  /// The links to playbooks that are not among `playbooks`, at their places.
  public func danglingPlaybooks(_ playbooks: [String]) -> [DataProblem] {
    return terms.flatMap(\.see).sorted {
      ($0.position.file, $0.position.line, $0.position.column)
        < ($1.position.file, $1.position.line, $1.position.column)
    }.compactMap { link in
      guard case .playbook(let name) = link.reference, !playbooks.contains(name) else { return nil }
      let hint = Suggestion.phrase(for: name, among: playbooks)
      return DataProblem(link.position, "there is no playbook \(Printable.quoted(name))\(hint)")
    }
  }

  /// Everything wrong with the bytes of a glossary file, which may extend and refer to what `embedded` has and refer to
  /// `playbooks`; empty when nothing is. `file` is the path that problems name.
  public static func problems(
    in bytes: [UInt8], file: String, embedded: [DataLayer.EmbeddedFile], playbooks: [String]
  ) -> [DataProblem] {
    // The name decides what is read from a directory; a file that is named here is checked whatever it is called.
    let path = "/lint/glossary.yaml"
    var fileSystem = MemoryFileSystem()
    fileSystem.files[path] = bytes
    let layers = [
      DataLayer(name: "lint", source: .directory("/lint")), DataLayer(name: "embedded", source: .embedded(embedded)),
    ]
    let glossary = Glossary(layers: layers, fileSystem: fileSystem)
    return (glossary.problems + glossary.danglingPlaybooks(playbooks)).filter { $0.file == path }.map { problem in
      DataProblem(DataPosition(file: file, line: problem.line, column: problem.column), problem.message)
    }
  }

  /// The words of a file that may have mistakes elsewhere: a mistake in one term must not make others dangle.
  private static func words(in root: DataNode) -> [String] {
    (root["terms"]?.elements ?? []).flatMap { term in
      ([term["name"]] + (term["aliases"]?.elements ?? [])).compactMap { $0?.text }
    }
  }
}
