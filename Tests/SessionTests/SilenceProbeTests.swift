import ClusterState
import EventLoop
import HTTPTransport
import Kube
import Testing

@testable import Session

/// Servers that say nothing: because nothing happens, or because they hang.
struct SilenceProbeTests {
  private static let pods = "/api/v1/pods"

  private static func live() throws -> SessionRun {
    let run = try SessionRun()
    run.answers[pods] = SessionRun.list(["x"])
    run.session.setNeeds([Subscription(Pod.resource)])
    run.settle()
    _ = run.asked()
    return run
  }

  /// Moves the clock and turns the loop without answering anything.
  private static func pass(_ duration: Duration, _ run: SessionRun) {
    run.clock.advance(by: duration)
    _ = run.loop.runUntilIdle(limit: .seconds(5))
  }

  @Test func aServerThatAnswersStaysLive() throws {
    let run = try Self.live()
    run.advance(SilenceProbe.remarkable - .milliseconds(1))
    #expect(run.asked() == [])
    // It does not know the path: an answer all the same.
    run.advance(.milliseconds(1))
    #expect(run.asked() == ["/version"])
    run.advance(SilenceProbe.remarkable)
    #expect(run.asked() == ["/version"])
    #expect(run.session.state.store(Pod.resource)?.freshness == .live && run.watches == [Self.pods])
  }

  @Test func wordsOnAWatchAreASignOfLife() throws {
    let run = try Self.live()
    run.advance(.seconds(20))
    let watch = try #require(run.transport.open.first)
    let bookmark = Array(#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"#.utf8) + [10]
    bookmark.withUnsafeBytes { run.transport.send(.body($0), to: watch) }
    run.advance(SilenceProbe.remarkable - .milliseconds(1))
    #expect(run.asked() == [])
    run.advance(.milliseconds(1))
    #expect(run.asked() == ["/version"])
  }

  @Test func aLogThatIsFollowedIsAskedForAgain() throws {
    let run = try SessionRun()
    var request = LogRequest([LogSource(namespace: "a", pod: "x", container: "c")])
    request.follow = true
    run.answers["/api/v1/namespaces/a/pods/x"] = (
      200,
      #"{"metadata":{"name":"x","namespace":"a"},"status":{"containerStatuses":[{"name":"c","containerID":"1","state":"#
        + #"{"running":{"startedAt":"2027-01-01T00:00:00Z"}}}]}}"#
    )
    var events: [LogEvent] = []
    let stream = run.session.openLogs(request) { events += $0 }
    Self.pass(.zero, run)
    let pod = try #require(run.transport.open.first)
    run.transport.answer(pod, status: 200, try #require(run.answers["/api/v1/namespaces/a/pods/x"]).body)
    Self.pass(.zero, run)
    let log = try #require(run.transport.open.first { $0.target.contains("/log?") })
    run.transport.begin(log, "2027-01-01T00:00:01Z one\n")
    Self.pass(SilenceProbe.remarkable, run)
    let probe = try #require(run.transport.open.last)
    #expect(probe.target == "/version")
    run.transport.send(.failed(.timedOut(connecting: false)), to: probe)
    #expect(run.transport.cancelled.contains(log.id))
    // How it stands with the container is asked, then the rest of its log.
    Self.pass(.seconds(10), run)
    let again = try #require(run.transport.open.first { $0.target == "/api/v1/namespaces/a/pods/x" })
    run.transport.answer(again, status: 200, try #require(run.answers["/api/v1/namespaces/a/pods/x"]).body)
    Self.pass(.zero, run)
    #expect(run.transport.open.contains { $0.target.contains("/log?") && $0.target.contains("sinceTime=2027") })
    #expect(events.contains { if case .line(let line) = $0 { line.text == "one" } else { false } })
    stream.close()
  }

  @Test func aServerThatHangsIsLeftAndTriedAgain() throws {
    let run = try Self.live()
    Self.pass(SilenceProbe.remarkable, run)
    let probe = try #require(run.transport.open.last)
    #expect(probe.target == "/version" && probe.request.timeout == SilenceProbe.patience)
    run.transport.send(.failed(.timedOut(connecting: false)), to: probe)
    guard case .stale(_, let reason)? = run.session.state.store(Pod.resource)?.freshness else {
      Issue.record("\(String(describing: run.session.state.store(Pod.resource)?.freshness))")
      return
    }
    #expect(reason.contains("did not answer") || reason.contains("time"), "\(reason)")
    #expect(run.session.state.store(of: Pod.self)?.count == 1, "the data stay")
    #expect(run.watches == [], "nothing waits on the old connection")
    run.advance(.seconds(60))
    #expect(run.session.state.store(Pod.resource)?.freshness == .live && run.watches == [Self.pods])
  }
}
