/// Durations as Go writes and reads them: `1m0s`, `1.5s`, `300ms`.
public enum GoDuration {
  private static let units: [(name: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
  ]

  /// As Go's `Duration.String` writes it, to the microsecond.
  public static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let limit: Int64 = 9_000_000_000  // Go's own is near 292 years
    let micro = min(max(seconds, -limit), limit) * 1_000_000 + attoseconds / 1_000_000_000_000
    if micro == 0 { return "0s" }
    let sign = micro < 0 ? "-" : ""
    let rest = micro.magnitude
    if rest < 1000 { return "\(sign)\(rest)µs" }
    if rest < 1_000_000 { return "\(sign)\(decimal(rest, 1000))ms" }
    let minutes = rest / 60_000_000
    let tail = "\(decimal(rest % 60_000_000, 1_000_000))s"
    if minutes == 0 { return sign + tail }
    if minutes < 60 { return "\(sign)\(minutes)m\(tail)" }
    return "\(sign)\(minutes / 60)h\(minutes % 60)m\(tail)"
  }

  private static func decimal(_ value: UInt64, _ unit: UInt64) -> String {
    let digits = String(unit).count - 1
    let fraction = String(value % unit)
    var padded = String(repeating: "0", count: digits - fraction.count) + fraction
    while padded.hasSuffix("0") { padded.removeLast() }
    return padded.isEmpty ? "\(value / unit)" : "\(value / unit).\(padded)"
  }

  /// Reads Go's syntax (`1h30m`, `-5s`, `.5s`, `0`); fails with Go's own words.
  public static func parse(_ text: String) throws(GoDurationFailure) -> Duration {
    let invalid = GoDurationFailure(message: "time: invalid duration \"\(text)\"")
    var rest = Substring(text)
    let isNegative = rest.hasPrefix("-")
    if rest.hasPrefix("-") || rest.hasPrefix("+") { rest.removeFirst() }
    if rest == "0" { return .zero }
    guard !rest.isEmpty else { throw invalid }
    var nanoseconds = 0.0
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard number.contains(where: \.isNumber), number.count(where: { $0 == "." }) <= 1,
        let value = Double("0" + number + (number.hasSuffix(".") ? "0" : ""))
      else { throw invalid }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { $0 != "." && !($0.isASCII && $0.isNumber) }
      guard !unit.isEmpty else { throw GoDurationFailure(message: "time: missing unit in duration \"\(text)\"") }
      guard let factor = units.first(where: { $0.name == unit })?.nanoseconds else {
        throw GoDurationFailure(message: "time: unknown unit \"\(unit)\" in duration \"\(text)\"")
      }
      nanoseconds += value * factor
      guard nanoseconds < 9.2e18 else { throw invalid }
      rest = rest.dropFirst(unit.count)
    }
    return .nanoseconds(Int64(isNegative ? -nanoseconds : nanoseconds))
  }
}

/// Why a text is no duration, in Go's words.
public struct GoDurationFailure: Error, Sendable, Equatable {
  /// Go's words.
  public var message: String

  /// A failure.
  public init(message: String) { self.message = message }
}
