import Kube

/// Reads the JSON documents of a file, one after the other: lists, single objects, arrays of objects.
struct DocumentReader {
  /// A list, as far as it could be read.
  struct List {
    var apiVersion = ""
    /// `List`, `PodList` …
    var kind = ""
    var items: [CapturedObject] = []
    /// Whether the server had more than is in the list.
    var isPage = false
    var hasItems = false
  }

  enum Document {
    case list(List)
    case object(CapturedObject)
    /// `list` broke off, or an object cannot be read.
    case broken(DecodingFailure, List?)
  }

  private let source: CaptureSource

  init(_ source: CaptureSource) { self.source = source }

  /// Reads the document at `offset`; answers it and where it ends.
  func document(at offset: Int, pool: StringPool) -> (Document, end: Int) {
    source.bytes.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: pool)
      reader.move(to: offset)
      do throws(DecodingFailure) {
        if try reader.peek() == .array { return (try array(&reader), reader.offset) }
      } catch {
        return (.broken(error, nil), bytes.count)
      }
      return object(&reader, start: reader.offset, pool: pool)
    }
  }

  private func array(_ reader: inout JSONReader) throws(DecodingFailure) -> Document {
    var list = List()
    list.kind = "List"
    list.apiVersion = "v1"
    list.hasItems = true
    var failure: DecodingFailure?
    do throws(DecodingFailure) {
      try reader.array { (reader) throws(DecodingFailure) in list.items.append(try CapturedObject(source, &reader)) }
    } catch {
      failure = error
    }
    return failure.map { .broken($0, list) } ?? .list(list)
  }

  private func object(_ reader: inout JSONReader, start: Int, pool: StringPool) -> (Document, end: Int) {
    var list = List()
    var failure: DecodingFailure?
    do throws(DecodingFailure) {
      try reader.object { (reader, member) throws(DecodingFailure) in try read(member, &reader, &list) }
    } catch {
      failure = error
    }
    if let failure { return (.broken(failure, list.items.isEmpty ? nil : list), source.bytes.count) }
    let end = reader.offset
    if list.hasItems, list.kind.hasSuffix("List") || list.kind.isEmpty { return (.list(list), end) }
    // An object that is no list: its fields are read in a second pass, for only now is it known to be one.
    return source.bytes.withUnsafeBytes { bytes in
      var again = JSONReader(bytes, pool: pool)
      again.move(to: start)
      do throws(DecodingFailure) {
        return (.object(try CapturedObject(source, &again)), end)
      } catch {
        return (.broken(error, nil), end)
      }
    }
  }

  private func read(_ member: String, _ reader: inout JSONReader, _ list: inout List) throws(DecodingFailure) {
    let token = try reader.peek()
    switch member {
    case "apiVersion" where token == .string: list.apiVersion = try reader.sharedString()
    case "kind" where token == .string: list.kind = try reader.sharedString()
    case "metadata" where token == .object:
      var isPage = false
      try reader.object { (reader, member) throws(DecodingFailure) in
        if member == "continue", try reader.peek() == .string {
          isPage = try !reader.string().isEmpty
        } else {
          try reader.skip()
        }
      }
      list.isPage = isPage
    case "items" where token == .array:
      list.hasItems = true
      var items = list.items
      list.items = []
      defer { list.items = items }
      try reader.array { (reader) throws(DecodingFailure) in
        if try reader.peek() == .object {
          items.append(try CapturedObject(source, &reader))
        } else {
          try reader.skip()
        }
      }
    case "items" where token == .null:
      // Go writes an empty list so, as `kubectl cluster-info dump` does.
      list.hasItems = try reader.takeNull()
    default: try reader.skip()
    }
  }
}
