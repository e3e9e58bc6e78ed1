/// An amount whose text is no quantity.
public struct UnreadableAmount: Sendable, Equatable, CustomStringConvertible {
  /// The resource.
  public let name: String
  /// What stands there.
  public let text: String

  /// Resource and text.
  public var description: String { "\(name): \(text)" }
}

/// Amounts of resources, exact: in billionths of a core, a byte or a piece. Sums do not overflow.
public struct ExactAmounts: Sendable {
  /// The amounts, in the order in which resources were first named.
  public private(set) var nanos: [(name: String, amount: Int128)] = []
  /// What is no quantity; it counts as nothing.
  public private(set) var unreadable: [UnreadableAmount] = []

  /// Nothing of anything.
  public init() {}

  /// A list such as `requests` or `allocatable`.
  public init(_ list: SmallMap<Quantity>) {
    for (name, quantity) in list.entries {
      if let amount = quantity.nanos {
        self[name] = amount
      } else {
        unreadable.append(UnreadableAmount(name: name, text: quantity.text))
      }
    }
  }

  /// The amount of a resource; nil where it is not named.
  public subscript(name: String) -> Int128? {
    get { nanos.first { $0.name == name }?.amount }
    set {
      if let index = nanos.firstIndex(where: { $0.name == name }) {
        if let newValue { nanos[index].amount = newValue } else { nanos.remove(at: index) }
      } else if let newValue {
        nanos.append((name, newValue))
      }
    }
  }

  /// Adds amounts, each to that of the same resource.
  public mutating func add(_ more: ExactAmounts) {
    for (name, amount) in more.nanos { self[name] = Self.sum(self[name] ?? 0, amount) }
    add(more.unreadable)
  }

  /// Takes the larger amount of each resource.
  public mutating func raise(to other: ExactAmounts) {
    // As in the scheduler, a zero that raises nothing leaves no trace: 1.20 looks at every resource that is named.
    for (name, amount) in other.nanos where amount > self[name] ?? 0 { self[name] = amount }
    add(other.unreadable)
  }

  /// The first text for each resource is enough.
  private mutating func add(_ more: [UnreadableAmount]) {
    for item in more where !unreadable.contains(where: { $0.name == item.name }) { unreadable.append(item) }
  }

  /// The amounts as quantities.
  public var quantities: SmallMap<Quantity> {
    SmallMap(uniquing: nanos.map { ($0.name, Quantity(nanos: $0.amount)) })
  }

  /// Quantities are at most 2^63, so that only sums of absurdly many could overflow.
  private static func sum(_ left: Int128, _ right: Int128) -> Int128 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (right > 0 ? .max : .min) : sum
  }
}
