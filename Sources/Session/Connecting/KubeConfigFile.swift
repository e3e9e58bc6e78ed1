import DataFiles
import Glibc
import KubeConfig

/// Writing to a person's kubeconfig: only refreshed tokens of a legacy OIDC provider ever are, as kubectl does it.
enum KubeConfigFile {
  /// Writes settings of a user's provider to a file, all or nothing.
  /// - Returns: why that could not be done, for a person; nil when it was.
  static func write(_ settings: [String: Secret], user: String, to path: String) -> String? {
    guard !path.isEmpty else { return "no file defines the user" }
    // Links stay links: what is replaced is the file they lead to.
    guard let real = realpath(path, nil) else { return failure("finding", path) }
    defer { free(real) }
    let file = String(cString: real)
    // The lock of kubectl: whoever makes the file may write.
    let lock = file + ".lock"
    let held = open(lock, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0)
    guard held >= 0 else { return failure("locking", file) }
    close(held)
    defer { unlink(lock) }
    do {
      let text = try DiskFileSystem().read(file)
      return replace(file, try ProviderEdit.applying(settings, user: user, to: text, file: file))
    } catch {
      return "\(error)"
    }
  }

  private static func replace(_ file: String, _ text: [UInt8]) -> String? {
    var status = stat()
    guard stat(file, &status) == 0 else { return failure("reading", file) }
    let new = "\(file).podmedic-\(getpid())"
    let descriptor = open(new, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return failure("writing", new) }
    defer { close(descriptor) }
    var written = 0
    while written < text.count {
      let count = text[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return undone("writing", new) }
      written += count
    }
    _ = fchown(descriptor, status.st_uid, status.st_gid)  // only root can give files away, and only root has to
    guard fchmod(descriptor, status.st_mode & 0o777) == 0, fsync(descriptor) == 0 || errno == EINVAL,
      rename(new, file) == 0
    else { return undone("replacing", new) }
    return nil
  }

  private static func undone(_ doing: String, _ new: String) -> String {
    let text = failure(doing, new)
    unlink(new)
    return text
  }

  private static func failure(_ doing: String, _ path: String) -> String {
    "\(doing) \(path): \(String(cString: strerror(errno)))"
  }
}
