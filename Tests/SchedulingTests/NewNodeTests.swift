import ClusterState
import Kube
import Scheduling
import Testing

/// The node that is missing is named with all that the pod asks of it, and would take the pod as it is named.
@Suite struct NewNodeTests {
  private func suggestion(_ snapshot: ClusterSnapshot, _ pod: Pod) -> Suggestion? {
    snapshot.suggestions(for: pod, limit: 40).first { if case .addNode? = $0.changes.first { true } else { false } }
  }

  private func zoned(_ name: String, _ zone: String) -> Node {
    node(name) {
      $0.metadata.labels["zone"] = zone
      $0.status.allocatable["cpu"] = Quantity("1")
    }
  }

  @Test func theLabelsThatItAsksFor() {
    let choosy = requesting(["cpu": "3"]) {
      $0.spec.nodeSelector = ["disk": "ssd"]
      $0.spec.affinity = nodeAffinity([
        [
          requirement("arch", "In", "arm64", "amd64"), requirement("fast", "Exists"), requirement("cores", "Gt", "7"),
          requirement("old", "DoesNotExist"),
        ]
      ])
    }
    #expect(
      suggestion(cluster([node("a")]), choosy)?.text
        == "add a node with at least cpu 3 and labels arch=arm64, cores=8, disk=ssd, fast")
    let either = pod("p") {
      $0.spec.nodeSelector = ["arch": "amd64"]
      $0.spec.affinity = nodeAffinity([[requirement("arch", "In", "arm64")], [requirement("disk", "In", "ssd")]])
    }
    // The first way contradicts the selector.
    #expect(suggestion(cluster([node("a")]), either)?.text == "add a node with labels arch=amd64, disk=ssd")
  }

  /// No label can have such a value, so that no node can be what is asked for.
  @Test func whatNoLabelCanSay() {
    let below = pod("p") { $0.spec.affinity = nodeAffinity([[requirement("gen", "Lt", "0")]]) }
    #expect(suggestion(cluster([node("a")]), below) == nil)
    let odd = pod("p") { $0.spec.nodeSelector = ["disk": "has space!"] }
    let found = cluster([node("a")]).suggestions(for: odd, limit: 40)
    #expect(found.map(\.text) == ["ask no longer for node label disk"])
  }

  /// One piece is asked for as much as two are.
  @Test(
    arguments: [
      ("example.com/fpga", "1", "add a node with at least example.com/fpga 1"),
      ("example.com/fpga", "2", "add a node with at least example.com/fpga 2"),
      ("cpu", "1m", "add a node with at least cpu 1m"), ("example.com/fpga", "0", nil),
    ] as [(String, String, String?)]) func allThatItAsksFor(resource: String, amount: String, text: String?)
  {
    let tiny = node("a") { $0.status.allocatable = ["pods": Quantity("110")] }
    let asking = requesting([:]) { $0.spec.containers[0].resources.requests = [resource: Quantity(amount)] }
    let found = suggestion(cluster([tiny]), asking)
    #expect(found?.text == text)
    guard case .addNode(let new)? = found?.changes.first else { return }
    // As it is named, and with nothing else, it takes the pod.
    let named = node("new") {
      $0.status.allocatable = ["pods": Quantity("110")]
      for (name, least) in new.size { $0.status.allocatable[name] = Quantity(name == "cpu" ? "\(least)m" : "\(least)") }
    }
    #expect(cluster([named]).explain(asking).fitting.map(\.name) == ["new"])
  }

  @Test func aPlaceIsNamedWhereItMatters() {
    let nodes = [zoned("a", "1"), zoned("b", "2")]
    let asking = requesting(["cpu": "3"]) { $0.metadata.labels = ["app": "web"] }
    #expect(suggestion(cluster(nodes), asking)?.text == "add a node with at least cpu 3")
    // Beside a neighbour.
    var near = asking
    near.spec.affinity = neighbours(near: [term(selector(["app": "db"]), by: "zone")])
    let db = pod("db", on: "b") { $0.metadata.labels = ["app": "db"] }
    #expect(suggestion(cluster(nodes, [db]), near)?.text == "add a node with at least cpu 3 and label zone=2")
    // Away from one.
    var away = asking
    away.spec.affinity = neighbours(away: [term(selector(["app": "db"]), by: "zone")])
    #expect(suggestion(cluster(nodes, [db]), away)?.text == "add a node with at least cpu 3 and label zone=1")
    let everywhere = [db, pod("db-2", on: "a") { $0.metadata.labels = ["app": "db"] }]
    #expect(
      suggestion(cluster(nodes, everywhere), away)?.text == "add a node with at least cpu 3 and no label zone")
    // Where others keep it away.
    let hermit = pod("hermit", on: "a") {
      $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]), by: "zone")])
    }
    #expect(suggestion(cluster(nodes, [hermit]), asking)?.text == "add a node with at least cpu 3 and label zone=2")
    // Spread: the emptier zone.
    var even = asking
    even.spec.topologySpreadConstraints = [spread("zone", selector(["app": "web"]))]
    let one = pod("one", on: "a") { $0.metadata.labels = ["app": "web"] }
    #expect(suggestion(cluster(nodes, [one]), even)?.text == "add a node with at least cpu 3 and label zone=2")
  }

  /// A node with other labels of places would not reach the volume, and one without any is no real node.
  @Test(arguments: [
    ("topology.kubernetes.io/zone", "test-9z", "topology.kubernetes.io/zone=test-9z"),
    ("failure-domain.beta.kubernetes.io/zone", "test-9z", "topology.kubernetes.io/zone=test-9z"),
    ("topology.kubernetes.io/region", "r9__r8", "topology.kubernetes.io/region=r9"),
  ]) func theZoneOfAVolumeIsNamed(label: String, value: String, named: String) {
    var volume = PersistentVolume()
    (volume.metadata.name, volume.metadata.labels) = ("pv", [label: value])
    var claim = PersistentVolumeClaim()
    (claim.metadata.namespace, claim.metadata.name, claim.spec.volumeName) = ("shop", "data", "pv")
    claim.metadata.annotations = ["pv.kubernetes.io/bind-completed": "yes"]
    claim.status.phase = "Bound"
    // Neighbours are reckoned by region, so that the search looks at regions too.
    let hermit = pod("hermit", on: "a") {
      $0.spec.affinity = neighbours(away: [term(selector(["app": "x"]), by: "topology.kubernetes.io/region")])
    }
    var snapshot = cluster(
      [
        node("a") {
          $0.metadata.labels["topology.kubernetes.io/region"] = "r1"
          $0.metadata.labels["topology.kubernetes.io/zone"] = "z1"
        }
      ], [hermit])
    snapshot.put(volume)
    snapshot.put(claim)
    var mount = Volume()
    mount.name = "data"
    mount.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
    mount.persistentVolumeClaim?.claimName = "data"
    let using = pod("p") { $0.spec.volumes = [mount] }
    #expect(suggestion(snapshot, using)?.text == "add a node with label \(named)")
  }

  @Test func theTaintsThatItMayHave() {
    let plain = suggestion(cluster([zoned("a", "1")]), requesting(["cpu": "3"]))
    #expect(plain?.remarks == ["the node may have no taint that keeps pods away: this pod tolerates none"])
    let tolerant = requesting(["cpu": "3"]) {
      $0.spec.tolerations = [
        toleration("dedicated", "Equal", "gpu", effect: "NoSchedule"), toleration("spot", "Exists"),
        toleration("node.kubernetes.io/not-ready", "Exists", effect: "NoExecute"),
        toleration("wish", "Exists", effect: "PreferNoSchedule"),
      ]
    }
    #expect(
      suggestion(cluster([zoned("a", "1")]), tolerant)?.remarks == [
        "of taints that keep pods away the node may have only what this pod tolerates: dedicated=gpu:NoSchedule, spot"
      ])
  }

  /// A node that must have a name that no new node has, and a volume that no new node reaches.
  @Test func whereNoNewNodeWouldDoNoneIsProposed() {
    let named = pod("p") {
      $0.spec.affinity = nodeAffinity([], fields: [[requirement("metadata.name", "In", "gone")]])
    }
    #expect(suggestion(cluster([node("a")]), named) == nil)
    #expect(suggestion(cluster([node("a")]), pod("p") { $0.spec.resourceClaims = [PodResourceClaim()] }) == nil)
  }
}
