import Kube

/// The names that an expression may use and their types.
public struct Scope: Sendable {
  /// The type whose fields are names of their own (`metadata`, `spec`, `status` of an object); nil when there is none.
  public var object: FieldType?
  /// Further names; they win over a field of the object with the same name.
  public var names: SmallMap<FieldType>

  /// A scope of the fields of `object` and of further names. `.any` as the object allows every name.
  public init(object: FieldType? = nil, names: SmallMap<FieldType> = [:]) {
    self.object = object
    self.names = names
  }
}

/// What the names of a scope stand for in one evaluation.
public struct Bindings: Sendable {
  /// The value whose fields are names of their own: a record or a map.
  public var object: FieldValue
  /// Further names; they win over a field of the object with the same name.
  public var names: SmallMap<Outcome>

  /// Values for the names of a scope.
  public init(object: FieldValue = .null, names: SmallMap<Outcome> = [:]) {
    self.object = object
    self.names = names
  }
}

/// What became of an evaluation. It never fails in another way.
public enum Outcome: Sendable {
  /// The value; `.null` where a field is not set.
  case value(FieldValue)
  /// It cannot be told, and why, in one short sentence ("metrics are not served").
  case unknown(String)

  /// The value; nil when it cannot be told.
  public var value: FieldValue? { if case .value(let value) = self { value } else { nil } }

  /// The truth value; nil when it cannot be told or is none. What is not set is false.
  public var bool: Bool? {
    switch self {
    case .value(.bool(let value)): value
    case .value(.null): false
    default: nil
    }
  }
}
