import ClusterState
import Kube

extension ClusterState {
  /// The top of an object's chain of controllers, as far as it is read: ReplicaSet and then Deployment, Job and then
  /// CronJob. The object itself when nothing controls it.
  public func topOwner(of object: some KubeObject) -> ObjectReference {
    var top = object.reference
    var next = object.metadata.controller
    // Chains are three long in practice; the limit ends circles, which the API does not forbid.
    for _ in 0..<8 {
      guard let owner = next else { break }
      top = ObjectReference()
      top.kind = owner.kind
      top.apiVersion = owner.apiVersion
      top.name = owner.name
      top.uid = owner.uid
      let known = self.owner(owner, namespace: object.metadata.namespace)
      top.namespace = known?.metadata.namespace ?? (owner.kind == "Node" ? "" : object.metadata.namespace)
      next = known?.metadata.controller
      if known == nil, let deployment = deployment(above: owner, of: object) { return deployment.reference }
    }
    return top
  }

  /// The Deployment above a ReplicaSet that is not read: it gives its ReplicaSets its own name and the hash that their
  /// pods have as a label.
  private func deployment(above set: OwnerReference, of object: some KubeObject) -> Deployment? {
    guard set.kind == "ReplicaSet", let hash = object.metadata.labels["pod-template-hash"], !hash.isEmpty,
      set.name.hasSuffix("-" + hash)
    else { return nil }
    let name = String(set.name.dropLast(hash.count + 1))
    return get(Deployment.self, namespace: object.metadata.namespace, name: name)
  }

  /// The pods below an owner, through ReplicaSets and Jobs.
  public func pods(ofOwner uid: String) -> [Pod] {
    owned(Pod.self, by: uid) + owned(ReplicaSet.self, by: uid).flatMap { owned(Pod.self, by: $0.metadata.uid) }
      + owned(Job.self, by: uid).flatMap { owned(Pod.self, by: $0.metadata.uid) }
  }

  /// How many pods below an owner, through ReplicaSets and Jobs, are not over.
  func unfinishedPods(ofOwner uid: String) -> Int {
    guard let pods = store(of: Pod.self) else { return 0 }
    var count = 0
    // Asked through the protocol: to count ten thousand pods must not mean to copy them.
    func add(ownedBy uid: String) { pods.forEach(ownedBy: uid) { if !$0.isOver { count += 1 } } }
    add(ownedBy: uid)
    forEach(ReplicaSet.self, ownedBy: uid) { add(ownedBy: $0.metadata.uid) }
    forEach(Job.self, ownedBy: uid) { add(ownedBy: $0.metadata.uid) }
    return count
  }

  /// How many pods on a node are not over.
  func unfinishedPods(onNode node: String) -> Int {
    var count = 0
    store(of: Pod.self)?.forEach(onNode: node) { if !$0.isOver { count += 1 } }
    return count
  }
}
