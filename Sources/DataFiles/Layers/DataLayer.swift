/// A place that named data files (screens, playbooks) are looked for in.
public struct DataLayer: Sendable, Hashable {
  /// A file that is part of the program.
  public struct EmbeddedFile: Sendable, Hashable {
    /// The path below the layer, such as `workloads/pods.yaml`.
    public let path: String
    /// The text.
    public let text: String

    /// A file.
    public init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  /// Where the files are.
  public enum Source: Sendable, Hashable {
    /// In a directory and the directories in it.
    case directory(String)
    /// In the program.
    case embedded([EmbeddedFile])
  }

  /// What named the place: `--screens`, `$PODMEDIC_SCREENS`, `$XDG_CONFIG_HOME`, …, `embedded`.
  public let name: String
  /// Where the files are.
  public let source: Source
  /// Whether the place was asked for by name, so that it is a problem when it does not exist.
  public let isRequired: Bool

  /// Whether the files are part of the program.
  public var isEmbedded: Bool { if case .embedded = source { true } else { false } }

  /// A place.
  public init(name: String, source: Source, isRequired: Bool = false) {
    self.name = name
    self.source = source
    self.isRequired = isRequired
  }

  /// All places for files of one kind (`screens`, `playbooks`), the most important first: the directories of the
  /// command line, `$PODMEDIC_SCREENS` (a colon list; relative paths ignored), `podmedic/screens` below
  /// `$XDG_CONFIG_HOME`, each of `$XDG_CONFIG_DIRS`, each of `$XDG_DATA_DIRS`, and what the program holds.
  public static func searchPath(
    for kind: String, directories: [String], environment: [String: String], embedded: [EmbeddedFile]
  ) -> [DataLayer] {
    var layers = directories.map { DataLayer(name: "--\(kind)", source: .directory($0), isRequired: true) }
    let variable = "PODMEDIC_\(kind.uppercased())"
    for path in (environment[variable] ?? "").split(separator: ":") where Path.isAbsolute(String(path)) {
      layers.append(DataLayer(name: "$\(variable)", source: .directory(Path.clean(String(path))), isRequired: true))
    }
    let xdg = XDGDirectories(environment: environment)
    func add(_ name: String, _ directory: String) {
      layers.append(DataLayer(name: name, source: .directory(Path.join(directory, "podmedic/\(kind)"))))
    }
    if let home = xdg.configHome { add("$XDG_CONFIG_HOME", home) }
    for directory in xdg.configDirectories { add("$XDG_CONFIG_DIRS", directory) }
    for directory in xdg.dataDirectories { add("$XDG_DATA_DIRS", directory) }
    // A directory that is named twice counts once, at its more important place.
    var seen: Set<Source> = []
    layers = layers.filter { seen.insert($0.source).inserted }
    return layers + [DataLayer(name: "embedded", source: .embedded(embedded))]
  }
}
