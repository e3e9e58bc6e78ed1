/// A Kubernetes API type, holding the fields that podmedic reads.
///
/// One table per type says, for every field, its protobuf number, its JSON name and where it is stored. From it come
/// the protobuf decoder, the JSON decoder, the protobuf encoder (for the demo cluster and tests), access by name (for
/// expressions and evidence) and the types that expressions are checked against. Numbers and names are those of the
/// public `generated.proto` files of k8s.io/api and k8s.io/apimachinery.
public protocol KubeRecord: Sendable {
  /// A value with every field unset.
  init()
  /// The fields that are kept.
  static var schema: Schema<Self> { get }
}

/// The fields of one Kubernetes API type.
public struct Schema<Root: KubeRecord>: Sendable {
  let layout: RecordLayout

  /// A schema of the given fields; numbers and names are unique.
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  public init(_ wireFields: [Field<Root>]) {
    layout = RecordLayout(wireFields.map(\.layout))
  }

  /// The members of the JSON object, in the order of declaration.
  public var fields: [Field<Root>] { layout.members.map { Field(layout: $0) } }

  /// The fields of the protobuf message: like `fields`, but what Go embeds is one field here and many there.
  var wireFields: [Field<Root>] { layout.wireFields.map { Field(layout: $0) } }

  /// The field with a JSON name.
  public func field(named name: String) -> Field<Root>? {
    layout.member(named: name).map { Field(layout: layout.members[$0]) }
  }
}

/// One field of a Kubernetes API type.
public struct Field<Root: KubeRecord>: Sendable {
  let layout: LayoutField

  /// Protobuf field number.
  public var number: Int { layout.number }
  /// JSON name.
  public var name: String { layout.name }
  /// Type as expressions see it.
  public var type: FieldType { layout.codec.type }
  /// For a message whose members are members of the outer object in JSON: those members; else empty.
  var members: [Field<Root>] { layout.members.map { Field(layout: $0) } }

  /// The value of this field in a record.
  func read(_ root: Root) -> FieldValue {
    withUnsafePointer(to: root) { layout.codec.read(UnsafeRawPointer($0) + layout.offset) }
  }
}

extension KubeRecord {
  /// Decodes a protobuf message without envelope; nil when the bytes are not valid wire format.
  public init?(protobuf bytes: UnsafeRawBufferPointer, pool: StringPool) {
    self.init()
    var reader = ProtobufReader(bytes, pool: pool)
    Self.schema.layout.decode(into: &self, from: &reader)
    if reader.isMalformed { return nil }
  }

  /// Decodes the JSON object that comes next.
  public init(json reader: inout JSONReader) throws(DecodingFailure) {
    self.init()
    try Self.schema.layout.decode(into: &self, from: &reader)
  }

  /// The protobuf message of the fields that are kept, without envelope.
  public var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    Self.schema.layout.encode(self, into: &writer)
    return writer.bytes
  }

  /// The value of a field by its JSON name: nil when podmedic does not keep such a field, `.null` when it is unset.
  public func value(of name: String) -> FieldValue? { Self.schema.field(named: name)?.read(self) }

  /// The type of a field by its JSON name: nil when podmedic does not keep such a field.
  public static func type(of name: String) -> FieldType? { schema.field(named: name)?.type }

  /// The JSON names of all fields that are kept, for messages such as "did you mean".
  public static var fieldNames: [String] { schema.layout.members.map(\.name) }
}
