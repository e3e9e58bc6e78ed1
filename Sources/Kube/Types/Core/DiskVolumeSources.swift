/// A directory of an NFS server.
public struct NFSVolumeSource: KubeRecord, Equatable {
  /// The server.
  public var server: String = ""
  /// The directory.
  public var path: String = ""
  /// Whether it is mounted read-only.
  public var readOnly: Bool = false

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NFSVolumeSource>([
    .shared(1, "server", \.server),
    .shared(2, "path", \.path),
    .bool(3, "readOnly", \.readOnly),
  ])
}

/// A disk of Google Compute Engine.
public struct GCEPersistentDiskVolumeSource: KubeRecord, Equatable {
  /// Name of the disk.
  public var pdName: String = ""
  /// Whether it is mounted read-only.
  public var readOnly: Bool = false

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<GCEPersistentDiskVolumeSource>([
    .shared(1, "pdName", \.pdName),
    .bool(4, "readOnly", \.readOnly),
  ])
}

/// A disk of AWS.
public struct AWSElasticBlockStoreVolumeSource: KubeRecord, Equatable {
  /// The disk.
  public var volumeID: String = ""
  /// Whether it is mounted read-only.
  public var readOnly: Bool = false

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<AWSElasticBlockStoreVolumeSource>([
    .shared(1, "volumeID", \.volumeID),
    .bool(4, "readOnly", \.readOnly),
  ])
}

/// An iSCSI disk.
public struct ISCSIVolumeSource: KubeRecord, Equatable {
  /// Address of the target.
  public var targetPortal: String = ""
  /// Qualified name of the target.
  public var iqn: String = ""
  /// Number of the logical unit.
  public var lun: Int = 0
  /// Whether it is mounted read-only.
  public var readOnly: Bool = false

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ISCSIVolumeSource>([
    .shared(1, "targetPortal", \.targetPortal),
    .shared(2, "iqn", \.iqn),
    .int(3, "lun", \.lun),
    .bool(6, "readOnly", \.readOnly),
  ])
}

/// A Ceph block device.
public struct RBDVolumeSource: KubeRecord, Equatable {
  /// Addresses of the cluster's monitors.
  public var monitors: [String] = []
  /// Name of the image.
  public var image: String = ""
  /// Pool that the image is in.
  public var pool: String = ""
  /// Whether it is mounted read-only.
  public var readOnly: Bool = false

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RBDVolumeSource>([
    .strings(1, "monitors", \.monitors),
    .shared(2, "image", \.image),
    .shared(4, "pool", \.pool),
    .bool(8, "readOnly", \.readOnly),
  ])
}

/// A disk of Azure.
public struct AzureDiskVolumeSource: KubeRecord, Equatable {
  /// Name of the disk.
  public var diskName: String = ""
  /// Address of the disk.
  public var diskURI: String = ""
  /// Whether it is mounted read-only.
  public var readOnly: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<AzureDiskVolumeSource>([
    .shared(1, "diskName", \.diskName),
    .shared(2, "diskURI", \.diskURI),
    .bool(5, "readOnly", \.readOnly),
  ])
}
