/// An optional value in a heap cell of its own, so that a part that is rarely set costs eight bytes in the struct that
/// holds it. Copies share the cell; a write makes a new one.
@propertyWrapper
public struct Boxed<Value: Sendable>: Sendable {
  private final class Cell: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  private var cell: Cell?

  /// Nothing set.
  public init() {}

  /// The given value, if any.
  public init(wrappedValue: Value?) { cell = wrappedValue.map { Cell($0) } }

  /// The value; reading never copies the cell.
  public var wrappedValue: Value? {
    get { cell?.value }
    set { cell = newValue.map { Cell($0) } }
  }
}

extension Boxed: Equatable where Value: Equatable {
  /// Equal when both are unset or the values are equal.
  public static func == (left: Self, right: Self) -> Bool {
    left.cell === right.cell || left.wrappedValue == right.wrappedValue
  }
}
