import ClusterState
import Kube
import KubeClient
import Session
import TestSupport
import Testing

/// A real API server tells that an object exists without what is in it.
@Suite(.requiresControlPlane) struct PresenceTests {
  @Test func namesAreToldWithoutValues() async throws {
    let cluster = try await ControlPlane.shared()
    let namespace = try await cluster.makeNamespace("presence")
    try await cluster.kubectl("-n", namespace, "create", "secret", "generic", "there", "--from-literal=key=hunter2")
    let there = NamedObject(Secret.resource, namespace: namespace, name: "there")
    let gone = NamedObject(Secret.resource, namespace: namespace, name: "gone")
    let live = try LiveSession(cluster)
    var answer: Result<APIResponse, APIFailure>?
    live.session.client.send(.metadata(of: there)) { answer = $0 }
    try await live.run(until: { answer != nil }, "no answer")
    let text = String(decoding: try #require(answer).get().body, as: UTF8.self)
    // base64 of the value
    #expect(text.contains("PartialObjectMetadata") && !text.contains("aHVudGVyMg") && !text.contains("\"data\""))

    live.session.wantPresence(of: [there, gone])
    try await live.run(until: { live.session.isPresenceKnown }, "not known")
    #expect(live.state.presence(of: there) == .present)
    #expect(live.state.presence(of: gone) == .absent)
    let nobody = try LiveSession(cluster, as: "nobody-\(namespace)")
    nobody.session.wantPresence(of: [there, gone])
    try await nobody.run(until: { nobody.session.isPresenceKnown }, "not known")
    for object in [there, gone] {
      guard case .unknown(let words)? = nobody.state.presence(of: object) else {
        Issue.record("\(object.name) is told to somebody who may not see it")
        continue
      }
      #expect(words.contains("Forbidden"))
    }
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }
}
