/// Writes protobuf wire format; the demo cluster and the tests encode with it what `ProtobufReader` reads.
public struct ProtobufWriter {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []

  /// An empty writer.
  public init() {}

  /// Appends a base-128 varint.
  public mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Appends an integer field.
  public mutating func int(_ number: Int, _ value: Int) {
    varint(UInt64(number) << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// Appends a 64-bit floating point field.
  public mutating func double(_ number: Int, _ value: Double) {
    varint(UInt64(number) << 3 | 1)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends a length-delimited field with `value` as its UTF-8.
  public mutating func string(_ number: Int, _ value: String) {
    self.bytes(number, Array(value.utf8))
  }

  /// Appends a length-delimited field.
  public mutating func bytes(_ number: Int, _ value: [UInt8]) {
    varint(UInt64(number) << 3 | 2)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// Appends a nested message that `body` writes.
  public mutating func message(_ number: Int, _ body: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    body(&inner)
    bytes(number, inner.bytes)
  }

  /// Appends raw bytes without a field header.
  public mutating func raw(_ value: [UInt8]) {
    bytes.append(contentsOf: value)
  }
}
