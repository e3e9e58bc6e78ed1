import Glibc

/// Reading of files and folders for captures. Only regular files are read, however they are called.
enum DiskFiles {
  /// What is at a path.
  enum Kind: Equatable { case file(size: Int), folder(Identity), other(String) }

  /// A folder, whatever the paths that lead to it.
  struct Identity: Hashable {
    var device: UInt
    var inode: UInt
  }

  /// Why something cannot be read, as part of a sentence.
  struct Failure: Error, Equatable { var reason: String }

  static func kind(_ path: String) throws(Failure) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Failure(reason: systemReason()) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(size: Int(status.st_size))
    case S_IFDIR: return .folder(Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino)))
    default: return .other("this is neither a file nor a folder")
    }
  }

  /// Names in a folder, in the order of their bytes; hidden ones are left out.
  static func names(_ path: String, limit: Int) throws(Failure) -> [String] {
    guard let folder = opendir(path) else { throw Failure(reason: systemReason()) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
      if names.count > limit { break }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The bytes of a file, from `offset` on if it has so many.
  static func read(_ path: String, from offset: Int = 0, limit: Int) throws(Failure) -> [UInt8] {
    // Not to wait for whoever writes into a pipe.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Failure(reason: systemReason()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(reason: "this is no regular file")
    }
    if offset > 0 { lseek(descriptor, off_t(offset), SEEK_SET) }
    return try read(descriptor, expecting: Int(status.st_size) - offset, limit: limit)
  }

  /// The rest of what a descriptor gives.
  static func read(_ descriptor: Int32, expecting size: Int, limit: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    // One byte more than expected, so that the end is seen in the first go.
    var piece = min(max(1 << 16, size + 1), limit + 1)
    while true {
      var count = 0
      var isInterrupted = false
      let read = [UInt8](unsafeUninitializedCapacity: piece) { buffer, initialized in
        count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        isInterrupted = count < 0 && errno == EINTR
        initialized = max(0, count)
      }
      if isInterrupted { continue }
      if count < 0 { throw Failure(reason: systemReason()) }
      if count == 0 { return bytes }
      bytes = bytes.isEmpty ? read : bytes + read
      guard bytes.count <= limit else {
        throw Failure(reason: "it is larger than the \(CaptureLimits.text(limit)) that are read of one file")
      }
      piece = min(max(1 << 16, bytes.count), limit + 1)
    }
  }

  static func systemReason() -> String { String(cString: strerror(errno)) }
}
