/// A key path that may cross threads, as all key paths of value types without captured values may.
public typealias SendableKeyPath<Root, Value> = WritableKeyPath<Root, Value> & Sendable

/// `value` with at most 53 bits, as many as all JSON parsers keep: sums of what a hostile cluster sends cannot overflow.
private func bounded(_ value: Int) -> Int { min(max(value, -(1 << 53)), 1 << 53) }

extension Field {
  /// A text; unset is "".
  public static func string(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, String>) -> Field {
    Field(
      number: number, name: name, type: .string,
      decodeProtobuf: { root, reader in root[keyPath: path] = reader.string() },
      decodeJSON: { (root, reader) throws(DecodingFailure) in root[keyPath: path] = try reader.string() },
      encodeProtobuf: { root, writer in
        let value = root[keyPath: path]
        if !value.isEmpty { writer.string(number, value) }
      },
      read: { root in .string(root[keyPath: path]) })
  }

  /// A text that many objects have in common (namespace, node, image, reason); unset is "".
  public static func shared(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, String>) -> Field {
    Field(
      number: number, name: name, type: .string,
      decodeProtobuf: { root, reader in root[keyPath: path] = reader.sharedString() },
      decodeJSON: { (root, reader) throws(DecodingFailure) in root[keyPath: path] = try reader.sharedString() },
      encodeProtobuf: { root, writer in
        let value = root[keyPath: path]
        if !value.isEmpty { writer.string(number, value) }
      },
      read: { root in .string(root[keyPath: path]) })
  }

  /// A text where unset differs from empty.
  public static func string(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, String?>) -> Field {
    Field(
      number: number, name: name, type: .string,
      decodeProtobuf: { root, reader in root[keyPath: path] = reader.sharedString() },
      decodeJSON: { (root, reader) throws(DecodingFailure) in root[keyPath: path] = try reader.sharedString() },
      encodeProtobuf: { root, writer in if let value = root[keyPath: path] { writer.string(number, value) } },
      read: { root in root[keyPath: path].map { .string($0) } ?? .null })
  }

  /// A truth value; unset is false.
  public static func bool(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Bool>) -> Field {
    Field(
      number: number, name: name, type: .bool,
      decodeProtobuf: { root, reader in root[keyPath: path] = reader.int() != 0 },
      decodeJSON: { (root, reader) throws(DecodingFailure) in root[keyPath: path] = try reader.bool() },
      encodeProtobuf: { root, writer in if root[keyPath: path] { writer.int(number, 1) } },
      read: { root in .bool(root[keyPath: path]) })
  }

  /// A truth value where unset differs from false.
  public static func bool(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Bool?>) -> Field {
    Field(
      number: number, name: name, type: .bool,
      decodeProtobuf: { root, reader in root[keyPath: path] = reader.int() != 0 },
      decodeJSON: { (root, reader) throws(DecodingFailure) in root[keyPath: path] = try reader.bool() },
      encodeProtobuf: { root, writer in if let value = root[keyPath: path] { writer.int(number, value ? 1 : 0) } },
      read: { root in root[keyPath: path].map { .bool($0) } ?? .null })
  }

  /// A whole number; unset is 0.
  public static func int(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Int>) -> Field {
    Field(
      number: number, name: name, type: .int,
      decodeProtobuf: { root, reader in root[keyPath: path] = bounded(reader.int()) },
      decodeJSON: { (root, reader) throws(DecodingFailure) in root[keyPath: path] = bounded(try reader.int()) },
      encodeProtobuf: { root, writer in
        let value = root[keyPath: path]
        if value != 0 { writer.int(number, value) }
      },
      read: { root in .int(root[keyPath: path]) })
  }

  /// A whole number where unset differs from 0.
  public static func int(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Int?>) -> Field {
    Field(
      number: number, name: name, type: .int,
      decodeProtobuf: { root, reader in root[keyPath: path] = bounded(reader.int()) },
      decodeJSON: { (root, reader) throws(DecodingFailure) in root[keyPath: path] = bounded(try reader.int()) },
      encodeProtobuf: { root, writer in if let value = root[keyPath: path] { writer.int(number, value) } },
      read: { root in root[keyPath: path].map { .int($0) } ?? .null })
  }

