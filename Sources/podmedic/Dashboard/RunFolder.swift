import Dashboard
import DataFiles
import Glibc
import Kube

/// Runs of playbooks of this machine's user: a file each in `$XDG_STATE_HOME/podmedic/runs`, readable by nobody else.
final class RunFolder: KeptRuns {
  /// nil where nothing is to be kept.
  private let folder: String?

  /// The folder of an environment; without one nothing is kept.
  init(environment: [String: String]?) {
    folder = environment.flatMap { XDGDirectories(environment: $0).stateHome }.map {
      Path.join(Path.join($0, "podmedic"), "runs")
    }
  }

  func keep(_ run: JSONValue, name: String) -> Result<Void, ConnectionFailure> {
    guard let folder else { return .success(()) }
    makeDirectory(folder, depth: 0)
    let path = self.path(name, in: folder)
    // A reader sees the earlier file or the new one, never half of it.
    let draft = "\(path).\(getpid())"
    let bytes = Array((run.text(indent: 2) + "\n").utf8)
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return .failure(failure(draft)) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = failure(draft)
        close(file)
        unlink(draft)
        return .failure(failure)
      }
      written += count
    }
    close(file)
    guard rename(draft, path) == 0 else {
      let failure = failure(path)
      unlink(draft)
      return .failure(failure)
    }
    return .success(())
  }

  func lastKept(_ name: String) -> Timestamp? {
    var status = stat()
    guard let folder, stat(path(name, in: folder), &status) == 0 else { return nil }
    return Timestamp(seconds: Int64(status.st_mtim.tv_sec))
  }

  func recall(_ name: String) -> JSONValue? {
    guard let folder else { return nil }
    guard let bytes = try? DiskFileSystem().read(path(name, in: folder), limit: 1 << 20) else { return nil }
    return try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
  }

  private func path(_ name: String, in folder: String) -> String {
    let safe = name.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-")
        ? Character(scalar) : "_"
    }
    return Path.join(folder, String(safe.prefix(200)) + ".json")
  }

  /// Whether it worked shows when the file is opened.
  private func makeDirectory(_ path: String, depth: Int) {
    guard depth < 32, mkdir(path, 0o700) != 0, errno == ENOENT else { return }
    makeDirectory(Path.directory(of: path), depth: depth + 1)
    mkdir(path, 0o700)
  }

  private func failure(_ path: String) -> ConnectionFailure {
    ConnectionFailure(message: "\(path): \(String(cString: strerror(errno)))")
  }
}
