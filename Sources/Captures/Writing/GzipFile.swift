import CZlib
import Glibc

/// Reading and writing of files compressed with gzip (RFC 1952).
enum GzipFile {
  /// Whether bytes are the beginning of such a file.
  static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

  /// What is in a file, at most `limit` bytes of it, and why there is no more where it is not all.
  static func read(_ path: String, limit: Int) -> (bytes: [UInt8], problem: String?) {
    guard let file = gzopen(path, "rb") else { return ([], DiskFiles.systemReason()) }
    defer { gzclose(file) }
    gzbuffer(file, 1 << 18)
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Int(gzread(file, &piece, UInt32(piece.count)))
      if count < 0 { return (bytes, "it is cut off or damaged: \(reason(file))") }
      bytes += piece[..<count]
      guard bytes.count <= limit else {
        return (bytes, "it holds more than the \(CaptureLimits.text(limit)) that are read of a capture")
      }
      guard count < piece.count else { continue }
      // zlib takes the end of a file within a compressed block for the end of the data, and says so only here.
      var code: Int32 = 0
      _ = gzerror(file, &code)
      return (bytes, code == Z_OK || code == Z_STREAM_END ? nil : "it is cut off or damaged: \(reason(file))")
    }
  }

  private static func reason(_ file: gzFile) -> String {
    var code: Int32 = 0
    guard let text = gzerror(file, &code) else { return "code \(code)" }
    return code == Z_ERRNO ? DiskFiles.systemReason() : String(cString: text)
  }

  /// A file that is being written.
  final class Writer {
    private let file: gzFile
    private var isOpen = true

    /// Makes a new file, which only its owner may read.
    init(_ path: String) throws(DiskFiles.Failure) {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw DiskFiles.Failure(reason: DiskFiles.systemReason()) }
      guard let file = gzdopen(descriptor, "wb") else {
        close(descriptor)
        throw DiskFiles.Failure(reason: "zlib has no memory")
      }
      self.file = file
    }

    func write(_ bytes: [UInt8]) throws(DiskFiles.Failure) {
      guard !bytes.isEmpty else { return }
      guard gzwrite(file, bytes, UInt32(bytes.count)) == Int32(bytes.count) else {
        throw DiskFiles.Failure(reason: GzipFile.reason(file))
      }
    }

    func finish() throws(DiskFiles.Failure) {
      isOpen = false
      guard gzclose(file) == Z_OK else { throw DiskFiles.Failure(reason: DiskFiles.systemReason()) }
    }

    deinit { if isOpen { gzclose(file) } }
  }
}
