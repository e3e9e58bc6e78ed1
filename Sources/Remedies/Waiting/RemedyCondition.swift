import Kube

/// What a remedy waits for, seen in what is read of the cluster.
public enum RemedyCondition: Sendable, Equatable {
  /// The server has accepted the change, and no more can be seen.
  case accepted
  /// A Deployment, StatefulSet or DaemonSet has replaced its pods, as `kubectl rollout status` has it.
  case rolledOut(ObjectReference, generation: Int)
  /// A controller has as many pods as it shall, all ready.
  case scaled(ObjectReference, generation: Int, replicas: Int)
  /// Objects, by uid, are not there any more.
  case gone([ObjectReference])
  /// A pod, by uid, is not there any more, and its owner has as many ready pods as it wants.
  case podReplaced(ObjectReference, owner: ObjectReference?)
  /// A pod is ready.
  case podReady(ObjectReference)
  /// A pod has a node.
  case scheduled(ObjectReference)
  /// A node is cordoned or not, field and taint.
  case schedulable(ObjectReference, Bool)
  /// A node does not have a taint.
  case untainted(ObjectReference, key: String, effect: String?)
  /// A PersistentVolume can be bound.
  case volumeAvailable(ObjectReference)
  /// A claim has a volume.
  case claimBound(ObjectReference)
  /// A claim's volume has at least this capacity.
  case claimCapacity(ObjectReference, String)
  /// A Job has active pods or has finished (true), or has none (false).
  case jobActive(ObjectReference, Bool)
  /// A Job of the same name and another uid is there.
  case jobRecreated(ObjectReference)
  /// A Service has a ready endpoint.
  case hasEndpoints(ObjectReference)
  /// A budget allows at least one eviction.
  case evictionsAllowed(ObjectReference)

  /// The condition in words.
  public var description: String {
    switch self {
    case .accepted: "the server has accepted it"
    case .rolledOut(let object, _): "the rollout of \(object.shortName) is complete"
    case .scaled(let object, _, let replicas): "\(object.shortName) has \(replicas) ready pods"
    case .gone(let objects):
      objects.count == 1 ? "\(objects[0].shortName) is gone" : "all \(objects.count) objects are gone"
    case .podReplaced(let pod, let owner):
      owner.map { "\(pod.shortName) is gone and \($0.shortName) has all its pods ready" } ?? "\(pod.shortName) is gone"
    case .podReady(let pod): "\(pod.shortName) is ready"
    case .scheduled(let pod): "\(pod.shortName) has a node"
    case .schedulable(let node, let isSchedulable):
      "\(node.shortName) \(isSchedulable ? "takes" : "does not take") new pods"
    case .untainted(let node, let key, _): "\(node.shortName) has no taint \(key)"
    case .volumeAvailable(let volume): "\(volume.shortName) is Available"
    case .claimBound(let claim): "\(claim.shortName) is Bound"
    case .claimCapacity(let claim, let size): "\(claim.shortName) has a capacity of \(size)"
    case .jobActive(let job, let isActive):
      isActive ? "\(job.shortName) has started or is complete" : "\(job.shortName) has no pods that run"
    case .jobRecreated(let job): "\(job.shortName) is there again"
    case .hasEndpoints(let service): "\(service.shortName) has a ready endpoint"
    case .evictionsAllowed(let budget): "\(budget.shortName) allows an eviction"
    }
  }

  /// The condition with what the server's answer tells: which generation the controllers must have acted on.
  func after(_ answer: JSONValue) -> RemedyCondition {
    let generation = answer[path: "metadata", "generation"]?.int ?? 0
    switch self {
    case .rolledOut(let object, _): return .rolledOut(object, generation: generation)
    case .scaled(let object, _, let replicas): return .scaled(object, generation: generation, replicas: replicas)
    default: return self
    }
  }
}
