import Kube

/// Arithmetic and order, whatever the values; results that do not fit are unknown.
enum Operators {
  // MARK: Order

  /// Whether the two have an order between them.
  static func isOrdered(_ left: FieldValue, _ right: FieldValue) -> Bool {
    switch (left, right) {
    case (.int, .int), (.int, .double), (.int, .quantity), (.double, .int), (.double, .double), (.double, .quantity),
      (.quantity, .int), (.quantity, .double), (.quantity, .quantity), (.string, .string), (.timestamp, .timestamp),
      (.duration, .duration):
      true
    default: false
    }
  }

  /// Negative, zero or positive as `left` is less than, equal to or greater than `right`; nil when one is not a
  /// number at all.
  static func order(_ left: FieldValue, _ right: FieldValue) throws(Unknown) -> Int? {
    switch (left, right) {
    case (.int(let left), .int(let right)): return sign(left, right)
    case (.string(let left), .string(let right)): return sign(left, right)
    case (.timestamp(let left), .timestamp(let right)): return sign(left, right)
    case (.duration(let left), .duration(let right)): return sign(left, right)
    case (.double, .int), (.int, .double), (.double, .double), (.double, .quantity), (.quantity, .double):
      guard let left = try number(left), let right = try number(right), !left.isNaN, !right.isNaN else { return nil }
      return sign(left, right)
    case (.int, .quantity), (.quantity, .int), (.quantity, .quantity):
      return sign(try nanos(left), try nanos(right))
    default: throw Unknown("\(left.kindName) and \(right.kindName) cannot be compared")
    }
  }

