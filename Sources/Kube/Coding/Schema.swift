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
public struct Schema<Root>: Sendable {
  /// The members of the JSON object, in the order of declaration.
  public let fields: [Field<Root>]
  /// The fields of the protobuf message: like `fields`, but what Go embeds is one field here and many there.
  let wireFields: [Field<Root>]
  private let indexByNumber: [Int]
  private let indexByName: [String: Int]

  /// A schema of the given fields; numbers and names are unique.
  public init(_ wireFields: [Field<Root>]) {
    self.wireFields = wireFields
    fields = wireFields.flatMap { $0.members.isEmpty ? [$0] : $0.members }
    var byNumber = [Int](repeating: -1, count: (wireFields.map(\.number).max() ?? 0) + 1)
    for (index, field) in wireFields.enumerated() { byNumber[field.number] = index }
    var byName: [String: Int] = [:]
    for (index, field) in fields.enumerated() { byName[field.name] = index }
    indexByNumber = byNumber
    indexByName = byName
  }

  /// The field with a JSON name.
  public func field(named name: String) -> Field<Root>? { indexByName[name].map { fields[$0] } }

  /// Reads the fields of one message up to the reader's end into `root`.
  @inline(__always)
  func decode(into root: inout Root, from reader: inout ProtobufReader) {
    while let number = reader.nextField() {
      guard number < indexByNumber.count, case let index = indexByNumber[number], index >= 0 else {
        reader.skip()
        continue
      }
      wireFields[index].decodeProtobuf(&root, &reader)
    }
  }

  /// Reads the members of one JSON object into `root`; `null` members leave their field unset.
  func decode(into root: inout Root, from reader: inout JSONReader) throws(DecodingFailure) {
    try reader.object { (reader, name) throws(DecodingFailure) in
      guard let index = indexByName[name] else {
        try reader.skip()
        return
      }
      if try reader.takeNull() { return }
      try fields[index].decodeJSON(&root, &reader)
    }
  }

  /// Writes the fields that are set.
  func encode(_ root: Root, into writer: inout ProtobufWriter) {
    for field in wireFields { field.encodeProtobuf(root, &writer) }
  }
}

/// One field of a Kubernetes API type.
public struct Field<Root>: Sendable {
  /// Protobuf field number.
  public let number: Int
  /// JSON name.
  public let name: String
  /// Type as expressions see it.
  public let type: FieldType
  let decodeProtobuf: @Sendable (inout Root, inout ProtobufReader) -> Void
  let decodeJSON: @Sendable (inout Root, inout JSONReader) throws(DecodingFailure) -> Void
  let encodeProtobuf: @Sendable (Root, inout ProtobufWriter) -> Void
  let read: @Sendable (Root) -> FieldValue
  /// For a message whose members are members of the outer object in JSON: those members; else empty.
  var members: [Field<Root>] = []
}

extension KubeRecord {
  /// Decodes a protobuf message without envelope; nil when the bytes are not valid wire format.
  public init?(protobuf bytes: UnsafeRawBufferPointer, pool: StringPool) {
    self.init()
    var reader = ProtobufReader(bytes, pool: pool)
    Self.schema.decode(into: &self, from: &reader)
    if reader.isMalformed { return nil }
  }

  /// Decodes the JSON object that comes next.
  public init(json reader: inout JSONReader) throws(DecodingFailure) {
    self.init()
    try Self.schema.decode(into: &self, from: &reader)
  }

  /// The protobuf message of the fields that are kept, without envelope.
  public var protobuf: [UInt8] {
    var writer = ProtobufWriter()
    Self.schema.encode(self, into: &writer)
    return writer.bytes
  }

  /// The value of a field by its JSON name: nil when podmedic does not keep such a field, `.null` when it is unset.
  public func value(of name: String) -> FieldValue? { Self.schema.field(named: name)?.read(self) }

  /// The type of a field by its JSON name: nil when podmedic does not keep such a field.
  public static func type(of name: String) -> FieldType? { schema.field(named: name)?.type }

  /// The JSON names of all fields that are kept, for messages such as "did you mean".
  public static var fieldNames: [String] { schema.fields.map(\.name) }
}
