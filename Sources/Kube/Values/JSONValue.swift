/// Any JSON document: objects of kinds without a type of their own, patches, and whole objects that a person opens.
public enum JSONValue: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number that fits 64 bits exactly.
  case int(Int)
  /// Any other number.
  case double(Double)
  /// A text.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Values by name, in the order of the document.
  case object(SmallMap<JSONValue>)

  /// Parses a whole document.
  public init(parsing bytes: UnsafeRawBufferPointer) throws(DecodingFailure) {
    var reader = JSONReader(bytes, pool: StringPool(capacity: 1024))
    self = try JSONValue(json: &reader)
    guard reader.isAtEnd() else { throw reader.failure("unexpected text after the document") }
  }

  /// Parses a whole document.
  public init(parsing text: String) throws(DecodingFailure) {
    let bytes = Array(text.utf8)
    self = try bytes.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
      try JSONValue(parsing: UnsafeRawBufferPointer(bytes))
    }
  }

  /// Parses the value that comes next.
  public init(json reader: inout JSONReader) throws(DecodingFailure) {
    switch try reader.peek() {
    case .null:
      _ = try reader.takeNull()
      self = .null
    case .bool: self = .bool(try reader.bool())
    case .string: self = .string(try reader.sharedString())
    case .number:
      let text = try reader.numberText()
      if let int = Int(text) {
        self = .int(int)
      } else if let double = Double(text) {
        self = .double(double)
      } else {
        throw reader.failure("malformed number")
      }
    case .array:
      var values: [JSONValue] = []
      try reader.array { (reader) throws(DecodingFailure) in values.append(try JSONValue(json: &reader)) }
      self = .array(values)
    case .object:
      var entries: [(String, JSONValue)] = []
      try reader.object { (reader, name) throws(DecodingFailure) in
        entries.append((name, try JSONValue(json: &reader)))
      }
      self = .object(SmallMap(uniquing: entries))
    }
  }

  /// The member of an object; nil for anything else and when there is none. Setting nil removes it; setting on what is
  /// no object does nothing.
  public subscript(name: String) -> JSONValue? {
    get {
      guard case .object(let map) = self else { return nil }
      return map[name]
    }
    set {
      guard case .object(var map) = self else { return }
      self = .null  // gives up this reference to the storage, so that the change below happens in place
      map[name] = newValue
      self = .object(map)
    }
  }

  /// The element of an array; nil for anything else and out of range.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let values) = self, values.indices.contains(index) else { return nil }
    return values[index]
  }

  /// The value at a path of member names.
  public subscript(path path: String...) -> JSONValue? {
    var value = self
    for name in path {
      guard let next = value[name] else { return nil }
      value = next
    }
    return value
  }

  /// The text, if this is one.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The whole number, if this is one.
  public var int: Int? { if case .int(let value) = self { value } else { nil } }
  /// The truth value, if this is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The elements, if this is an array.
  public var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  /// The members, if this is an object.
  public var object: SmallMap<JSONValue>? { if case .object(let map) = self { map } else { nil } }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object; the last of equal names wins.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(SmallMap(uniquing: elements)) }
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// A fraction.
  public init(floatLiteral value: Double) { self = .double(value) }
}
