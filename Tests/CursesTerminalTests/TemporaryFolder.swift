import Glibc

/// A folder that is gone when the test ends.
final class TemporaryFolder {
  struct Failure: Error { let path: String }

  let path: String
  private var names: Set<String> = []

  init() throws {
    var template = Array("/tmp/podmedic-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(path: "/tmp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
  }

  /// Writes an executable file.
  func write(_ name: String, _ text: String) throws {
    names.insert(name)
    guard let file = fopen(path + "/" + name, "we") else { throw Failure(path: name) }
    fputs(text, file)
    fclose(file)
    chmod(path + "/" + name, 0o755)
  }

  func read(_ name: String) throws -> String {
    names.insert(name)
    guard let file = fopen(path + "/" + name, "re") else { throw Failure(path: name) }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
