/// Reads protobuf wire format from memory that the caller keeps alive, without copying.
///
/// Hostile input never reads out of bounds and never traps: the first malformed byte sets `isMalformed` and ends the
/// reader, so callers loop on `nextField()` and look at the flag once, at the end.
public struct ProtobufReader {
  var position: UnsafeRawPointer
  var end: UnsafeRawPointer
  /// Number and wire type of the field that `nextField()` returned last.
  private var tag: UInt64 = 0
  /// Wire type of that field.
  private var wireType: UInt8 { UInt8(tag & 7) }
  /// Set once the input has turned out not to be valid wire format; everything read since the start is suspect.
  public private(set) var isMalformed = false
  /// Shares equal strings (namespaces, labels, images) between the objects of one list.
  let pool: StringPool

  /// A reader over `bytes`, which must outlive it.
  public init(_ bytes: UnsafeRawBufferPointer, pool: StringPool) {
    let start = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
    position = start
    end = start + bytes.count
    self.pool = pool
  }

  /// Whether everything has been read (or the input was malformed).
  public var isAtEnd: Bool { position >= end }

  mutating func fail() {
    isMalformed = true
    position = end
  }

  /// The number of the next field, or nil at the end of this message.
  @inline(__always)
  public mutating func nextField() -> Int? {
    guard position < end else { return nil }
    tag = varint()
    let number = tag >> 3
    guard !isMalformed, number > 0, number <= 536_870_911 else {
      fail()
      return nil
    }
    return Int(number)
  }

  /// A base-128 varint of at most 64 bits.
  @inline(__always)
  public mutating func varint() -> UInt64 {
    // Most are tags, small numbers and short lengths.
    if position < end, case let byte = position.load(as: UInt8.self), byte < 0x80 {
      position += 1
      return UInt64(byte)
    }
    return longVarint()
  }

  @inline(never)
  private mutating func longVarint() -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < end, shift < 64 {
      let byte = position.load(as: UInt8.self)
      position += 1
      result |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    fail()
    return 0
  }

  /// A signed integer (proto2 `int32` and `int64`), zero when the field has another wire type.
  public mutating func int() -> Int {
    guard wireType == 0 else {
      skip()
      return 0
    }
    return Int(Int64(bitPattern: varint()))
  }

  /// A 64-bit floating point number, zero when the field has another wire type.
  public mutating func double() -> Double {
    guard wireType == 1, end - position >= 8 else {
      skip()
      return 0
    }
    let bits = position.loadUnaligned(as: UInt64.self)
    position += 8
    return Double(bitPattern: UInt64(littleEndian: bits))
  }

  /// The bytes of a length-delimited field; empty when the field has another wire type.
  public mutating func bytes() -> UnsafeRawBufferPointer {
    guard wireType == 2 else {
      skip()
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let count = varint()
    guard count <= UInt64(end - position) else {
      fail()
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let result = UnsafeRawBufferPointer(start: position, count: Int(count))
    position += Int(count)
    return result
  }

  /// A string; invalid UTF-8 is repaired with U+FFFD.
  public mutating func string() -> String {
    String(decoding: bytes(), as: UTF8.self)
  }

  /// A string that is likely to occur in many objects; storage is shared with its equals.
  public mutating func sharedString() -> String {
    let bytes = bytes()
    return pool.string(bytes)
  }

  /// Runs `body` on the fields of a nested message, then goes on behind it.
  public mutating func message(_ body: (inout ProtobufReader) -> Void) {
    guard wireType == 2 else {
      skip()
      return
    }
    let count = varint()
    guard count <= UInt64(end - position) else {
      fail()
      return
    }
    let outer = end
    end = position + Int(count)
    let inner = end
    body(&self)
    end = outer
    position = isMalformed ? outer : inner
  }

  /// Passes over the value of the field that `nextField()` returned.
  public mutating func skip() {
    switch wireType {
    case 0: _ = varint()
    case 1: advance(8)
    case 2:
      let count = varint()
      guard count <= UInt64(end - position) else { return fail() }
      position += Int(count)
    case 5: advance(4)
    default: fail()
    }
  }

  private mutating func advance(_ count: Int) {
    guard end - position >= count else { return fail() }
    position += count
  }

  /// Reads the field that `nextField()` returned and those with the same number that follow directly, which are the
  /// elements of one list or map. Objects made from one template have the same ones: a value that has been read from
  /// the same bytes before, into the same type and with the same `variant`, is taken again and shares its storage.
  mutating func elements<Value: Sendable>(
    of value: inout Value, isEmpty: Bool, variant: Int = 0, _ add: (inout Value, inout ProtobufReader) -> Void
  ) {
    guard isEmpty else { return add(&value, &self) }
    let start = position
    let end = endOfElements()
    guard end - start >= SharedValues.shortest else { return add(&value, &self) }
    let bytes = UnsafeRawBufferPointer(start: start, count: end - start)
    let key = SharedValues.Key(bytes, variant: variant)
    if let known = pool.values.value(for: key, bytes) as? Value {
      value = known
      position = end
      return
    }
    let own = tag
    repeat { add(&value, &self) } while position < end && nextField() != nil && tag == own
    if !isMalformed { pool.values.offer(value, for: key, bytes) }
  }

  /// Where the fields end that have the tag of the field that `nextField()` returned and follow each other directly.
  private func endOfElements() -> UnsafeRawPointer {
    var ahead = self
    var end = position
    repeat {
      ahead.skip()
      if ahead.isMalformed { return end }
      end = ahead.position
    } while ahead.nextField() != nil && ahead.tag == tag
    return end
  }
}
