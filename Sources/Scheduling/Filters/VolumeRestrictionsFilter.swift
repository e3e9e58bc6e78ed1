import ClusterState
import Kube

/// Disks and claims that only one pod may use.
struct VolumeRestrictionsFilter: NodeFilter {
  private let incoming: Incoming
  private let disks: [VolumeUse]
  /// A claim for a single pod that another pod has, and that pod.
  private let takenClaim: (claim: String, by: ObjectName)?

  static func prepare(_ incoming: Incoming) -> Preparation {
    let uses = incoming.facts.volumes
    if uses.isEmpty { return .skip }
    var singles: [String] = []
    var takenClaim: (claim: String, by: ObjectName)?
    if !incoming.rules.isOld {
      let names = uses.compactMap { use in if case .claim(let name, isEphemeral: false) = use { name } else { nil } }
      if !names.isEmpty, let gap = incoming.gap(.persistentVolumeClaims) { return .unknown(gap) }
      for name in names {
        let key = ObjectName(namespace: incoming.namespace, name: name)
        guard let claim = incoming.snapshot.claims[key] else { return .fail(.claimNotFound(key)) }
        if claim.spec.accessModes.contains("ReadWriteOncePod") { singles.append(name) }
      }
      if !singles.isEmpty {
        if let gap = incoming.gap(.pods) { return .unknown(gap) }
        takenClaim = user(of: singles, besides: incoming)
      }
    }
    let disks = uses.filter { $0.claimName == nil && !$0.isAzureDisk }
    if disks.isEmpty, takenClaim == nil { return .skip }
    return .filter(Self(incoming: incoming, disks: disks, takenClaim: takenClaim))
  }

  private static func user(of claims: [String], besides incoming: Incoming) -> (claim: String, by: ObjectName)? {
    for node in incoming.snapshot.nodes {
      for pod in node.pods where pod.name.namespace == incoming.namespace && !pod.volumes.isEmpty {
        for use in pod.volumes {
          if let name = use.claimName, claims.contains(name) { return (name, pod.name) }
        }
      }
    }
    return nil
  }

  func verdict(on node: NodeState) -> Verdict {
    for pod in node.pods where !disks.isEmpty {
      for taken in pod.volumes where disks.contains(where: { $0.conflicts(with: taken) }) {
        return .fail([
          Reason(
            "node(s) had no available disk", resolvable: true,
            .text("the disk is in use by \(pod.name.namespace)/\(pod.name.name)"))
        ])
      }
    }
    if let takenClaim {
      return .fail([
        Reason(
          "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod",
          resolvable: true,
          .claim(
            ObjectName(namespace: incoming.namespace, name: takenClaim.claim),
            "in use by \(takenClaim.by.namespace)/\(takenClaim.by.name)"))
      ])
    }
    return disks.isEmpty ? .pass : incoming.orUnknown(.pass, .pods)
  }
}

extension VolumeUse {
  fileprivate var isAzureDisk: Bool { if case .azureDisk = self { true } else { false } }

  /// Whether the two cannot be on one node: the same disk, unless all only read and the kind allows that.
  fileprivate func conflicts(with other: VolumeUse) -> Bool {
    switch (self, other) {
    case (.gcePersistentDisk(let name, let readOnly), .gcePersistentDisk(let otherName, let otherReadOnly)):
      name == otherName && !(readOnly && otherReadOnly)
    case (.awsElasticBlockStore(let id), .awsElasticBlockStore(let otherID)): id == otherID
    case (.iscsi(let iqn, let readOnly), .iscsi(let otherIQN, let otherReadOnly)):
      iqn == otherIQN && !(readOnly && otherReadOnly)
    case (
      .rbd(let monitors, let pool, let image, let readOnly),
      .rbd(let others, let otherPool, let otherImage, let otherReadOnly)
    ):
      pool == otherPool && image == otherImage && !(readOnly && otherReadOnly)
        && monitors.contains { others.contains($0) }
    default: false
    }
  }
}

extension Reason {
  /// A claim of the pod that does not exist.
  static func claimNotFound(_ claim: ObjectName) -> Reason {
    Reason(
      "persistentvolumeclaim \"\(claim.name)\" not found", resolvable: false, .claim(claim, "does not exist"))
  }
}
