import ClusterState
import EventLoop
import HTTPTransport
import Kube
import Testing

@testable import Session

@Suite struct ClusterSessionTests {
  static let pods = "/api/v1/pods"
  static let budgets = PodDisruptionBudget.resources

  func freshness(_ run: SessionRun, _ resource: Resource) -> Freshness? { run.session.state.store(resource)?.freshness }

  @Test func whatIsNotNeededIsStoppedAfterTheTimeOfGrace() throws {
    let run = try SessionRun()
    run.answers[Self.pods] = SessionRun.list(["x"])
    run.session.setNeeds([Subscription(Pod.resource)])
    run.settle()
    #expect(freshness(run, Pod.resource) == .live && run.watches == [Self.pods])
    run.session.setNeeds([])
    run.advance(KindReader.grace - .milliseconds(1))
    #expect(run.watches == [Self.pods])
    // Coming back within the time costs nothing, and the time begins anew.
    _ = run.asked()
    run.session.setNeeds([Subscription(Pod.resource)])
    run.advance(.seconds(30))
    run.session.setNeeds([])
    run.advance(KindReader.grace - .milliseconds(1))
    #expect(run.watches == [Self.pods] && run.asked().allSatisfy { $0 == "/version" }, "it only asks for signs of life")
    run.advance(.milliseconds(1))
    #expect(run.watches.isEmpty)
    guard case .stale = freshness(run, Pod.resource) else { Issue.record("it must begin to age"); return }
    #expect(run.session.state.store(of: Pod.self)?.count == 1, "the data stay")
    run.session.setNeeds([Subscription(Pod.resource)])
    run.settle()
    #expect(freshness(run, Pod.resource) == .live)
  }

  @Test func rowsOfABuiltInKindAreReadBesideItsObjects() throws {
    let run = try SessionRun()
    run.answers["/apis/rbac.authorization.k8s.io/v1/roles"] = SessionRun.list(["reader"])
    run.session.setNeeds([Subscription(Role.resource, asTable: true)])
    run.settle()
    #expect(run.session.state.table(Role.resource)?.object(uid: "reader") is TableRow)
    #expect(run.session.state.store(Role.resource) == nil)
    run.session.setNeeds([Subscription(Role.resource, asTable: true), Subscription(Role.resource)])
    run.settle()
    #expect(run.session.state.all(Role.self).map(\.metadata.name) == ["reader"])
    #expect(run.session.state.table(Role.resource)?.object(uid: "reader") is TableRow, "the rows stay")
  }

  @Test func aStoreOfTheClusterServesANamespace() throws {
    let run = try SessionRun()
    run.answers[Self.pods] = SessionRun.list(["x"])
    run.session.setNeeds([Subscription(Pod.resource)])
    run.settle()
    _ = run.asked()
    run.session.setNeeds([Subscription(Pod.resource, namespace: "a")])
    run.settle()
    #expect(run.asked().isEmpty && run.session.state.store(Pod.resource)?.coverage == .cluster)
  }

  @Test func aNamespaceIsReadWhereTheClusterMayNotBe() throws {
    let run = try SessionRun()
    run.answers[Self.pods] = SessionRun.forbidden
    run.answers["/api/v1/namespaces/a/pods"] = SessionRun.list(["x"])
    run.session.setNeeds([Subscription(Pod.resource)])
    run.settle()
    #expect(freshness(run, Pod.resource) == .forbidden("m"))
    run.session.setNeeds([Subscription(Pod.resource, namespace: "a")])
    run.settle()
    #expect(freshness(run, Pod.resource) == .live)
    #expect(run.session.state.store(Pod.resource)?.coverage == .namespace("a"))
  }

  @Test func oneKindInTwoNamespacesIsReadEverywhere() throws {
    let run = try SessionRun()
    run.answers[Self.pods] = SessionRun.list()
    run.session.setNeeds([
      Subscription(Pod.resource, namespace: "a"), Subscription(Pod.resource, namespace: "b"),
    ])
    run.settle()
    #expect(run.watches == [Self.pods])
  }

  @Test(arguments: [(["v1", "v1beta1"], "v1"), (["v1beta1", "v1"], "v1"), (["v1beta1"], "v1beta1")])
  func theBestVersionServedIsRead(served: [String], read: String) throws {
    let run = try SessionRun()
    let versions = served.map { version in (version, Self.budgets.filter { $0.version == version }) }
    run.serve([("policy", versions)])
    run.answers["/apis/policy/\(read)/poddisruptionbudgets"] = SessionRun.list()
    run.session.setNeeds([Subscription(PodDisruptionBudget.resource)])
    run.settle()
    #expect(freshness(run, PodDisruptionBudget.resource) == .unread, "which version is not known yet")
    run.session.discover()
    run.settle()
    #expect(freshness(run, PodDisruptionBudget.resource) == .live)
    #expect(run.watches == ["/apis/policy/\(read)/poddisruptionbudgets"])
    #expect(run.session.evictionVersion == read)
    #expect(run.session.serverVersion?.minor == 20 && run.session.contact == .reached)
  }

