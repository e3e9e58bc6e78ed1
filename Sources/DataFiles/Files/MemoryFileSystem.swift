/// Files that exist only in memory: what tests give instead of the machine's.
public struct MemoryFileSystem: FileSystem {
  /// Contents by absolute path; directories exist because files are in them.
  public var files: [String: [UInt8]]
  /// Paths that exist and may not be read.
  public var denied: Set<String> = []

  /// Files with the given texts.
  public init(_ files: [String: String] = [:]) { self.files = files.mapValues { Array($0.utf8) } }

  /// The bytes of a file.
  public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let path = Path.clean(path)
    if denied.contains(path) { throw FileError("open", path, .denied) }
    if let bytes = files[path] {
      guard bytes.count <= limit else { throw FileError("read", path, .tooLarge(limit: limit)) }
      return bytes
    }
    let isDirectory = files.keys.contains { $0.hasPrefix(path + "/") }
    throw FileError(isDirectory ? "read" : "open", path, isDirectory ? .isDirectory : .missing)
  }

  /// What is in a directory, sorted by name.
  public func entries(of directory: String) throws(FileError) -> [DirectoryEntry] {
    let directory = Path.clean(directory)
    if denied.contains(directory) { throw FileError("open", directory, .denied) }
    let prefix = directory == "/" ? "/" : directory + "/"
    var names: [String: Bool] = [:]
    for path in files.keys where path.hasPrefix(prefix) {
      let rest = path.dropFirst(prefix.count)
      let name = String(rest.prefix { $0 != "/" })
      names[name] = names[name] == true || name.count < rest.count
    }
    guard !names.isEmpty else { throw FileError("open", directory, .missing) }
    return names.map { DirectoryEntry(name: $0.key, isDirectory: $0.value) }.sorted { $0.name < $1.name }
  }
}
