import DataFiles
import Kube

/// All screens by name, after files of the user have replaced or extended those of the program.
///
/// A broken file never takes a screen away: the next lower file of the same name is used, and `problems` says what is
/// wrong with the broken one.
public struct ScreenLibrary: Sendable {
  /// A screen with where it came from.
  public struct Entry: Sendable {
    /// The screen.
    public let screen: ScreenDefinition
    /// The file; `embedded:…` for a part of the program.
    public let path: String
    /// The files of the same name that it hides.
    public let shadowed: [String]
  }

  /// The screens, sorted by name.
  public let entries: [Entry]
  /// What was wrong with files, in the order of their names.
  public let problems: [DataProblem]
  private var byName: [String: Int] = [:]

  /// The screens of all layers; see `DataLayer.searchPath`. `trustsEmbedded`: the types of expressions in embedded files
  /// are not checked. That takes two thirds of the time, and a test has checked them.
  public init(layers: [DataLayer], fileSystem: any FileSystem, types: ScreenTypes, trustsEmbedded: Bool = false) {
    let files = LayeredFiles(layers: layers, fileSystem: fileSystem)
    let catalog = ScreenCatalog(files, types: types)
    let trusted = Set(trustsEmbedded ? layers.filter(\.isEmbedded).map(\.name) : [])
    var entries: [Entry] = []
    var problems = files.problems
    for definition in files.definitions {
      let (screen, candidate, found) = definition.first { (candidate) throws(DataProblems) in
        var reader = ScreenReader(types: types, catalog: catalog, isTrusted: trusted.contains(candidate.layer))
        return try reader.screen(candidate.root)
      }
      problems += found
      if let screen, let candidate {
        entries.append(Entry(screen: screen, path: candidate.path, shadowed: definition.shadowed))
      }
    }
    self.entries = entries
    self.problems = problems
    for (index, entry) in entries.enumerated() { byName[entry.screen.name] = index }
    for (index, entry) in entries.enumerated() {
      for alias in entry.screen.aliases where byName[alias] == nil { byName[alias] = index }
    }
  }

  /// The screen with a name or alias.
  public subscript(name: String) -> ScreenDefinition? { byName[name].map { entries[$0].screen } }

  /// The screen of a kind; nil when it has none and is shown through the server's own table.
  public func screen(group: String, kind: String) -> ScreenDefinition? {
    entries.first {
      $0.screen.rows == .objects && $0.screen.resource?.group == group && $0.screen.resource?.kind == kind
    }?.screen
  }

  /// All names and aliases, sorted: for completion and "did you mean".
  public var names: [String] { byName.keys.sorted() }
}

/// Checks a screen file on its own.
public enum ScreenLint {
  /// Everything wrong with the bytes of a screen file, which may extend and open the screens of `embedded`; empty when
  /// nothing is. `file` is the path that problems name.
  public static func problems(
    in bytes: [UInt8], file: String, embedded: [DataLayer.EmbeddedFile], types: ScreenTypes
  ) -> [DataProblem] {
    // The name decides what is read from a directory; a file that is named here is checked whatever it is called.
    let path = "/lint/screen.yaml"
    var fileSystem = MemoryFileSystem()
    fileSystem.files[path] = bytes
    let layers = [
      DataLayer(name: "lint", source: .directory("/lint")), DataLayer(name: "embedded", source: .embedded(embedded)),
    ]
    let library = ScreenLibrary(layers: layers, fileSystem: fileSystem, types: types)
    return library.problems.filter { $0.file == path }.map {
      DataProblem(DataPosition(file: file, line: $0.line, column: $0.column), $0.message)
    }
  }
}
