import ClusterState
import Kube
import Scheduling
import Testing

/// A snapshot that follows a ClusterState by its changes is the one that a fresh start gives; and it knows what it
/// does not know.
@Suite struct SnapshotTests {
  private func state(_ kinds: [Resource] = all, _ freshness: Freshness = .live) -> ClusterState {
    let state = ClusterState()
    for kind in kinds {
      let store = ObjectStore(resource: kind, coverage: .cluster)
      store.freshness = freshness
      state.add(store)
    }
    return state
  }

  private static let all = ClusterSnapshot.reads.map { $0.resource }

  private func described(_ snapshot: ClusterSnapshot) -> [String] {
    let probes = [
      requesting(["cpu": "1"]), requesting(["cpu": "3", "memory": "1Gi"]),
      pod("p") { $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]))]) },
    ]
    return probes.flatMap { probe in
      snapshot.explain(probe).nodes.sorted { $0.name < $1.name }.map { "\($0.name) \($0.findings)" }
    }
  }

  @Test(arguments: 0..<30) func followingChangesIsTheSameAsAFreshStart(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let state = state()
    var followed = ClusterSnapshot(state, rules: .current)
    for step in 0..<60 {
      for _ in 0..<Int.random(in: 1...4, using: &random) { change(state, step, &random) }
      if Bool.random(using: &random) { followed.update(from: state) }
    }
    followed.update(from: state)
    #expect(described(followed) == described(ClusterSnapshot(state, rules: .current)))
  }

  private func change(_ state: ClusterState, _ step: Int, _ random: inout SeededRandom) {
    let nodeName = "n\(Int.random(in: 0..<5, using: &random))"
    let podName = "p\(Int.random(in: 0..<12, using: &random))"
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      let cpu = "\(Int.random(in: 1...6, using: &random))"
      // Now and then a namesake with another uid takes the place.
      let generation = Int.random(in: 0..<2, using: &random)
      state.store(of: Node.self)?.put(
        node(nodeName) {
          $0.metadata.uid = "uid-\(nodeName)-\(generation)"
          $0.status.allocatable["cpu"] = Quantity(cpu)
        })
    case 1:
      if let old = state.get(Node.self, name: nodeName) { state.store(of: Node.self)?.remove(old) }
    case 2:
      if let old = state.get(Pod.self, namespace: "shop", name: podName) { state.store(of: Pod.self)?.remove(old) }
    default:
      let target = Int.random(in: 0..<3, using: &random) == 0 ? "" : nodeName
      let ends = Int.random(in: 0..<8, using: &random) == 0
      state.store(of: Pod.self)?.put(
        requesting(["cpu": "500m", "memory": "1Gi"], name: podName, on: target) {
          $0.metadata.labels = ["app": step % 2 == 0 ? "web" : "db"]
          if ends { $0.status.phase = "Succeeded" }
          if target.isEmpty { $0.status.nominatedNodeName = nodeName }
        })
    }
  }

  @Test func aStoreThatIsReplacedIsReadAnew() {
    let state = state()
    state.store(of: Node.self)?.put(node("old"))
    var snapshot = ClusterSnapshot(state, rules: .current)
    let store = ObjectStore(resource: Node.resource, coverage: .cluster)
    store.freshness = .live
    store.put(node("new"))
    state.add(store)
    snapshot.update(from: state)
    #expect(snapshot.nodeNames == ["new"])
  }

  // MARK: What is not known

  private func gapped(_ kind: Resource, _ freshness: Freshness = .forbidden("no")) -> ClusterSnapshot {
    let state = state()
    state.store(of: Node.self)?.put(node("a"))
    state.store(of: Pod.self)?.put(requesting(["cpu": "3"], name: "x", on: "a"))
    state.store(kind)?.freshness = freshness
    return ClusterSnapshot(state, rules: .current)
  }

  @Test func withoutAllPodsThereMayBeLessRoomThanSeems() {
    let report = gapped(Pod.resource).explain(requesting(["cpu": "1"]))
    #expect(report.fitting.isEmpty && report.message == nil && !report.isCertain)
    #expect(
      report.verdict(of: .nodeResourcesFit, on: report.nodes[0]) == .unknown("pods may not be read: no"))
    // But what is too much already stays too much; how much is used in all nobody knows.
    let refused = gapped(Pod.resource).explain(requesting(["cpu": "2"])).nodes[0].reasons
    #expect(refused.map(\.text) == ["Insufficient cpu"])
    #expect(refused.map(\.evidence.description) == ["requested 2, free at most 1, used at least 3 of 4"])
    #expect(
      Evidence.podCount(used: 3, limit: 3, isPartial: true).description == "at least 3 pods of at most 3")
    let room = gapped(Pod.resource).placement(of: requesting(["cpu": "1"]))
    #expect(room.count == 0 && room.isAtLeast)
  }

  @Test func withoutNodesNothingIsTold() {
    let report = gapped(Node.resource).explain(requesting(["cpu": "1"]))
    #expect(report.nodes.isEmpty && report.gap == "nodes may not be read: no" && report.message == nil)
    #expect(report.agrees == nil)
  }

  @Test func aNamespaceOnlyIsNotTheCluster() {
    let state = state()
    let store = ObjectStore(resource: Pod.resource, coverage: .namespace("shop"))
    store.freshness = .live
    state.add(store)
    #expect(
      ClusterSnapshot(state, rules: .current).gaps == [.pods: "pods of other namespaces are not read"])
  }

  @Test func onlyTheFiltersThatNeedAKindMissIt() {
    let claims = gapped(PersistentVolumeClaim.resource)
    #expect(claims.explain(requesting(["cpu": "1"])).fitting.count == 1)
    let using = pod("p") {
      var volume = Volume()
      volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
      volume.persistentVolumeClaim?.claimName = "c"
      $0.spec.volumes = [volume]
    }
    let report = claims.explain(using)
    #expect(report.podFailure == nil, "a claim that cannot be read is not a missing claim")
    #expect(report.fitting.isEmpty && report.message == nil)
    let selecting = pod("p") {
      $0.spec.affinity = neighbours(away: [term(LabelSelector()) { $0.namespaceSelector = LabelSelector() }])
    }
    #expect(gapped(Namespace.resource).explain(selecting).fitting.isEmpty)
    #expect(gapped(CSIStorageCapacity.resource, .notServed).gaps.isEmpty)
    #expect(gapped(Pod.resource, .loading(received: 1, remaining: nil)).gaps[.pods] == "pods are still being read")
  }
}

/// Numbers that are random and the same in every run.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
