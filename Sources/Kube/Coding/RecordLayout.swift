/// One field of a record: where in the record it is, and how it is read and written.
struct LayoutField: Sendable {
  /// Protobuf field number.
  let number: Int
  /// JSON name.
  let name: String
  /// Bytes from the start of the record.
  let offset: Int
  let codec: ValueCodec
  /// For a message whose members are members of the outer object in JSON: those members; else empty.
  var members: [LayoutField] = []

  /// This field as one of an outer record that holds the record `distance` bytes behind its start.
  func moved(by distance: Int) -> LayoutField {
    LayoutField(
      number: number, name: name, offset: offset + distance, codec: codec,
      members: members.map { $0.moved(by: distance) })
  }
}

/// The fields of one Kubernetes API type without its static type: reads and writes a record at its address.
final class RecordLayout: Sendable {
  private struct Decoder {
    let offset: Int
    let decode: @Sendable (UnsafeMutableRawPointer, inout ProtobufReader) -> Void
  }

  /// Takes a message of a layout and appends it to the records at an address.
  typealias Appending = @Sendable (RecordLayout, UnsafeMutableRawPointer, inout ProtobufReader) -> Void

  /// The fields of the protobuf message.
  let wireFields: [LayoutField]
  /// The members of the JSON object: what Go embeds is one field there and many here.
  let members: [LayoutField]
  /// By field number: all that decoding protobuf needs, so that no more than that is copied for each value.
  private let decoders: [Decoder?]
  private let indexByName: [String: Int]

  /// A layout of the given fields; numbers and names are unique.
  init(_ wireFields: [LayoutField]) {
    self.wireFields = wireFields
    members = wireFields.flatMap { $0.members.isEmpty ? [$0] : $0.members }
    var decoders = [Decoder?](repeating: nil, count: (wireFields.map(\.number).max() ?? 0) + 1)
    for field in wireFields {
      decoders[field.number] = Decoder(offset: field.offset, decode: field.codec.decodeProtobuf)
    }
    var byName: [String: Int] = [:]
    for (index, field) in members.enumerated() { byName[field.name] = index }
    self.decoders = decoders
    indexByName = byName
  }

  /// Index of the member with a JSON name.
  func member(named name: String) -> Int? { indexByName[name] }

  /// Reads the fields of one message up to the reader's end into the record at `address`.
  func decode(at address: UnsafeMutableRawPointer, from reader: inout ProtobufReader) {
    while let number = reader.nextField() {
      if number < decoders.count, let decoder = decoders[number] {
        decoder.decode(address + decoder.offset, &reader)
      } else {
        reader.skip()
      }
    }
  }

  /// Reads the message that the field holds into the record at `address`.
  @inline(never)
  func decodeMessage(at address: UnsafeMutableRawPointer, from reader: inout ProtobufReader) {
    reader.message { decode(at: address, from: &$0) }
  }

  /// Reads the members of one JSON object into the record at `address`; `null` members leave their field unset.
  func decode(at address: UnsafeMutableRawPointer, from reader: inout JSONReader) throws(DecodingFailure) {
    try reader.object { (reader, name) throws(DecodingFailure) in
      guard let index = indexByName[name] else {
        try reader.skip()
        return
      }
      if try reader.takeNull() { return }
      let field = members[index]
      try field.codec.decodeJSON(address + field.offset, &reader)
    }
  }

  /// Writes the fields that are set.
  func encode(at address: UnsafeRawPointer, into writer: inout ProtobufWriter) {
    for field in wireFields { field.codec.encodeProtobuf(address + field.offset, field.number, &writer) }
  }
}

extension RecordLayout {
  /// Reads the message that the field holds; `record` is of the type whose layout this is.
  @inline(__always)
  func decodeMessage<Record: KubeRecord>(into record: inout Record, from reader: inout ProtobufReader) {
    withUnsafeMutablePointer(to: &record) { decodeMessage(at: UnsafeMutableRawPointer($0), from: &reader) }
  }

  /// Reads the fields of one message up to the reader's end; `record` is of the type whose layout this is.
  @inline(__always)
  func decode<Record: KubeRecord>(into record: inout Record, from reader: inout ProtobufReader) {
    withUnsafeMutablePointer(to: &record) { decode(at: UnsafeMutableRawPointer($0), from: &reader) }
  }

  /// Reads the members of one JSON object; `record` is of the type whose layout this is.
  func decode<Record: KubeRecord>(into record: inout Record, from reader: inout JSONReader) throws(DecodingFailure) {
    try withUnsafeMutablePointer(to: &record) { (record) throws(DecodingFailure) in
      try decode(at: UnsafeMutableRawPointer(record), from: &reader)
    }
  }

  /// Writes the fields that are set; `record` is of the type whose layout this is.
  func encode<Record: KubeRecord>(_ record: Record, into writer: inout ProtobufWriter) {
    withUnsafePointer(to: record) { encode(at: UnsafeRawPointer($0), into: &writer) }
  }
}
