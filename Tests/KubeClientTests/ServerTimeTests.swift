import EventLoop
import HTTPTransport
import Kube
import Testing

@testable import KubeClient

/// A clock that the test moves, and that takes over every time it hears of.
private final class DocileClock: LoopClock {
  var now = Duration.zero
  var wallTime: (seconds: Int64, nanoseconds: Int32) = (1_800_000_000, 0)
  let passesByItself = false

  func learn(wallSeconds: Int64) -> Int64? {
    defer { wallTime.seconds = wallSeconds }
    return wallSeconds == wallTime.seconds ? nil : wallSeconds - wallTime.seconds
  }
}

@Suite struct ServerTimeTests {
  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("Fri, 01 Jan 2027 00:00:00 GMT", "2027-01-01T00:00:00Z"),
    ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun Nov  6 08:49:37 1994", nil), ("", nil), ("0", nil),
    ("Sun, 30 Feb 2027 08:49:37 GMT", nil), ("Sun, 06 nov 1994 08:49:37 GMT", nil), ("a b c d e GMT", nil),
  ]) func datesAreRead(text: String, wanted: String?) {
    #expect(Timestamp(httpDate: text) == wanted.flatMap { Timestamp($0) }, "\(text)")
  }

  /// What the client says, and what its clock shows, after answers that took so long and had such a date.
  private func heard(_ answers: [(after: Duration, date: String)]) throws -> (warnings: [String], wall: Int64) {
    let clock = DocileClock()
    let loop = try Loop(clock: clock)
    let transport = ScriptedTransport()
    let client = KubeClient(
      endpoint: Endpoint(url: ""), loop: loop, transport: transport, authenticator: NoCredentials(), userAgent: "test")
    var warnings: [String] = []
    client.onWarning = { warnings.append($0) }
    for (after, date) in answers {
      client.send(APIRequest(path: "/version")) { _ in }
      _ = loop.runUntilIdle(limit: .seconds(5))
      clock.now += after
      guard let request = transport.started.last else { continue }
      transport.answer(request, "{}", headers: [("date", date)])
    }
    return (warnings, clock.wallTime.seconds)
  }

  @Test func aServersTimeIsTakenAndSaidOnce() throws {
    let fiveMinutesLater = "Fri, 15 Jan 2027 08:05:00 GMT"
    let (warnings, wall) = try heard([(.zero, fiveMinutesLater), (.seconds(1), fiveMinutesLater)])
    #expect(warnings == ["this machine's clock is 5m behind the server's: times are reckoned by the server's"])
    #expect(wall == 1_800_000_300)
    let earlier = try heard([(.zero, "Fri, 15 Jan 2027 07:58:00 GMT")])
    #expect(earlier.warnings.first?.contains("is 2m ahead of the server's") == true)
  }

  @Test func whatWasLongUnderWayOrIsNoDateTellsNothing() throws {
    let (warnings, wall) = try heard([(.seconds(2), "Fri, 15 Jan 2027 08:05:00 GMT"), (.zero, "yesterday")])
    #expect(warnings.isEmpty && wall == 1_800_000_000)
  }
}
