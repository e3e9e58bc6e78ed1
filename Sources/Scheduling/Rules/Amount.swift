/// Writes amounts of resources in the scheduler's units as people write them.
public enum Amount {
  /// `250m`, `1500m` or `4` for `cpu` (thousandths), `512Mi` for memory and other bytes, the number for everything else.
  public static func text(_ amount: Int64, of resource: String) -> String {
    switch resource {
    case "cpu": amount % 1000 == 0 ? "\(amount / 1000)" : "\(amount)m"
    case "memory", "ephemeral-storage": bytes(amount)
    default: resource.hasPrefix("hugepages-") ? bytes(amount) : "\(amount)"
    }
  }

  /// An amount that kubectl and the API server take: exact, in the largest unit without a remainder.
  public static func exactText(_ amount: Int64, of resource: String) -> String {
    guard resource == "memory" || resource == "ephemeral-storage" || resource.hasPrefix("hugepages-") else {
      return text(amount, of: resource)
    }
    for (shift, suffix) in units where amount != 0 && amount % (1 << shift) == 0 {
      return "\(amount >> shift)\(suffix)"
    }
    return "\(amount)"
  }

  private static let units: [(Int64, String)] = [(40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki")]

  private static func bytes(_ amount: Int64) -> String {
    for (shift, suffix) in units where amount.magnitude >= UInt64(1) << UInt64(shift) {
      let unit = Int64(1) << shift
      if amount % unit == 0 { return "\(amount / unit)\(suffix)" }
      // One digit after the point, cut off: what is shown as free must not be more than is free.
      if amount.magnitude >= 10 * unit.magnitude { return "\(amount / unit)\(suffix)" }
      let tenths = (amount % unit).magnitude * 10 / unit.magnitude
      return "\(amount < 0 && amount / unit == 0 ? "-" : "")\(amount / unit).\(tenths)\(suffix)"
    }
    return "\(amount)"
  }
}

extension Int64 {
  /// The sum, or the largest number when it is larger.
  func adding(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }

  /// The difference, or the nearest number that there is.
  func subtracting(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other > 0 ? .min : .max) : difference
  }
}
