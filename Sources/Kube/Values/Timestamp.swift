/// A point in time with the resolution that Kubernetes' MicroTime has.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Microseconds since 1970-01-01T00:00:00Z.
  public var microseconds: Int64

  /// A time given in microseconds since 1970.
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// A time given in seconds since 1970; far values are clamped.
  public init(seconds: Int64, nanoseconds: Int32 = 0) {
    let limit: Int64 = 253_402_300_799  // 9999-12-31T23:59:59Z, the last time RFC 3339 can write
    let clamped = min(max(seconds, -62_135_596_800), limit)
    microseconds = clamped * 1_000_000 + Int64(min(max(nanoseconds, 0), 999_999_999) / 1000)
  }

  /// Reads RFC 3339 (`2026-01-02T03:04:05Z`, fractions and offsets allowed); nil for anything else.
  public init?(_ text: String) {
    var scanner = DigitScanner(Array(text.utf8))
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
      let day = scanner.digits(2), scanner.take("T") || scanner.take("t") || scanner.take(" "),
      let hour = scanner.digits(2), scanner.take(":"), let minute = scanner.digits(2), scanner.take(":"),
      let second = scanner.digits(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    var micro: Int64 = 0
    if scanner.take(".") {
      guard let fraction = scanner.fraction() else { return nil }
      micro = fraction
    }
    var offset: Int64 = 0
    if !scanner.take("Z"), !scanner.take("z") {
      let isNegative = scanner.take("-")
      guard isNegative || scanner.take("+"), let hours = scanner.digits(2), scanner.take(":"),
        let minutes = scanner.digits(2)
      else { return nil }
      offset = (hours * 3600 + minutes * 60) * (isNegative ? -1 : 1)
    }
    guard scanner.isAtEnd else { return nil }
    let days = Self.days(year, month, day)
    guard Self.civil(days) == (year, month, day) else { return nil }  // 30 February
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    microseconds = seconds * 1_000_000 + micro
  }

  /// Whole seconds since 1970, rounded down.
  public var seconds: Int64 {
    let quotient = microseconds / 1_000_000
    return microseconds % 1_000_000 < 0 ? quotient - 1 : quotient
  }

  /// The time from `earlier` until this one; negative when this one is earlier.
  public func since(_ earlier: Timestamp) -> Duration {
    .microseconds(microseconds &- earlier.microseconds)
  }

  /// This time moved by `duration`.
  public func advanced(by duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    return Timestamp(microseconds: microseconds &+ seconds &* 1_000_000 &+ attoseconds / 1_000_000_000_000)
  }

  /// Earlier times are less.
  public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

  /// RFC 3339 in UTC with seconds, as the API server prints `Time`.
  public var description: String {
    let total = seconds
    var days = total / 86_400
    var rest = total % 86_400
    if rest < 0 {
      rest += 86_400
      days -= 1
    }
    let (year, month, day) = Self.civil(days)
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let paddedYear = String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year)
    return "\(paddedYear)-\(two(month))-\(two(day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
  }

  /// Days since 1970-01-01 of a date in the proleptic Gregorian calendar.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    // Years start in March so that the leap day is the last; eras of 400 years repeat exactly.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The inverse of `days`.
  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }
}

/// Walks over ASCII digits and separators of a time.
private struct DigitScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
    position += 1
    return true
  }

  mutating func digits(_ count: Int) -> Int64? {
    guard position + count <= bytes.count else { return nil }
    var value: Int64 = 0
    for byte in bytes[position..<position + count] {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    position += count
    return value
  }

  /// A decimal fraction of a second in microseconds; further digits are cut.
  mutating func fraction() -> Int64? {
    var value: Int64 = 0
    var scale: Int64 = 100_000
    let start = position
    while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 {
      value += Int64(bytes[position] - 0x30) * scale
      scale /= 10
      position += 1
    }
    return position > start ? value : nil
  }
}
