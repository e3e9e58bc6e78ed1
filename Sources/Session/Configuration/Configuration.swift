import DataFiles

/// What a person has set for podmedic as a whole: `$XDG_CONFIG_HOME/podmedic/config.yaml`.
public struct Configuration: Sendable, Equatable {
  /// Whether nothing may be changed in any cluster (`readOnly`).
  public var isReadOnly = false
  /// Patterns of contexts in which nothing may be changed until they are unlocked (`protected`); `*` stands for any text
  /// and `?` for any character.
  public var protected: [String] = []
  /// What is wrong with the file. As long as there is something, nothing may be changed: a misspelt `protected` must
  /// not open a cluster.
  public var problems: [DataProblem] = []

  /// Nothing set.
  public init() {}

  /// Where the file is, or would be; nil where there is no home directory.
  public static func path(environment: [String: String]) -> String? {
    XDGDirectories(environment: environment).configHome.map { Path.join(Path.join($0, "podmedic"), "config.yaml") }
  }

  /// What the file says; nothing set when there is none.
  public init(environment: [String: String], fileSystem: any FileSystem) {
    self.init()
    guard let path = Self.path(environment: environment) else { return }
    do throws(FileError) {
      self = Configuration(try fileSystem.read(path), file: path)
    } catch {
      if error.reason != .missing { problems = [DataProblem(DataPosition(file: path), error.description)] }
    }
  }

  /// What a file's bytes say.
  public init(_ bytes: [UInt8], file: String) {
    let reader = DataReader()
    do throws(DataProblem) {
      guard let document = try YAMLFile.onlyDocument(bytes, file: file) else { return }
      let fields = reader.fields(document, known: ["readOnly", "protected"]) ?? [:]
      isReadOnly = fields["readOnly"].flatMap { reader.bool($0) } ?? false
      protected = fields["protected"].flatMap { reader.strings($0) } ?? []
      problems = reader.problems
    } catch {
      problems = [error]
    }
  }
}
