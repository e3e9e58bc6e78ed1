/// Lengths of time as Go writes them (`1h30m`, `1.5h`, `300ms`), with `d` for days of 24 hours besides.
enum DurationText {
  /// Nanoseconds of each unit.
  private static let units: [String: Double] = [
    "ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9, "d": 86_400e9,
  ]

  /// The length of time; nil when the text is none or means more than 290 years.
  static func parse(_ text: String) -> Duration? {
    var rest = text[...]
    let isNegative = rest.first == "-"
    if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
    if rest == "0" { return .zero }
    guard !rest.isEmpty else { return nil }
    var nanoseconds = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0 == "." || ($0.isASCII && $0.isNumber) }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0 != "." && !($0.isASCII && $0.isNumber) }
      rest = rest.dropFirst(unit.count)
      guard let number = Double(digits), let scale = units[String(unit)] else { return nil }
      nanoseconds += number * scale
    }
    guard nanoseconds < 9.2e18 else { return nil }
    let whole = Int64(nanoseconds.rounded())
    return .nanoseconds(isNegative ? -whole : whole)
  }
}
