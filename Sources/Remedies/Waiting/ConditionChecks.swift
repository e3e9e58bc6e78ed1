import ClusterState
import Kube

extension RemedyCondition {
  /// How far it is, in what is read of the cluster.
  public func state(in state: ClusterState) -> WaitState {
    switch self {
    case .accepted: .met
    case .rolledOut(let object, let generation): Self.rollout(object, generation, state)
    case .scaled(let object, let generation, let replicas): Self.scaled(object, generation, replicas, state)
    case .gone(let objects): Self.gone(objects, state)
    case .podReplaced(let pod, let owner): Self.replaced(pod, owner, state)
    case .podReady(let pod):
      Self.look(Pod.self, pod, state) { $0.isReady ? .met : .pending("it is not ready yet") }
    case .scheduled(let pod):
      Self.look(Pod.self, pod, state) { pod in
        if !pod.spec.nodeName.isEmpty { return .met }
        let why = pod.status.conditions.condition("PodScheduled")?.message ?? ""
        return .pending(why.isEmpty ? "it has no node yet" : why)
      }
    case .schedulable(let node, let wanted):
      Self.look(Node.self, node, state) { node in
        let tainted = node.spec.taints.contains { $0.key == "node.kubernetes.io/unschedulable" }
        if node.spec.unschedulable == wanted { return .pending("the field is not seen yet") }
        return tainted == wanted ? .pending("the taint node.kubernetes.io/unschedulable follows") : .met
      }
    case .untainted(let node, let key, let effect):
      Self.look(Node.self, node, state) { node in
        node.spec.taints.contains { $0.key == key && (effect == nil || $0.effect == effect) }
          ? .pending("the taint is there") : .met
      }
    case .volumeAvailable(let volume):
      Self.look(PersistentVolume.self, volume, state) {
        ["Available", "Bound"].contains($0.status.phase) ? .met : .pending("it is \($0.status.phase)")
      }
    case .claimBound(let claim):
      Self.look(PersistentVolumeClaim.self, claim, state) {
        $0.status.phase == "Bound" ? .met : .pending("it is \($0.status.phase)")
      }
    case .claimCapacity(let claim, let size): Self.capacity(claim, size, state)
    case .jobActive(let job, let wanted):
      Self.look(Job.self, job, state, missing: .pending("it is not there yet")) { job in
        let isActive = job.status.active > 0
        let isOver = job.status.completionTime != nil || job.status.conditions.condition("Failed")?.isTrue ?? false
        return (isActive || wanted && isOver) == wanted ? .met : .pending("\(job.status.active) pods are active")
      }
    case .jobRecreated(let old):
      Self.look(Job.self, Self.anyNamesake(of: old), state, missing: .pending("it is not there yet")) {
        $0.metadata.uid == old.uid ? .pending("the old one is still there") : .met
      }
    case .hasEndpoints(let service): Self.endpoints(service, state)
    case .evictionsAllowed(let budget):
      Self.look(PodDisruptionBudget.self, budget, state) { budget in
        let status = budget.status
        if status.observedGeneration < budget.metadata.generation {
          return .pending("the controller has not acted yet")
        }
        return status.disruptionsAllowed > 0
          ? .met : .pending("needs \(status.desiredHealthy) healthy pods, has \(status.currentHealthy)")
      }
    }
  }

  /// What a kind cannot tell now; nil when it is in step with the server.
  private static func doubt<Object: KubeObject>(_ type: Object.Type, _ state: ClusterState) -> WaitState? {
    let plural = Object.resource.plural
    switch state.store(of: type)?.freshness {
    case .live: return nil
    case .stale(_, let reason): return .unknown("the connection is gone: \(reason)")
    case nil, .unread, .loading: return .unknown("\(plural) are being read")
    case .forbidden(let words): return .unknown("\(plural) may not be read: \(words)")
    case .notServed: return .unknown("the server does not serve \(plural)")
    case .notCaptured(let words): return .unknown("\(plural) are not known: \(words)")
    case .failed(let words): return .unknown("\(plural) could not be read: \(words)")
    }
  }

  private static func look<Object: KubeObject>(
    _ type: Object.Type, _ reference: ObjectReference, _ state: ClusterState,
    missing: WaitState = .failed("it is not there any more"), _ judge: (Object) -> WaitState
  ) -> WaitState {
    if let doubt = doubt(type, state) { return doubt }
    guard let object = state.get(type, namespace: reference.namespace, name: reference.name) else { return missing }
    if !reference.uid.isEmpty, object.metadata.uid != reference.uid {
      return .failed("it has been replaced by another of the same name")
    }
    return judge(object)
  }

  private static func anyNamesake(of reference: ObjectReference) -> ObjectReference {
    var reference = reference
    reference.uid = ""
    return reference
  }

  private static func gone(_ objects: [ObjectReference], _ state: ClusterState) -> WaitState {
    var left = 0
    for object in objects {
      guard let type = builtInKind(apiVersion: object.apiVersion, kind: object.kind)?.type else {
        return .unknown("podmedic does not read \(object.kind)")
      }
      if let doubt = doubt(type, state) { return doubt }
      if state.store(of: type)?.object(uid: object.uid) != nil { left += 1 }
    }
    return left == 0 ? .met : .pending(objects.count == 1 ? "it is still there" : "\(left) are still there")
  }

