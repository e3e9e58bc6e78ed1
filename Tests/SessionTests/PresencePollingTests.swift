import ClusterState
import EventLoop
import HTTPTransport
import Kube
import Testing

@testable import Session

/// Whether objects exist is asked by name, for metadata only, and again while it matters.
@Suite struct PresencePollingTests {
  private func secret(_ name: String) -> NamedObject { NamedObject(Secret.resource, namespace: "a", name: name) }
  private func path(_ name: String) -> String { "/api/v1/namespaces/a/secrets/\(name)" }

  @Test func answersAreKept() throws {
    let run = try SessionRun()
    run.answers[path("there")] = (200, #"{"kind":"PartialObjectMetadata","metadata":{"name":"there"}}"#)
    run.answers[path("hidden")] = SessionRun.forbidden
    run.answers[path("old")] = (406, SessionRun.failure(406, "NotAcceptable"))
    let names = ["there", "gone", "hidden", "old"].map(secret)
    run.session.wantPresence(of: names)
    #expect(!run.session.isPresenceKnown)
    run.settle()
    #expect(run.session.isPresenceKnown)
    let state = run.session.state
    #expect(state.presence(of: names[0]) == .present)
    #expect(state.presence(of: names[1]) == .absent)
    #expect(state.presence(of: names[2]) == .unknown("Error from server (Forbidden): m"))
    #expect(state.presence(of: names[3]) == .unknown("Error from server (NotAcceptable): m"))
    // The values of a Secret never come: there is no other form that would be taken instead.
    for request in run.transport.started {
      #expect(request.header("Accept") == "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1")
      #expect(request.request.method == "GET")
    }
  }

  @Test func itIsAskedAgainWhileItIsWanted() throws {
    let run = try SessionRun()
    run.session.wantPresence(of: [secret("x")])
    run.settle()
    #expect(run.session.state.presence(of: secret("x")) == .absent)
    run.session.wantPresence(of: [secret("x")])
    run.settle()
    #expect(run.asked() == [path("x")], "wanting the same again asks nothing")
    run.answers[path("x")] = (200, "{}")
    run.advance(PresencePolling.interval)
    #expect(run.asked() == [path("x")])
    #expect(run.session.state.presence(of: secret("x")) == .present)
    run.session.wantPresence(of: [])
    run.advance(PresencePolling.interval)
    run.advance(PresencePolling.interval)
    #expect(run.asked().isEmpty)
    #expect(run.session.state.presence(of: secret("x")) == nil, "an old answer must not come back as news")
  }

  @Test func noServerIsAskedHundredsOfQuestions() throws {
    let run = try SessionRun()
    let names = (0..<300).map { secret("s\(String($0 + 1000))") }
    run.session.wantPresence(of: names)
    _ = run.loop.runUntilIdle(limit: .seconds(5))
    #expect(run.transport.open.count == PresencePolling.mostAtOnce)
    run.settle()
    #expect(run.asked().count == PresencePolling.most)
    #expect(run.session.state.presence(of: names[0]) == .absent)
    guard case .unknown? = run.session.state.presence(of: names[299]) else {
      Issue.record("what was not asked is not known")
      return
    }
    // Room for those that were left out.
    run.session.wantPresence(of: Array(names.suffix(50)))
    run.settle()
    #expect(run.session.state.presence(of: names[299]) == .absent)
  }
}
