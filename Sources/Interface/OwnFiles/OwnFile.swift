import DataFiles

/// A file in the folder where a person's configuration lies.
enum OwnFile {
  /// The path and bytes of `podmedic/NAME`; nil when there is none.
  static func read(
    _ name: String, _ directories: XDGDirectories, _ fileSystem: any FileSystem
  ) throws(DataProblem) -> (path: String, bytes: [UInt8])? {
    guard let home = directories.configHome else { return nil }
    let path = Path.join(home, "podmedic/\(name)")
    do throws(FileError) {
      return (path, try fileSystem.read(path))
    } catch {
      if error.reason == .missing { return nil }
      throw DataProblem(DataPosition(file: path, line: 0, column: 0), "\(error.reason)")
    }
  }
}
