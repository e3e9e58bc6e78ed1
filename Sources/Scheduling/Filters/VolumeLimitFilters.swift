import ClusterState
import Kube

/// Number of volumes that a CSI driver can attach to a node.
struct NodeVolumeLimitsFilter: NodeFilter {
  private let incoming: Incoming

  static func prepare(_ incoming: Incoming) -> Preparation {
    if incoming.facts.volumes.isEmpty { return .skip }
    if let gap = incoming.gap(.csiNodes, .persistentVolumeClaims, .persistentVolumes, .storageClasses) {
      return .unknown(gap)
    }
    if !incoming.rules.isOld, let gap = incoming.gap(.volumeAttachments) { return .unknown(gap) }
    return .filter(Self(incoming: incoming))
  }

  func verdict(on node: NodeState) -> Verdict {
    let snapshot = incoming.snapshot
    let csiNode = snapshot.csiNodes[node.facts.name]
    var wanted = Set(incoming.facts.volumes.compactMap { Attachment($0, of: incoming.facts, in: snapshot, csiNode) })
    if wanted.isEmpty { return .pass }
    let limits = limits(of: node, csiNode)
    if limits.isEmpty { return .pass }
    var attached: Set<Attachment> = []
    for pod in node.pods {
      for use in pod.volumes {
        if let attachment = Attachment(use, of: pod, in: snapshot, csiNode) { attached.insert(attachment) }
      }
    }
    wanted.subtract(attached)
    if !incoming.rules.isOld {
      // What is attached and used by no pod here counts under the attacher's name, even if the pod is to use it.
      for attachment in snapshot.attachments[node.facts.name] ?? [] {
        guard let name = attachment.spec.source.persistentVolumeName, let csi = snapshot.volumes[name]?.spec.csi else {
          continue
        }
        attached.insert(Attachment(driver: attachment.spec.attacher, handle: csi.volumeHandle))
      }
    }
    for driver in Set(wanted.map(\.driver)).sorted() {
      guard let limit = limits[driver] else { continue }
      let used = attached.count { $0.driver == driver }
      let new = wanted.count { $0.driver == driver }
      if used + new > limit {
        return .fail([
          Reason(
            "node(s) exceed max volume count", resolvable: true,
            .volumeLimit(driver: driver, used: used, wanted: new, limit: limit))
        ])
      }
    }
    return incoming.orUnknown(.pass, .pods)
  }

  private func limits(of node: NodeState, _ csiNode: CSINode?) -> [String: Int] {
    var limits: [String: Int] = [:]
    if incoming.rules.isOld {
      let prefix = "attachable-volumes-csi-"
      for other in node.facts.allocatable.others where other.name.hasPrefix(prefix) {
        limits[String(other.name.dropFirst(prefix.count))] = Int(other.amount)
      }
    }
    for driver in csiNode?.spec.drivers ?? [] {
      if let count = driver.allocatable?.count { limits[driver.name] = count }
    }
    return limits
  }
}

/// A volume as a CSI driver knows it.
private struct Attachment: Hashable {
  var driver: String
  var handle: String

  init(driver: String, handle: String) {
    self.driver = driver
    self.handle = handle
  }

  init?(_ use: VolumeUse, of pod: PodFacts, in snapshot: ClusterSnapshot, _ csiNode: CSINode?) {
    // Volumes of drivers that were once part of Kubernetes count as their CSI driver's where the node has CSI.
    let translates = !snapshot.rules.isOld && csiNode != nil
    switch use {
    case .claim(let name, let isEphemeral):
      if isEphemeral, snapshot.rules.isOld { return nil }
      guard let claim = snapshot.claims[ObjectName(namespace: pod.name.namespace, name: name)] else { return nil }
      self.init(claim, in: snapshot, translates: translates)
    case .awsElasticBlockStore(let id) where translates: self.init(driver: Self.ebs, handle: id)
    case .gcePersistentDisk(let name, _) where translates: self.init(driver: Self.gce, handle: name)
    case .azureDisk(_, let uri) where translates: self.init(driver: Self.azure, handle: uri)
    default: return nil
    }
  }

  private init?(_ claim: PersistentVolumeClaim, in snapshot: ClusterSnapshot, translates: Bool) {
    guard !claim.spec.volumeName.isEmpty, let volume = snapshot.volumes[claim.spec.volumeName] else {
      // Not bound, or to nothing: what the class would make counts as one of its provisioner's.
      guard let storageClass = snapshot.classes[claim.className] else { return nil }
      let provisioner = storageClass.provisioner
      let driver = translates ? Self.successors[provisioner] ?? provisioner : provisioner
      guard !driver.isEmpty else { return nil }
      self.init(driver: driver, handle: "unbound:\(claim.metadata.namespace)/\(claim.metadata.name)")
      return
    }
    if let csi = volume.spec.csi {
      guard !csi.driver.isEmpty, !csi.volumeHandle.isEmpty else { return nil }
      self.init(driver: csi.driver, handle: csi.volumeHandle)
    } else if translates, let disk = volume.spec.awsElasticBlockStore {
      self.init(driver: Self.ebs, handle: disk.volumeID)
    } else if translates, let disk = volume.spec.gcePersistentDisk {
      self.init(driver: Self.gce, handle: disk.pdName)
    } else if translates, let disk = volume.spec.azureDisk {
      self.init(driver: Self.azure, handle: disk.diskURI)
    } else {
      return nil
    }
  }

