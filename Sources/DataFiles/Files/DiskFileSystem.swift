import Glibc

/// The machine's files.
public struct DiskFileSystem: FileSystem {
  /// The machine's files.
  public init() {}

  /// The bytes of a file. A path may also be a pipe such as `/dev/fd/63`: what a shell's `<(…)` gives.
  public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw error("open", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw error("read", path) }
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: chunk.prefix(count))
      guard bytes.count <= limit else { throw FileError("read", path, .tooLarge(limit: limit)) }
    }
  }

  /// What is in a directory, sorted by name.
  public func entries(of directory: String) throws(FileError) -> [DirectoryEntry] {
    guard let stream = opendir(directory) else { throw error("open", directory) }
    defer { closedir(stream) }
    var entries: [DirectoryEntry] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      var status = stat()
      let isDirectory = stat(Path.join(directory, name), &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      entries.append(DirectoryEntry(name: name, isDirectory: isDirectory))
    }
    return entries.sorted { $0.name < $1.name }
  }

  private func error(_ operation: String, _ path: String) -> FileError {
    let reason: FileError.Reason =
      switch errno {
      case ENOENT: .missing
      case EACCES, EPERM: .denied
      case EISDIR: .isDirectory
      case let code: .other(String(cString: strerror(code)).lowercased())
      }
    return FileError(operation, path, reason)
  }
}
