/// The bytes of one file of a capture, under the name by which a person knows it.
final class CaptureSource: Sendable {
  /// The path as it was given, with what was found below it; of an archive's member, the archive's path first.
  let name: String
  let bytes: [UInt8]

  init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// The line of a byte, from 1.
  func line(of offset: Int) -> Int {
    1 + bytes.prefix(max(0, offset)).count { $0 == UInt8(ascii: "\n") }
  }
}

/// Something of a capture that could not be read.
public struct CaptureProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file's path.
  public var file: String
  /// The line, from 1; 0 for the whole file.
  public var line: Int
  /// What is wrong, as part of a sentence; one line.
  public var message: String

  /// A problem with a file.
  init(_ file: String, line: Int = 0, _ message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  /// `file:line: message`, one line whatever the file is called and holds.
  public var description: String { "\(file)\(line > 0 ? ":\(line)" : ""): \(message)" }
}
