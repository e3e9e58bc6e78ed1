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