  private static func sign<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
    left < right ? -1 : left == right ? 0 : 1
  }

  private static func number(_ value: FieldValue) throws(Unknown) -> Double? {
    switch value {
    case .int(let value): return Double(value)
    case .double(let value): return value
    case .quantity: return Double(try nanos(value)) / 1e9
    default: return nil
    }
  }

  private static func nanos(_ value: FieldValue) throws(Unknown) -> Int128 {
    switch value {
    case .int(let value): return Int128(value) * 1_000_000_000
    case .quantity(let quantity):
      if let nanos = quantity.nanos { return nanos }
      throw Unknown("\"\(quantity.text.prefix(40))\" is no quantity")
    default: throw Unknown("a quantity is needed, found \(value.kindName)")
    }
  }

  // MARK: Arithmetic

  static func negated(_ value: FieldValue) throws(Unknown) -> FieldValue {
    switch value {
    case .null: return .null
    case .int(let value) where value != .min: return .int(-value)
    case .double(let value): return .double(-value)
    case .duration(let value): return try duration(-nanoseconds(value))
    case .quantity: return .quantity(Quantity(nanos: -(try nanos(value))))
    default: throw Unknown("\(value.kindName) has no negative")
    }
  }

  static func calculate(
    _ operation: Arithmetic, _ left: FieldValue, _ right: FieldValue
  ) throws(Unknown) -> FieldValue {
    switch (left, right) {
    case (.null, _), (_, .null): return .null
    case (.int(let left), .int(let right)): return .int(try whole(operation, left, right))
    case (.int, .double), (.double, .int), (.double, .double):
      guard let left = try number(left), let right = try number(right) else { break }
      return .double(try fraction(operation, left, right))
    case (.string(let left), .string(let right)) where operation == .plus:
      guard left.utf8.count + right.utf8.count <= 65_536 else { throw Unknown("the text is too long") }
      return .string(left + right)
    case (.list(let left), .list(let right)) where operation == .plus:
      guard left.count + right.count <= 65_536 else { throw Unknown("the list is too long") }
      return .list(left + right)
    case (.timestamp(let left), .timestamp(let right)) where operation == .minus:
      let (difference, overflow) = left.microseconds.subtractingReportingOverflow(right.microseconds)
      return try duration(overflow ? .max : Int128(difference) * 1000)
    case (.timestamp(let time), .duration(let length)) where operation == .plus,
      (.duration(let length), .timestamp(let time)) where operation == .plus:
      return try moved(time, by: nanoseconds(length))
    case (.timestamp(let time), .duration(let length)) where operation == .minus:
      return try moved(time, by: -nanoseconds(length))
    case (.duration, _), (_, .duration): return try durations(operation, left, right)
    case (.quantity, _), (_, .quantity): return try quantities(operation, left, right)
    default: break
    }
    throw Unknown("\"\(operation.rawValue)\" does not work on \(left.kindName) and \(right.kindName)")
  }

  private static func whole(_ operation: Arithmetic, _ left: Int, _ right: Int) throws(Unknown) -> Int {
    if right == 0, operation == .divided || operation == .remainder { throw Unknown("division by zero") }
    let (value, overflow) =
      switch operation {
      case .plus: left.addingReportingOverflow(right)
      case .minus: left.subtractingReportingOverflow(right)
      case .times: left.multipliedReportingOverflow(by: right)
      case .divided: left.dividedReportingOverflow(by: right)
      case .remainder: left.remainderReportingOverflow(dividingBy: right)
      }
    if overflow { throw Unknown("the number is too large") }
    return value
  }

  private static func fraction(_ operation: Arithmetic, _ left: Double, _ right: Double) throws(Unknown) -> Double {
    if right == 0, operation == .divided { throw Unknown("division by zero") }
    let value: Double =
      switch operation {
      case .plus: left + right
      case .minus: left - right
      case .times: left * right
      case .divided: left / right
      case .remainder: throw Unknown("\"%\" works on whole numbers only")
      }
    guard value.isFinite else { throw Unknown("the number is too large") }
    return value
  }

  private static func durations(
    _ operation: Arithmetic, _ left: FieldValue, _ right: FieldValue
  ) throws(Unknown) -> FieldValue {
    switch (operation, left, right) {
    case (.plus, .duration(let left), .duration(let right)): return try duration(nanoseconds(left) + nanoseconds(right))
    case (.minus, .duration(let left), .duration(let right)):
      return try duration(nanoseconds(left) - nanoseconds(right))
    case (.divided, .duration(let left), .duration(let right)):
      return .double(try fraction(.divided, Double(nanoseconds(left)), Double(nanoseconds(right))))
    case (.times, .duration(let length), let factor), (.times, let factor, .duration(let length)),
      (.divided, .duration(let length), let factor):
      guard let factor = try number(factor) else { break }
      return try duration(rounded(try fraction(operation, Double(nanoseconds(length)), factor)))
    default: break
    }
    throw Unknown("\"\(operation.rawValue)\" does not work on \(left.kindName) and \(right.kindName)")
  }

  private static func quantities(
    _ operation: Arithmetic, _ left: FieldValue, _ right: FieldValue
  ) throws(Unknown) -> FieldValue {
    switch (operation, left, right) {
    case (.plus, .quantity, .quantity): return try quantity(try nanos(left) + nanos(right))
    case (.minus, .quantity, .quantity): return try quantity(try nanos(left) - nanos(right))
    case (.divided, .quantity, .quantity):
      return .double(try fraction(.divided, Double(try nanos(left)), Double(try nanos(right))))
    case (.times, .quantity, .int(let factor)), (.times, .int(let factor), .quantity):
      let amount: FieldValue = if case .quantity = left { left } else { right }
      let (product, overflow) = try nanos(amount).multipliedReportingOverflow(by: Int128(factor))
      if overflow { throw Unknown("the quantity is too large") }
      return try quantity(product)
    case (.times, .quantity, .double(let factor)), (.times, .double(let factor), .quantity):
      let amount: FieldValue = if case .quantity = left { left } else { right }
      return try quantity(rounded(try fraction(.times, Double(try nanos(amount)), factor)))
    case (.divided, .quantity, .int), (.divided, .quantity, .double):
      guard let divisor = try number(right) else { break }
      return try quantity(rounded(try fraction(.divided, Double(try nanos(left)), divisor)))
    default: break
    }
    throw Unknown("\"\(operation.rawValue)\" does not work on \(left.kindName) and \(right.kindName)")
  }

  // MARK: Ranges

  /// Nanoseconds of a duration; attoseconds of the longest fit 128 bits.
  static func nanoseconds(_ duration: Duration) -> Int128 {
    let (seconds, attoseconds) = duration.components
    return Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000)
  }

  /// A duration of at most 290,000 years: what a time in microseconds can be moved by.
  private static func duration(_ nanoseconds: Int128) throws(Unknown) -> FieldValue {
    guard nanoseconds.magnitude <= Int128.magnitudeLimit else { throw Unknown("the duration is too long") }
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return .duration(.seconds(Int64(seconds)) + .nanoseconds(Int64(rest)))
  }

  private static func moved(_ time: Timestamp, by nanoseconds: Int128) throws(Unknown) -> FieldValue {
    let moved = Int128(time.microseconds) + nanoseconds / 1000
    guard let microseconds = Int64(exactly: moved) else { throw Unknown("the time is too far away") }
    return .timestamp(Timestamp(microseconds: microseconds))
  }

  private static func quantity(_ nanos: Int128) throws(Unknown) -> FieldValue {
    guard nanos.magnitude <= Int128.magnitudeLimit else { throw Unknown("the quantity is too large") }
    return .quantity(Quantity(nanos: nanos))
  }

  private static func rounded(_ value: Double) -> Int128 {
    guard value.magnitude < 1e37 else { return .max }
    return Int128(value.rounded())
  }
}

extension Int128 {
  /// 2^63 billions: the largest quantity there is, in billionths.
  fileprivate static let magnitudeLimit = UInt128(Int64.max) * 1_000_000_000
}
