/// Several sources in one directory.
public struct ProjectedVolumeSource: KubeRecord, Equatable {
  /// The sources.
  public var sources: [VolumeProjection] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ProjectedVolumeSource>([
    .records(1, "sources", \.sources)
  ])
}

/// One source of a projected volume.
public struct VolumeProjection: KubeRecord, Equatable {
  /// A Secret's keys.
  @Boxed public var secret: ObjectProjection?
  /// Fields of the pod (DownwardAPIProjection has the same layout).
  @Boxed public var downwardAPI: DownwardAPIVolumeSource?
  /// A ConfigMap's keys.
  @Boxed public var configMap: ObjectProjection?
  /// A token of the pod's account.
  public var serviceAccountToken: ServiceAccountTokenProjection?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeProjection>([
    .record(1, "secret", \._secret),
    .record(2, "downwardAPI", \._downwardAPI),
    .record(3, "configMap", \._configMap),
    .record(4, "serviceAccountToken", \.serviceAccountToken),
  ])
}

/// A ConfigMap or Secret within a projected volume (both kinds have the same layout).
public struct ObjectProjection: KubeRecord, Equatable {
  /// Name of the object.
  public var name: String = ""
  /// The keys wanted; empty for all.
  public var items: [KeyToPath] = []
  /// Whether the pod starts without it.
  public var optional: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ObjectProjection>([
    .inlined(
      1,
      [
        .shared(1, "name", \.name)
      ]),
    .records(2, "items", \.items),
    .bool(4, "optional", \.optional),
  ])
}

/// A token of the pod's account as a file.
public struct ServiceAccountTokenProjection: KubeRecord, Equatable {
  /// Life of the token.
  public var expirationSeconds: Int?
  /// Path in the volume.
  public var path: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ServiceAccountTokenProjection>([
    .int(2, "expirationSeconds", \.expirationSeconds),
    .shared(3, "path", \.path),
  ])
}
