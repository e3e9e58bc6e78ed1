/// A volume of a pod: a name and exactly one source.
public struct Volume: KubeRecord, Equatable {
  /// Name by which containers mount it.
  public var name: String = ""
  /// A path on the node.
  @Boxed public var hostPath: HostPathVolumeSource?
  /// Scratch space that lives as long as the pod.
  @Boxed public var emptyDir: EmptyDirVolumeSource?
  /// A disk of Google Compute Engine.
  @Boxed public var gcePersistentDisk: GCEPersistentDiskVolumeSource?
  /// A disk of AWS.
  @Boxed public var awsElasticBlockStore: AWSElasticBlockStoreVolumeSource?
  /// A Secret's keys as files.
  @Boxed public var secret: SecretVolumeSource?
  /// A directory of an NFS server.
  @Boxed public var nfs: NFSVolumeSource?
  /// An iSCSI disk.
  @Boxed public var iscsi: ISCSIVolumeSource?
  /// A claim in the pod's namespace.
  @Boxed public var persistentVolumeClaim: PersistentVolumeClaimVolumeSource?
  /// A Ceph block device.
  @Boxed public var rbd: RBDVolumeSource?
  /// Fields of the pod as files.
  @Boxed public var downwardAPI: DownwardAPIVolumeSource?
  /// A ConfigMap's keys as files.
  @Boxed public var configMap: ConfigMapVolumeSource?
  /// A disk of Azure.
  @Boxed public var azureDisk: AzureDiskVolumeSource?
  /// Several sources in one directory.
  @Boxed public var projected: ProjectedVolumeSource?
  /// A volume that a CSI driver makes for the pod.
  @Boxed public var csi: CSIVolumeSource?
  /// A claim that is made for the pod and goes with it.
  @Boxed public var ephemeral: EphemeralVolumeSource?
  /// The files of an image.
  @Boxed public var image: ImageVolumeSource?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Volume>([
    .shared(1, "name", \.name),
    .inlined(
      2,
      [
        .record(1, "hostPath", \._hostPath),
        .record(2, "emptyDir", \._emptyDir),
        .record(3, "gcePersistentDisk", \._gcePersistentDisk),
        .record(4, "awsElasticBlockStore", \._awsElasticBlockStore),
        .record(6, "secret", \._secret),
        .record(7, "nfs", \._nfs),
        .record(8, "iscsi", \._iscsi),
        .record(10, "persistentVolumeClaim", \._persistentVolumeClaim),
        .record(11, "rbd", \._rbd),
        .record(16, "downwardAPI", \._downwardAPI),
        .record(19, "configMap", \._configMap),
        .record(22, "azureDisk", \._azureDisk),
        .record(26, "projected", \._projected),
        .record(28, "csi", \._csi),
        .record(29, "ephemeral", \._ephemeral),
        .record(30, "image", \._image),
      ]),
  ])
}

/// Scratch space that lives as long as the pod.
public struct EmptyDirVolumeSource: KubeRecord, Equatable {
  /// `Memory` for tmpfs.
  public var medium: String = ""
  /// The pod is evicted when it uses more.
  public var sizeLimit: Quantity?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EmptyDirVolumeSource>([
    .shared(1, "medium", \.medium),
    .quantity(2, "sizeLimit", \.sizeLimit),
  ])
}

/// A path on the node.
public struct HostPathVolumeSource: KubeRecord, Equatable {
  /// The path.
  public var path: String = ""
  /// What must be there, such as `Directory`.
  public var type: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<HostPathVolumeSource>([
    .shared(1, "path", \.path),
    .string(2, "type", \.type),
  ])
}

/// A Secret's keys as files.
public struct SecretVolumeSource: KubeRecord, Equatable {
  /// Name of the Secret.
  public var secretName: String = ""
  /// The keys wanted; empty for all.
  public var items: [KeyToPath] = []
  /// Whether the pod starts without it.
  public var optional: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<SecretVolumeSource>([
    .shared(1, "secretName", \.secretName),
    .records(2, "items", \.items),
    .bool(4, "optional", \.optional),
  ])
}

/// A ConfigMap's keys as files.
public struct ConfigMapVolumeSource: KubeRecord, Equatable {
  /// Name of the ConfigMap.
  public var name: String = ""
  /// The keys wanted; empty for all.
  public var items: [KeyToPath] = []
  /// Whether the pod starts without it.
  public var optional: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ConfigMapVolumeSource>([
    .inlined(
      1,
      [
        .shared(1, "name", \.name)
      ]),
    .records(2, "items", \.items),
    .bool(4, "optional", \.optional),
  ])
}

/// A key that becomes a file.
public struct KeyToPath: KubeRecord, Equatable {
  /// The key.
  public var key: String = ""
  /// Path in the volume.
  public var path: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<KeyToPath>([
    .shared(1, "key", \.key),
    .shared(2, "path", \.path),
  ])
}

/// Use of a claim in the pod's namespace.
public struct PersistentVolumeClaimVolumeSource: KubeRecord, Equatable {
  /// Name of the claim.
  public var claimName: String = ""
  /// Whether it is mounted read-only.
  public var readOnly: Bool = false

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PersistentVolumeClaimVolumeSource>([
    .shared(1, "claimName", \.claimName),
    .bool(2, "readOnly", \.readOnly),
  ])
}

/// Fields of the pod as files.
public struct DownwardAPIVolumeSource: KubeRecord, Equatable {
  /// The files.
  public var items: [DownwardAPIVolumeFile] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DownwardAPIVolumeSource>([
    .records(1, "items", \.items)
  ])
}

/// One field of the pod as a file.
public struct DownwardAPIVolumeFile: KubeRecord, Equatable {
  /// Path in the volume.
  public var path: String = ""
  /// A field of the pod.
  public var fieldRef: ObjectFieldSelector?
  /// A resource of a container.
  public var resourceFieldRef: ResourceFieldSelector?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DownwardAPIVolumeFile>([
    .shared(1, "path", \.path),
    .record(2, "fieldRef", \.fieldRef),
    .record(3, "resourceFieldRef", \.resourceFieldRef),
  ])
}

/// A volume that a CSI driver makes for the pod.
public struct CSIVolumeSource: KubeRecord, Equatable {
  /// Name of the driver.
  public var driver: String = ""
  /// Whether it is mounted read-only.
  public var readOnly: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CSIVolumeSource>([
    .shared(1, "driver", \.driver),
    .bool(2, "readOnly", \.readOnly),
  ])
}

/// A claim that is made for the pod and goes with it.
public struct EphemeralVolumeSource: KubeRecord, Equatable {
  /// What the claim is made from.
  public var volumeClaimTemplate: PersistentVolumeClaimTemplate?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EphemeralVolumeSource>([
    .record(1, "volumeClaimTemplate", \.volumeClaimTemplate)
  ])
}

/// What a pod's own claim is made from.
public struct PersistentVolumeClaimTemplate: KubeRecord, Equatable {
  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What the claim asks for.
  public var spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PersistentVolumeClaimTemplate>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
  ])
}

/// The files of an image as a volume.
public struct ImageVolumeSource: KubeRecord, Equatable {
  /// The image.
  public var reference: String = ""
  /// `Always`, `IfNotPresent` or `Never`.
  public var pullPolicy: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ImageVolumeSource>([
    .shared(1, "reference", \.reference),
    .shared(2, "pullPolicy", \.pullPolicy),
  ])
}
