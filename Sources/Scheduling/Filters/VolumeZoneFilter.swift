import ClusterState
import Kube

/// Volumes that say in their labels which zone they are in.
struct VolumeZoneFilter: NodeFilter {
  /// A label of a volume and the values that a node may have for it.
  private struct Zone {
    let claim: ObjectName
    let volume: String
    let key: String
    let values: [Substring]
  }

  private let zones: [Zone]
  private let isOld: Bool

  private static let successors = [
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  ]
  private static let keys = Set(successors.keys).union(successors.values)

  static func prepare(_ incoming: Incoming) -> Preparation {
    let names = incoming.facts.volumes.compactMap { use in
      if case .claim(let name, isEphemeral: false) = use { name } else { nil }
    }
    if names.isEmpty { return .skip }
    if let gap = incoming.gap(.persistentVolumeClaims, .persistentVolumes) { return .unknown(gap) }
    var zones: [Zone] = []
    for name in names {
      let key = ObjectName(namespace: incoming.namespace, name: name)
      guard let claim = incoming.snapshot.claims[key] else {
        // Before it looked at pods beforehand, VolumeBinding had refused every node already.
        if incoming.rules.isOld { continue }
        return .fail(.claimNotFound(key))
      }
      guard !claim.spec.volumeName.isEmpty else { continue }
      guard let volume = incoming.snapshot.volumes[claim.spec.volumeName] else {
        if incoming.rules.isOld { continue }
        let reason = Reason(
          "persistentvolume \"\(claim.spec.volumeName)\" not found", resolvable: false,
          .claim(key, "its volume \(claim.spec.volumeName) does not exist"))
        return .fail(reason)
      }
      for (label, value) in volume.metadata.labels.entries where keys.contains(label) {
        let values = value.split(separator: "__", omittingEmptySubsequences: false)
        // A malformed set of zones is left out, as the scheduler does.
        if values.contains("") { continue }
        zones.append(Zone(claim: key, volume: claim.spec.volumeName, key: label, values: values))
      }
    }
    // A missing volume matters even without zones, so that this comes last.
    return zones.isEmpty ? .skip : .filter(Self(zones: zones, isOld: incoming.rules.isOld))
  }

  /// The labels of a node that reaches a volume by its zone labels: of several zones the first.
  static func places(of volume: PersistentVolume, rules: SchedulerRules) -> [String: String] {
    volume.metadata.labels.entries.reduce(into: [:]) { places, label in
      let values = label.value.split(separator: "__", omittingEmptySubsequences: false)
      guard keys.contains(label.key), let first = values.first, !values.contains("") else { return }
      places[rules.isOld ? label.key : successors[label.key] ?? label.key] = String(first)
    }
  }

  func verdict(on node: NodeState) -> Verdict {
    let labels = node.facts.labels
    guard labels.entries.contains(where: { Self.keys.contains($0.key) }) else { return .pass }
    for zone in zones {
      var value = labels[zone.key]
      if value == nil, !isOld, let successor = Self.successors[zone.key] { value = labels[successor] }
      if let value, zone.values.contains(Substring(value)) { continue }
      return .fail([
        Reason(
          "node(s) had no available volume zone", resolvable: false,
          .claim(
            zone.claim,
            "volume \(zone.volume) is in \(zone.key)=\(zone.values.joined(separator: ",")), the node in \(value ?? "none")"
          ))
      ])
    }
    return .pass
  }
}
