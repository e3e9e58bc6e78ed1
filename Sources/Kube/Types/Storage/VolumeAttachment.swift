/// A volume attached to a node (storage.k8s.io/v1 VolumeAttachment).
public struct VolumeAttachment: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "storage.k8s.io", version: "v1", kind: "VolumeAttachment", plural: "volumeattachments", isNamespaced: false
    )
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: VolumeAttachmentSpec = VolumeAttachmentSpec()
  /// What is.
  public var status: VolumeAttachmentStatus = VolumeAttachmentStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeAttachment>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// Which volume to attach where.
public struct VolumeAttachmentSpec: KubeRecord, Equatable {
  /// The driver.
  public var attacher: String = ""
  /// The volume.
  public var source: VolumeAttachmentSource = VolumeAttachmentSource()
  /// The node.
  public var nodeName: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeAttachmentSpec>([
    .shared(1, "attacher", \.attacher),
    .record(2, "source", \.source),
    .shared(3, "nodeName", \.nodeName),
  ])
}

/// Names a volume.
public struct VolumeAttachmentSource: KubeRecord, Equatable {
  /// The PersistentVolume.
  public var persistentVolumeName: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeAttachmentSource>([
    .string(1, "persistentVolumeName", \.persistentVolumeName)
  ])
}

/// How attaching goes.
public struct VolumeAttachmentStatus: KubeRecord, Equatable {
  /// Whether it is attached.
  public var attached: Bool = false
  /// The last failure to attach.
  @Boxed public var attachError: VolumeError?
  /// The last failure to detach.
  @Boxed public var detachError: VolumeError?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeAttachmentStatus>([
    .bool(1, "attached", \.attached),
    .record(3, "attachError", \._attachError),
    .record(4, "detachError", \._detachError),
  ])
}

/// What went wrong with a volume.
public struct VolumeError: KubeRecord, Equatable {
  /// When.
  public var time: Timestamp?
  /// A sentence for people.
  public var message: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeError>([
    .time(1, "time", \.time),
    .string(2, "message", \.message),
  ])
}
