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

  /// What is said about the containers of a pod on a node that is there, or is lost.
  @Test(arguments: [false, true]) func aContainerHasItsOwnCauseOrThatOfItsPod(isNodeLost: Bool) {
    var pod = Pod()
    pod.metadata.uid = "a"
    pod.metadata.name = "a"
    pod.spec.nodeName = "node"
    pod.status.phase = "Running"
    var ready = Condition()
    ready.type = "Ready"
    ready.status = "False"
    pod.status.conditions = [ready]
    for (name, reason) in [("well", nil), ("broken", "CrashLoopBackOff"), ("waiting", "ContainerCreating")] {
      var container = Container()
      container.name = name
      pod.spec.containers.append(container)
      var status = ContainerStatus()
      status.name = name
      status.ready = reason == nil
      if let reason {
        var waiting = ContainerStateWaiting()
        waiting.reason = reason
        status.state.waiting = waiting
      } else {
        status.state.running = ContainerStateRunning()
      }
      pod.status.containerStatuses.append(status)
    }
    let state = ClusterState()
    for resource in [Pod.resource, Node.resource] {
      let store = ObjectStore(resource: resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
    }
    state.store(Pod.resource)?.put(pod)
    if !isNodeLost {
      var node = Node()
      node.metadata.name = "node"
      node.metadata.uid = "node"
      state.store(Node.resource)?.put(node)
    }
    let index = FindingIndex(Triage.diagnose(state, now: now), after: FindingIndex())
    let said = ContainerSummary.all(of: pod).map { index.summary(uid: "a", container: $0, now: now)?.summary }
    let lost = "node node does not exist; when last heard of: container broken: crashing, 0 restarts"
    #expect(said == (isNodeLost ? [lost, lost, lost] : [nil, "crashing, 0 restarts", nil]))
  }

  @Test func aContainerThatWaitsHasTheCauseOfItsPod() {
    let index = FindingIndex(report(["a": "disk"]), after: FindingIndex())
    var pod = Pod()
    var container = Container()
    container.name = "app"
    pod.spec.containers = [container]
    let waiting = ContainerSummary.all(of: pod).first
    #expect(waiting.flatMap { index.summary(uid: "a", container: $0, now: now)?.summary } == "Evicted: disk")
    var ended = ContainerStateTerminated()
    ended.reason = "Completed"
    var status = ContainerStatus()
    status.name = "app"
    status.state.terminated = ended
    pod.status.containerStatuses = [status]
    let done = ContainerSummary.all(of: pod).first
    #expect(done.flatMap { index.summary(uid: "a", container: $0, now: now) } == nil, "it did what it should")
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