  @Test func whatTheServerDoesNotHaveIsNotAskedFor() throws {
    let run = try SessionRun()
    run.serve([])
    run.session.discover()
    run.session.setNeeds([Subscription(PodDisruptionBudget.resource)])
    run.settle()
    #expect(freshness(run, PodDisruptionBudget.resource) == .notServed)
    #expect(!run.asked().contains { $0.contains("policy") })
  }

  @Test(arguments: [("v1", ["v1"]), ("v1beta1", ["v1", "v1beta1"]), ("", ["v1", "v1beta1"])])
  func whereTheServerWillNotSayOneVersionAfterTheOtherIsTried(served: String, tried: [String]) throws {
    let run = try SessionRun()
    run.answers["/api"] = SessionRun.forbidden
    run.answers["/apis"] = SessionRun.forbidden
    run.answers["/apis/policy/\(served)/poddisruptionbudgets"] = SessionRun.list()
    run.session.setNeeds([Subscription(PodDisruptionBudget.resource)])
    run.session.discover()
    run.settle()
    let asked = run.transport.started.map(\.target).filter { $0.contains("policy") && !$0.contains("watch=true") }
    #expect(asked.map { String($0.split(separator: "/")[2]) } == tried)
    #expect(freshness(run, PodDisruptionBudget.resource) == (served.isEmpty ? .notServed : .live))
    #expect(run.session.contact == .reached && !run.session.isDiscovered)
    // Every later try to learn what is served leaves alone what works.
    _ = run.asked()
    run.advance(.seconds(30))
    #expect(!run.asked().contains { $0.contains("policy") })
  }

  @Test func whatWasTriedIsLeftForWhatTheServerThenSays() throws {
    let run = try SessionRun()
    run.answers["/api"] = SessionRun.forbidden
    run.answers["/apis"] = SessionRun.forbidden
    run.answers["/apis/policy/v1beta1/poddisruptionbudgets"] = SessionRun.list()
    run.session.setNeeds([Subscription(PodDisruptionBudget.resource)])
    run.session.discover()
    run.settle()
    run.serve([("policy", Self.budgets.map { ($0.version, [$0]) })])
    run.answers["/apis/policy/v1/poddisruptionbudgets"] = SessionRun.list()
    run.session.refresh()
    run.settle()
    #expect(run.watches == ["/apis/policy/v1/poddisruptionbudgets"])
  }

  @Test func aServerThatCannotBeReachedIsTriedAgain() throws {
    let run = try SessionRun()
    run.session.discover()
    _ = run.loop.runUntilIdle(limit: .seconds(5))
    for request in run.transport.open { run.transport.send(.failed(.refused(address: "h:1")), to: request) }
    guard case .failed(let reason) = run.session.contact else { Issue.record("\(run.session.contact)"); return }
    #expect(reason.contains("was refused"))
    run.serve([])
    run.advance(.seconds(1))
    #expect(run.session.contact == .reached && run.session.isDiscovered && run.session.failure == nil)
  }

  /// A web server, or a proxy whose API server is down, has neither pods nor a word about what it serves.
  @Test(arguments: [true, false]) func thatAWebServerHasNoPodsTellsNothing(asksForPodsFirst: Bool) throws {
    let run = try SessionRun()
    let needs: Set<Subscription> = [Subscription(Pod.resource)]
    if asksForPodsFirst {
      run.session.setNeeds(needs)
      run.settle()
      #expect(freshness(run, Pod.resource) == .notServed)
    }
    run.session.discover()
    run.settle()
    run.session.setNeeds(needs)
    run.settle()
    guard case .failed(let reason) = run.session.contact else { Issue.record("\(run.session.contact)"); return }
    #expect(freshness(run, Pod.resource) == .failed(reason))
    // The API server has come back.
    run.serve([("", [("v1", [Pod.resource])])])
    run.answers[Self.pods] = SessionRun.list()
    run.advance(.seconds(1))
    #expect(run.session.isDiscovered && freshness(run, Pod.resource) == .live)
  }

