// Made once a field, when the tables are. Specialized for every type of record they would be most of the work of an
// optimized build and no faster: what decodes many values is in `RecordLayout` and `Field.records`.

extension ValueCodec {
  /// A message; unset is its default value.
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  static func record<Record: KubeRecord>(_: Record.Type) -> ValueCodec {
    let layout = Record.schema.layout
    return ValueCodec(
      type: .record(Record.self),
      decodeProtobuf: { layout.decodeMessage(at: $0, from: &$1) },
      decodeJSON: { (address, reader) throws(DecodingFailure) in try layout.decode(at: address, from: &reader) },
      encodeProtobuf: { address, number, writer in
        writer.message(number) { layout.encode(at: address, into: &$0) }
      },
      read: { .record($0.assumingMemoryBound(to: Record.self).pointee) })
  }

  /// A message; unset is nil.
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  static func optionalRecord<Record: KubeRecord>(_: Record.Type) -> ValueCodec {
    let layout = Record.schema.layout
    return ValueCodec(
      type: .record(Record.self),
      decodeProtobuf: { address, reader in
        let place = address.assumingMemoryBound(to: Record?.self)
        var value = place.pointee ?? Record()
        layout.decodeMessage(into: &value, from: &reader)
        place.pointee = value
      },
      decodeJSON: { (address, reader) throws(DecodingFailure) in
        address.assumingMemoryBound(to: Record?.self).pointee = try Record(json: &reader)
      },
      encodeProtobuf: { address, number, writer in
        guard let value = address.assumingMemoryBound(to: Record?.self).pointee else { return }
        writer.message(number) { layout.encode(value, into: &$0) }
      },
      read: { $0.assumingMemoryBound(to: Record?.self).pointee.map { .record($0) } ?? .null })
  }

  /// A message in a heap cell of its own; unset is nil.
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  static func boxedRecord<Record: KubeRecord>(_: Record.Type) -> ValueCodec {
    let layout = Record.schema.layout
    return ValueCodec(
      type: .record(Record.self),
      decodeProtobuf: { address, reader in
        let place = address.assumingMemoryBound(to: Boxed<Record>.self)
        var value = place.pointee.wrappedValue ?? Record()
        layout.decodeMessage(into: &value, from: &reader)
        place.pointee.wrappedValue = value
      },
      decodeJSON: { (address, reader) throws(DecodingFailure) in
        address.assumingMemoryBound(to: Boxed<Record>.self).pointee.wrappedValue = try Record(json: &reader)
      },
      encodeProtobuf: { address, number, writer in
        guard let value = address.assumingMemoryBound(to: Boxed<Record>.self).pointee.wrappedValue else { return }
        writer.message(number) { layout.encode(value, into: &$0) }
      },
      read: { $0.assumingMemoryBound(to: Boxed<Record>.self).pointee.wrappedValue.map { .record($0) } ?? .null })
  }

  /// Several messages.
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  static func records<Record: KubeRecord>(
    _: Record.Type, append: @escaping RecordLayout.Appending
  ) -> ValueCodec {
    let layout = Record.schema.layout
    return ValueCodec(
      type: .list(.record(Record.self)),
      decodeProtobuf: elements([Record].self, isEmpty: { $0.isEmpty }) { append(layout, $0, &$1) },
      decodeJSON: { (address, reader) throws(DecodingFailure) in
        var values: [Record] = []
        try reader.array { (reader) throws(DecodingFailure) in values.append(try Record(json: &reader)) }
        address.assumingMemoryBound(to: [Record].self).pointee = values
      },
      encodeProtobuf: { address, number, writer in
        for value in address.assumingMemoryBound(to: [Record].self).pointee {
          writer.message(number) { layout.encode(value, into: &$0) }
        }
      },
      read: { .list($0.assumingMemoryBound(to: [Record].self).pointee.map { .record($0) }) })
  }

  /// Decodes the elements of a list. A function of its own, so that what decodes knows the type of the list and need not
  /// look it up for each of a hundred thousand lists.
  @inline(never) @_semantics("optimize.sil.specialize.generic.never")
  private static func elements<List: Sendable>(
    _: List.Type, isEmpty: @escaping @Sendable (List) -> Bool,
    _ append: @escaping @Sendable (UnsafeMutableRawPointer, inout ProtobufReader) -> Void
  ) -> @Sendable (UnsafeMutableRawPointer, inout ProtobufReader) -> Void {
    { address, reader in
      let list = address.assumingMemoryBound(to: List.self)
      reader.elements(of: &list.pointee, isEmpty: isEmpty(list.pointee)) { list, reader in
        withUnsafeMutablePointer(to: &list) { append(UnsafeMutableRawPointer($0), &reader) }
      }
    }
  }

  /// A message whose fields are fields of the outer record.
  static func inlined(_ fields: [LayoutField]) -> ValueCodec {
    let layout = RecordLayout(fields)
    return ValueCodec(
      type: .any,
      decodeProtobuf: { layout.decodeMessage(at: $0, from: &$1) },
      decodeJSON: { (_, reader) throws(DecodingFailure) in try reader.skip() },
      encodeProtobuf: { address, number, writer in
        writer.message(number) { layout.encode(at: address, into: &$0) }
      },
      read: { _ in .null })
  }
}
