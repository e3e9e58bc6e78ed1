/// Gives equal byte sequences the same `String` storage.
///
/// A list of 10,000 pods repeats the same few hundred namespaces, labels, images and node names; shared, they cost
/// their storage once. Bounded: when full it starts over, so hostile variety cannot make it grow without end.
public final class StringPool {
  private var strings: [UInt64: String] = [:]
  private let capacity: Int
  /// Lists and maps that objects have in common.
  var values = SharedValues()

  /// A pool that holds at most `capacity` strings.
  public init(capacity: Int = 65_536) {
    self.capacity = capacity
  }

  /// The string of `bytes` (invalid UTF-8 repaired), its storage shared where it has been asked for before.
  public func string(_ bytes: UnsafeRawBufferPointer) -> String {
    // Up to 15 bytes live inside the String value itself: nothing to share.
    guard bytes.count > 15, bytes.count <= 256 else { return String(decoding: bytes, as: UTF8.self) }
    let hash = bytes.quickHash()
    if var known = strings[hash] {
      let isEqual = known.withUTF8 { known in
        UnsafeRawBufferPointer(known).hasSameBytes(as: bytes)
      }
      if isEqual { return known }
      return String(decoding: bytes, as: UTF8.self)
    }
    if strings.count >= capacity { strings.removeAll(keepingCapacity: true) }
    let string = String(decoding: bytes, as: UTF8.self)
    strings[hash] = string
    return string
  }
}
