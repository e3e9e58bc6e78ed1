import Kube

/// One line of a log.
public struct LogRow: Sendable, Equatable {
  /// Index of the container among the sources of the view; nil for podmedic's own remarks (gaps, ends, marks).
  public var source: Int?
  /// When the container wrote it; nil when the server did not say.
  public var time: Timestamp?
  /// The text, as it came.
  public var text: String

  /// A line.
  public init(source: Int?, time: Timestamp?, text: String) {
    self.source = source
    self.time = time
    self.text = text
  }

  /// Reads a line that the server has put the time in front of (`2026-01-02T03:04:05.678901234Z text`).
  public init(source: Int, stamped line: String) {
    let space = line.firstIndex(of: " ") ?? line.endIndex
    if let time = Timestamp(String(line[..<space])) {
      let text = space < line.endIndex ? String(line[line.index(after: space)...]) : ""
      self.init(source: source, time: time, text: text)
    } else {
      self.init(source: source, time: nil, text: line)
    }
  }
}

/// What has happened to a log.
public enum LogChange: Sendable, Equatable {
  /// A line was written.
  case line(LogRow)
  /// Something that a reader must know (a gap, a restart, the end); `isOver` when nothing more comes of the source.
  case remark(source: Int, String, isOver: Bool)
}

/// The lines of a log that are kept: the newest ones, up to a bound of lines and of bytes.
public struct LogBuffer: Sendable {
  /// At most so many lines.
  public static let lineLimit = 200_000
  /// At most about so many bytes of text.
  public static let byteLimit = 128 << 20

  private var lines: [LogRow] = []
  private var first = 0
  private var bytes = 0
  /// The number of lines that had to go since the beginning.
  public private(set) var dropped = 0

  /// No lines.
  public init() {}

  /// The number of lines.
  public var count: Int { lines.count - first }

  /// A line by its place, 0 being the oldest kept.
  public subscript(index: Int) -> LogRow { lines[first + index] }

  /// Adds lines behind the newest.
  public mutating func append(_ new: [LogRow]) {
    lines += new
    for line in new { bytes += line.text.utf8.count }
    while count > Self.lineLimit || (bytes > Self.byteLimit && count > 1) {
      bytes -= lines[first].text.utf8.count
      lines[first].text = ""
      first += 1
      dropped += 1
    }
    // Moving everything down is paid for by the many lines that went.
    if first > Self.lineLimit / 2 {
      lines.removeFirst(first)
      first = 0
    }
  }

  /// Forgets all lines.
  public mutating func removeAll() { self = LogBuffer() }
}
