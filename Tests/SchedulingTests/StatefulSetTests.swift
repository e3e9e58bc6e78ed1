import ClusterState
import Kube
import Scheduling
import Testing

/// The next pod of a StatefulSet has the smallest number that is not taken, and the claims of that number.
@Suite struct StatefulSetTests {
  private let state = ClusterState()

  init() {
    let store = ObjectStore(resource: Pod.resource, coverage: .cluster)
    store.freshness = .live
    state.add(store)
  }

  private func set(start: Int? = nil) -> StatefulSet {
    var set = StatefulSet()
    (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "db", "sts")
    set.spec.template.spec = pod("p").spec
    var claim = PersistentVolumeClaim()
    claim.metadata.name = "data"
    claim.spec.storageClassName = "local"
    set.spec.volumeClaimTemplates = [claim]
    if let start {
      set.spec.ordinals = StatefulSetOrdinals()
      set.spec.ordinals?.start = start
    }
    return set
  }

  private func snapshot(_ nodes: [Node]) -> ClusterSnapshot {
    var storageClass = StorageClass()
    storageClass.metadata.name = "local"
    (storageClass.provisioner, storageClass.volumeBindingMode) = ("disk.example.com", "WaitForFirstConsumer")
    var snapshot = cluster(nodes)
    snapshot.put(storageClass)
    return snapshot
  }

  private func answer(_ set: StatefulSet, _ snapshot: ClusterSnapshot) throws -> PlacementAnswer {
    try #require(
      PlacementQuestion(set, in: state, snapshot, isManifest: false, now: Timestamp(seconds: 1_800_000_000))
    ).answer
  }

  @Test(
    arguments: [
      ([], nil, "db-0"), (["db-0", "db-1"], nil, "db-2"), (["db-0", "db-2"], nil, "db-1"), (["db-0"], 5, "db-5"),
      (["db-5", "db-6"], 5, "db-7"), (["db-x", "other-0"], nil, "db-0"),
    ] as [([String], Int?, String)])
  func theSmallestNumberThatIsMissing(there: [String], start: Int?, next: String) throws {
    for name in there { state.store(of: Pod.self)?.put(pod(name, on: "a")) }
    #expect(try answer(set(start: start), snapshot([node("a")])).report.pod.name == next)
  }

  @Test func aPodThatHasEndedIsMadeAgain() throws {
    state.store(of: Pod.self)?.put(pod("db-0", on: "a") { $0.status.phase = "Failed" })
    #expect(try answer(set(), snapshot([node("a")])).report.pod.name == "db-0")
  }

  /// The claim of a pod that was there before stays, and with it the place where the next one must run.
  @Test func aClaimThatIsThereDecides() throws {
    state.store(of: Pod.self)?.put(pod("db-0", on: "a"))
    var snapshot = snapshot([node("a"), node("b")])
    #expect(try answer(set(), snapshot).report.fitting.map(\.name) == ["a", "b"])
    var claim = PersistentVolumeClaim()
    (claim.metadata.namespace, claim.metadata.name) = ("shop", "data-db-1")
    claim.metadata.annotations["pv.kubernetes.io/bind-completed"] = "yes"
    (claim.spec.volumeName, claim.status.phase) = ("v", "Bound")
    var volume = PersistentVolume()
    volume.metadata.name = "v"
    volume.spec.nodeAffinity = VolumeNodeAffinity()
    volume.spec.nodeAffinity?.required =
      nodeAffinity([[requirement("kubernetes.io/hostname", "In", "b")]]).nodeAffinity?.required
    snapshot.put(claim)
    snapshot.put(volume)
    let found = try answer(set(), snapshot)
    #expect(found.report.fitting.map(\.name) == ["b"])
    #expect(found.remarks.contains("claim data-db-1 is there already, bound to volume v"))
    #expect(found.placement?.count == 1 && found.placement?.isAtLeast == true)
  }

  @Test func withoutPodsTheNumberIsAssumed() throws {
    let found = try #require(
      PlacementQuestion(
        set(), in: ClusterState(), snapshot([node("a")]), isManifest: false, now: Timestamp(seconds: 1_800_000_000))
    ).answer
    #expect(found.remarks.contains("which of its pods are there is not known: db-0 is assumed to be the next"))
  }
}
