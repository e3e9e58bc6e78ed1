import DataFiles
import Glibc
import Kube
import Remedies

/// Where runs of remedies are written down.
public protocol RemedyJournal: AnyObject {
  /// Writes an entry so that it is there even after a crash, or says why not.
  func append(_ entry: JournalEntry) -> Result<Void, JournalFailure>
  /// What has been written; nothing when there is no journal yet.
  func history() -> Result<JournalHistory, JournalFailure>
}

/// The journal of this machine's user: `$XDG_STATE_HOME/podmedic/history`, a line of JSON for each entry, readable by
/// nobody else. Several podmedics may write at once.
public final class JournalFile: RemedyJournal {
  /// The file; nil when the environment names no place for it.
  public let path: String?

  /// The journal of an environment.
  public init(environment: [String: String]) {
    path = XDGDirectories(environment: environment).stateHome.map { Path.join(Path.join($0, "podmedic"), "history") }
  }

  /// Appends a line and waits until it is on the disk. A line that could not be written whole is taken out again.
  public func append(_ entry: JournalEntry) -> Result<Void, JournalFailure> {
    guard let path else {
      return .failure(JournalFailure(message: "there is no place for the journal: HOME is not set"))
    }
    if let problem = Self.makeDirectory(Path.directory(of: path)) { return .failure(problem) }
    let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return .failure(Self.failure("opening", path)) }
    defer { close(file) }
    // Others wait for their turn, so that nobody's line is taken out with a broken one.
    while flock(file, LOCK_EX) != 0 { if errno != EINTR { return .failure(Self.failure("locking", path)) } }
    return Self.appendLine(entry.line, to: file, path)
  }

  /// Appends a line to an open file that nobody else writes to now, and waits until it is on the disk. A line that
  /// could not be written whole is taken out again.
  static func appendLine(_ text: String, to file: Int32, _ path: String) -> Result<Void, JournalFailure> {
    var status = stat()
    guard fstat(file, &status) == 0 else { return .failure(failure("reading", path)) }
    var line = Array(text.utf8) + [UInt8(ascii: "\n")]
    var last: UInt8 = UInt8(ascii: "\n")
    if status.st_size > 0, pread(file, &last, 1, status.st_size - 1) == 1, last != UInt8(ascii: "\n") {
      line.insert(UInt8(ascii: "\n"), at: 0)
    }
    var written = 0
    while written < line.count {
      let count = line[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = failure("writing", path)
        _ = ftruncate(file, status.st_size)  // what is left of the line does no harm: readers skip it
        return .failure(failure)
      }
      written += count
    }
    guard fsync(file) == 0 || errno == EINVAL else { return .failure(failure("writing", path)) }
    return .success(())
  }

  /// What has been written; nothing when there is no file yet.
  public func history() -> Result<JournalHistory, JournalFailure> {
    guard let path else { return .success(JournalHistory(text: "")) }
    do throws(FileError) {
      let bytes = try DiskFileSystem().read(path, limit: 256 << 20)
      return .success(JournalHistory(text: String(decoding: bytes, as: UTF8.self)))
    } catch {
      if error.reason == .missing { return .success(JournalHistory(text: "")) }
      return .failure(JournalFailure(message: error.description))
    }
  }

  static func makeDirectory(_ path: String) -> JournalFailure? {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return nil }
    let parent = Path.directory(of: path)
    if errno == ENOENT, parent != path {
      if let problem = makeDirectory(parent) { return problem }
      if mkdir(path, 0o700) == 0 || errno == EEXIST { return nil }
    }
    return failure("making", path)
  }

  static func failure(_ doing: String, _ path: String) -> JournalFailure {
    JournalFailure(message: "\(doing) \(path): \(String(cString: strerror(errno)))")
  }

  /// The names of the files in a folder; none when it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}
