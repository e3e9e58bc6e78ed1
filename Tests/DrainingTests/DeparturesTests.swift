import ClusterState
import Draining
import Kube
import Testing

/// What Services and owners lose is looked up by labels and controllers; here each pod is held against each other one.
@Suite struct DeparturesTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private struct Scene {
    var pods: [Pod] = []
    var services: [Service] = []

    init(_ seed: Int) {
      var random = Generator(state: UInt64(seed))
      func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
      func labels(_ most: Int) -> SmallMap<String> {
        SmallMap(
          uniquing: ["app", "tier", "zone"].shuffled(using: &random).prefix(Int.random(in: 0...most, using: &random))
            .map { ($0, chance(60) ? "a" : "b") })
      }
      for index in 0..<10 {
        pods.append(
          planPod("web-\(index)", on: chance(60) ? "n1" : "n2") {
            $0.metadata.namespace = chance(80) ? "shop" : "data"
            $0.metadata.labels = labels(3)
            let name = chance(50) ? "rs-a" : "rs-b"
            $0.metadata.ownerReferences = [owner("ReplicaSet", name, "uid-\(name)-\($0.metadata.namespace)")]
            if chance(40) { $0.status.conditions = [] }
            if chance(15) { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) }
            if chance(10) { $0.status.phase = "Failed" }
          })
        var service = Service()
        (service.metadata.namespace, service.metadata.name) = (chance(80) ? "shop" : "data", "service-\(index)")
        service.spec.selector = labels(2)
        service.spec.publishNotReadyAddresses = chance(20)
        services.append(service)
      }
    }

    /// Everything that there is.
    var objects: [any KubeObject] {
      let sets = ["shop", "data"].flatMap { namespace in
        ["rs-a", "rs-b"].map { name -> ReplicaSet in
          var set = ReplicaSet()
          (set.metadata.namespace, set.metadata.name, set.metadata.uid) = (namespace, name, "uid-\(name)-\(namespace)")
          return set
        }
      }
      return [planNode("n1"), planNode("n2")] + pods + services + sets
    }

    private func isAlive(_ pod: Pod) -> Bool {
      !["Failed", "Succeeded"].contains(pod.status.phase) && pod.metadata.deletionTimestamp == nil
    }

    private func isReady(_ pod: Pod) -> Bool { !pod.status.conditions.isEmpty }

    private func leaves(_ pod: Pod) -> Bool { pod.spec.nodeName == "n1" }

    /// The warnings about a pod, by looking at everything.
    func expected(_ pod: Pod) -> Set<String> {
      guard isAlive(pod) else { return [] }
      var texts: Set<String> = []
      let neighbours = pods.filter { $0.metadata.namespace == pod.metadata.namespace && isAlive($0) }
      for service in services where service.metadata.namespace == pod.metadata.namespace {
        func isEndpoint(_ other: Pod) -> Bool {
          !service.spec.selector.isEmpty
            && service.spec.selector.entries.allSatisfy { other.metadata.labels[$0.key] == $0.value }
            && (isReady(other) || service.spec.publishNotReadyAddresses)
        }
        let ready = neighbours.filter(isEndpoint)
        guard isEndpoint(pod), ready.allSatisfy(leaves) else { continue }
        texts.insert(PodWarning.isLastEndpoint(service: service.metadata.name, ready: ready.count).text)
      }
      let uid = pod.metadata.ownerReferences[0].uid
      let siblings = neighbours.filter { isReady($0) && $0.metadata.ownerReferences[0].uid == uid }
      if isReady(pod), siblings.allSatisfy(leaves) { texts.insert("outage of \(siblings.count)") }
      return texts
    }
  }

  @Test func nothingIsMissedAndNothingInvented() {
    var found = 0
    for seed in 0..<60 {
      let scene = Scene(seed)
      let plan = plan(scene.objects) { $0.force = true }
      for item in plan.pods {
        guard let pod = scene.pods.first(where: { $0.metadata.name == item.name.name }) else { continue }
        let texts = item.warnings.compactMap { warning -> String? in
          switch warning {
          case .isLastEndpoint: warning.text
          case .isOutage(_, let ready, _): "outage of \(ready)"
          default: nil
          }
        }
        #expect(
          Set(texts) == scene.expected(pod) && texts.count == Set(texts).count,
          "seed \(seed), \(item.name): \(texts), not \(scene.expected(pod))")
        found += texts.count
      }
    }
    #expect(found > 100, "what is not there shows nothing")
  }
}
