import Kube
import Scheduling

/// Data that goes with a pod.
public struct Loss: Sendable, Equatable {
  /// What held the data.
  public enum Kind: String, Sendable {
    /// Scratch space on the node.
    case emptyDir
    /// The same in memory.
    case memory = "emptyDir in memory"
    /// A claim that was made for the pod and goes with it.
    case ephemeralVolume = "ephemeral volume"
    /// A volume that a driver made for the pod.
    case inlineVolume = "inline CSI volume"
  }

  /// What held the data.
  public var kind: Kind
  /// The volume's name in the pod.
  public var volume: String
  /// How many bytes it has; nil when the kubelet did not say.
  public var bytes: Int?
  /// How many it may have; nil without limit.
  public var limit: Quantity?

  /// A loss.
  public init(kind: Kind, volume: String, bytes: Int? = nil, limit: Quantity? = nil) {
    (self.kind, self.volume, self.bytes, self.limit) = (kind, volume, bytes, limit)
  }

  /// `emptyDir cache 120Mi`, with the limit where the size is not known, and `emptyDir cache` where there is none.
  public var text: String {
    let size = bytes.map { " \(Amount.text(Int64($0), of: "memory"))" } ?? limit.map { " (at most \($0.text))" } ?? ""
    return "\(kind.rawValue) \(volume)\(size)"
  }

  /// What goes with a pod, in the order of its volumes.
  static func losses(of pod: Pod, usage: VolumeUsage?) -> [Loss] {
    pod.spec.volumes.compactMap { volume in
      let bytes = usage?.bytes(of: volume.name, in: pod)
      if let directory = volume.emptyDir {
        let kind: Kind = directory.medium == "Memory" ? .memory : .emptyDir
        return Loss(kind: kind, volume: volume.name, bytes: bytes, limit: directory.sizeLimit)
      }
      if let claim = volume.ephemeral {
        let size = claim.volumeClaimTemplate?.spec.resources.requests["storage"]
        return Loss(kind: .ephemeralVolume, volume: volume.name, bytes: bytes, limit: size)
      }
      if volume.csi != nil { return Loss(kind: .inlineVolume, volume: volume.name, bytes: bytes) }
      return nil
    }
  }
}

/// What the volumes of a node's pods hold, as its kubelet tells (`stats/summary`).
public struct VolumeUsage: Sendable, Equatable {
  private var bytes: [String: [String: Int]] = [:]

  /// Reads a kubelet's summary. Anything unexpected in it is left out.
  public init(summary: JSONValue) {
    for pod in summary["pods"]?.array ?? [] {
      guard let uid = pod[path: "podRef", "uid"]?.string else { continue }
      for volume in pod["volume"]?.array ?? [] {
        guard let name = volume["name"]?.string, let used = volume["usedBytes"]?.int, used >= 0 else { continue }
        bytes[uid, default: [:]][name] = used
      }
    }
  }

  func bytes(of volume: String, in pod: Pod) -> Int? { bytes[pod.metadata.uid]?[volume] }
}
