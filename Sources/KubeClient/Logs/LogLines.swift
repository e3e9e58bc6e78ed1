/// Cuts a log into lines as its bytes arrive.
public struct LogLines: Sendable {
  /// Longer lines are cut there and marked, so that one line of a broken program cannot exhaust memory.
  public static let longestLine = 1 << 20

  private var pending: [UInt8] = []
  private var dropped = 0

  /// Nothing has arrived yet.
  public init() {}

  /// Takes the next bytes and returns the lines that they complete, without their line ends.
  public mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [String] {
    var lines: [String] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      keep(rest[..<end])
      lines.append(takeLine())
      rest = rest[(end + 1)...]
    }
    keep(rest)
    return lines
  }

  /// The line that the end of the log leaves unfinished, if any.
  public mutating func finish() -> String? { pending.isEmpty ? nil : takeLine() }

  private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
    let room = Self.longestLine - pending.count
    pending.append(contentsOf: bytes.prefix(room))
    dropped += max(0, bytes.count - room)
  }

  private mutating func takeLine() -> String {
    if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
    var line = String(decoding: pending, as: UTF8.self)
    if dropped > 0 { line += " … (\(dropped) more bytes)" }
    pending.removeAll(keepingCapacity: true)
    dropped = 0
    return line
  }
}