  /// A point in time (`Time` and `MicroTime`: message with seconds = 1 and nanos = 2; RFC 3339 in JSON).
  public static func time(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Timestamp?>) -> Field {
    Field(
      number: number, name: name, type: .timestamp,
      decodeProtobuf: { root, reader in
        var seconds: Int64 = 0
        var nanoseconds: Int32 = 0
        // Go's zero time, which JSON writes as null, is an empty message.
        var isSet = false
        reader.message { message in
          while let field = message.nextField() {
            isSet = true
            switch field {
            case 1: seconds = Int64(message.int())
            case 2: nanoseconds = Int32(truncatingIfNeeded: message.int())
            default: message.skip()
            }
          }
        }
        root[keyPath: path] = isSet ? Timestamp(seconds: seconds, nanoseconds: nanoseconds) : nil
      },
      decodeJSON: { (root, reader) throws(DecodingFailure) in
        let text = try reader.string()
        guard let time = Timestamp(text) else { throw reader.failure("'\(name)' is not an RFC 3339 time") }
        root[keyPath: path] = time
      },
      encodeProtobuf: { root, writer in
        guard let time = root[keyPath: path] else { return }
        writer.message(number) { message in
          message.int(1, Int(time.seconds))
          let micro = time.microseconds &- time.seconds &* 1_000_000
          if micro != 0 { message.int(2, Int(micro) * 1000) }
        }
      },
      read: { root in root[keyPath: path].map { .timestamp($0) } ?? .null })
  }

  /// A list of texts.
  public static func strings(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, [String]>) -> Field {
    Field(
      number: number, name: name, type: .list(.string),
      decodeProtobuf: { root, reader in root[keyPath: path].append(reader.sharedString()) },
      decodeJSON: { (root, reader) throws(DecodingFailure) in
        var values: [String] = []
        try reader.array { (reader) throws(DecodingFailure) in values.append(try reader.sharedString()) }
        root[keyPath: path] = values
      },
      encodeProtobuf: { root, writer in for value in root[keyPath: path] { writer.string(number, value) } },
      read: { root in .list(root[keyPath: path].map { .string($0) }) })
  }

