/// A piece of storage (core/v1 PersistentVolume).
public struct PersistentVolume: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "", version: "v1", kind: "PersistentVolume", plural: "persistentvolumes", shortNames: ["pv"],
      isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: PersistentVolumeSpec = PersistentVolumeSpec()
  /// What is.
  public var status: PersistentVolumeStatus = PersistentVolumeStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PersistentVolume>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What a volume is.
public struct PersistentVolumeSpec: KubeRecord, Equatable {
  /// How much it holds.
  public var capacity: SmallMap<Quantity> = [:]
  /// A disk of Google Compute Engine.
  @Boxed public var gcePersistentDisk: GCEPersistentDiskVolumeSource?
  /// A disk of AWS.
  @Boxed public var awsElasticBlockStore: AWSElasticBlockStoreVolumeSource?
  /// A path on the node.
  @Boxed public var hostPath: HostPathVolumeSource?
  /// A directory of an NFS server.
  @Boxed public var nfs: NFSVolumeSource?
  /// A Ceph block device (RBDPersistentVolumeSource agrees in the fields kept).
  @Boxed public var rbd: RBDVolumeSource?
  /// An iSCSI disk (ISCSIPersistentVolumeSource agrees in the fields kept).
  @Boxed public var iscsi: ISCSIVolumeSource?
  /// A disk of Azure.
  @Boxed public var azureDisk: AzureDiskVolumeSource?
  /// A disk or directory of one node.
  @Boxed public var local: LocalVolumeSource?
  /// A volume of a CSI driver.
  @Boxed public var csi: CSIPersistentVolumeSource?
  /// Such as `ReadWriteOnce`.
  public var accessModes: [String] = []
  /// The claim it is bound to or reserved for.
  @Boxed public var claimRef: ObjectReference?
  /// `Retain`, `Delete` or `Recycle`, when the claim goes.
  public var persistentVolumeReclaimPolicy: String = ""
  /// Its storage class; empty for none.
  public var storageClassName: String = ""
  /// Options for mounting.
  public var mountOptions: [String] = []
  /// `Filesystem` (the default) or `Block`.
  public var volumeMode: String?
  /// Nodes that can reach it; nil for all.
  @Boxed public var nodeAffinity: VolumeNodeAffinity?
  /// Class of attributes in force.
  public var volumeAttributesClassName: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PersistentVolumeSpec>([
    .quantities(1, "capacity", \.capacity),
    .inlined(
      2,
      [
        .record(1, "gcePersistentDisk", \._gcePersistentDisk),
        .record(2, "awsElasticBlockStore", \._awsElasticBlockStore),
        .record(3, "hostPath", \._hostPath),
        .record(5, "nfs", \._nfs),
        .record(6, "rbd", \._rbd),
        .record(7, "iscsi", \._iscsi),
        .record(16, "azureDisk", \._azureDisk),
        .record(20, "local", \._local),
        .record(22, "csi", \._csi),
      ]),
    .strings(3, "accessModes", \.accessModes),
    .record(4, "claimRef", \._claimRef),
    .shared(5, "persistentVolumeReclaimPolicy", \.persistentVolumeReclaimPolicy),
    .shared(6, "storageClassName", \.storageClassName),
    .strings(7, "mountOptions", \.mountOptions),
    .string(8, "volumeMode", \.volumeMode),
    .record(9, "nodeAffinity", \._nodeAffinity),
    .string(10, "volumeAttributesClassName", \.volumeAttributesClassName),
  ])
}

/// A disk or directory of one node.
public struct LocalVolumeSource: KubeRecord, Equatable {
  /// Path on the node.
  public var path: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LocalVolumeSource>([
    .shared(1, "path", \.path)
  ])
}

/// A volume of a CSI driver.
public struct CSIPersistentVolumeSource: KubeRecord, Equatable {
  /// Name of the driver.
  public var driver: String = ""
  /// The volume as the driver knows it.
  public var volumeHandle: String = ""
  /// Whether it is mounted read-only.
  public var readOnly: Bool = false
  /// File system.
  public var fsType: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CSIPersistentVolumeSource>([
    .shared(1, "driver", \.driver),
    .string(2, "volumeHandle", \.volumeHandle),
    .bool(3, "readOnly", \.readOnly),
    .shared(4, "fsType", \.fsType),
  ])
}

/// Nodes that can reach a volume.
public struct VolumeNodeAffinity: KubeRecord, Equatable {
  /// What such a node must have.
  public var required: NodeSelector?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeNodeAffinity>([
    .record(1, "required", \.required)
  ])
}

/// State of a volume.
public struct PersistentVolumeStatus: KubeRecord, Equatable {
  /// `Pending`, `Available`, `Bound`, `Released` or `Failed`.
  public var phase: String = ""
  /// For people.
  public var message: String = ""
  /// For machines.
  public var reason: String = ""
  /// When the phase last changed.
  public var lastPhaseTransitionTime: Timestamp?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PersistentVolumeStatus>([
    .shared(1, "phase", \.phase),
    .shared(2, "message", \.message),
    .shared(3, "reason", \.reason),
    .time(4, "lastPhaseTransitionTime", \.lastPhaseTransitionTime),
  ])
}
