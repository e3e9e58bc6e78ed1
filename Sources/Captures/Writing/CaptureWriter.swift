import Glibc
import Kube

/// Writes a capture: a folder, or a `.tar.gz` of one. What is not finished is called `….partial` and never looks complete.
public final class CaptureWriter {
  private let target: String
  private let folder: String
  private var isFinished = false
  private var names: [String] = []

  /// Why a capture cannot be written, as a sentence.
  public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The sentence.
    public var description: String

    init(_ path: String, _ reason: String) { description = "\(path): \(reason)" }
  }

  /// Begins a capture at `path`, which must not exist or be an empty folder; an archive when it ends in `.tar.gz` or
  /// `.tgz`.
  public init(_ path: String) throws(Failure) {
    target = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    folder = target + ".partial"
    do throws(DiskFiles.Failure) {
      if case .folder = try DiskFiles.kind(target) {
        if isArchive { throw DiskFiles.Failure(reason: "this is a folder") }
        guard try DiskFiles.names(target, limit: 1).isEmpty else {
          throw DiskFiles.Failure(reason: "the folder is not empty; nothing was written")
        }
      } else {
        throw DiskFiles.Failure(reason: "this exists already; nothing was written")
      }
    } catch {
      guard access(target, F_OK) != 0 else { throw Failure(target, error.reason) }
    }
    // Objects and logs may hold what is not for everybody.
    guard mkdir(folder, 0o700) == 0 else { throw Failure(folder, DiskFiles.systemReason()) }
  }

  private var isArchive: Bool { target.hasSuffix(".tar.gz") || target.hasSuffix(".tgz") }

  deinit { if !isFinished { removePartial() } }

  /// Gives up: nothing stays behind.
  public func cancel() {
    removePartial()
    isFinished = true
  }

  private func removePartial() {
    for name in names { unlink("\(folder)/\(name)") }
    rmdir("\(folder)/logs")
    rmdir(folder)
  }

  /// A file of the capture that is being written.
  public final class File {
    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    private var isOpen = true

    init(_ path: String) throws(Failure) {
      self.path = path
      descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw Failure(path, DiskFiles.systemReason()) }
    }

    /// Adds bytes.
    public func write(_ bytes: some Collection<UInt8>) throws(Failure) {
      buffer.append(contentsOf: bytes)
      if buffer.count >= 1 << 18 { try flush() }
    }

    /// Whether nothing has been written.
    public var isEmpty: Bool { lseek(descriptor, 0, SEEK_CUR) == 0 && buffer.isEmpty }

    /// Ends the file.
    public func finish() throws(Failure) {
      try flush()
      isOpen = false
      guard Glibc.close(descriptor) == 0 else { throw Failure(path, DiskFiles.systemReason()) }
    }

    private func flush() throws(Failure) {
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if errno != EINTR {
          throw Failure(path, DiskFiles.systemReason())
        }
      }
      buffer.removeAll(keepingCapacity: true)
    }

    deinit { if isOpen { Glibc.close(descriptor) } }
  }

  /// Begins a file, anew if it is there already.
  public func file(_ name: String) throws(Failure) -> File {
    if !names.contains(name) { names.append(name) }
    return try File("\(folder)/\(name)")
  }

  /// Begins the log of a container.
  public func log(namespace: String, pod: String, container: String, isPrevious: Bool) throws(Failure) -> (File, String)
  {
    mkdir("\(folder)/logs", 0o700)
    let name = "logs/\(namespace)_\(pod)_\(container)\(isPrevious ? "_previous" : "").log"
    guard !name.dropFirst(5).contains("/") else { throw Failure(name, "no names of Kubernetes") }
    return (try file(name), name)
  }

  /// Takes a file out again.
  public func remove(_ name: String) {
    unlink("\(folder)/\(name)")
    names.removeAll { $0 == name }
  }

  /// Writes `capture.json` and gives the capture its name.
  public func finish(_ manifest: CaptureManifest) throws(Failure) {
    let file = try file("capture.json")
    try file.write(manifest.json.bytes(indent: 2) + [UInt8(ascii: "\n")])
    try file.finish()
    if isArchive {
      try pack(seconds: manifest.time?.seconds ?? 0)
      removePartial()
    } else {
      guard rename(folder, target) == 0 else { throw Failure(target, DiskFiles.systemReason()) }
    }
    isFinished = true
  }

  private func pack(seconds: Int64) throws(Failure) {
    let partial = target + ".partial.gz"
    unlink(partial)
    do throws(DiskFiles.Failure) {
      let archive = try GzipFile.Writer(partial)
      let base = target.split(separator: "/").last.map(String.init) ?? "capture"
      let top = base.hasSuffix(".tgz") ? base.dropLast(4) : base.dropLast(7)
      for name in names {
        let bytes = try DiskFiles.read("\(folder)/\(name)", limit: .max / 2)
        try archive.write(TarArchive.header(path: "\(top)/\(name)", size: bytes.count, seconds: seconds))
        try archive.write(bytes)
        try archive.write(TarArchive.padding(bytes.count))
      }
      try archive.write(TarArchive.end)
      try archive.finish()
    } catch {
      unlink(partial)
      throw Failure(target, error.reason)
    }
    guard rename(partial, target) == 0 else { throw Failure(target, DiskFiles.systemReason()) }
  }
}
