import EventLoop
import HTTPTransport
import Kube
import Testing

@testable import KubeClient

@Suite struct DiscoveryTests {
  static let core = """
    {"kind":"APIResourceList","groupVersion":"v1","resources":[
      {"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","shortNames":["po"],"verbs":["get","list"]},
      {"name":"pods/log","namespaced":true,"kind":"Pod","verbs":["get"]},
      {"name":"nodes","singularName":"","namespaced":false,"kind":"Node","verbs":["list"]}]}
    """
  static let groups = """
    {"kind":"APIGroupList","groups":[
      {"name":"policy","versions":[{"groupVersion":"policy/v1beta1","version":"v1beta1"},
        {"groupVersion":"policy/v1","version":"v1"}],"preferredVersion":{"groupVersion":"policy/v1","version":"v1"}},
      {"name":"metrics.k8s.io","versions":[{"version":"v1beta1"}],"preferredVersion":{"version":"v1beta1"}}]}
    """
  static func budgets(_ version: String) -> String {
    #"{"kind":"APIResourceList","groupVersion":"policy/\#(version)","resources":["#
      + #"{"name":"poddisruptionbudgets","namespaced":true,"kind":"PodDisruptionBudget","shortNames":["pdb"]}]}"#
  }

  static let aggregatedCore = """
    {"kind":"APIGroupDiscoveryList","items":[{"metadata":{},"versions":[{"version":"v1","freshness":"Current",
      "resources":[
        {"resource":"pods","responseKind":{"kind":"Pod"},"scope":"Namespaced","singularResource":"pod",
          "shortNames":["po"],"verbs":["get","list"],"subresources":[{"subresource":"log"}]},
        {"resource":"nodes","responseKind":{"kind":"Node"},"scope":"Cluster","singularResource":"","verbs":["list"]}
      ]}]}]}
    """
  static let aggregatedGroups = """
    {"kind":"APIGroupDiscoveryList","items":[
      {"metadata":{"name":"policy"},"versions":[
        {"version":"v1","resources":[{"resource":"poddisruptionbudgets","scope":"Namespaced",
          "responseKind":{"kind":"PodDisruptionBudget"},"shortNames":["pdb"]}]},
        {"version":"v1beta1","resources":[{"resource":"poddisruptionbudgets","scope":"Namespaced",
          "responseKind":{"kind":"PodDisruptionBudget"}}]}]},
      {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale"}]}]}
    """

  /// What comes of these answers, by path; what is not there is answered with 503.
  private func discover(
    _ answers: [String: String], failing: Int = 503
  ) throws -> (result: Result<ResourceCatalog, APIFailure>, asked: [String]) {
    let loop = try Loop(clock: ManualClock())
    let transport = ScriptedTransport()
    let client = KubeClient(
      endpoint: Endpoint(url: ""), loop: loop, transport: transport, authenticator: NoCredentials(), userAgent: "test")
    transport.onStart = { started in
      loop.post {
        if let body = answers[started.request.url] {
          transport.answer(started, body)
        } else {
          transport.answer(started, status: failing, ReflectorRun.failure(failing, "Reason"))
        }
      }
    }
    var result: Result<ResourceCatalog, APIFailure>?
    client.discover { result = $0 }
    _ = loop.runUntilIdle(limit: .seconds(5))
    return (try #require(result), transport.started.map(\.request.url))
  }

  private func expectKinds(_ catalog: ResourceCatalog) throws {
    #expect(catalog.resources.map(\.qualifiedName) == ["pods", "nodes", "poddisruptionbudgets.policy"])
    let pods = try #require(catalog.resource(named: "po"))
    #expect(pods.isNamespaced && pods.verbs == ["get", "list"] && pods.singular == "pod" && pods.apiVersion == "v1")
    let nodes = try #require(catalog.resource(named: "node"))
    #expect(!nodes.isNamespaced && nodes.singular == "node")
    #expect(catalog.all("poddisruptionbudgets.policy").map(\.version) == ["v1", "v1beta1"])
    #expect(catalog.resource(named: "pdb.v1beta1.policy")?.version == "v1beta1")
  }

  @Test func oldServersAreAskedForEachGroupVersion() throws {
    let (result, asked) = try discover([
      "/api": #"{"kind":"APIVersions","versions":["v1"]}"#, "/apis": Self.groups, "/api/v1": Self.core,
      "/apis/policy/v1": Self.budgets("v1"), "/apis/policy/v1beta1": Self.budgets("v1beta1"),
    ])
    let catalog = try result.get()
    try expectKinds(catalog)
    #expect(asked.count == 6)
    // One group whose server does not answer keeps nothing from the others.
    #expect(catalog.failures == ["metrics.k8s.io/v1beta1": "Error from server (Reason): m"])
  }

  @Test func newServersAreAskedTwice() throws {
    let (result, asked) = try discover(["/api": Self.aggregatedCore, "/apis": Self.aggregatedGroups])
    let catalog = try result.get()
    try expectKinds(catalog)
    #expect(asked == ["/api", "/apis"])
    #expect(catalog.failures == ["metrics.k8s.io/v1beta1": "its server did not answer"])
  }

  @Test func aServerThatAnswersNothingHasNoCatalog() throws {
    let (result, _) = try discover([:], failing: 403)
    guard case .failure(let failure) = result else { Issue.record("\(result)"); return }
    #expect(failure.isForbidden)
  }

  @Test func oneRootIsBetterThanNone() throws {
    let (result, _) = try discover(["/apis": Self.aggregatedGroups])
    let catalog = try result.get()
    #expect(catalog.resources.map(\.plural) == ["poddisruptionbudgets"])
    #expect(catalog.failures["/api"] == "Error from server (Reason): m")
  }

  @Test(arguments: ["[]", "{}", "7", #"{"groups":7}"#, #"{"groups":[7,{"versions":[{}]}]}"#, "<html>"])
  func strangeDocumentsAreNoCatalog(body: String) throws {
    let (result, _) = try discover(["/api": body, "/apis": body])
    guard case .failure(let failure) = result else { Issue.record("\(result)"); return }
    #expect(failure.isNothingServed || failure.sentence.contains("no JSON"))
  }
}
