import ClusterState
import Kube
import Scheduling
import Testing

/// What has to be changed for a pod to be changed: only what exists is named.
@Suite struct PodOriginTests {
  private static func owned(_ kind: String, _ name: String, uid: String = "") -> [OwnerReference] {
    var owner = OwnerReference()
    (owner.kind, owner.name, owner.uid, owner.controller) = (kind, name, uid, true)
    return [owner]
  }

  /// What owns what, by kind and name; "?" for what nobody can tell.
  private func topmost(_ owners: [String: [OwnerReference]], unknown: Set<String> = [], uid: String = "") -> (
    String, String?
  ) {
    let waiting = pod("p") { $0.metadata.ownerReferences = owners["pod p"] ?? [] }
    let found = PodOrigin.topmost(of: waiting) { owner, namespace in
      let key = "\(owner.kind.lowercased()) \(owner.name)"
      if unknown.contains(key) { return .unknown }
      guard let above = owners[key] else { return .missing }
      var metadata = ObjectMeta()
      (metadata.namespace, metadata.name, metadata.uid, metadata.ownerReferences) = (namespace, owner.name, uid, above)
      return .found(metadata)
    }
    return ("\(found.origin.kind) \(found.origin.name)", found.remark)
  }

  @Test func theTopmostThatExists() {
    let chain = [
      "pod p": Self.owned("ReplicaSet", "web-1"), "replicaset web-1": Self.owned("Deployment", "web"),
      "deployment web": [],
    ]
    #expect(topmost(chain) == ("deployment web", nil))
    #expect(topmost([:]) == ("pod p", nil))
    // Of a kind that nobody can read the reference has to be enough.
    #expect(topmost(chain, unknown: ["deployment web"]) == ("deployment web", nil))
  }

  @Test func anOwnerThatIsGone() {
    #expect(
      topmost(["pod p": Self.owned("ReplicaSet", "web-1"), "replicaset web-1": Self.owned("Deployment", "gone")])
        == ("replicaset web-1", "deployment gone, which owns replicaset web-1, does not exist"))
    #expect(
      topmost(["pod p": Self.owned("Job", "gone")]) == ("pod p", "job gone, which owns pod p, does not exist"))
    #expect(
      topmost(["pod p": Self.owned("Job", "again", uid: "old"), "job again": []], uid: "new")
        == ("pod p", "the job again that owns pod p is gone, and another one has its name by now"))
  }

  @Test func aCircle() {
    let circle = [
      "pod p": Self.owned("ReplicaSet", "one"), "replicaset one": Self.owned("ReplicaSet", "two"),
      "replicaset two": Self.owned("ReplicaSet", "one"),
    ]
    let (name, remark) = topmost(circle)
    #expect(name == "replicaset one")
    #expect(
      remark
        == "the owners go in a circle: replicaset one -> replicaset two -> replicaset one; what stands above them cannot "
        + "be told")
    let own = topmost(["pod p": Self.owned("Pod", "p")])
    #expect(own.0 == "pod p" && own.1?.hasPrefix("the owners go in a circle: pod p -> pod p") == true)
  }

  @Test func aChainWithoutEndIsLeft() {
    let found = PodOrigin.topmost(of: pod("p") { $0.metadata.ownerReferences = Self.owned("ReplicaSet", "x0") }) {
      owner, namespace in
      var metadata = ObjectMeta()
      metadata.name = owner.name
      metadata.ownerReferences = Self.owned("ReplicaSet", owner.name + "x")
      return .found(metadata)
    }
    #expect(found.origin.kind == "replicaset")
  }
}
