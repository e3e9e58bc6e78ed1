/// The status line and headers of an answer.
public struct HTTPHead: Sendable {
  /// 200...999, or 101 when the connection goes on with another protocol.
  public var status: Int
  /// Names in lower case, in the order they came.
  public var headers: [(name: String, value: String)]
  /// `1.0`, `1.1` or `2`.
  public var httpVersion: String

  /// A head as given; names must be in lower case.
  public init(status: Int, headers: [(name: String, value: String)] = [], httpVersion: String = "1.1") {
    self.status = status
    self.headers = headers
    self.httpVersion = httpVersion
  }

  /// The value of the first header of that lower-case name.
  public func first(_ name: String) -> String? {
    headers.first { $0.name == name }?.value
  }

  /// The values of all headers of that lower-case name, in the order they came.
  public func all(_ name: String) -> [String] {
    headers.filter { $0.name == name }.map(\.value)
  }
}

/// Builds heads from the lines that libcurl hands over: interim heads, the final one and, after the body, trailers.
struct HeadReader {
  enum Step: Equatable {
    case goOn
    /// The final head is complete.
    case complete
    /// More than `limit` bytes of headers.
    case tooLarge
  }

  /// Far above what servers and proxies between accept themselves, and below libcurl's own limit of 300 KiB, whose
  /// error could not be told from a broken connection.
  static let limit = 256 << 10

  private(set) var head = HTTPHead(status: 0)
  private(set) var isDone = false
  private var size = 0

  mutating func read(_ line: UnsafeRawBufferPointer) -> Step {
    size += line.count
    if size > HeadReader.limit { return .tooLarge }
    if isDone { return .goOn }
    var text = line[...]
    while let last = text.last, last == UInt8(ascii: "\r") || last == UInt8(ascii: "\n") { text = text.dropLast() }
    if text.starts(with: "HTTP/".utf8) {
      startHead(text)
    } else if text.isEmpty {
      // What follows a switch of protocols is no HTTP any more.
      isDone = head.status >= 200 || head.status == 101
      return isDone ? .complete : .goOn
    } else {
      addHeader(text)
    }
    return .goOn
  }

  private mutating func startHead(_ line: Slice<UnsafeRawBufferPointer>) {
    let words = line.dropFirst(5).split(separator: UInt8(ascii: " "), maxSplits: 2)
    head = HTTPHead(
      status: words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0,
      httpVersion: words.first.map { String(decoding: $0, as: UTF8.self) } ?? "")
  }

  private mutating func addHeader(_ line: Slice<UnsafeRawBufferPointer>) {
    let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    if let first = line.first, isBlank(first) {
      // An obsolete continuation line.
      guard let last = head.headers.indices.last else { return }
      head.headers[last].value += " " + String(decoding: line.drop(while: isBlank), as: UTF8.self)
      return
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
    let name = line[..<colon].map { (65...90).contains($0) ? $0 | 32 : $0 }
    var value = line[line.index(after: colon)...].drop(while: isBlank)
    while let last = value.last, isBlank(last) { value = value.dropLast() }
    head.headers.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
  }
}
