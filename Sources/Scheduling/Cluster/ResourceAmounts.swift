import Kube

/// Amounts of resources in the scheduler's units: thousandths of a core for CPU, bytes or pieces for the others.
struct ResourceAmounts: Sendable, Equatable {
  struct Other: Sendable, Equatable {
    var name: String
    var amount: Int64
  }

  var cpu: Int64 = 0
  var memory: Int64 = 0
  var ephemeralStorage: Int64 = 0
  /// Extended resources, huge pages and the like, in no particular order; names are unique.
  var others: [Other] = []
  /// What is no quantity; it counts as nothing here.
  var unreadable: [Unreadable] = []

  /// An amount whose text is no quantity.
  struct Unreadable: Sendable, Equatable, CustomStringConvertible {
    var name: String
    var text: String
    var description: String { "\(name): \(text)" }
  }

  subscript(name: String) -> Int64 {
    switch name {
    case "cpu": cpu
    case "memory": memory
    case "ephemeral-storage": ephemeralStorage
    default: others.first { $0.name == name }?.amount ?? 0
    }
  }

  var isZero: Bool { cpu == 0 && memory == 0 && ephemeralStorage == 0 && others.isEmpty }

  mutating func add(_ more: ResourceAmounts) {
    cpu = cpu.adding(more.cpu)
    memory = memory.adding(more.memory)
    ephemeralStorage = ephemeralStorage.adding(more.ephemeralStorage)
    for other in more.others {
      if let index = others.firstIndex(where: { $0.name == other.name }) {
        others[index].amount = others[index].amount.adding(other.amount)
      } else {
        others.append(other)
      }
    }
    unreadable.add(more.unreadable)
  }

  /// What the scheduler reads of a resource list: resources that are not for scheduling (`storage`) are left out.
  init(rounding exact: ExactAmounts) {
    unreadable = exact.unreadable
    for (name, nanos) in exact.nanos {
      switch name {
      case "cpu": cpu = Self.up(nanos, 1_000_000)
      case "memory": memory = Self.up(nanos, 1_000_000_000)
      case "ephemeral-storage": ephemeralStorage = Self.up(nanos, 1_000_000_000)
      default:
        if Self.isScalar(name) { others.append(Other(name: name, amount: Self.up(nanos, 1_000_000_000))) }
      }
    }
  }

  init() {}

  private static func up(_ nanos: Int128, _ unit: Int128) -> Int64 {
    let quotient = nanos / unit
    return Int64(clamping: nanos % unit == 0 ? quotient : quotient + nanos.signum())
  }

  /// Huge pages, volume limits, extended resources, and names with Kubernetes' own prefix.
  static func isScalar(_ name: String) -> Bool {
    if name.hasPrefix("hugepages-") || name.hasPrefix("attachable-volumes-") { return true }
    if name.contains("kubernetes.io/") { return true }
    return name.contains("/") && !name.hasPrefix("requests.")
  }
}

/// Amounts before they are rounded to the scheduler's units, in billionths.
struct ExactAmounts {
  private(set) var nanos: [(name: String, amount: Int128)] = []
  private(set) var unreadable: [ResourceAmounts.Unreadable] = []

  init() {}

  init(_ list: SmallMap<Quantity>) {
    for (name, quantity) in list.entries {
      if let amount = quantity.nanos {
        self[name] = amount
      } else {
        unreadable.append(.init(name: name, text: quantity.text))
      }
    }
  }

  subscript(name: String) -> Int128? {
    get { nanos.first { $0.name == name }?.amount }
    set {
      if let index = nanos.firstIndex(where: { $0.name == name }) {
        if let newValue { nanos[index].amount = newValue } else { nanos.remove(at: index) }
      } else if let newValue {
        nanos.append((name, newValue))
      }
    }
  }

  mutating func add(_ more: ExactAmounts) {
    for (name, amount) in more.nanos { self[name] = Self.sum(self[name] ?? 0, amount) }
    unreadable.add(more.unreadable)
  }

  mutating func raise(to other: ExactAmounts) {
    // As in the scheduler, a zero that raises nothing leaves no trace: 1.20 looks at every resource that is named.
    for (name, amount) in other.nanos where amount > self[name] ?? 0 { self[name] = amount }
    unreadable.add(other.unreadable)
  }

  /// Rounded up to the units that the scheduler of 1.20 counted each container in.
  var inUnits: ExactAmounts {
    var result = self
    for (name, amount) in nanos {
      let unit: Int128 = name == "cpu" ? 1_000_000 : 1_000_000_000
      let quotient = amount / unit
      result[name] = (amount % unit == 0 ? quotient : quotient + amount.signum()) * unit
    }
    return result
  }

  /// Quantities are at most 2^63, so that only sums of absurdly many could overflow.
  private static func sum(_ left: Int128, _ right: Int128) -> Int128 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (right > 0 ? .max : .min) : sum
  }
}

extension [ResourceAmounts.Unreadable] {
  /// Adds what is not known yet: the first text for each resource is enough.
  fileprivate mutating func add(_ more: Self) {
    for item in more where !contains(where: { $0.name == item.name }) { append(item) }
  }
}
