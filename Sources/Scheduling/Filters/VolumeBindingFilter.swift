import ClusterState
import Kube

/// Volumes of the pod's claims: bound to some nodes only, or still to be found or made.
struct VolumeBindingFilter: NodeFilter {
  private let incoming: Incoming
  private let bound: [PersistentVolumeClaim]
  private let unbound: [PersistentVolumeClaim]
  private let capacityGap: String?

  static func prepare(_ incoming: Incoming) -> Preparation {
    let uses = incoming.facts.volumes.filter { use in
      if case .claim(_, let isEphemeral) = use { !isEphemeral || !incoming.rules.isOld } else { false }
    }
    if uses.isEmpty { return .skip }
    if let gap = incoming.gap(.persistentVolumeClaims) { return .unknown(gap) }
    var claims: [PersistentVolumeClaim] = []
    for use in uses {
      guard case .claim(let name, let isEphemeral) = use else { continue }
      let key = ObjectName(namespace: incoming.namespace, name: name)
      switch check(key, isEphemeral: isEphemeral, incoming) {
      case .success(let claim): claims.append(claim)
      case .failure(let problem): return .fail(problem.reason)
      }
    }
    let bound = claims.filter(\.isFullyBound)
    let unbound = claims.filter { !$0.isFullyBound }
    if !unbound.isEmpty, let gap = incoming.gap(.storageClasses) { return .unknown(gap) }
    for claim in unbound where !claim.waitsForConsumer(in: incoming.snapshot) {
      return .fail(
        Reason(
          "pod has unbound immediate PersistentVolumeClaims", resolvable: false,
          .claim(ObjectName(claim.metadata), claim.whyNotBound(in: incoming.snapshot))))
    }
    if let gap = incoming.gap(.persistentVolumes) { return .unknown(gap) }
    return .filter(
      Self(
        incoming: incoming, bound: bound, unbound: unbound,
        capacityGap: incoming.rules.isOld ? nil : incoming.gap(.csiDrivers, .csiStorageCapacities)))
  }

  private struct Problem: Error { let reason: Reason }

  private static func check(
    _ key: ObjectName, isEphemeral: Bool, _ incoming: Incoming
  ) -> Result<PersistentVolumeClaim, Problem> {
    func problem(_ text: String, _ evidence: String) -> Result<PersistentVolumeClaim, Problem> {
      .failure(Problem(reason: Reason(text, resolvable: false, .claim(key, evidence))))
    }
    guard let claim = incoming.snapshot.claims[key] else {
      guard isEphemeral else { return .failure(Problem(reason: .claimNotFound(key))) }
      return problem(
        "waiting for ephemeral volume controller to create the persistentvolumeclaim \"\(key.name)\"",
        "not created yet")
    }
    if !incoming.rules.isOld, claim.status.phase == "Lost" {
      return problem(
        "persistentvolumeclaim \"\(key.name)\" bound to non-existent persistentvolume \"\(claim.spec.volumeName)\"",
        "its volume \(claim.spec.volumeName) is gone")
    }
    if claim.metadata.deletionTimestamp != nil {
      return problem("persistentvolumeclaim \"\(key.name)\" is being deleted", "is being deleted")
    }
    if isEphemeral, claim.metadata.controller?.uid != incoming.pod.metadata.uid {
      let pod = incoming.facts.name
      return problem(
        "PVC \(key.namespace)/\(key.name) was not created for pod \(pod.namespace)/\(pod.name) (pod is not owner)",
        "belongs to something else")
    }
    return .success(claim)
  }

  func verdict(on node: NodeState) -> Verdict {
    var reasons: [Reason] = []
    func refuse(_ text: String, _ claim: PersistentVolumeClaim, _ evidence: String) {
      reasons.append(Reason(text, resolvable: false, .claim(ObjectName(claim.metadata), evidence)))
    }
    let rules = incoming.rules
    var missing: PersistentVolumeClaim?
    for claim in bound {
      guard let volume = incoming.snapshot.volumes[claim.spec.volumeName] else {
        missing = claim
        break
      }
      guard let affinity = volume.spec.nodeAffinity?.required, !affinity.matches(node.facts) else { continue }
      refuse(
        rules.isOld
          ? "node(s) had volume node affinity conflict" : "node(s) didn't match PersistentVolume's node affinity",
        claim, "volume \(claim.spec.volumeName) cannot be reached from this node")
      break
    }
    switch findVolumes(node) {
    case .found: break
    case .none(let claim, let why): refuse("node(s) didn't find available persistent volumes to bind", claim, why)
    case .notEnough(let claim, let why): refuse("node(s) did not have enough free storage", claim, why)
    case .unknown(let why): if reasons.isEmpty { return .unknown(why) }
    }
    if let missing {
      refuse(
        rules.isOld
          ? "pvc(s) bound to non-existent pv(s)"
          : "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
        missing, "volume \(missing.spec.volumeName) does not exist")
    }
    return reasons.isEmpty ? .pass : .fail(reasons)
  }

  private enum Search {
    case found
    case none(PersistentVolumeClaim, String)
    case notEnough(PersistentVolumeClaim, String)
    case unknown(String)
  }

