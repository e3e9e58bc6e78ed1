/// Which kube-scheduler to follow: its rules and texts changed over the years.
///
/// The rules of 1.20 and of 1.36 are followed exactly; a version between them is treated as the nearer one, with its
/// own text about taints.
public struct SchedulerRules: Sendable, Hashable {
  /// The minor version of Kubernetes 1.
  public let minor: Int
  /// Whether messages leave out the keys and values of taints: since 1.35, and 1.34.2 of that version.
  let hidesTaints: Bool

  /// The rules of Kubernetes 1.`minor`.
  ///
  /// - Parameter patch: the number of the patch where it is known; else the newest one is meant.
  public init(minor: Int, patch: Int? = nil) {
    self.minor = minor
    hidesTaints = minor > 34 || minor == 34 && patch ?? .max >= 2
  }

  /// The rules of a server that calls itself `v1.36.2` or `v1.20.2-debian`; today's for anything unreadable.
  public init(gitVersion: String) {
    let parts = gitVersion.drop { $0 == "v" }.split(separator: ".", maxSplits: 2)
    let minor = parts.count > 1 && parts[0] == "1" ? Int(parts[1].prefix { $0.isASCII && $0.isNumber }) : nil
    let patch = parts.count > 2 ? Int(parts[2].prefix { $0.isASCII && $0.isNumber }) : nil
    self.init(minor: minor ?? Self.current.minor, patch: patch)
  }

  /// Kubernetes 1.20.
  public static let kubernetes120 = SchedulerRules(minor: 20)
  /// Kubernetes 1.36.
  public static let current = SchedulerRules(minor: 36)

  /// Rules of 1.20: failures before the node loop are counted for every node, no sidecars, no text about preemption.
  var isOld: Bool { minor < 22 }
  /// Pods say how dear it is to delete them when there are to be fewer.
  var hasDeletionCosts: Bool { minor >= 22 }
  /// Pods that the scheduler removes say so in a condition, and only they keep it from removing more.
  var hasDisruptionConditions: Bool { minor >= 26 }
  /// Pods with scheduling gates wait.
  var hasGates: Bool { minor >= 26 }
  /// ResourceClaims are looked at, and the plugin's own words get into every message.
  var hasDynamicResources: Bool { minor >= 34 }
  /// Pods may be scheduled in groups.
  var hasGroups: Bool { minor >= 35 }
  /// Nodes say which features they have.
  var hasDeclaredFeatures: Bool { minor >= 36 }
  /// Only events that a rejecting plugin cares about bring a pod back into the queue.
  var hasQueueingHints: Bool { minor >= 32 }
  /// Requests of a pod that exists can be changed.
  var hasInPlaceResize: Bool { minor >= 33 }
  /// Resizes in progress count what is allocated.
  var countsAllocatedResources: Bool { minor >= 33 }

  /// The filters in the order in which they run.
  public var plugins: [FilterPlugin] {
    FilterPlugin.allCases.filter { plugin in
      switch plugin {
      case .ebsLimits, .gcePDLimits, .azureDiskLimits: isOld
      case .dynamicResources: hasDynamicResources
      case .nodeDeclaredFeatures: hasDeclaredFeatures
      case .gangScheduling: hasGroups
      default: true
      }
    }
  }
}

/// A filter of kube-scheduler, by its own name; in the order in which they run.
public enum FilterPlugin: String, Sendable, CaseIterable {
  /// Cordoned nodes.
  case nodeUnschedulable = "NodeUnschedulable"
  /// A node asked for by name.
  case nodeName = "NodeName"
  /// Taints without toleration.
  case taintToleration = "TaintToleration"
  /// The pod's node selector and required node affinity.
  case nodeAffinity = "NodeAffinity"
  /// Host ports that are taken.
  case nodePorts = "NodePorts"
  /// Requests against what is free.
  case nodeResourcesFit = "NodeResourcesFit"
  /// Disks and claims that only one pod may use.
  case volumeRestrictions = "VolumeRestrictions"
  /// Number of AWS disks (1.20).
  case ebsLimits = "EBSLimits"
  /// Number of Google disks (1.20).
  case gcePDLimits = "GCEPDLimits"
  /// Number of volumes that a driver can attach.
  case nodeVolumeLimits = "NodeVolumeLimits"
  /// Number of Azure disks (1.20).
  case azureDiskLimits = "AzureDiskLimits"
  /// Volumes of the pod's claims: bound elsewhere, or none to bind.
  case volumeBinding = "VolumeBinding"
  /// Volumes of another zone.
  case volumeZone = "VolumeZone"
  /// Spreading over places.
  case podTopologySpread = "PodTopologySpread"
  /// Neighbours that must or must not be there.
  case interPodAffinity = "InterPodAffinity"
  /// Devices by ResourceClaims: not computed here.
  case dynamicResources = "DynamicResources"
  /// Features that the pod needs of the kubelet.
  case nodeDeclaredFeatures = "NodeDeclaredFeatures"
  /// Pods that are placed all together or not at all: not computed here.
  case gangScheduling = "GangScheduling"
}
