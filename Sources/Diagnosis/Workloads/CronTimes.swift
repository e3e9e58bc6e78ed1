import Kube

/// The times that a schedule in the format of cron names.
public struct CronTimes: Equatable, Sendable {
  private var minutes: Set<Int>
  private var hours: Set<Int>
  private var days: Set<Int>
  private var months: Set<Int>
  private var weekdays: Set<Int>
  /// Whether the field of days, of weekdays names all: then only the other one counts.
  private var anyDay: Bool
  private var anyWeekday: Bool
  /// `@every 1h30m`: seconds between times; nil for a schedule with fields.
  private var interval: Int?

  /// Why a text is no schedule.
  public struct Failure: Error, Equatable, Sendable {
    /// What cannot be read.
    public var text: String
  }

  private static let aliases = [
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
  ]
  private static let monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
  private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

  /// Reads a schedule.
  public static func parse(_ text: String) -> Result<CronTimes, Failure> {
    var fields = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    if let first = fields.first, first.hasPrefix("TZ=") || first.hasPrefix("CRON_TZ=") {
      return .failure(Failure(text: "a time zone belongs into spec.timeZone"))
    }
    if fields.count == 2, fields[0] == "@every" {
      guard let length = Duration(goText: fields[1]), length.components.seconds >= 1 else {
        return .failure(Failure(text: "\(fields[1]) is no duration"))
      }
      var times = CronTimes.all
      times.interval = Int(length.components.seconds)
      return .success(times)
    }
    if let first = fields.first, first.hasPrefix("@") {
      guard fields.count == 1, let alias = aliases[first] else {
        return .failure(Failure(text: "\(first) is not known"))
      }
      fields = alias.split(separator: " ").map(String.init)
    }
    guard fields.count == 5 else {
      return .failure(Failure(text: "\(fields.count) fields instead of 5 (minute hour day month weekday)"))
    }
    var times = CronTimes.all
    do {
      times.minutes = try values(fields[0], 0...59, "minute", [])
      times.hours = try values(fields[1], 0...23, "hour", [])
      times.days = try values(fields[2], 1...31, "day", [])
      times.months = try values(fields[3], 1...12, "month", monthNames)
      times.weekdays = Set(try values(fields[4], 0...6, "weekday", dayNames))
    } catch {
      return .failure(error)
    }
    times.anyDay = fields[2].hasPrefix("*") || fields[2].hasPrefix("?")
    times.anyWeekday = fields[4].hasPrefix("*") || fields[4].hasPrefix("?")
    return .success(times)
  }

  private static let all = CronTimes(
    minutes: [], hours: [], days: [], months: [], weekdays: [], anyDay: true, anyWeekday: true, interval: nil)

  /// The numbers that a field such as `*/15` or `mon-fri` means. Weekdays end at 6: 7 is no Sunday for Kubernetes.
  private static func values(
    _ field: String, _ range: ClosedRange<Int>, _ what: String, _ names: [String]
  ) throws(Failure) -> Set<Int> {
    var found: Set<Int> = []
    for part in field.split(separator: ",", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
      guard pieces.count <= 2, let body = pieces.first else { throw Failure(text: "\(what) \(field)") }
      var step = 1
      if pieces.count == 2 {
        guard let number = Int(pieces[1]), number > 0 else { throw Failure(text: "the step in \(what) \(field)") }
        step = number
      }
      func number(_ text: Substring) throws(Failure) -> Int {
        if let place = names.firstIndex(of: text.lowercased()) { return place + range.lowerBound }
        guard let number = Int(text), range.contains(number) else {
          throw Failure(text: "\(what) \(text) is not within \(range.lowerBound) to \(range.upperBound)")
        }
        return number
      }
      let (low, high): (Int, Int)
      if body == "*" || body == "?" {
        (low, high) = (range.lowerBound, range.upperBound)
      } else {
        let ends = body.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = ends.first else { throw Failure(text: "\(what) \(field)") }
        low = try number(first)
        high = ends.count == 2 ? try number(ends[1]) : pieces.count == 2 ? range.upperBound : low
      }
      guard low <= high else { throw Failure(text: "\(what) \(part) runs backwards") }
      found.formUnion(stride(from: low, through: high, by: step))
    }
    return found
  }

  /// The first time after a moment, in UTC; nil when there is none within the next eight years.
  public func next(after moment: Timestamp) -> Timestamp? {
    if let interval { return Timestamp(seconds: moment.seconds + Int64(interval)) }
    let start = moment.seconds / 60 + 1
    let firstDay = Self.floor(start, 1440)
    // Every 29 February comes within eight years, across a century's end too.
    for day in firstDay..<(firstDay + 2925) where holds(day: day) {
      let earliest = day == firstDay ? Int(start - firstDay * 1440) : 0
      for minute in earliest..<1440 where hours.contains(minute / 60) && minutes.contains(minute % 60) {
        return Timestamp(seconds: (day * 1440 + Int64(minute)) * 60)
      }
    }
    return nil
  }

  /// Whether a schedule can be read and names a day that never comes, such as 31 February.
  static func neverCome(_ schedule: String, now: Timestamp) -> Bool {
    // Only a day and a month together can exclude each other; nearly all schedules are told by that.
    let fields = schedule.split(whereSeparator: { $0 == " " || $0 == "\t" })
    guard fields.count == 5, fields[2] != "*", fields[3] != "*", case .success(let times) = parse(schedule) else {
      return false
    }
    return times.next(after: now) == nil
  }

  private static func floor(_ value: Int64, _ size: Int64) -> Int64 {
    value >= 0 ? value / size : -((-value + size - 1) / size)
  }

  /// Whether the day (counted from 1970-01-01) is one of the schedule's.
  private func holds(day: Int64) -> Bool {
    let (month, dayOfMonth) = Self.date(day)
    guard months.contains(month) else { return false }
    let weekday = Int((((day + 4) % 7) + 7) % 7)
    let (isDay, isWeekday) = (days.contains(dayOfMonth), weekdays.contains(weekday))
    // Where both fields say something, one of them is enough.
    return anyDay || anyWeekday ? isDay && isWeekday : isDay || isWeekday
  }

  /// Month and day of a day counted from 1970-01-01, by years that begin in March.
  private static func date(_ day: Int64) -> (month: Int, day: Int) {
    let shifted = day + 719_468
    let era = floor(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    return (
      Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9), Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    )
  }
}
