/// The time stamps of Kubernetes.
enum RFC3339 {
  /// Seconds since 1970 of a time such as `2026-07-25T10:00:00Z` or `…T12:00:00.5+02:00`.
  static func seconds(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[start..<start + count] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte) - 0x30
      }
      return value
    }
    guard bytes.count >= 20, bytes.count <= 64, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74,
      bytes[13] == 0x3A, bytes[16] == 0x3A,
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    var index = 19
    var fraction = 0.0
    if bytes[index] == 0x2E {
      var weight = 0.1
      index += 1
      while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
        fraction += Double(bytes[index] - 0x30) * weight
        weight /= 10
        index += 1
      }
    }
    guard index < bytes.count else { return nil }
    var offset = 0
    if bytes[index] | 0x20 == 0x7A {
      guard index + 1 == bytes.count else { return nil }
    } else {
      guard bytes[index] == 0x2B || bytes[index] == 0x2D, index + 6 == bytes.count, bytes[index + 3] == 0x3A,
        let hours = number(index + 1, 2), let minutes = number(index + 4, 2), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * 60 * (bytes[index] == 0x2B ? 1 : -1)
    }
    let days = daysSince1970(year: year, month: month, day: day)
    return Double(((days * 24 + hour) * 60 + minute) * 60 + second - offset) + fraction
  }

  /// Days of the Gregorian calendar; years begin in March here, so that the leap day is the last one.
  private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let monthFromMarch = (month + 9) % 12
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400
    return days + (153 * monthFromMarch + 2) / 5 + day - 1 - 719_468
  }
}
