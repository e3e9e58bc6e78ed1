import Base64Text

extension ValueCodec {
  /// Texts by name; values of more than `longestValue` bytes become "".
  static func stringMap(longestValue: Int) -> ValueCodec {
    map(
      of: .string, variant: longestValue,
      decodeProtobuf: { reader in
        let bytes = reader.bytes()
        return bytes.count <= longestValue ? reader.pool.string(bytes) : ""
      },
      decodeJSON: { (reader) throws(DecodingFailure) in
        let text = try reader.sharedString()
        return text.utf8.count <= longestValue ? text : ""
      },
      encodeProtobuf: { $1.string(2, $0) },
      read: { .string($0) })
  }

  /// Amounts by resource name.
  static let quantities = map(
    of: .quantity,
    decodeProtobuf: { Quantity(protobuf: &$0) },
    decodeJSON: { (reader) throws(DecodingFailure) in try Quantity(json: &reader) },
    encodeProtobuf: { value, writer in writer.message(2) { $0.string(1, value.text) } },
    read: { .quantity($0) })

  /// Points in time by name; Go's zero time is the beginning of time.
  static let times = map(
    of: .timestamp,
    decodeProtobuf: { Timestamp(protobuf: &$0) ?? Timestamp(microseconds: 0) },
    decodeJSON: { (reader) throws(DecodingFailure) in try Timestamp(json: &reader) },
    encodeProtobuf: { $0.write(as: 2, to: &$1) },
    read: { .timestamp($0) })

  /// Names with the number of bytes behind each; in JSON, base64 is counted decoded when `base64` is set.
  static func byteCounts(base64: Bool) -> ValueCodec {
    map(
      of: .int,
      decodeProtobuf: { $0.bytes().count },
      decodeJSON: { (reader) throws(DecodingFailure) in
        let text = try reader.string().utf8
        return base64 ? decodedCount(text) : text.count
      },
      encodeProtobuf: { $1.bytes(2, [UInt8](repeating: 0, count: $0)) },
      read: { .int($0) })
  }

  /// Names with what may be kept of the values of a Secret: for expressions the number of bytes.
  static let secretValues = map(
    of: .int,
    decodeProtobuf: { reader in
      let bytes = reader.bytes()
      let isCertificate = bytes.starts(with: Certificate.mark.utf8)
      return SecretValue(bytes: bytes.count, certificate: isCertificate ? Certificate(pem: Array(bytes)) : nil)
    },
    decodeJSON: { (reader) throws(DecodingFailure) in
      let text = try reader.string()
      var value = SecretValue(bytes: decodedCount(text.utf8))
      if text.utf8.starts(with: Certificate.markInBase64.utf8), case .success(let pem) = Base64.decode(text) {
        value.certificate = Certificate(pem: pem)
      }
      return value
    },
    encodeProtobuf: { $1.bytes(2, [UInt8](repeating: 0, count: $0.bytes)) },
    read: { .int($0.bytes) })

  /// How many bytes a text in base64 stands for.
  private static func decodedCount(_ text: String.UTF8View) -> Int {
    max(0, text.count / 4 * 3 - text.suffix(2).filter { $0 == UInt8(ascii: "=") }.count)
  }

  private static func map<Value: Sendable>(
    of type: FieldType, variant: Int = 0,
    decodeProtobuf: @escaping @Sendable (inout ProtobufReader) -> Value,
    decodeJSON: @escaping @Sendable (inout JSONReader) throws(DecodingFailure) -> Value,
    encodeProtobuf: @escaping @Sendable (Value, inout ProtobufWriter) -> Void,
    read: @escaping @Sendable (Value) -> FieldValue
  ) -> ValueCodec {
    ValueCodec(
      SmallMap<Value>.self, .map(type),
      decodeProtobuf: { values, reader in
        reader.elements(of: &values, isEmpty: values.isEmpty, variant: variant) { values, reader in
          var key = ""
          var value: Value?
          reader.message { message in
            while let field = message.nextField() {
              switch field {
              case 1: key = message.sharedString()
              case 2: value = decodeProtobuf(&message)
              default: message.skip()
              }
            }
          }
          if let value { values.append(key, value) }
        }
      },
      decodeJSON: { (values, reader) throws(DecodingFailure) in
        values = [:]
        try reader.object { (reader, key) throws(DecodingFailure) in
          if try reader.takeNull() { return }
          values.append(key, try decodeJSON(&reader))
        }
      },
      encodeProtobuf: { values, number, writer in
        for (key, value) in values.entries {
          writer.message(number) { message in
            message.string(1, key)
            encodeProtobuf(value, &message)
          }
        }
      },
      read: { values in
        var result = SmallMap<FieldValue>()
        for (key, value) in values.entries { result.append(key, read(value)) }
        return .map(result)
      })
  }
}
