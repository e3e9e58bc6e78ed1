/// What podmedic reads of the machine's files; tests give a `MemoryFileSystem`.
public protocol FileSystem: Sendable {
  /// The bytes of a file; an error when it has more than `limit`.
  func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]
  /// What is in a directory, sorted by name, without `.` and `..`.
  func entries(of directory: String) throws(FileError) -> [DirectoryEntry]
}

extension FileSystem {
  /// The bytes of a file of at most 16 MiB, enough for any configuration file.
  public func read(_ path: String) throws(FileError) -> [UInt8] { try read(path, limit: 16 << 20) }
}

/// A name in a directory.
public struct DirectoryEntry: Sendable, Hashable {
  /// The name without the directory.
  public let name: String
  /// Whether it is a directory, or a link to one.
  public let isDirectory: Bool

  /// An entry.
  public init(name: String, isDirectory: Bool) {
    self.name = name
    self.isDirectory = isDirectory
  }
}

/// Why a file could not be read, in the words of Go's `os` package, which kubectl prints.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What stood in the way.
  public enum Reason: Sendable, Hashable {
    /// There is no such file.
    case missing
    /// The file's permissions do not allow it.
    case denied
    /// It is a directory.
    case isDirectory
    /// It has more bytes than are read.
    case tooLarge(limit: Int)
    /// Anything else, in the system's words.
    case other(String)
  }

  /// What was tried: `open` or `read`.
  public let operation: String
  /// The path as it was asked for.
  public let path: String
  /// What stood in the way.
  public let reason: Reason

  /// An error.
  public init(_ operation: String, _ path: String, _ reason: Reason) {
    self.operation = operation
    self.path = path
    self.reason = reason
  }

  /// `open /path: no such file or directory`.
  public var description: String {
    let words =
      switch reason {
      case .missing: "no such file or directory"
      case .denied: "permission denied"
      case .isDirectory: "is a directory"
      case .tooLarge(let limit): "larger than \(limit) bytes"
      case .other(let words): words
      }
    return "\(operation) \(path): \(words)"
  }
}