  @Test func refreshTriesAtOnceWhatWaits() throws {
    let run = try SessionRun()
    run.serve([("", [("v1", [Pod.resource])])])
    run.answers[Self.pods] = (503, SessionRun.failure(503, "ServiceUnavailable"))
    run.session.setNeeds([Subscription(Pod.resource)])
    run.settle()
    guard case .failed = freshness(run, Pod.resource) else { Issue.record("it must have failed"); return }
    run.answers[Self.pods] = SessionRun.list()
    _ = run.asked()
    run.session.refresh()
    run.settle()
    #expect(freshness(run, Pod.resource) == .live && run.asked().contains("/apis"))
  }

  @Test func changesAreToldOnceATurn() throws {
    let run = try SessionRun()
    run.answers[Self.pods] = SessionRun.list((1...50).map { "p\($0)" })
    var calls = 0
    run.session.onChange = { calls += 1 }
    run.session.setNeeds([Subscription(Pod.resource)])
    run.settle()
    #expect((1...5).contains(calls))
  }

  @Test func closingEndsEverything() throws {
    let run = try SessionRun()
    run.serve([])
    run.answers[Self.pods] = SessionRun.list()
    run.session.setNeeds([Subscription(Pod.resource)])
    run.session.discover()
    run.session.wantUsage(namespace: nil)
    run.settle()
    _ = run.asked()
    run.session.close()
    run.advance(.seconds(1000))
    #expect(run.transport.open.isEmpty && run.asked().isEmpty)
  }
}

@Suite struct UsageTests {
  static let pods = "/apis/metrics.k8s.io/v1beta1/pods"
  static let nodes = "/apis/metrics.k8s.io/v1beta1/nodes"
  static let sample = """
    {"items":[{"metadata":{"name":"p","namespace":"a"},"containers":[
      {"name":"x","usage":{"cpu":"100m","memory":"1Mi"}},{"name":"y","usage":{"cpu":"50m","memory":"1Mi"}}]}]}
    """

  @Test func podsAreAskedForAgainAndAgain() throws {
    let run = try SessionRun()
    run.answers[Self.pods] = (200, Self.sample)
    run.answers[Self.nodes] = (200, #"{"items":[{"metadata":{"name":"n"},"usage":{"cpu":"2"}}]}"#)
    #expect(run.session.usage == .unread)
    run.session.wantUsage(namespace: nil)
    run.settle()
    guard case .known(let sample, _) = run.session.usage else { Issue.record("\(run.session.usage)"); return }
    #expect(sample.pods[ObjectName(namespace: "a", name: "p")]?.cpu?.nanos == 150_000_000)
    #expect(sample.containers[ObjectName(namespace: "a", name: "p")]?["y"]?.cpu?.nanos == 50_000_000)
    #expect(sample.nodes["n"]?.cpu?.nanos == 2_000_000_000 && sample.nodes["n"]?.memory == nil)
    _ = run.asked()
    run.advance(UsagePolling.interval - .milliseconds(1))
    #expect(run.asked().isEmpty)
    run.advance(.milliseconds(1))
    #expect(run.asked().sorted() == [Self.nodes, Self.pods])
    run.session.releaseUsage()
    run.advance(.seconds(100))
    #expect(run.asked().isEmpty)
    guard case .known = run.session.usage else { Issue.record("what is known stays"); return }
  }

  @Test func aServerWithoutMetricsIsLeftAloneForLonger() throws {
    let run = try SessionRun()
    run.session.wantUsage(namespace: nil)
    run.settle()
    #expect(run.session.usage == .notServed)
    _ = run.asked()
    run.advance(UsagePolling.notServedInterval - .milliseconds(1))
    #expect(run.asked().isEmpty)
    run.answers[Self.pods] = (200, Self.sample)
    run.advance(.milliseconds(1))
    guard case .known(let sample, _) = run.session.usage else { Issue.record("\(run.session.usage)"); return }
    #expect(sample.pods.count == 1 && sample.nodes.isEmpty, "nodes may be refused")
  }

  @Test func refusedUsageIsAFailure() throws {
    let run = try SessionRun()
    run.answers[Self.pods] = SessionRun.forbidden
    run.session.wantUsage(namespace: nil)
    run.settle()
    #expect(run.session.usage == .failed("Error from server (Forbidden): m"))
  }

  @Test func oneNamespaceIsAskedForWhereOneIsWanted() throws {
    let run = try SessionRun()
    run.session.wantUsage(namespace: "a")
    run.settle()
    #expect(run.asked().contains("/apis/metrics.k8s.io/v1beta1/namespaces/a/pods"))
  }
}
