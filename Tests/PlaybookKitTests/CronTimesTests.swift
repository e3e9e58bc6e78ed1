import Diagnosis
import Kube
import Testing

/// When schedules come.
@Suite struct CronTimesTests {
  private func next(_ schedule: String, after text: String) throws -> String? {
    let times = try CronTimes.parse(schedule).get()
    return times.next(after: try #require(Timestamp(text)))?.description
  }

  @Test(arguments: [
    ("*/15 * * * *", "2026-01-01T12:00:00Z", "2026-01-01T12:15:00Z"),
    ("*/15 * * * *", "2026-01-01T12:14:59Z", "2026-01-01T12:15:00Z"),
    ("0 3 * * *", "2026-01-01T03:00:00Z", "2026-01-02T03:00:00Z"),
    ("30 23 31 * *", "2026-01-31T23:30:00Z", "2026-03-31T23:30:00Z"),
    ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
    ("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"),
    // 2026-01-05 is a Monday.
    ("0 9 * * mon-fri", "2026-01-02T09:00:00Z", "2026-01-05T09:00:00Z"),
    ("0 9 * * 0", "2026-01-01T00:00:00Z", "2026-01-04T09:00:00Z"),
    // Day and weekday: one is enough.
    ("0 0 13 * fri", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    ("0 0 */2 * fri", "2026-01-02T00:00:00Z", "2026-01-09T00:00:00Z"),
    ("5,10 4-5 * jun *", "2026-01-01T00:00:00Z", "2026-06-01T04:05:00Z"),
    ("@hourly", "2026-12-31T23:10:00Z", "2027-01-01T00:00:00Z"),
    ("@every 90m", "2026-01-01T00:00:00Z", "2026-01-01T01:30:00Z"),
    ("0 0 1 1 *", "1969-06-01T00:00:00Z", "1970-01-01T00:00:00Z"),
  ])
  func findsTheNextTime(schedule: String, after: String, expected: String) throws {
    #expect(try next(schedule, after: after) == expected)
  }

  @Test func aDayThatNeverComes() throws { #expect(try next("0 0 31 2 *", after: "2026-01-01T00:00:00Z") == nil) }

  @Test(arguments: [
    "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 7", "a * * * *",
    "*/0 * * * *", "5-1 * * * *", "1-2-3 * * * *", "1/2/3 * * * *", "@often", "@every never", "TZ=UTC * * * * *",
    ", * * * *", "99999999999999999999 * * * *",
  ])
  func refuses(schedule: String) {
    if case .success(let times) = CronTimes.parse(schedule) { Issue.record("\(schedule) was read as \(times)") }
  }
}
