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
}
