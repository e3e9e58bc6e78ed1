/// Cuts an enveloped protobuf list into its items as the bytes arrive.
struct ProtobufListSplitter {
  enum Piece {
    case metadata(UnsafeRawBufferPointer)
    case item(UnsafeRawBufferPointer)
  }

  private enum State {
    case magic
    /// Between the fields of the envelope.
    case envelope
    /// Inside the list message, which ends after so many more bytes.
    case list(remaining: Int)
  }

  private var state = State.magic
  private var sawList = false

  /// Whether the bytes so far are a whole answer.
  var isComplete: Bool {
    if case .envelope = state { return sawList }
    return false
  }

  /// Hands out the pieces that are complete in `bytes` (what was left over from the last call, then what is new) and
  /// returns how many bytes they took.
  mutating func split(
    _ bytes: UnsafeRawBufferPointer, _ take: (Piece) throws(DecodingFailure) -> Void
  ) throws(DecodingFailure) -> Int {
    var position = 0
    while true {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
      switch state {
      case .magic:
        guard rest.count >= Envelope.magic.count else { return position }
        guard rest.prefix(Envelope.magic.count).elementsEqual(Envelope.magic) else {
          throw DecodingFailure(offset: 0, reason: "the answer is no Kubernetes protobuf")
        }
        position += Envelope.magic.count
        state = .envelope
      case .envelope:
        if rest.isEmpty { return position }
        guard let header = try Self.header(rest) else { return position }
        if header.field == 2 {
          position += header.size
          state = .list(remaining: header.length)
          sawList = true
        } else {
          guard rest.count >= header.size + header.length else { return position }
          position += header.size + header.length
        }
      case .list(let remaining):
        if remaining == 0 {
          state = .envelope
          continue
        }
        guard let header = try Self.header(rest) else { return position }
        let size = header.size + header.length
        guard size <= remaining else { throw DecodingFailure(offset: position, reason: "the list is malformed") }
        guard rest.count >= size else { return position }
        let content = UnsafeRawBufferPointer(rebasing: rest[header.size..<size])
        if header.field == 1 { try take(.metadata(content)) }
        if header.field == 2 { try take(.item(content)) }
        position += size
        state = .list(remaining: remaining - size)
      }
    }
  }

  /// Number, header size and length of the length-delimited field that starts here; nil while too little is there.
  private static func header(
    _ bytes: UnsafeRawBufferPointer
  ) throws(DecodingFailure) -> (field: Int, size: Int, length: Int)? {
    guard let (tag, tagSize) = try varint(bytes, from: 0), let (length, lengthSize) = try varint(bytes, from: tagSize)
    else { return nil }
    // Both messages consist of length-delimited fields only; a length past 2 GiB is no list.
    guard tag & 7 == 2, length <= 1 << 31 else {
      throw DecodingFailure(offset: 0, reason: "the list is malformed")
    }
    return (Int(tag >> 3), tagSize + lengthSize, Int(length))
  }

  private static func varint(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(DecodingFailure) -> (UInt64, size: Int)? {
    var value: UInt64 = 0
    for index in 0..<10 {
      guard start + index < bytes.count else { return nil }
      let byte = bytes[start + index]
      value |= UInt64(byte & 0x7f) << UInt64(index * 7)
      if byte < 0x80 { return (value, index + 1) }
    }
    throw DecodingFailure(offset: start, reason: "the list is malformed")
  }
}
