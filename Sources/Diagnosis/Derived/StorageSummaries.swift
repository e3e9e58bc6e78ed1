import Kube

/// The annotation that named the storage class before there was a field for it; it still wins.
private let storageClassAnnotation = "volume.beta.kubernetes.io/storage-class"

/// The columns of a PersistentVolume.
public struct PersistentVolumeSummary: KubeRecord, Equatable {
  /// STATUS.
  public var status = ""
  /// CAPACITY.
  public var capacity: Quantity?
  /// ACCESS MODES, such as `RWO,ROX`.
  public var accessModes = ""
  /// CLAIM, such as `shop/data-0`; "" while it is free.
  public var claim = ""
  /// STORAGECLASS.
  public var storageClass = ""

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<PersistentVolumeSummary>([
    .string(1, "status", \.status),
    .quantity(2, "capacity", \.capacity),
    .string(3, "accessModes", \.accessModes),
    .string(4, "claim", \.claim),
    .string(5, "storageClass", \.storageClass),
  ])

  /// The columns of a PersistentVolume.
  public init(_ volume: PersistentVolume) {
    status = volume.metadata.deletionTimestamp == nil ? volume.status.phase : "Terminating"
    capacity = volume.spec.capacity["storage"]
    accessModes = ColumnTexts.accessModes(volume.spec.accessModes)
    if let reference = volume.spec.claimRef { claim = "\(reference.namespace)/\(reference.name)" }
    storageClass = volume.metadata.annotations[storageClassAnnotation] ?? volume.spec.storageClassName
  }
}

/// The columns of a PersistentVolumeClaim.
public struct PersistentVolumeClaimSummary: KubeRecord, Equatable {
  /// STATUS.
  public var status = ""
  /// CAPACITY; nil until there is a volume.
  public var capacity: Quantity?
  /// ACCESS MODES; "" until there is a volume.
  public var accessModes = ""
  /// STORAGECLASS.
  public var storageClass = ""

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<PersistentVolumeClaimSummary>([
    .string(1, "status", \.status),
    .quantity(2, "capacity", \.capacity),
    .string(3, "accessModes", \.accessModes),
    .string(4, "storageClass", \.storageClass),
  ])

  /// The columns of a PersistentVolumeClaim.
  public init(_ claim: PersistentVolumeClaim) {
    status = claim.metadata.deletionTimestamp == nil ? claim.status.phase : "Terminating"
    if !claim.spec.volumeName.isEmpty {
      // A volume without a size is kubectl's "0".
      capacity = claim.status.capacity["storage"] ?? Quantity("0")
      accessModes = ColumnTexts.accessModes(claim.status.accessModes)
    }
    storageClass = claim.metadata.annotations[storageClassAnnotation] ?? claim.spec.storageClassName ?? ""
  }
}

/// The columns of a StorageClass.
public struct StorageClassSummary: KubeRecord, Equatable {
  /// NAME, with ` (default)` behind that of the default class.
  public var name = ""
  /// RECLAIMPOLICY.
  public var reclaimPolicy = ""
  /// VOLUMEBINDINGMODE.
  public var volumeBindingMode = ""

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<StorageClassSummary>([
    .string(1, "name", \.name),
    .string(2, "reclaimPolicy", \.reclaimPolicy),
    .string(3, "volumeBindingMode", \.volumeBindingMode),
  ])

  /// The columns of a StorageClass.
  public init(_ storageClass: StorageClass) {
    let annotations = [
      "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class",
    ]
    let isDefault = annotations.contains { storageClass.metadata.annotations[$0] == "true" }
    name = storageClass.metadata.name + (isDefault ? " (default)" : "")
    reclaimPolicy = storageClass.reclaimPolicy ?? "Delete"
    volumeBindingMode = storageClass.volumeBindingMode ?? "Immediate"
  }
}
