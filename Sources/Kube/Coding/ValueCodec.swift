/// How the values of one type are read, written and looked at, without the static type: each function is given the
/// address of an initialized value of that type.
///
/// The tables of all kinds are made of these. They are not generic, so the optimizer has one decoder to work on and
/// not one for each of a thousand fields, and a decoded value is written in its place.
struct ValueCodec: Sendable {
  /// Type as expressions see it.
  let type: FieldType
  /// Takes the value of the field that `ProtobufReader.nextField()` returned.
  let decodeProtobuf: @Sendable (UnsafeMutableRawPointer, inout ProtobufReader) -> Void
  /// Takes the JSON value that comes next, which is not `null`.
  let decodeJSON: @Sendable (UnsafeMutableRawPointer, inout JSONReader) throws(DecodingFailure) -> Void
  /// Writes the value as a field with the given number, unless it is unset.
  let encodeProtobuf: @Sendable (UnsafeRawPointer, Int, inout ProtobufWriter) -> Void
  /// The value as expressions see it.
  let read: @Sendable (UnsafeRawPointer) -> FieldValue

  /// A codec of functions that are given the value's address.
  init(
    type: FieldType,
    decodeProtobuf: @escaping @Sendable (UnsafeMutableRawPointer, inout ProtobufReader) -> Void,
    decodeJSON: @escaping @Sendable (UnsafeMutableRawPointer, inout JSONReader) throws(DecodingFailure) -> Void,
    encodeProtobuf: @escaping @Sendable (UnsafeRawPointer, Int, inout ProtobufWriter) -> Void,
    read: @escaping @Sendable (UnsafeRawPointer) -> FieldValue
  ) {
    self.type = type
    self.decodeProtobuf = decodeProtobuf
    self.decodeJSON = decodeJSON
    self.encodeProtobuf = encodeProtobuf
    self.read = read
  }

  /// A codec of functions that are given the value itself.
  @inline(__always)
  init<Value>(
    _: Value.Type, _ type: FieldType,
    decodeProtobuf: @escaping @Sendable (inout Value, inout ProtobufReader) -> Void,
    decodeJSON: @escaping @Sendable (inout Value, inout JSONReader) throws(DecodingFailure) -> Void,
    encodeProtobuf: @escaping @Sendable (Value, Int, inout ProtobufWriter) -> Void,
    read: @escaping @Sendable (Value) -> FieldValue
  ) {
    self.type = type
    self.decodeProtobuf = { decodeProtobuf(&$0.assumingMemoryBound(to: Value.self).pointee, &$1) }
    self.decodeJSON = { (address, reader) throws(DecodingFailure) in
      try decodeJSON(&address.assumingMemoryBound(to: Value.self).pointee, &reader)
    }
    self.encodeProtobuf = { encodeProtobuf($0.assumingMemoryBound(to: Value.self).pointee, $1, &$2) }
    self.read = { read($0.assumingMemoryBound(to: Value.self).pointee) }
  }
}

/// `value` with at most 53 bits, as many as all JSON parsers keep: sums of what a hostile cluster sends cannot overflow.
private func bounded(_ value: Int) -> Int { min(max(value, -(1 << 53)), 1 << 53) }

extension ValueCodec {
  static let string = ValueCodec(
    String.self, .string,
    decodeProtobuf: { $0 = $1.string() },
    decodeJSON: { (value, reader) throws(DecodingFailure) in value = try reader.string() },
    encodeProtobuf: { if !$0.isEmpty { $2.string($1, $0) } },
    read: { .string($0) })

  static let sharedString = ValueCodec(
    String.self, .string,
    decodeProtobuf: { $0 = $1.sharedString() },
    decodeJSON: { (value, reader) throws(DecodingFailure) in value = try reader.sharedString() },
    encodeProtobuf: { if !$0.isEmpty { $2.string($1, $0) } },
    read: { .string($0) })

  static let optionalString = ValueCodec(
    String?.self, .string,
    decodeProtobuf: { $0 = $1.sharedString() },
    decodeJSON: { (value, reader) throws(DecodingFailure) in value = try reader.sharedString() },
    encodeProtobuf: { if let value = $0 { $2.string($1, value) } },
    read: { $0.map { .string($0) } ?? .null })

