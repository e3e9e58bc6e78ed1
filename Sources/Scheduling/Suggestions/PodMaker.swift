import ClusterState
import Kube

/// What keeps a number of pods, as far as it is known.
enum PodMaker {
  case deployment(Deployment, ReplicaSet)
  case statefulSet(StatefulSet)
  case replicaSet(ReplicaSet)

  /// Its kind and name, as kubectl takes them: `deployment/web`.
  var text: String {
    switch self {
    case .deployment(let deployment, _): "deployment/\(deployment.metadata.name)"
    case .statefulSet(let set): "statefulset/\(set.metadata.name)"
    case .replicaSet(let set): "replicaset/\(set.metadata.name)"
    }
  }

  /// Whether `kubectl rollout status` ends as soon as all of its pods are there again. What lacks pods already may
  /// lack them for ever, and what replaces none by itself has no rollouts.
  var tellsWhenComplete: Bool {
    switch self {
    case .deployment: isSteady
    case .statefulSet(let set): isSteady && set.spec.updateStrategy.type != "OnDelete"
    case .replicaSet: false
    }
  }

  /// Whether it has all its pods, of its newest template, and no others.
  var isSteady: Bool {
    switch self {
    case .deployment(let deployment, _):
      let (wanted, status) = (deployment.spec.replicas ?? 1, deployment.status)
      return status.observedGeneration >= deployment.metadata.generation && status.replicas == wanted
        && status.updatedReplicas == wanted && status.availableReplicas == wanted
    case .statefulSet(let set):
      let (wanted, status) = (set.spec.replicas ?? 1, set.status)
      return status.observedGeneration >= set.metadata.generation && status.replicas == wanted
        && status.readyReplicas == wanted && status.currentRevision == status.updateRevision
    case .replicaSet(let set):
      let (wanted, status) = (set.spec.replicas ?? 1, set.status)
      return status.observedGeneration >= set.metadata.generation && status.replicas == wanted
        && status.availableReplicas == wanted
    }
  }
}

extension ClusterState {
  /// What makes a pod again when it is deleted; nil where that is of another kind, is gone or is not read.
  func maker(of pod: PodFacts) -> PodMaker? {
    guard let controller = pod.controller else { return nil }
    func found<Object: KubeObject>(_ type: Object.Type, _ reference: OwnerReference) -> Object? {
      let object = get(type, namespace: pod.name.namespace, name: reference.name)
      return object?.metadata.uid == reference.uid ? object : nil
    }
    switch controller.kind {
    case "StatefulSet": return found(StatefulSet.self, controller).map { .statefulSet($0) }
    case "ReplicaSet":
      guard let set = found(ReplicaSet.self, controller) else { return nil }
      guard let owner = set.metadata.controller else { return .replicaSet(set) }
      guard owner.kind == "Deployment" else { return nil }
      return found(Deployment.self, owner).map { .deployment($0, set) }
    default: return nil
    }
  }
}
