import ClusterState
import Kube

extension PodFacts {
  /// Ends the names of pods that a manifest would make; no pod that exists can be called like that.
  static let plannedSuffix = " (of the manifest)"

  /// Whether the pod does not exist and only counts as if it did: nobody can move it.
  var isPlanned: Bool { name.name.hasSuffix(Self.plannedSuffix) }
}

extension PlacementQuestion {
  /// More pods of one object are not placed.
  private static let plannedLimit = 1000

  /// Puts the pods that the subject would make into a snapshot, as far as they would be created and find a place: what
  /// stands after it in a manifest meets them there.
  public func place(in snapshot: inout ClusterSnapshot) {
    guard !isRefused else { return }
    var places: [(node: String, count: Int)]
    if !pod.spec.nodeName.isEmpty {
      places = [(pod.spec.nodeName, 1)]
    } else if subject is DaemonSet {
      places = snapshot.placement(ofDaemonPod: pod, own: own).0.places
    } else {
      let count = min(plannedCount, Self.plannedLimit)
      places = count > 0 ? snapshot.placement(of: pod, limit: count).places : []
    }
    var number = 0
    for place in places {
      for _ in 0..<place.count {
        number += 1
        var planned = pod
        planned.metadata.uid = ""
        planned.metadata.name = "\(subject.metadata.name)-\(number)\(PodFacts.plannedSuffix)"
        snapshot.place(planned, on: place.node)
      }
    }
  }

  /// How many pods the subject makes at once, besides those that one of its name has already.
  private var plannedCount: Int {
    func more<Object: KubeObject>(_ object: Object, _ replicas: Int?, _ there: (Object) -> Int) -> Int {
      let old = state.get(Object.self, namespace: object.metadata.namespace, name: object.metadata.name)
      return max(0, (replicas ?? 1).subtractingReportingOverflow(old.map(there) ?? 0).partialValue)
    }
    switch subject {
    case let object as Deployment: return more(object, object.spec.replicas) { $0.status.replicas }
    case let object as ReplicaSet: return more(object, object.spec.replicas) { $0.status.replicas }
    case let object as ReplicationController: return more(object, object.spec.replicas) { $0.status.replicas }
    case let object as StatefulSet: return more(object, object.spec.replicas) { $0.status.replicas }
    case let object as Job: return more(object, object.spec.parallelism) { $0.status.active }
    case let object as Pod: return more(object, 1) { _ in 1 }
    // A CronJob makes them when its time comes.
    default: return 0
    }
  }
}
