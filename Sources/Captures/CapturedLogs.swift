import Kube

/// The logs of a capture. Files are read when somebody wants them; those of archives and streams are in memory.
struct CapturedLogs: Sendable {
  /// Where a log is.
  enum Place: Sendable {
    case file(String)
    case memory(CaptureSource, Range<Int>)
  }

  /// Whose log it is.
  struct Key: Hashable, Sendable {
    var namespace: String
    var pod: String
    var container: String
    var isPrevious: Bool
  }

  /// `logs/NAMESPACE_POD_CONTAINER.log` and `…_previous.log`: none of the three names can hold an underscore.
  private var byName: [Key: Place] = [:]
  /// Whether the lines begin with their times.
  var haveTimes = false

  /// Of the last line of a longer log only so many bytes are read.
  static let longest = 256 << 20

  /// The log of a container.
  func place(_ key: Key) -> Place? { byName[key] }

  var isEmpty: Bool { byName.isEmpty }

  mutating func add(_ key: Key, _ place: Place) {
    if byName[key] == nil { byName[key] = place }
  }

  /// Whose log a file is by its name; nil when it is none.
  static func key(_ file: CaptureFile) -> Key? {
    guard file.folder == "logs", file.name.hasSuffix(".log") else { return nil }
    var words = file.name.dropLast(4).split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    let isPrevious = words.count == 4 && words[3] == "previous"
    if isPrevious { words.removeLast() }
    guard words.count == 3, words.allSatisfy({ !$0.isEmpty }) else { return nil }
    return Key(namespace: words[0], pod: words[1], container: words[2], isPrevious: isPrevious)
  }

  /// Whether a file is a pod's logs in a `kubectl cluster-info dump`.
  static func isDump(_ file: CaptureFile) -> Bool { file.name == "logs.txt" && file.parts.count > 2 }

  // MARK: The framing of cluster-info dump

  private static let start = Array("==== START logs for container ".utf8)

  /// Whether a framed log begins at `offset`.
  static func begins(_ bytes: [UInt8], at offset: Int) -> Bool { bytes[offset...].starts(with: start) }

  /// Takes in the framed logs of a text, from `offset` as long as one follows the other; answers where they end.
  /// A log whose end is missing goes to the end of the text: it was cut short, which `isCut` tells.
  mutating func addFramed(_ source: CaptureSource, from offset: Int) -> (end: Int, isCut: Bool) {
    let bytes = source.bytes
    var position = offset
    while position < bytes.count, Self.begins(bytes, at: position) {
      guard let lineEnd = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { return (bytes.count, true) }
      let title = String(decoding: bytes[(position + Self.start.count)..<lineEnd], as: UTF8.self)
      let end = Self.find(Array("==== END logs for container \(title)".utf8), in: bytes, from: lineEnd + 1)
      if let key = Self.key(title) { add(key, .memory(source, lineEnd + 1..<(end ?? bytes.count))) }
      guard let end else { return (bytes.count, true) }
      position = bytes[end...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
      while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }
    return (position, false)
  }

  /// `web of pod shop/web-0 ====`
  private static func key(_ title: String) -> Key? {
    let words = title.split(separator: " ")
    guard words.count >= 4, words[1] == "of", words[2] == "pod" else { return nil }
    let names = words[3].split(separator: "/", omittingEmptySubsequences: false)
    guard names.count == 2 else { return nil }
    return Key(
      namespace: String(names[0]), pod: String(names[1]), container: String(words[0]), isPrevious: false)
  }

  /// The first place from `offset` on where `line` begins a line.
  private static func find(_ line: [UInt8], in bytes: [UInt8], from offset: Int) -> Int? {
    var position = offset
    while position < bytes.count {
      if bytes[position...].starts(with: line) { return position }
      // The kubelet's log may end without a line end, right before the frame.
      guard let next = nextFrame(bytes, after: position) else { return nil }
      position = next
    }
    return nil
  }

  /// The next place after `position` where `====` stands.
  private static func nextFrame(_ bytes: [UInt8], after position: Int) -> Int? {
    var index = position + 1
    while index + 4 <= bytes.count {
      guard let sign = bytes[index...].firstIndex(of: UInt8(ascii: "=")) else { return nil }
      if sign + 4 <= bytes.count, bytes[sign..<sign + 4].allSatisfy({ $0 == UInt8(ascii: "=") }) { return sign }
      index = sign + 1
    }
    return nil
  }
}
