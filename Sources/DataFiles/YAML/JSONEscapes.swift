/// What JSON has and libyaml refuses: a character written as two `\u` escapes, as Python's `json` writes emoji.
enum JSONEscapes {
  /// JSON text with each such pair as the character itself. Half pairs stay as they are, and so does text that does not
  /// begin with a bracket: in YAML a backslash may be just a backslash.
  static func joiningSurrogates(_ bytes: [UInt8]) -> [UInt8] {
    let begin = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    guard begin == 0x7B || begin == 0x5B, let first = firstPair(in: bytes, from: 0) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var copied = 0
    var next: (start: Int, scalar: Unicode.Scalar)? = first
    while let pair = next {
      result += bytes[copied..<pair.start]
      result += Array(String(Character(pair.scalar)).utf8)
      copied = pair.start + 12
      next = firstPair(in: bytes, from: copied)
    }
    return result + bytes[copied...]
  }

  private static func firstPair(in bytes: [UInt8], from start: Int) -> (start: Int, scalar: Unicode.Scalar)? {
    var index = start
    while index + 12 <= bytes.count {
      guard bytes[index] == 0x5C else {
        index += 1
        continue
      }
      if let high = unit(bytes, index), (0xD800...0xDBFF).contains(high), let low = unit(bytes, index + 6),
        (0xDC00...0xDFFF).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      {
        return (index, scalar)
      }
      // A backslash takes the character behind it along, so that `\\ud83d` is no escape.
      index += 2
    }
    return nil
  }

  private static func unit(_ bytes: [UInt8], _ index: Int) -> UInt32? {
    guard bytes[index] == 0x5C, bytes[index + 1] == 0x75 else { return nil }
    var value: UInt32 = 0
    for byte in bytes[(index + 2)..<(index + 6)] {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32((byte | 0x20) - 0x57)
      default: return nil
      }
    }
    return value
  }
}