  private static let ebs = "ebs.csi.aws.com"
  private static let gce = "pd.csi.storage.gke.io"
  private static let azure = "disk.csi.azure.com"
  private static let successors = [
    "kubernetes.io/aws-ebs": ebs, "kubernetes.io/gce-pd": gce, "kubernetes.io/azure-disk": azure,
  ]
}

/// Number of disks of one cloud on a node, before their drivers left Kubernetes (1.20).
struct CloudDiskLimitFilter: NodeFilter {
  private let incoming: Incoming
  private let kind: Kind

  enum Kind: String {
    case ebs = "attachable-volumes-aws-ebs"
    case gce = "attachable-volumes-gce-pd"
    case azure = "attachable-volumes-azure-disk"

    var provisioner: String {
      switch self {
      case .ebs: "kubernetes.io/aws-ebs"
      case .gce: "kubernetes.io/gce-pd"
      case .azure: "kubernetes.io/azure-disk"
      }
    }
  }

  static func prepare(_ incoming: Incoming, _ kind: Kind) -> Preparation {
    if incoming.facts.volumes.isEmpty { return .skip }
    if incoming.facts.volumes.contains(where: { $0.claimName != nil }),
      let gap = incoming.gap(.persistentVolumeClaims, .persistentVolumes, .storageClasses)
    {
      return .unknown(gap)
    }
    let filter = Self(incoming: incoming, kind: kind)
    return filter.disks(of: incoming.facts).isEmpty ? .skip : .filter(filter)
  }

  func verdict(on node: NodeState) -> Verdict {
    var wanted = disks(of: incoming.facts)
    var attached: Set<String> = []
    for pod in node.pods where !pod.volumes.isEmpty { attached.formUnion(disks(of: pod)) }
    wanted.subtract(attached)
    let limit = limit(of: node)
    guard attached.count + wanted.count > limit else { return incoming.orUnknown(.pass, .pods) }
    return .fail([
      Reason(
        "node(s) exceed max volume count", resolvable: true,
        .volumeLimit(driver: kind.provisioner, used: attached.count, wanted: wanted.count, limit: limit))
    ])
  }

  private func limit(of node: NodeState) -> Int {
    if let own = node.facts.allocatable.others.first(where: { $0.name == kind.rawValue }) { return Int(own.amount) }
    guard kind == .ebs else { return 16 }
    let type =
      node.facts.labels["node.kubernetes.io/instance-type"] ?? node.facts.labels["beta.kubernetes.io/instance-type"]
    // Newer machines of AWS attach fewer disks.
    let isNitro = type.map { type in ["c5", "m5", "r5", "t3", "z1d"].contains { type.hasPrefix($0) } } ?? false
    return isNitro ? 25 : 39
  }

  private func disks(of pod: PodFacts) -> Set<String> {
    Set(pod.volumes.compactMap { disk($0, namespace: pod.name.namespace) })
  }

  private func disk(_ use: VolumeUse, namespace: String) -> String? {
    switch (use, kind) {
    case (.awsElasticBlockStore(let id), .ebs): return id
    case (.gcePersistentDisk(let name, _), .gce): return name
    case (.azureDisk(let name, _), .azure): return name
    case (.claim(let name, _), _): return disk(ofClaim: name, namespace: namespace)
    default: return nil
    }
  }

  private func disk(ofClaim name: String, namespace: String) -> String? {
    // A claim whose volume is missing counts if its class makes such disks; one that is missing itself does not.
    let unknown = "claim:\(namespace)/\(name)"
    guard let claim = incoming.snapshot.claims[ObjectName(namespace: namespace, name: name)] else { return nil }
    guard !claim.spec.volumeName.isEmpty, let volume = incoming.snapshot.volumes[claim.spec.volumeName] else {
      let provisioner = incoming.snapshot.classes[claim.className]?.provisioner
      return provisioner == kind.provisioner ? unknown : nil
    }
    switch kind {
    case .ebs: return volume.spec.awsElasticBlockStore?.volumeID
    case .gce: return volume.spec.gcePersistentDisk?.pdName
    case .azure: return volume.spec.azureDisk?.diskName
    }
  }
}

extension PersistentVolumeClaim {
  /// The class it asks for; an old annotation goes first. "" for none.
  var className: String {
    metadata.annotations["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName ?? ""
  }
}
