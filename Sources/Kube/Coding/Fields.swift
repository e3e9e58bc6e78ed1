/// A key path that may cross threads, as all key paths of value types without captured values may.
public typealias SendableKeyPath<Root, Value> = WritableKeyPath<Root, Value> & Sendable

extension Field {
  /// A text; unset is "".
  public static func string(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, String>) -> Field {
    Field(number, name, path, .string)
  }

  /// A text that many objects have in common (namespace, node, image, reason); unset is "".
  public static func shared(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, String>) -> Field {
    Field(number, name, path, .sharedString)
  }

  /// A text where unset differs from empty.
  public static func string(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, String?>) -> Field {
    Field(number, name, path, .optionalString)
  }

  /// A truth value; unset is false.
  public static func bool(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Bool>) -> Field {
    Field(number, name, path, .bool)
  }

  /// A truth value where unset differs from false.
  public static func bool(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Bool?>) -> Field {
    Field(number, name, path, .optionalBool)
  }

  /// A whole number; unset is 0.
  public static func int(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Int>) -> Field {
    Field(number, name, path, .int)
  }

  /// A whole number where unset differs from 0.
  public static func int(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Int?>) -> Field {
    Field(number, name, path, .optionalInt)
  }

  /// A point in time (`Time` and `MicroTime`: message with seconds = 1 and nanos = 2; RFC 3339 in JSON).
  public static func time(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Timestamp?>) -> Field {
    Field(number, name, path, .time)
  }

  /// A list of texts.
  public static func strings(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, [String]>) -> Field {
    Field(number, name, path, .strings)
  }

  /// Texts by name (labels, annotations, selectors); values of more than `longestValue` bytes become "".
  public static func stringMap(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, SmallMap<String>>, longestValue: Int = .max
  ) -> Field {
    Field(number, name, path, .stringMap(longestValue: longestValue))
  }

  /// Amounts by resource name.
  public static func quantities(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, SmallMap<Quantity>>
  ) -> Field {
    Field(number, name, path, .quantities)
  }

  /// Points in time by name.
  public static func times(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, SmallMap<Timestamp>>
  ) -> Field {
    Field(number, name, path, .times)
  }

  /// Names with what may be kept of the values of a Secret.
  public static func secretValues(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, SmallMap<SecretValue>>
  ) -> Field {
    Field(number, name, path, .secretValues)
  }

  /// Names with the number of bytes behind each: for the data of ConfigMaps, whose contents podmedic does not keep. In JSON, base64 is counted decoded when `base64` is set.
  public static func byteCounts(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, SmallMap<Int>>, base64: Bool
  ) -> Field {
    Field(number, name, path, .byteCounts(base64: base64))
  }

  /// An amount of a resource; unset is nil.
  public static func quantity(_ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Quantity?>) -> Field {
    Field(number, name, path, .quantity)
  }

  /// A number or a text (`IntOrString`: type = 1, intVal = 2, strVal = 3); unset is nil.
  public static func intOrString(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, IntOrString?>
  ) -> Field {
    Field(number, name, path, .intOrString)
  }

  /// A nested message; unset is its default value.
  public static func record<Value: KubeRecord>(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Value>
  ) -> Field {
    Field(number, name, path, .record(Value.self))
  }

  /// A nested message; unset is nil.
  public static func record<Value: KubeRecord>(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Value?>
  ) -> Field {
    Field(number, name, path, .optionalRecord(Value.self))
  }

  /// A nested message in a heap cell of its own; unset is nil. The path is that of the `@Boxed` property with `_` in
  /// front.
  public static func record<Value: KubeRecord>(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Boxed<Value>>
  ) -> Field {
    Field(number, name, path, .boxedRecord(Value.self))
  }

  /// A list of nested messages.
  public static func records<Value: KubeRecord>(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, [Value]>
  ) -> Field {
    Field(
      number, name, path,
      .records(Value.self) { layout, address, reader in
        // The only code of the decoder that is made for each type, since it makes and moves many values.
        var value = Value()
        layout.decodeMessage(into: &value, from: &reader)
        address.assumingMemoryBound(to: [Value].self).pointee.append(value)
      })
  }

  /// A nested message whose fields are fields of `Root`: Go embeds it, so its members stand in the outer JSON object.
  public static func inlined(_ number: Int, _ fields: [Field]) -> Field {
    inlined(number, fields.map(\.layout))
  }

  /// A nested message that Go embeds and that is a type of its own here.
  public static func inlined<Value: KubeRecord>(
    _ number: Int, _ path: any SendableKeyPath<Root, Value>
  ) -> Field {
    let distance = place(path)
    return inlined(number, Value.schema.layout.wireFields.map { $0.moved(by: distance) })
  }

  private static func inlined(_ number: Int, _ members: [LayoutField]) -> Field {
    Field(layout: LayoutField(number: number, name: "", offset: 0, codec: .inlined(members), members: members))
  }

  // Once for all types and not once for each: specialized, these calls would be most of the work of an optimized build.
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  private init<Value>(
    _ number: Int, _ name: String, _ path: any SendableKeyPath<Root, Value>, _ codec: ValueCodec
  ) {
    self.init(layout: LayoutField(number: number, name: name, offset: Self.place(path), codec: codec))
  }

  /// Where in a record a stored property is, in bytes from the start.
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  private static func place<Value>(_ path: any SendableKeyPath<Root, Value>) -> Int {
    guard let offset = MemoryLayout<Root>.offset(of: path) else {
      preconditionFailure("\(path) is no stored property; the path of a boxed one starts with _")
    }
    return offset
  }
}
