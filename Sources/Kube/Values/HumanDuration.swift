/// Lengths of time as kubectl prints them (apimachinery util/duration).
extension Duration {
  /// At most two units, the second only while it matters: `45s`, `3m12s`, `25m`, `5h20m`, `3d4h`, `2y`.
  ///
  /// Up to 2 s in the future is `0s`, since clocks differ; further ahead is `<invalid>`.
  public var human: String {
    let seconds = components.seconds
    if seconds < -1 { return "<invalid>" }
    if seconds < 120 { return "\(max(0, seconds))s" }
    let minutes = seconds / 60
    if minutes < 10 { return Self.twoUnits(minutes, "m", seconds % 60, "s") }
    if minutes < 180 { return "\(minutes)m" }
    let hours = minutes / 60
    if hours < 8 { return Self.twoUnits(hours, "h", minutes % 60, "m") }
    if hours < 48 { return "\(hours)h" }
    let days = hours / 24
    if hours < 192 { return Self.twoUnits(days, "d", hours % 24, "h") }
    if days < 730 { return "\(days)d" }
    if days < 2920 { return Self.twoUnits(days / 365, "y", days % 365, "d") }
    return "\(days / 365)y"
  }

  /// One unit: `45s`, `3m`, `5h`, `200d`, `2y`; times to come as in `human`.
  public var shortHuman: String {
    let seconds = components.seconds
    if seconds < -1 { return "<invalid>" }
    if seconds < 60 { return "\(max(0, seconds))s" }
    if seconds < 3600 { return "\(seconds / 60)m" }
    let hours = seconds / 3600
    if hours < 24 { return "\(hours)h" }
    return hours < 8760 ? "\(hours / 24)d" : "\(hours / 8760)y"
  }

  private static func twoUnits(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
    small == 0 ? "\(large)\(largeUnit)" : "\(large)\(largeUnit)\(small)\(smallUnit)"
  }

  /// Reads a length of time as Go prints it (`1h2m3.5s`, `2m40s`, `10s`, `250ms`); nil for anything else, for negative
  /// ones and for more than a hundred years.
  public init?(goText text: some StringProtocol) {
    if text == "0" {
      self = .zero
      return
    }
    var total: Int64 = 0
    var rest = Substring(text).utf8
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      guard let (microseconds, tail) = Self.goPart(rest) else { return nil }
      total += microseconds
      guard total <= Self.longestMicroseconds else { return nil }
      rest = tail
    }
    self = .microseconds(total)
  }

  private static let longestMicroseconds: Int64 = 100 * 366 * 86_400 * 1_000_000

  /// One number with its unit, in microseconds, and what follows.
  private static func goPart(_ bytes: Substring.UTF8View) -> (microseconds: Int64, rest: Substring.UTF8View)? {
    let number = bytes.prefix { ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") }
    guard !number.isEmpty, let value = Double(String(decoding: number, as: UTF8.self)) else { return nil }
    let tail = bytes[number.endIndex...]
    let unit = tail.prefix { ($0 < 0x30 || $0 > 0x39) && $0 != UInt8(ascii: ".") }
    let scale: Double
    switch String(decoding: unit, as: UTF8.self) {
    case "h": scale = 3_600_000_000
    case "m": scale = 60_000_000
    case "s": scale = 1_000_000
    case "ms": scale = 1000
    case "us", "µs": scale = 1
    case "ns": scale = 0.001
    default: return nil
    }
    let microseconds = value * scale
    guard microseconds <= Double(longestMicroseconds) else { return nil }
    return (Int64(microseconds.rounded()), tail[unit.endIndex...])
  }
}