  /// Texts by name (labels, annotations, selectors); values of more than `longestValue` bytes become "".
  public static func stringMap(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, SmallMap<String>>, longestValue: Int = .max
  ) -> Field {
    map(
      number, name, path, type: .string,
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
  public static func quantities(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, SmallMap<Quantity>>
  ) -> Field {
    map(
      number, name, path, type: .quantity,
      decodeProtobuf: { Quantity(protobuf: &$0) },
      decodeJSON: { (reader) throws(DecodingFailure) in try Quantity(json: &reader) },
      encodeProtobuf: { value, writer in writer.message(2) { $0.string(1, value.text) } },
      read: { .quantity($0) })
  }

  /// Names with the number of bytes behind each: for the data of Secrets and ConfigMaps, whose contents podmedic does
  /// not keep. In JSON, base64 is counted decoded when `base64` is set.
  public static func byteCounts(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, SmallMap<Int>>, base64: Bool
  ) -> Field {
    map(
      number, name, path, type: .int,
      decodeProtobuf: { $0.bytes().count },
      decodeJSON: { (reader) throws(DecodingFailure) in
        let text = try reader.string().utf8
        guard base64 else { return text.count }
        return max(0, text.count / 4 * 3 - text.suffix(2).filter { $0 == UInt8(ascii: "=") }.count)
      },
      encodeProtobuf: { $1.bytes(2, [UInt8](repeating: 0, count: $0)) },
      read: { .int($0) })
  }

  private static func map<Value: Sendable>(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, SmallMap<Value>>, type: FieldType,
    decodeProtobuf: @escaping @Sendable (inout ProtobufReader) -> Value,
    decodeJSON: @escaping @Sendable (inout JSONReader) throws(DecodingFailure) -> Value,
    encodeProtobuf: @escaping @Sendable (Value, inout ProtobufWriter) -> Void,
    read: @escaping @Sendable (Value) -> FieldValue
  ) -> Field {
    Field(
      number: number, name: name, type: .map(type),
      decodeProtobuf: { root, reader in
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
        if let value { root[keyPath: path].append(key, value) }
      },
      decodeJSON: { (root, reader) throws(DecodingFailure) in
        var values = SmallMap<Value>()
        try reader.object { (reader, key) throws(DecodingFailure) in
          if try reader.takeNull() { return }
          values.append(key, try decodeJSON(&reader))
        }
        root[keyPath: path] = values
      },
      encodeProtobuf: { root, writer in
        for (key, value) in root[keyPath: path].entries {
          writer.message(number) { message in
            message.string(1, key)
            encodeProtobuf(value, &message)
          }
        }
      },
      read: { root in
        var values = SmallMap<FieldValue>()
        for (key, value) in root[keyPath: path].entries { values.append(key, read(value)) }
        return .map(values)
      })
  }

  /// An amount of a resource; unset is nil.
  public static func quantity(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Quantity?>) -> Field {
    Field(
      number: number, name: name, type: .quantity,
      decodeProtobuf: { root, reader in root[keyPath: path] = Quantity(protobuf: &reader) },
      decodeJSON: { (root, reader) throws(DecodingFailure) in root[keyPath: path] = try Quantity(json: &reader) },
      encodeProtobuf: { root, writer in
        if let value = root[keyPath: path] { writer.message(number) { $0.string(1, value.text) } }
      },
      read: { root in root[keyPath: path].map { .quantity($0) } ?? .null })
  }

  /// A number or a text (`IntOrString`: type = 1, intVal = 2, strVal = 3); unset is nil.
  public static func intOrString(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, IntOrString?>
  ) -> Field {
    Field(
      number: number, name: name, type: .intOrString,
      decodeProtobuf: { root, reader in
        var isText = false
        var value = 0
        var text = ""
        reader.message { message in
          while let field = message.nextField() {
            switch field {
            case 1: isText = message.int() == 1
            case 2: value = bounded(message.int())
            case 3: text = message.string()
            default: message.skip()
            }
          }
        }
        root[keyPath: path] = isText ? .string(text) : .int(value)
      },
      decodeJSON: { (root, reader) throws(DecodingFailure) in
        root[keyPath: path] = try reader.peek() == .number ? .int(bounded(reader.int())) : .string(reader.string())
      },
      encodeProtobuf: { root, writer in
        guard let value = root[keyPath: path] else { return }
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
      read: { root in
        switch root[keyPath: path] {
        case .int(let value): .int(value)
        case .string(let text): .string(text)
        case nil: .null
        }
      })
  }

  /// A nested message; unset is its default value.
  public static func record<Value: KubeRecord>(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Value>
  ) -> Field {
    Field(
      number: number, name: name, type: .record(Value.self),
      decodeProtobuf: { root, reader in
        reader.message { Value.schema.decode(into: &root[keyPath: path], from: &$0) }
      },
      decodeJSON: { (root, reader) throws(DecodingFailure) in
        try Value.schema.decode(into: &root[keyPath: path], from: &reader)
      },
      encodeProtobuf: { root, writer in
        writer.message(number) { Value.schema.encode(root[keyPath: path], into: &$0) }
      },
      read: { root in .record(root[keyPath: path]) })
  }

  /// A nested message; unset is nil.
  public static func record<Value: KubeRecord>(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Value?>
  ) -> Field {
    Field(
      number: number, name: name, type: .record(Value.self),
      decodeProtobuf: { root, reader in
        var value = root[keyPath: path] ?? Value()
        reader.message { Value.schema.decode(into: &value, from: &$0) }
        root[keyPath: path] = value
      },
      decodeJSON: { (root, reader) throws(DecodingFailure) in root[keyPath: path] = try Value(json: &reader) },
      encodeProtobuf: { root, writer in
        guard let value = root[keyPath: path] else { return }
        writer.message(number) { Value.schema.encode(value, into: &$0) }
      },
      read: { root in root[keyPath: path].map { .record($0) } ?? .null })
  }

  /// A list of nested messages.
  public static func records<Value: KubeRecord>(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, [Value]>
  ) -> Field {
    Field(
      number: number, name: name, type: .list(.record(Value.self)),
      decodeProtobuf: { root, reader in
        var value = Value()
        reader.message { Value.schema.decode(into: &value, from: &$0) }
        root[keyPath: path].append(value)
      },
      decodeJSON: { (root, reader) throws(DecodingFailure) in
        var values: [Value] = []
        try reader.array { (reader) throws(DecodingFailure) in values.append(try Value(json: &reader)) }
        root[keyPath: path] = values
      },
      encodeProtobuf: { root, writer in
        for value in root[keyPath: path] {
          writer.message(number) { Value.schema.encode(value, into: &$0) }
        }
      },
      read: { root in .list(root[keyPath: path].map { .record($0) }) })
  }

  /// A nested message whose fields are fields of `Root`: Go embeds it, so its members stand in the outer JSON object.
  public static func inlined(_ number: Int, _ fields: [Field]) -> Field {
    let inner = Schema(fields)
    return Field(
      number: number, name: "", type: .any,
      decodeProtobuf: { root, reader in reader.message { inner.decode(into: &root, from: &$0) } },
      decodeJSON: { (_, reader) throws(DecodingFailure) in try reader.skip() },
      encodeProtobuf: { root, writer in writer.message(number) { inner.encode(root, into: &$0) } },
      read: { _ in .null },
      members: fields)
  }

  /// A nested message that Go embeds and that is a type of its own here.
  public static func inlined<Value: KubeRecord>(
    _ number: Int, _ path: any SendableKeyPath<Root, Value>
  ) -> Field {
    inlined(number, Value.schema.wireFields.map { $0.lifted(path) })
  }
}

extension Field {
  /// This field as one of the outer type that holds a `Root` at `path`.
  fileprivate func lifted<Outer>(_ path: any SendableKeyPath<Outer, Root>) -> Field<Outer> {
    Field<Outer>(
      number: number, name: name, type: type,
      decodeProtobuf: { outer, reader in decodeProtobuf(&outer[keyPath: path], &reader) },
      decodeJSON: { (outer, reader) throws(DecodingFailure) in
        try decodeJSON(&outer[keyPath: path], &reader)
      },
      encodeProtobuf: { outer, writer in encodeProtobuf(outer[keyPath: path], &writer) },
      read: { outer in read(outer[keyPath: path]) },
      members: members.map { $0.lifted(path) })
  }
}