  static let bool = ValueCodec(
    Bool.self, .bool,
    decodeProtobuf: { $0 = $1.int() != 0 },
    decodeJSON: { (value, reader) throws(DecodingFailure) in value = try reader.bool() },
    encodeProtobuf: { if $0 { $2.int($1, 1) } },
    read: { .bool($0) })

  static let optionalBool = ValueCodec(
    Bool?.self, .bool,
    decodeProtobuf: { $0 = $1.int() != 0 },
    decodeJSON: { (value, reader) throws(DecodingFailure) in value = try reader.bool() },
    encodeProtobuf: { if let value = $0 { $2.int($1, value ? 1 : 0) } },
    read: { $0.map { .bool($0) } ?? .null })

  static let int = ValueCodec(
    Int.self, .int,
    decodeProtobuf: { $0 = bounded($1.int()) },
    decodeJSON: { (value, reader) throws(DecodingFailure) in value = bounded(try reader.int()) },
    encodeProtobuf: { if $0 != 0 { $2.int($1, $0) } },
    read: { .int($0) })

  static let optionalInt = ValueCodec(
    Int?.self, .int,
    decodeProtobuf: { $0 = bounded($1.int()) },
    decodeJSON: { (value, reader) throws(DecodingFailure) in value = bounded(try reader.int()) },
    encodeProtobuf: { if let value = $0 { $2.int($1, value) } },
    read: { $0.map { .int($0) } ?? .null })

  static let time = ValueCodec(
    Timestamp?.self, .timestamp,
    decodeProtobuf: { $0 = Timestamp(protobuf: &$1) },
    decodeJSON: { (value, reader) throws(DecodingFailure) in value = try Timestamp(json: &reader) },
    encodeProtobuf: { if let time = $0 { time.write(as: $1, to: &$2) } },
    read: { $0.map { .timestamp($0) } ?? .null })

  static let quantity = ValueCodec(
    Quantity?.self, .quantity,
    decodeProtobuf: { $0 = Quantity(protobuf: &$1) },
    decodeJSON: { (value, reader) throws(DecodingFailure) in value = try Quantity(json: &reader) },
    encodeProtobuf: { if let value = $0 { $2.message($1) { $0.string(1, value.text) } } },
    read: { $0.map { .quantity($0) } ?? .null })

  static let intOrString = ValueCodec(
    IntOrString?.self, .intOrString,
    decodeProtobuf: { value, reader in
      var isText = false
      var number = 0
      var text = ""
      reader.message { message in
        while let field = message.nextField() {
          switch field {
          case 1: isText = message.int() == 1
          case 2: number = bounded(message.int())
          case 3: text = message.sharedString()
          default: message.skip()
          }
        }
      }
      value = isText ? .string(text) : .int(number)
    },
    decodeJSON: { (value, reader) throws(DecodingFailure) in
      value = try reader.peek() == .number ? .int(bounded(reader.int())) : .string(reader.string())
    },
    encodeProtobuf: { value, number, writer in
      guard let value else { return }
      writer.message(number) { message in
        switch value {
        case .int(let value):
          message.int(1, 0)
          message.int(2, value)
        case .string(let text):
          message.int(1, 1)
          message.string(3, text)
        }
      }
    },
    read: { value in
      switch value {
      case .int(let value): .int(value)
      case .string(let text): .string(text)
      case nil: .null
      }
    })

  static let strings = ValueCodec(
    [String].self, .list(.string),
    decodeProtobuf: { values, reader in
      reader.elements(of: &values, isEmpty: values.isEmpty) { $0.append($1.sharedString()) }
    },
    decodeJSON: { (values, reader) throws(DecodingFailure) in
      values = []
      try reader.array { (reader) throws(DecodingFailure) in values.append(try reader.sharedString()) }
    },
    encodeProtobuf: { values, number, writer in for value in values { writer.string(number, value) } },
    read: { .list($0.map { .string($0) }) })
}
