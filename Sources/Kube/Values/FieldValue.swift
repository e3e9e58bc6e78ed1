/// A value read out of an object by field name: what expressions, evidence and filters work on.
public enum FieldValue: Sendable {
  /// The field is not set.
  case null
  /// A truth value.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A fraction.
  case double(Double)
  /// A text.
  case string(String)
  /// A point in time.
  case timestamp(Timestamp)
  /// A length of time.
  case duration(Duration)
  /// An amount of a resource.
  case quantity(Quantity)
  /// Several values of one type.
  case list([FieldValue])
  /// Values by name.
  case map(SmallMap<FieldValue>)
  /// A typed part of an object.
  case record(any KubeRecord)
}

/// The type of a field, so that expressions are checked when they are loaded and not when they are needed.
public indirect enum FieldType: Sendable {
  /// A truth value.
  case bool
  /// A whole number.
  case int
  /// A fraction.
  case double
  /// A text.
  case string
  /// A point in time.
  case timestamp
  /// A length of time.
  case duration
  /// An amount of a resource.
  case quantity
  /// A number or a text.
  case intOrString
  /// Several values of one type.
  case list(FieldType)
  /// Values by name.
  case map(FieldType)
  /// A typed part of an object.
  case record(any KubeRecord.Type)
  /// Not known before run time (fields of custom resources).
  case any
}
