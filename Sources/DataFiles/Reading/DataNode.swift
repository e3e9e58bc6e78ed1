/// A value read from a data file, with the place where it stands: what YAML and JSON have in common.
///
/// Scalars stay text until an accessor asks for something else, so `no`, `on`, `1.10` and `0755` are never
/// silently turned into something their author did not write.
public struct DataNode: Sendable, Hashable {
  /// What a node holds.
  public enum Content: Sendable, Hashable {
    /// A word, number or text.
    case scalar(Scalar)
    /// A list.
    case sequence([DataNode])
    /// Keys with values, in the order of the file; no key twice.
    case mapping([Entry])
  }

  /// A word, number or text as it was written, without its quotes.
  public struct Scalar: Sendable, Hashable {
    /// The text.
    public let text: String
    /// Whether it was written without quotes, which makes `3`, `true` and `null` more than text.
    public let isPlain: Bool

    /// A scalar.
    public init(_ text: String, isPlain: Bool) {
      self.text = text
      self.isPlain = isPlain
    }
  }

  /// A key of a mapping with its value.
  public struct Entry: Sendable, Hashable {
    /// The key.
    public let key: String
    /// Where the key stands.
    public let position: DataPosition
    /// The value.
    public let value: DataNode

    /// An entry.
    public init(key: String, position: DataPosition, value: DataNode) {
      self.key = key
      self.position = position
      self.value = value
    }
  }

  /// What the node holds.
  public let content: Content
  /// Where the node begins.
  public let position: DataPosition

  /// A node.
  public init(_ content: Content, at position: DataPosition) {
    self.content = content
    self.position = position
  }

  /// The line on which the node begins, from 1.
  public var line: Int { position.line }
  /// The column in which the node begins, from 1.
  public var column: Int { position.column }

  /// The scalar, if it is one.
  public var scalar: Scalar? { if case .scalar(let scalar) = content { scalar } else { nil } }
  /// The elements, if it is a sequence.
  public var elements: [DataNode]? { if case .sequence(let elements) = content { elements } else { nil } }
  /// The entries, if it is a mapping.
  public var entries: [Entry]? { if case .mapping(let entries) = content { entries } else { nil } }

  /// The value of a key, if it is a mapping that has it.
  public subscript(key: String) -> DataNode? { entries?.first { $0.key == key }?.value }

  /// Whether it is nothing at all: an unquoted empty value, `~` or `null`.
  public var isNull: Bool {
    guard let scalar, scalar.isPlain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
  }

  /// The text of a scalar that is not null, whatever else it could be read as.
  public var text: String? { isNull ? nil : scalar?.text }

  /// The truth value of an unquoted `true` or `false`; `yes`, `no`, `on` and `off` are words.
  public var bool: Bool? {
    guard let scalar, scalar.isPlain else { return nil }
    switch scalar.text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  /// The whole number of an unquoted decimal, `0x` or `0o` number that fits.
  public var integer: Int? {
    guard let scalar, scalar.isPlain else { return nil }
    if scalar.text.hasPrefix("0x") { return Self.digits(scalar.text.dropFirst(2), radix: 16) }
    if scalar.text.hasPrefix("0o") { return Self.digits(scalar.text.dropFirst(2), radix: 8) }
    return Int(scalar.text)
  }

  /// The number of an unquoted number; infinities and not-a-number are words.
  public var number: Double? {
    if let integer { return Double(integer) }
    guard let scalar, scalar.isPlain, !scalar.text.isEmpty,
      scalar.text.utf8.allSatisfy({ (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }),
      let number = Double(scalar.text), number.isFinite
    else { return nil }
    return number
  }

  /// What the node is, for messages: `a list`, `a mapping`, `a number`, `a truth value`, `nothing`, `text`.
  public var kindName: String {
    switch content {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .scalar: isNull ? "nothing" : bool != nil ? "a truth value" : number != nil ? "a number" : "text"
    }
  }

  private static func digits(_ text: Substring, radix: Int) -> Int? {
    guard let first = text.utf8.first, first != 0x2B, first != 0x2D else { return nil }
    return Int(text, radix: radix)
  }
}
