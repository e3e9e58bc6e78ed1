import ClusterState
import Kube

/// What makes a pod, as far as it could be read.
struct Owners {
  /// The controllers, the pod's own first; the last may not be there.
  private(set) var chain: [ObjectReference] = []
  /// Those of them that were found.
  private(set) var objects: [any KubeObject] = []
  /// Why nothing will replace the pod; nil when something will, or nobody knows better.
  private(set) var end: String?

  init(_ pod: Pod, in state: ClusterState) {
    var metadata = pod.metadata
    // No chain of Kubernetes' own has more links; a cycle ends here too.
    for _ in 0..<4 {
      guard let owner = metadata.controller else { return }
      var reference = ObjectReference()
      reference.kind = owner.kind
      reference.apiVersion = owner.apiVersion
      reference.namespace = pod.metadata.namespace
      reference.name = owner.name
      reference.uid = owner.uid
      let found = Self.look(owner, namespace: pod.metadata.namespace, in: state)
      if chain.isEmpty { end = Self.end(reference, found) }
      chain.append(reference)
      guard case .found(let object) = found else { return }
      objects.append(object)
      metadata = object.metadata
    }
  }

  /// The node that the pods of its controller name themselves, past the scheduler; nil for most.
  var namedNode: String? {
    let template: PodTemplateSpec?
    switch objects.first {
    case let set as ReplicaSet: template = set.spec.template
    case let set as StatefulSet: template = set.spec.template
    case let controller as ReplicationController: template = controller.spec.template
    case let job as Job: template = job.spec.template
    default: template = nil
    }
    guard let name = template?.spec.nodeName, !name.isEmpty else { return nil }
    return name
  }

  /// The topmost controller.
  var top: ObjectReference? { chain.last }

  private enum Look {
    case found(any KubeObject)
    case gone
    case unknown
  }

  private static func look(_ owner: OwnerReference, namespace: String, in state: ClusterState) -> Look {
    guard let type = builtInKind(apiVersion: owner.apiVersion, kind: owner.kind)?.type else { return .unknown }
    func look<Object: KubeObject>(_ type: Object.Type) -> Look {
      if let object = state.get(type, namespace: namespace, name: owner.name), object.metadata.uid == owner.uid {
        return .found(object)
      }
      return state.gap(type, namespace: namespace) == nil ? .gone : .unknown
    }
    return look(type)
  }

  /// Why a controller will not replace a pod.
  private static func end(_ reference: ObjectReference, _ found: Look) -> String? {
    let name = "\(reference.kind.lowercased())/\(reference.name)"
    switch found {
    case .unknown: return nil
    case .gone: return "\(name) does not exist any more"
    case .found(let object):
      if object.metadata.deletionTimestamp != nil { return "\(name) is being deleted" }
      let replicas: Int?
      switch object {
      case let set as ReplicaSet: replicas = set.spec.replicas ?? 1
      case let set as StatefulSet: replicas = set.spec.replicas ?? 1
      case let controller as ReplicationController: replicas = controller.spec.replicas ?? 1
      case let job as Job:
        if job.spec.suspend == true { return "\(name) is suspended" }
        let isOver = job.status.conditions.contains { ["Complete", "Failed"].contains($0.type) && $0.isTrue }
        return isOver ? "\(name) is over" : nil
      default: replicas = nil
      }
      return replicas == 0 ? "\(name) is scaled to 0" : nil
    }
  }
}
