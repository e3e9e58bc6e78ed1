import ClusterState
import Diagnosis
import Kube
import Testing

@testable import Interface

@Suite struct FindingIndexTests {
  private let now = Timestamp(seconds: 1_780_000_000)

  /// A diagnosis of pods that were evicted for the given reasons, by uid.
  private func report(_ evicted: [String: String]) -> TriageReport {
    let state = ClusterState()
    let store = ObjectStore(resource: Pod.resource, coverage: .cluster)
    for (uid, message) in evicted {
      var pod = Pod()
      pod.metadata.uid = uid
      pod.metadata.name = uid
      pod.metadata.namespace = "shop"
      pod.status.phase = "Failed"
      pod.status.reason = "Evicted"
      pod.status.message = message
      pod.status.startTime = now
      store.put(pod)
    }
    store.freshness = .live
    state.add(store)
    return Triage.diagnose(state, now: now)
  }

  @Test func aReplicaSetTellsWhatItsPodsSuffer() {
    let index = FindingIndex(report(["a": "disk", "b": "disk", "c": "memory"]), after: FindingIndex())
    let one = index.summary(ofPods: ["c", "healthy"], now: now)
    #expect(one?.summary == index.worst(uid: "c")?.summary(now: now))
    let cause = index.worst(uid: "a")?.cause ?? "?"
    #expect(index.summary(ofPods: ["a", "b", "healthy"], now: now)?.summary == "2 of 3 pods \(cause)")
    #expect(index.summary(ofPods: ["healthy"], now: now) == nil)
  }

  @Test func tellsWhoseWorstFindingChanged() {
    let first = FindingIndex(report(["a": "disk", "b": "disk", "c": "disk"]), after: FindingIndex())
    #expect(first.revision == 1)
    #expect(first.worst(uid: "a") != nil)
    #expect(first.changes(since: 0) == ["a", "b", "c"])
    #expect(first.changes(since: 1) == [])
    let second = FindingIndex(report(["a": "disk", "b": "memory", "d": "disk"]), after: first)
    #expect(second.changes(since: 1) == ["b", "c", "d"])
    #expect(second.changes(since: 0) == nil, "what the diagnosis before the last changed is not kept")
    #expect(second.changes(since: 2) == [])
  }
}
