/// Writes amounts of resources in the scheduler's units as people write them.
public enum Amount {
  /// `250m`, `1500m` or `4` for `cpu` (thousandths), `512Mi` for memory and other bytes, the number for everything else.
  /// What has no short exact text is cut off: what is shown as free must not be more than is free.
  public static func text(_ amount: Int64, of resource: String) -> String { text(amount, of: resource, isCut: true) }

  /// The same for what is asked for or has to be there: what has no short exact text is rounded up, so that it is never
  /// less than is needed and never looks like what is not enough.
  public static func neededText(_ amount: Int64, of resource: String) -> String {
    text(amount, of: resource, isCut: false)
  }

  private static func text(_ amount: Int64, of resource: String, isCut: Bool) -> String {
    if resource == "cpu" { return amount % 1000 == 0 ? "\(amount / 1000)" : "\(amount)m" }
    return isBytes(resource) ? bytes(amount, isCut: isCut) : "\(amount)"
  }

  /// An amount that kubectl and the API server take: exact, in the unit that makes it shortest.
  public static func exactText(_ amount: Int64, of resource: String) -> String {
    guard isBytes(resource) else { return text(amount, of: resource) }
    for (shift, suffix) in units where amount != 0 && amount % (1 << shift) == 0 {
      let text = "\(amount >> shift)\(suffix)"
      return decimalText(amount).map { $0.utf8.count < text.utf8.count ? $0 : text } ?? text
    }
    return decimalText(amount) ?? "\(amount)"
  }

  private static func isBytes(_ resource: String) -> Bool {
    resource == "memory" || resource == "ephemeral-storage" || resource.hasPrefix("hugepages-")
  }

  private static let units: [(Int64, String)] = [(40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki")]
  private static let decimalUnits: [(Int64, String)] = [
    (1_000_000_000_000, "T"), (1_000_000_000, "G"), (1_000_000, "M"), (1000, "k"),
  ]

  /// `2500M`: exact; nil where no such unit goes into it.
  private static func decimalText(_ amount: Int64) -> String? {
    guard amount != 0 else { return nil }
    return decimalUnits.first { amount % $0.0 == 0 }.map { "\(amount / $0.0)\($0.1)" }
  }

  /// The longest text of an amount that is told exactly in a unit of its own.
  private static let exactLength = 5

  private static func bytes(_ amount: Int64, isCut: Bool) -> String {
    for (shift, suffix) in units where amount.magnitude >= UInt64(1) << UInt64(shift) {
      let unit = Int64(1) << shift
      if amount % unit == 0 { return "\(amount / unit)\(suffix)" }
      if let exact = decimalText(amount), exact.utf8.count <= exactLength { return exact }
      // One digit after the point, of small numbers.
      let (whole, rest) = (amount / unit, (amount % unit).magnitude)
      if amount.magnitude >= 10 * unit.magnitude { return "\(isCut || amount < 0 ? whole : whole + 1)\(suffix)" }
      let tenths = (rest * 10 + (isCut || amount < 0 ? 0 : unit.magnitude - 1)) / unit.magnitude
      if tenths == 10 { return "\(whole + 1)\(suffix)" }
      return "\(amount < 0 && whole == 0 ? "-" : "")\(whole).\(tenths)\(suffix)"
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
