/// A value that is either a number or a text such as `25%` (a port or its name, a budget or its share).
public enum IntOrString: Hashable, Sendable, CustomStringConvertible {
  /// A number.
  case int(Int)
  /// A text.
  case string(String)

  /// The number or the text as written.
  public var description: String {
    switch self {
    case .int(let value): "\(value)"
    case .string(let text): text
    }
  }

  /// The number, or the share of `total` that a text such as `25%` means, rounded up or down to a whole number; nil
  /// when the text is no percentage.
  public func resolved(of total: Int, roundingUp: Bool) -> Int? {
    switch self {
    case .int(let value): return value
    case .string(let text):
      guard text.last == "%", let percent = Int(text.dropLast()) else { return nil }
      let (product, overflow) = percent.multipliedReportingOverflow(by: total)
      guard !overflow else { return nil }
      let quotient = product / 100
      let remainder = product % 100
      if roundingUp { return remainder > 0 ? quotient + 1 : quotient }
      return remainder < 0 ? quotient - 1 : quotient
    }
  }
}
