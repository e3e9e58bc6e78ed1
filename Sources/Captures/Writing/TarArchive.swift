/// Archives in the format of POSIX tar (ustar), as far as captures need it: regular files.
enum TarArchive {
  static let block = 512

  /// A regular file of an archive.
  struct Member {
    var path: String
    var content: Range<Int>
    /// Whether the archive ends before the file does.
    var isCut: Bool
  }

  /// Whether bytes are the beginning of an archive.
  static func begins(_ bytes: [UInt8]) -> Bool {
    bytes.count >= block && bytes[257..<262].elementsEqual("ustar".utf8)
  }

  /// The regular files of an archive; damaged headers end it.
  static func members(_ bytes: [UInt8]) -> [Member] {
    var members: [Member] = []
    var position = 0
    var longName: String?
    while position + block <= bytes.count {
      let header = bytes[position..<position + block]
      guard header.contains(where: { $0 != 0 }), let size = number(header, 124, 12), size <= bytes.count else { break }
      let start = position + block
      let end = min(bytes.count, start + size)
      position = start + (size + block - 1) / block * block
      switch header[header.startIndex + 156] {
      case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
        let path = longName ?? name(header)
        longName = nil
        members.append(Member(path: path, content: start..<end, isCut: start + size > bytes.count))
      case UInt8(ascii: "L"): longName = text(bytes[start..<end])
      case UInt8(ascii: "x"): longName = paxPath(bytes[start..<end])
      default: longName = nil
      }
    }
    return members
  }

  private static func name(_ header: ArraySlice<UInt8>) -> String {
    let start = header.startIndex
    let prefix = text(header[start + 345..<start + 500])
    let name = text(header[start..<start + 100])
    return prefix.isEmpty ? name : "\(prefix)/\(name)"
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// An octal number, or a binary one with the highest bit set; nil when it is neither.
  private static func number(_ header: ArraySlice<UInt8>, _ offset: Int, _ count: Int) -> Int? {
    let field = header[(header.startIndex + offset)..<(header.startIndex + offset + count)]
    if let first = field.first, first & 0x80 != 0 {
      return field.dropFirst(5).reduce(0) { $0 << 8 | Int($1) } & Int(Int64.max)
    }
    let digits = text(field).filter { $0 != " " }
    return digits.isEmpty ? 0 : Int(digits, radix: 8)
  }

  /// `27 path=a/long/name\n` among the records of an extended header.
  private static func paxPath(_ bytes: ArraySlice<UInt8>) -> String? {
    for record in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = record.split(separator: " ", maxSplits: 1)
      if words.count == 2, words[1].hasPrefix("path=") { return String(words[1].dropFirst(5)) }
    }
    return nil
  }

  // MARK: Writing

  /// The blocks before a file's content: its header, before it the whole name where that has no room in it.
  static func header(path: String, size: Int, seconds: Int64) -> [UInt8] {
    guard path.utf8.count > 99 else { return plainHeader(path, size, seconds, type: UInt8(ascii: "0")) }
    let name = Array(path.utf8) + [0]
    return plainHeader("././@LongLink", name.count, seconds, type: UInt8(ascii: "L")) + name + padding(name.count)
      + plainHeader(String(decoding: path.utf8.prefix(99), as: UTF8.self), size, seconds, type: UInt8(ascii: "0"))
  }

  private static func plainHeader(_ path: String, _ size: Int, _ seconds: Int64, type: UInt8) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: block)
    func put(_ text: String, _ offset: Int, _ count: Int) {
      for (index, byte) in text.utf8.prefix(count).enumerated() { header[offset + index] = byte }
    }
    func octal(_ value: Int64, _ digits: Int) -> String {
      let text = String(max(0, value), radix: 8)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    put(path, 0, 100)
    put(octal(0o600, 7), 100, 7)
    put(octal(0, 7), 108, 7)
    put(octal(0, 7), 116, 7)
    put(octal(Int64(size), 11), 124, 12)
    put(octal(seconds, 11), 136, 11)
    put("        ", 148, 8)
    header[156] = type
    put("ustar", 257, 5)
    put("00", 263, 2)
    let sum = header.reduce(0) { $0 + Int64($1) }
    put(octal(sum, 6), 148, 6)
    header[154] = 0
    return header
  }

  /// What fills the last block of a content.
  static func padding(_ size: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: (block - size % block) % block)
  }

  /// The end of an archive.
  static let end = [UInt8](repeating: 0, count: 2 * block)
}
