/// The value of `--request-timeout`.
public enum RequestTimeout {
  /// The time a single request may take; nil for none. Whole seconds (`5`) or a Go duration (`1m30s`, `500ms`, `1.5h`).
  /// - Throws: for anything else, in kubectl's words; also for negative times, which kubectl takes and cannot use.
  public static func parse(_ text: String) throws(KubeConfigError) -> Duration? {
    if text.isEmpty { return nil }
    let nanoseconds = wholeSeconds(text) ?? goDuration(text)
    guard let nanoseconds else {
      throw KubeConfigError(
        .flag,
        "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding "
          + "time unit (e.g. 1s | 2m | 3h)")
    }
    return nanoseconds == 0 ? nil : .nanoseconds(nanoseconds)
  }

  private static func wholeSeconds(_ text: String) -> Int64? {
    guard let seconds = Int64(text), seconds >= 0 else { return nil }
    let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? nil : nanoseconds
  }

  private static let units: [(name: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
  ]

  private static func goDuration(_ text: String) -> Int64? {
    var rest = Substring(text)
    if rest.first == "+" { rest.removeFirst() }
    guard !rest.isEmpty, rest.utf8.count <= 64 else { return nil }
    var total = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
      rest = rest.dropFirst(name.count)
      let whole = digits.hasSuffix(".") ? digits.dropLast() : digits
      guard !digits.isEmpty, digits != ".", let number = Double(whole.hasPrefix(".") ? "0" + whole : String(whole)),
        let unit = units.first(where: { $0.name == name })
      else { return nil }
      total += number * unit.nanoseconds
    }
    return total < 9e18 ? Int64(total.rounded()) : nil
  }
}
