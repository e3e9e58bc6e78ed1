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
  var unreadable: [UnreadableAmount] = []

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
    for item in more.unreadable where !unreadable.contains(where: { $0.name == item.name }) { unreadable.append(item) }
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

extension ExactAmounts {
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
}
