import DataFiles
import Draining
import Glibc
import Kube
import Remedies

/// Where a drain is written down, step by step.
public protocol DrainJournal: AnyObject {
  /// Writes a record so that it is there even after a crash, or says why not.
  func append(_ record: DrainRecord) -> Result<Void, JournalFailure>
}

/// The log of one drain: a file in `$XDG_STATE_HOME/podmedic/drains`, a line of JSON for each record, readable by nobody
/// else. Whoever carries the drain out holds a lock on it.
public final class DrainLogFile: DrainJournal {
  /// The file.
  public let path: String
  private let file: Int32

  private init(path: String, file: Int32) {
    self.path = path
    self.file = file
  }

  deinit { close(file) }

  /// Begins a log, and clears away those that nobody will look for any more (`DrainLogs.clear`).
  public static func create(id: String, environment: [String: String]) -> Result<DrainLogFile, JournalFailure> {
    guard let folder = DrainLogs.folder(environment) else {
      return .failure(JournalFailure(message: "there is no place for it: HOME is not set"))
    }
    if let problem = JournalFile.makeDirectory(folder) { return .failure(problem) }
    return open(Path.join(folder, id), O_CREAT | O_EXCL).map { log in
      if let now = log.lastWritten { DrainLogs.clear(folder, before: now - DrainLogs.kept) }
      return log
    }
  }

  /// When something was written to it last, in seconds since 1970; nil where that cannot be told.
  fileprivate var lastWritten: Int? {
    var status = stat()
    return fstat(file, &status) == 0 ? status.st_mtim.tv_sec : nil
  }

  /// Takes a log up again; fails while another podmedic carries the drain out.
  public static func reopen(_ path: String) -> Result<DrainLogFile, JournalFailure> { open(path, 0) }

  /// Whether a podmedic carries the drain of a log out now; false where that cannot be told.
  public static func isHeld(_ path: String) -> Bool {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  private static func open(_ path: String, _ flags: Int32) -> Result<DrainLogFile, JournalFailure> {
    let file = Glibc.open(path, O_RDWR | O_APPEND | O_CLOEXEC | flags, 0o600)
    guard file >= 0 else { return .failure(JournalFile.failure("opening", path)) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let isHeld = errno == EWOULDBLOCK
      let failure =
        isHeld
        ? JournalFailure(message: "another podmedic is carrying this drain out") : JournalFile.failure("locking", path)
      close(file)
      return .failure(failure)
    }
    return .success(DrainLogFile(path: path, file: file))
  }

  /// Appends a line and waits until it is on the disk.
  public func append(_ record: DrainRecord) -> Result<Void, JournalFailure> {
    JournalFile.appendLine(record.line, to: file, path)
  }
}

/// The logs of all drains of this machine's user.
public enum DrainLogs {
  /// A log and where it is.
  public struct Entry: Sendable {
    /// The file.
    public var path: String
    /// What it says.
    public var log: DrainLog
  }

  static func folder(_ environment: [String: String]) -> String? {
    XDGDirectories(environment: environment).stateHome.map { Path.join(Path.join($0, "podmedic"), "drains") }
  }

  /// For so many seconds after its last line a log is kept: 30 days.
  static let kept = 30 * 86_400

  /// Takes away the logs to which nothing was written since a time, in seconds since 1970, whether their drains have
  /// ended or were never gone on with. Those that somebody carries out, files that are no logs and what cannot be taken
  /// away stay.
  static func clear(_ folder: String, before time: Int) {
    for name in JournalFile.names(in: folder) {
      let path = Path.join(folder, name)
      // Holding its lock, so that nobody goes on with it meanwhile.
      guard case .success(let log) = DrainLogFile.reopen(path), let written = log.lastWritten, written < time,
        read(path) != nil
      else { continue }
      unlink(path)
    }
  }

  /// What a file says; nil when it is no log. To be read again by whoever holds its lock.
  public static func read(_ path: String) -> DrainLog? { read(path, about: "") }

  private static func read(_ path: String, about text: String) -> DrainLog? {
    guard let bytes = try? DiskFileSystem().read(path, limit: 64 << 20), has(bytes, text) else { return nil }
    return DrainLog(text: String(decoding: bytes, as: UTF8.self))
  }

  /// Whether the first line, which names the nodes, has a text.
  private static func has(_ bytes: [UInt8], _ text: String) -> Bool {
    text.isEmpty || bytes.prefix { $0 != UInt8(ascii: "\n") }.firstRange(of: Array(text.utf8)) != nil
  }

  /// The drains of a node that belong to one maintenance, the newest last; see `DrainLog.maintenance`.
  public static func maintenance(
    of node: DrainOrder.Target, server: String, environment: [String: String]
  ) -> [DrainLog] {
    DrainLog.maintenance(of: node, among: all(server: server, about: node.uid, environment: environment).map(\.log))
  }

  /// The drains against a server; with `text` only those whose first line has it, which costs no parsing of others.
  private static func all(server: String, about text: String = "", environment: [String: String]) -> [Entry] {
    guard let folder = folder(environment) else { return [] }
    return JournalFile.names(in: folder).compactMap { name -> Entry? in
      let path = Path.join(folder, name)
      guard let log = read(path, about: text), log.header.server == server else { return nil }
      return Entry(path: path, log: log)
    }
  }

  /// The drains against a server that can be taken up again, the newest last. Files that are no logs are left out, and
  /// drains of which a later one has taken a node over.
  public static func resumable(server: String, environment: [String: String]) -> [Entry] {
    latest(where: \.isResumable, server: server, environment: environment)
  }

  /// The drains of which no later one has taken a node over and of which something holds, the newest last.
  private static func latest(
    where holds: (DrainLog) -> Bool, server: String, environment: [String: String]
  ) -> [Entry] {
    let entries = all(server: server, environment: environment)
    let headers = entries.map(\.log.header)
    return entries.filter { entry in holds(entry.log) && !headers.contains { entry.log.isSuperseded(by: $0) } }
      .sorted { ($0.log.header.time, $0.log.header.id) < ($1.log.header.time, $1.log.header.id) }
  }

  /// The drains against a server that could be taken up again if no node of theirs had been uncordoned with podmedic
  /// since, the newest last. Drains of which a later one has taken a node over are left out.
  public static func endedByUncordon(server: String, environment: [String: String]) -> [Entry] {
    latest(where: \.isEndedByUncordon, server: server, environment: environment)
  }

  /// Writes into the logs of the drains of a node that it is open again since `time`, so that nobody is offered to go on
  /// with them or takes them for a later maintenance; drains that are going on are left to those who carry them out.
  /// Says which logs lack it.
  public static func noteUncordoned(
    node: String, uid: String, at time: Timestamp, server: String, environment: [String: String]
  ) -> [JournalFailure] {
    var failures: [JournalFailure] = []
    for entry in all(server: server, environment: environment) where entry.log.nodes[node]?.isUncordoned == false {
      guard entry.log.header.order.nodes.contains(where: { $0.name == node && (uid.isEmpty || $0.uid == uid) }),
        case .success(let file) = DrainLogFile.reopen(entry.path)
      else { continue }
      if case .failure(let failure) = file.append(.uncordoned(node, time)) { failures.append(failure) }
    }
    return failures
  }
}
