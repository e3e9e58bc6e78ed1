import ClusterState
import Diagnosis
import Kube
import Session
import TestSupport
import Testing

/// What a user may not read is said in the server's words, and does not keep the rest from being read.
@Suite(.requiresControlPlane) struct AccessTests {
  @Test func forbiddenKindsAreNotAskedForAgain() async throws {
    let cluster = try await ControlPlane.shared()
    let namespace = try await cluster.makeNamespace("allowed")
    let user = "mira-\(namespace)"
    try await cluster.kubectl("-n", namespace, "create", "role", "reader", "--verb=get,list,watch", "--resource=pods")
    try await cluster.kubectl("-n", namespace, "create", "rolebinding", "reader", "--role=reader", "--user=\(user)")
    let node = "node-of-\(namespace)"
    try await cluster.makeFakeNode(node)
    try await cluster.kubectl(
      "-n", namespace, "create", "-f", "-",
      input: """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "seen"},
         "spec": {"nodeName": "\(node)", "containers": [{"name": "c", "image": "x"}]}}
        """)

    let live = try LiveSession(cluster, as: user)
    try await live.discover()
    live.session.setNeeds([
      Subscription(Pod.resource, namespace: namespace), Subscription(Secret.resource, namespace: namespace),
      Subscription(Namespace.resource), Subscription(Node.resource), Subscription(Deployment.resource),
    ])
    let refused = [Namespace.resource, Node.resource, Secret.resource, Deployment.resource]
    try await live.run(
      until: {
        live.freshness(Pod.resource) == .live && refused.allSatisfy { isForbidden(live.freshness($0)) }
      }, "\(([Pod.resource] + refused).map { live.freshness($0) })")
    #expect(
      live.freshness(Node.resource)
        == .forbidden(
          #"nodes is forbidden: User "\#(user)" cannot list resource "nodes" in API group "" at the cluster scope"#))
    #expect(live.state.all(Pod.self).map(\.metadata.name) == ["seen"])
    #expect(!live.state.isConclusive(Node.self), "no nodes were seen, which does not mean that there are none")

    // No storm: each was asked for once, and is not asked for again soon, while the others stay live.
    await live.run(seconds: 5)
    for resource in refused {
      let tries = live.requests.filter { $0.contains("/\(resource.plural)?") }
      #expect(tries.count == 1, "\(tries)")
    }
    try await cluster.kubectl("-n", namespace, "label", "pod", "seen", "colour=green")
    try await live.run(
      until: { live.state.all(Pod.self).first?.metadata.labels["colour"] == "green" }, "pods are not watched")
    #expect(live.requests.count { $0.contains("/pods?") } == 2, "one list, one watch")

    // Diagnosis says what it cannot tell.
    let unknowns = live.diagnose(namespace).unknowns
    #expect(unknowns.contains { $0.reason.hasPrefix("nodes: nodes is forbidden") }, "\(unknowns)")
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }

  /// Rights may be granted while somebody looks: a refresh is enough.
  @Test func grantedRightsAreSeenAfterARefresh() async throws {
    let cluster = try await ControlPlane.shared()
    let namespace = try await cluster.makeNamespace("granted")
    let user = "noor-\(namespace)"
    let live = try LiveSession(cluster, as: user)
    let pods = Subscription(Pod.resource, namespace: namespace)
    live.session.setNeeds([pods])
    try await live.run(until: { isForbidden(live.freshness(Pod.resource)) }, "pods are not forbidden")
    try await cluster.kubectl("-n", namespace, "create", "rolebinding", "v", "--clusterrole=view", "--user=\(user)")
    // The server's authorizer learns of the binding a moment later.
    try await eventually("the server has not learned of the binding") {
      try await cluster.kubectlResult(["-n", namespace, "--as", user, "auth", "can-i", "list", "pods"]).status == 0
    }
    live.session.refresh()
    try await live.run(until: { live.freshness(Pod.resource) == .live }, "\(live.requests)")
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }

  private func isForbidden(_ freshness: Freshness?) -> Bool {
    if case .forbidden? = freshness { true } else { false }
  }
}
