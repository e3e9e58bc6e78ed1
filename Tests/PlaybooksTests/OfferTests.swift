import ClusterState
import Diagnosis
import Kube
import PlaybookKit
import Testing

/// Which of the playbooks are offered for an object.
@Suite struct OfferTests {
  private func offered(_ object: some KubeObject, _ others: [any KubeObject] = []) -> [String] {
    let state = ClusterState()
    for type in builtInKinds {
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
    }
    for object in others + [object] { state.store(Swift.type(of: object).resource)?.put(object) }
    let now = Timestamp(seconds: 1_800_000_000)
    let facts = PlaybookFacts(
      state, triage: Triage.diagnose(state, now: now), events: EventIndex(), object: object, now: now)
    return ShippedPlaybooksTests.library.playbooks(for: facts).map(\.name)
  }

  private var metadata: ObjectMeta {
    var metadata = ObjectMeta()
    metadata.name = "web"
    metadata.namespace = "shop"
    metadata.uid = "1"
    metadata.creationTimestamp = Timestamp(seconds: 1_700_000_000)
    return metadata
  }

  @Test func workloadsGetThePlaybooksOfTheirKind() {
    var deployment = Deployment()
    deployment.metadata = metadata
    deployment.spec.replicas = 2
    let names = offered(deployment)
    #expect(names.first == "rollout-stuck")
    #expect(!names.contains("statefulset-stuck") && !names.contains("daemonset-missing"))

    var set = StatefulSet()
    set.metadata = metadata
    set.spec.replicas = 2
    #expect(offered(set).first == "statefulset-stuck" && !offered(set).contains("daemonset-missing"))
  }

  @Test func healthyObjectsGetWhatTheirShapeAsksFor() {
    var claim = PersistentVolumeClaim()
    claim.metadata = metadata
    claim.status.phase = "Bound"
    claim.status.capacity["storage"] = Quantity("1Gi")
    claim.spec.resources.requests["storage"] = Quantity("1Gi")
    #expect(!offered(claim).contains("pvc-expand") && !offered(claim).contains("pvc-pending"))
    claim.spec.resources.requests["storage"] = Quantity("2Gi")
    #expect(offered(claim).contains("pvc-expand"))
  }
}
