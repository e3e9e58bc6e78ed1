import Glibc

/// Lists and maps by the bytes that they were read from, so that equal ones are decoded once and share their storage.
///
/// Of 10,000 pods those of one controller have the same variables, ports, labels and so on. What comes only once is not
/// kept: bytes are remembered when they come for the second time. Bounded: when full it starts over.
struct SharedValues {
  /// Fewer bytes than this are not worth a look-up.
  static let shortest = 24
  private static let longest = 16_384
  private static let mostBytes = 4 << 20

  /// A number that is most likely another one for other bytes.
  struct Key {
    let hash: UInt64
    let variant: Int

    init(_ bytes: UnsafeRawBufferPointer, variant: Int) {
      hash = bytes.quickHash(seed: UInt64(truncatingIfNeeded: variant))
      self.variant = variant
    }
  }

  /// A class, so that a look-up copies nothing but the value.
  private final class Entry: Sendable {
    let bytes: [UInt8]
    let variant: Int
    let value: any Sendable

    init(bytes: [UInt8], variant: Int, value: any Sendable) {
      self.bytes = bytes
      self.variant = variant
      self.value = value
    }
  }

  private var entries: [UInt64: Entry] = [:]
  private var byteCount = 0
  /// Part of the hash of what came last, at a place that the rest of the hash says.
  private var seenOnce: [UInt32] = []

  /// The value read from these bytes, if it is known.
  func value(for key: Key, _ bytes: UnsafeRawBufferPointer) -> (any Sendable)? {
    guard let entry = entries[key.hash], entry.variant == key.variant,
      entry.bytes.withUnsafeBytes({ $0.hasSameBytes(as: bytes) })
    else { return nil }
    return entry.value
  }

  /// Remembers a value if its bytes have come before.
  mutating func offer(_ value: any Sendable, for key: Key, _ bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= Self.longest else { return }
    if seenOnce.isEmpty { seenOnce = [UInt32](repeating: 0, count: 16_384) }
    let place = Int(key.hash & 16_383)
    let mark = UInt32(key.hash >> 32)
    guard seenOnce[place] == mark else {
      seenOnce[place] = mark
      return
    }
    if byteCount + bytes.count > Self.mostBytes {
      entries.removeAll(keepingCapacity: true)
      byteCount = 0
    }
    byteCount += bytes.count
    entries[key.hash] = Entry(bytes: Array(bytes), variant: key.variant, value: value)
  }
}

extension UnsafeRawBufferPointer {
  /// A hash for finding candidates, eight bytes at a time; equality decides.
  func quickHash(seed: UInt64 = 0) -> UInt64 {
    var hash = (seed ^ UInt64(count)) &* 0x9e37_79b9_7f4a_7c15
    var position = 0
    while position + 8 <= count {
      hash = (hash ^ loadUnaligned(fromByteOffset: position, as: UInt64.self)) &* 0xff51_afd7_ed55_8ccd
      hash ^= hash >> 32
      position += 8
    }
    while position < count {
      hash = (hash ^ UInt64(self[position])) &* 0x100_0000_01b3
      position += 1
    }
    return (hash ^ hash >> 29) &* 0xc4ce_b9fe_1a85_ec53
  }

  func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let start = baseAddress, let otherStart = other.baseAddress else { return true }
    return memcmp(start, otherStart, count) == 0
  }
}
