import Dashboard
import Glibc

/// Saved texts go into the folder that podmedic was started in, as `kubectl logs > file` would.
final class DownloadFolder: SavedFiles {
  private let folder = CommandContext.workingDirectory

  func save(_ text: String, name: String) -> Result<String, ConnectionFailure> {
    let safe = name.unicodeScalars.map { scalar in
      scalar == "/" || scalar == "\0" || scalar.value < 0x20 ? "_" : Character(scalar)
    }
    let base = String(safe.prefix(200))
    for attempt in 0..<1000 {
      let path = "\(folder)/podmedic-\(attempt == 0 ? "" : "\(attempt)-")\(base.isEmpty ? "text" : base)"
      // Never over something that is there already, and for nobody else's eyes.
      let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if file < 0, errno == EEXIST { continue }
      guard file >= 0 else {
        return .failure(ConnectionFailure(message: "\(path): \(String(cString: strerror(errno)))"))
      }
      defer { close(file) }
      return write(text, to: file)
        ? .success(path) : .failure(ConnectionFailure(message: "\(path) could not be written"))
    }
    return .failure(ConnectionFailure(message: "there are too many files named after \(base)"))
  }

  private func write(_ text: String, to file: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
    }
    return true
  }
}
