import Expressions
import Kube

/// What a cell is sorted by: made from the value, never from its text.
public enum SortKey: Sendable, Hashable {
  /// A number, amount, time or duration in billionths of its unit, so that all of them compare exactly.
  case number(Int128)
  /// A text.
  case text(String)
  /// There is no value.
  case missing

  /// The key of a value. Points in time become ages where `asAge` is set: the youngest is the smallest.
  init(_ value: FieldValue, asAge: Bool) {
    switch value {
    case .null, .record: self = .missing
    case .bool(let value): self = .number(value ? 1 : 0)
    case .int(let value): self = .number(Int128(value) * Self.scale)
    case .double(let value): self = .number(Self.billionths(value))
    case .string(let text): self = .text(text)
    case .timestamp(let time): self = .number(Int128(time.microseconds) * (asAge ? -1000 : 1000))
    case .duration(let length):
      let (seconds, attoseconds) = length.components
      self = .number(Int128(seconds) * Self.scale + Int128(attoseconds / 1_000_000_000))
    case .quantity(let quantity): self = quantity.nanos.map { .number($0) } ?? .text(quantity.text)
    case .list, .map: self = .text(value.text)
    }
  }

  /// The key with the sign of its number turned, for what counts the other way; other keys stay.
  public var negated: SortKey { if case .number(let number) = self, number != .min { .number(-number) } else { self } }

  private static let scale: Int128 = 1_000_000_000

  private static func billionths(_ value: Double) -> Int128 {
    let scaled = (value * 1e9).rounded()
    guard scaled.magnitude < 1e37 else { return scaled < 0 ? .min : .max }
    return scaled.isNaN ? 0 : Int128(scaled)
  }

  /// Whether `left` comes before `right`. What has no value comes last in both directions.
  public static func areInOrder(_ left: SortKey, _ right: SortKey, descending: Bool) -> Bool {
    switch (left, right) {
    case (.missing, _): false
    case (_, .missing): true
    case (.number(let left), .number(let right)): descending ? left > right : left < right
    case (.text(let left), .text(let right)): descending ? left > right : left < right
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}
