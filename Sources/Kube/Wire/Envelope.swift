/// The frame around every protobuf object: `k8s\0`, then a `runtime.Unknown` with the object's bytes as field 2
/// (apimachinery pkg/runtime/serializer/protobuf).
public enum Envelope {
  /// Media type of protobuf objects.
  public static let mediaType = "application/vnd.kubernetes.protobuf"
  static let magic: [UInt8] = [0x6b, 0x38, 0x73, 0x00]

  /// Kind and bytes of an enveloped object; nil when the bytes are no envelope.
  public static func open(_ bytes: UnsafeRawBufferPointer, pool: StringPool) -> (kind: String, UnsafeRawBufferPointer)?
  {
    guard bytes.count >= magic.count, bytes.prefix(magic.count).elementsEqual(magic) else { return nil }
    var reader = ProtobufReader(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(magic.count)), pool: pool)
    var kind = ""
    var content = UnsafeRawBufferPointer(start: nil, count: 0)
    while let field = reader.nextField() {
      switch field {
      case 1:
        reader.message { message in
          while let field = message.nextField() {
            if field == 2 { kind = message.sharedString() } else { message.skip() }
          }
        }
      case 2: content = reader.bytes()
      default: reader.skip()
      }
    }
    return reader.isMalformed ? nil : (kind, content)
  }

  /// Wraps a message; the demo cluster answers with it.
  public static func seal(_ message: [UInt8], apiVersion: String, kind: String) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.raw(magic)
    writer.message(1) { meta in
      meta.string(1, apiVersion)
      meta.string(2, kind)
    }
    writer.bytes(2, message)
    writer.string(3, "")
    writer.string(4, "")
    return writer.bytes
  }
}
