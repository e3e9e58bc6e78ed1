import Kube

/// Whether a claim and a volume fit each other, as the binder of volumes judges.
public enum VolumeFit {
  /// What the volume lacks; nil when it fits.
  public static func complaint(of claim: PersistentVolumeClaim, about volume: PersistentVolume) -> String? {
    if volume.metadata.deletionTimestamp != nil { return "is being deleted" }
    if let reference = volume.spec.claimRef {
      let isOwn = reference.namespace == claim.metadata.namespace && reference.name == claim.metadata.name
      if !isOwn { return "belongs to claim \(reference.namespace)/\(reference.name) (\(volume.status.phase))" }
      if !reference.uid.isEmpty, reference.uid != claim.metadata.uid {
        return "belongs to an earlier claim of the same name (\(volume.status.phase))"
      }
    } else if !volume.status.phase.isEmpty, volume.status.phase != "Available" {
      return "is \(volume.status.phase)"
    }
    if let asked = claim.spec.resources.requests["storage"], let size = volume.spec.capacity["storage"], size < asked {
      return "\(size.text) of \(asked.text) asked for"
    }
    if let mode = claim.spec.accessModes.first(where: { !volume.spec.accessModes.contains($0) }) {
      return "has no access mode \(mode)"
    }
    if (claim.spec.volumeMode ?? "Filesystem") != (volume.spec.volumeMode ?? "Filesystem") {
      return "is a \(volume.spec.volumeMode ?? "Filesystem") volume"
    }
    if let selector = claim.spec.selector, selector.matches(volume.metadata.labels) != true {
      return "lacks labels that the claim selects"
    }
    if volume.spec.storageClassName != claim.spec.storageClassName ?? "" {
      return "has class \"\(volume.spec.storageClassName)\""
    }
    return nil
  }

  /// What each of several volumes lacks for a claim, those that are free first.
  public struct Complaints {
    /// A volume with what it lacks.
    public var list: [(volume: PersistentVolume, text: String)]

    /// `pv-1: 5Gi of 50Gi asked for; pv-2: has no access mode ReadWriteMany (and 3 more)`.
    public var text: String {
      let more = list.count > 2 ? " (and \(list.count - 2) more)" : ""
      return list.prefix(2).map { "\($0.volume.metadata.name): \($0.text)" }.joined(separator: "; ") + more
    }
  }

  /// What the volumes lack for a claim; nil when one of them fits.
  public static func complaints(of claim: PersistentVolumeClaim, about volumes: [PersistentVolume]) -> Complaints? {
    var free: [(volume: PersistentVolume, text: String)] = []
    var taken: [(volume: PersistentVolume, text: String)] = []
    for volume in volumes.sorted(by: { $0.metadata.name < $1.metadata.name }) {
      guard let text = complaint(of: claim, about: volume) else { return nil }
      let isFree = volume.spec.claimRef == nil && volume.metadata.deletionTimestamp == nil
      if isFree { free.append((volume, text)) } else { taken.append((volume, text)) }
    }
    return Complaints(list: free + taken)
  }
}
