/// Data files by name, with those of higher layers before those they shadow.
public struct LayeredFiles: Sendable {
  /// One file that defines a name, with everything it extends taken in.
  public struct Candidate: Sendable, Hashable {
    /// The content; positions name the file that each part came from.
    public let root: DataNode
    /// The file's path; `embedded:…` for a part of the program.
    public let path: String
    /// What named the place of the file; see `DataLayer.name`.
    public let layer: String
    /// The files it took in through `extends`, the nearest first.
    public let extended: [String]
  }

  /// A name with the files that define it.
  public struct Definition: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The files, the one that counts first; at least one.
    public let candidates: [Candidate]

    /// The paths of the files that the first one hides, those it extends left out.
    public var shadowed: [String] {
      guard let first = candidates.first else { return [] }
      return candidates.dropFirst().map(\.path).filter { !first.extended.contains($0) }
    }

    /// The first candidate that `decode` accepts, with the problems of those above it: a broken file of a user never
    /// takes a working lower one away.
    public func first<Value>(
      decode: (Candidate) throws(DataProblems) -> Value
    ) -> (value: Value?, candidate: Candidate?, problems: [DataProblem]) {
      var problems: [DataProblem] = []
      for candidate in candidates {
        do throws(DataProblems) {
          return (try decode(candidate), candidate, problems)
        } catch {
          // A part that is taken in by several files is to be reported once.
          problems += error.problems.filter { !problems.contains($0) }
        }
      }
      return (nil, nil, problems)
    }
  }

  /// The definitions, sorted by name.
  public let definitions: [Definition]
  /// What was wrong with files, which are left out then, and places.
  public let problems: [DataProblem]

  /// Reads all files of all layers.
  public init(layers: [DataLayer], fileSystem: any FileSystem) {
    var problems: [DataProblem] = []
    var byName: [String: [NamedFile]] = [:]
    for (index, layer) in layers.enumerated() {
      for file in layer.namedFiles(index: index, fileSystem: fileSystem, problems: &problems) {
        byName[file.name, default: []].append(file)
      }
    }
    var definitions: [Definition] = []
    for (name, files) in byName.sorted(by: { $0.key < $1.key }) {
      var candidates: [Candidate] = []
      for file in files {
        do throws(DataProblem) {
          let extended = try Extending.resolve(file, among: byName)
          candidates.append(
            Candidate(
              root: extended.root, path: file.path, layer: layers[file.layer].name, extended: extended.paths))
        } catch {
          problems.append(error)
        }
      }
      if !candidates.isEmpty { definitions.append(Definition(name: name, candidates: candidates)) }
    }
    self.definitions = definitions
    self.problems = problems
  }

  /// The definition of a name.
  public subscript(name: String) -> Definition? { definitions.first { $0.name == name } }
}