  private static func replaced(_ pod: ObjectReference, _ owner: ObjectReference?, _ state: ClusterState) -> WaitState {
    let isGone = gone([pod], state)
    guard isGone == .met, let owner else { return isGone }
    switch owner.kind {
    case "ReplicaSet":
      return look(ReplicaSet.self, owner, state) { ready($0.status.readyReplicas, of: $0.spec.replicas ?? 1) }
    case "StatefulSet":
      return look(StatefulSet.self, owner, state) { ready($0.status.readyReplicas, of: $0.spec.replicas ?? 1) }
    case "DaemonSet":
      return look(DaemonSet.self, owner, state) { ready($0.status.numberReady, of: $0.status.desiredNumberScheduled) }
    default: return .met
    }
  }

  private static func ready(_ count: Int, of wanted: Int) -> WaitState {
    count >= wanted ? .met : .pending("\(count) of \(wanted) pods are ready")
  }

  private static func scaled(
    _ object: ObjectReference, _ generation: Int, _ replicas: Int, _ state: ClusterState
  ) -> WaitState {
    func judge(_ seen: Int, _ all: Int, _ ready: Int) -> WaitState {
      if seen < generation { return .pending("the controller has not acted yet") }
      if all > replicas { return .pending("\(all - replicas) pods too many are still there") }
      return ready >= replicas ? .met : .pending("\(ready) of \(replicas) pods are ready")
    }
    switch object.kind {
    case "Deployment":
      return look(Deployment.self, object, state) {
        judge($0.status.observedGeneration, $0.status.replicas, $0.status.readyReplicas)
      }
    case "StatefulSet":
      return look(StatefulSet.self, object, state) {
        judge($0.status.observedGeneration, $0.status.replicas, $0.status.readyReplicas)
      }
    case "ReplicaSet":
      return look(ReplicaSet.self, object, state) {
        judge($0.status.observedGeneration, $0.status.replicas, $0.status.readyReplicas)
      }
    case "ReplicationController":
      return look(ReplicationController.self, object, state) {
        judge($0.status.observedGeneration, $0.status.replicas, $0.status.readyReplicas)
      }
    default: return .unknown("podmedic does not read the pods of \(object.shortName)")
    }
  }

  private static func capacity(_ claim: ObjectReference, _ size: String, _ state: ClusterState) -> WaitState {
    look(PersistentVolumeClaim.self, claim, state) { claim in
      let capacity = claim.status.capacity["storage"] ?? Quantity("0")
      if capacity >= Quantity(size) { return .met }
      if claim.status.conditions.condition("FileSystemResizePending")?.isTrue ?? false {
        return .pending("the file system grows when a pod that uses the claim is started again")
      }
      return .pending("its capacity is \(capacity.text)")
    }
  }

  private static func endpoints(_ service: ObjectReference, _ state: ClusterState) -> WaitState {
    if let doubt = doubt(EndpointSlice.self, state) { return doubt }
    let ready = state.all(EndpointSlice.self).filter {
      $0.metadata.namespace == service.namespace && $0.metadata.labels["kubernetes.io/service-name"] == service.name
    }.flatMap(\.endpoints).filter { $0.conditions.ready ?? true }
    return ready.isEmpty ? .pending("it has no ready endpoint") : .met
  }

  // MARK: Rollouts

  /// As `kubectl rollout status` tells it.
  private static func rollout(_ object: ObjectReference, _ generation: Int, _ state: ClusterState) -> WaitState {
    switch object.kind {
    case "Deployment": return look(Deployment.self, object, state) { rollout($0, generation) }
    case "StatefulSet": return look(StatefulSet.self, object, state) { rollout($0, generation) }
    case "DaemonSet":
      return look(DaemonSet.self, object, state) { set in
        let status = set.status
        if status.observedGeneration < max(generation, set.metadata.generation) {
          return .pending("the controller has not acted yet")
        }
        let wanted = status.desiredNumberScheduled
        if status.updatedNumberScheduled < wanted {
          return .pending("\(status.updatedNumberScheduled) of \(wanted) pods are new")
        }
        return status.numberAvailable >= wanted
          ? .met : .pending("\(status.numberAvailable) of \(wanted) new pods are available")
      }
    default: return .unknown("podmedic does not know rollouts of \(object.shortName)")
    }
  }

  private static func rollout(_ deployment: Deployment, _ generation: Int) -> WaitState {
    let status = deployment.status
    if status.observedGeneration < max(generation, deployment.metadata.generation) {
      return .pending("the controller has not acted yet")
    }
    if let progress = status.conditions.condition("Progressing"), progress.reason == "ProgressDeadlineExceeded" {
      return .failed("the rollout has exceeded its progress deadline: \(progress.message)")
    }
    let wanted = deployment.spec.replicas ?? 1
    if status.updatedReplicas < wanted { return .pending("\(status.updatedReplicas) of \(wanted) pods are new") }
    if status.replicas > status.updatedReplicas {
      return .pending("\(status.replicas - status.updatedReplicas) old pods are still there")
    }
    return status.availableReplicas >= status.updatedReplicas
      ? .met : .pending("\(status.availableReplicas) of \(status.updatedReplicas) new pods are available")
  }

  private static func rollout(_ set: StatefulSet, _ generation: Int) -> WaitState {
    let status = set.status
    if status.observedGeneration < max(generation, set.metadata.generation) {
      return .pending("the controller has not acted yet")
    }
    let wanted = set.spec.replicas ?? 1
    if status.readyReplicas < wanted { return .pending("\(status.readyReplicas) of \(wanted) pods are ready") }
    let partition = set.spec.updateStrategy.rollingUpdate?.partition ?? 0
    if partition > 0 {
      let new = max(0, wanted - partition)
      return status.updatedReplicas >= new ? .met : .pending("\(status.updatedReplicas) of \(new) pods are new")
    }
    return status.updateRevision == status.currentRevision || status.updatedReplicas >= wanted
      ? .met : .pending("\(status.updatedReplicas) of \(wanted) pods are new")
  }
}