  /// Finds a volume for each claim, or a driver that would make it here.
  private func findVolumes(_ node: NodeState) -> Search {
    var toMake: [PersistentVolumeClaim] = []
    var toFind: [PersistentVolumeClaim] = []
    for claim in unbound {
      guard let selected = claim.metadata.annotations[Change.selectedNode] else {
        toFind.append(claim)
        continue
      }
      guard selected == node.facts.name else { return .none(claim, "is to be made on node \(selected)") }
      toMake.append(claim)
    }
    // The smallest claims choose first, each the smallest volume that will do.
    toFind.sort { $0.requestedStorage < $1.requestedStorage }
    var taken: Set<String> = []
    for claim in toFind {
      if let volume = match(claim, on: node, except: taken) {
        taken.insert(volume)
      } else {
        toMake.append(claim)
      }
    }
    for claim in toMake {
      let storageClass = incoming.snapshot.classes[claim.className]
      guard let storageClass, !storageClass.provisioner.isEmpty,
        storageClass.provisioner != "kubernetes.io/no-provisioner"
      else { return .none(claim, "no free volume of class \(claim.className) fits here") }
      guard storageClass.reaches(node.facts) else {
        return .none(claim, "class \(claim.className) makes no volumes here (allowedTopologies)")
      }
      if incoming.rules.isOld { continue }
      if let capacityGap { return .unknown(capacityGap) }
      guard hasCapacity(for: claim, of: storageClass, on: node) else {
        return .notEnough(claim, "\(storageClass.provisioner) has no room for \(claim.requestedStorage) here")
      }
    }
    return .found
  }

  private func match(_ claim: PersistentVolumeClaim, on node: NodeState, except taken: Set<String>) -> String? {
    var best: (name: String, size: Quantity)?
    for (name, volume) in incoming.snapshot.volumes where !taken.contains(name) {
      guard volume.className == claim.className, volume.isFree(for: claim), volume.metadata.deletionTimestamp == nil,
        let size = volume.spec.capacity["storage"], size >= claim.requestedStorage,
        (volume.spec.volumeMode ?? "Filesystem") == (claim.spec.volumeMode ?? "Filesystem")
      else { continue }
      if !incoming.rules.isOld,
        (volume.spec.volumeAttributesClassName ?? "") != (claim.spec.volumeAttributesClassName ?? "")
      {
        continue
      }
      let isReachable = volume.spec.nodeAffinity?.required?.matches(node.facts) ?? true
      // A volume that is reserved for the claim decides alone, whatever its phase and whatever else would fit.
      if volume.spec.claimRef != nil { return isReachable ? name : nil }
      guard isReachable, volume.status.phase == "Available",
        claim.spec.selector?.query.map({ $0.matches(volume.metadata.labels) }) ?? (claim.spec.selector == nil),
        claim.spec.accessModes.allSatisfy(volume.spec.accessModes.contains)
      else { continue }
      if best.map({ size < $0.size }) ?? true { best = (name, size) }
    }
    return best?.name
  }

  private func hasCapacity(for claim: PersistentVolumeClaim, of storageClass: StorageClass, on node: NodeState) -> Bool
  {
    let driver = incoming.snapshot.csiDrivers[storageClass.provisioner]
    guard driver?.spec.storageCapacity == true, claim.spec.resources.requests["storage"] != nil else { return true }
    return incoming.snapshot.capacities.contains { capacity in
      guard capacity.storageClassName == claim.className,
        let free = capacity.maximumVolumeSize ?? capacity.capacity, free >= claim.requestedStorage,
        let topology = capacity.nodeTopology
      else { return false }
      return topology.matches(node.facts.labels) == true
    }
  }
}

extension PersistentVolumeClaim {
  /// Bound on both sides, as the volume controller says by an annotation.
  fileprivate var isFullyBound: Bool {
    !spec.volumeName.isEmpty && metadata.annotations["pv.kubernetes.io/bind-completed"] != nil
  }

  fileprivate var requestedStorage: Quantity { spec.resources.requests["storage"] ?? Quantity("0") }

  /// Whether its volume is chosen only when a pod's node is.
  func waitsForConsumer(in snapshot: ClusterSnapshot) -> Bool {
    spec.volumeName.isEmpty && snapshot.classes[className]?.volumeBindingMode == "WaitForFirstConsumer"
  }

  fileprivate func whyNotBound(in snapshot: ClusterSnapshot) -> String {
    if !spec.volumeName.isEmpty { return "asks for volume \(spec.volumeName) and is not bound to it" }
    if className.isEmpty { return "has no storage class, and no volume that would do" }
    guard let storageClass = snapshot.classes[className] else { return "storage class \(className) does not exist" }
    if storageClass.provisioner == "kubernetes.io/no-provisioner" {
      return "class \(className) makes no volumes and none that is there matches: somebody has to create one"
    }
    return "\(storageClass.provisioner) has not made its volume yet"
  }
}

extension PersistentVolume {
  fileprivate var className: String {
    metadata.annotations["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName
  }

  /// Reserved for nobody, or for this claim.
  fileprivate func isFree(for claim: PersistentVolumeClaim) -> Bool {
    guard let reference = spec.claimRef else { return true }
    return reference.name == claim.metadata.name && reference.namespace == claim.metadata.namespace
      && (reference.uid.isEmpty || reference.uid == claim.metadata.uid)
  }
}

extension StorageClass {
  /// Whether volumes may be made where the node is.
  fileprivate func reaches(_ node: NodeFacts) -> Bool {
    allowedTopologies.isEmpty
      || allowedTopologies.contains { term in
        !term.matchLabelExpressions.isEmpty
          && term.matchLabelExpressions.allSatisfy { requirement in
            node.labels[requirement.key].map(requirement.values.contains) ?? false
          }
      }
  }
}
