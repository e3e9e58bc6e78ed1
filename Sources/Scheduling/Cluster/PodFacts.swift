import ClusterState
import Kube

/// What the scheduler remembers of a pod that has a node, or that is to get one: computed once for each version of the
/// pod, since it is looked at for every pod that waits.
final class PodFacts: Sendable {
  let name: ObjectName
  /// The uid, or namespace and name for pods of manifests and captures that have none.
  let identity: String
  let labels: SmallMap<String>
  let nodeName: String
  let nominatedNodeName: String
  let schedulerName: String
  let priority: Int
  let preemptionPolicy: String?
  let isBeingDeleted: Bool
  /// Whether the scheduler takes it for one that leaves to make room: from 1.26 on it marks those that it has removed.
  let isMakingRoom: Bool
  let isMirror: Bool
  /// When it started; nil for one that has not, which counts as started just now where that matters.
  let startTime: Timestamp?
  let controller: OwnerReference?
  let requests: ResourceAmounts
  let hostPorts: [HostPort]
  let affinity: [AffinityTerm]
  let antiAffinity: [AffinityTerm]
  let volumes: [VolumeUse]

  /// The same pod on another node.
  init(_ other: PodFacts, on node: String) {
    name = other.name
    identity = other.identity
    labels = other.labels
    nodeName = node
    nominatedNodeName = other.nominatedNodeName
    schedulerName = other.schedulerName
    priority = other.priority
    preemptionPolicy = other.preemptionPolicy
    isBeingDeleted = other.isBeingDeleted
    isMakingRoom = other.isMakingRoom
    isMirror = other.isMirror
    startTime = other.startTime
    controller = other.controller
    requests = other.requests
    hostPorts = other.hostPorts
    affinity = other.affinity
    antiAffinity = other.antiAffinity
    volumes = other.volumes
  }

  init(_ pod: Pod, rules: SchedulerRules) {
    name = ObjectName(pod.metadata)
    identity = ObjectStore.identity(pod.metadata)
    labels = pod.metadata.labels
    nodeName = pod.spec.nodeName
    nominatedNodeName = pod.status.nominatedNodeName
    schedulerName = pod.spec.schedulerName
    priority = pod.spec.priority ?? 0
    preemptionPolicy = pod.spec.preemptionPolicy
    isBeingDeleted = pod.isBeingDeleted
    let disruption = pod.status.conditions.condition("DisruptionTarget")
    isMakingRoom =
      isBeingDeleted
      && (!rules.hasDisruptionConditions
        || disruption?.status == "True" && disruption?.reason == "PreemptionByScheduler")
    isMirror = pod.isMirror
    startTime = pod.status.startTime
    controller = pod.metadata.controller
    requests = ResourceAmounts(of: pod, rules: rules, counting: !pod.spec.nodeName.isEmpty)
    var containers = pod.spec.containers
    if !rules.isOld { containers += pod.spec.initContainers.filter(\.isSidecar) }
    hostPorts = containers.flatMap { container in
      container.ports.compactMap { port in
        if port.hostPort > 0 { return HostPort(port) }
        guard pod.spec.hostNetwork, port.containerPort > 0 else { return nil }
        var own = port
        own.hostPort = port.containerPort
        return HostPort(own)
      }
    }
    affinity = (pod.spec.affinity?.podAffinity?.required ?? []).map { AffinityTerm($0, of: pod, rules: rules) }
    antiAffinity = (pod.spec.affinity?.podAntiAffinity?.required ?? []).map { AffinityTerm($0, of: pod, rules: rules) }
    volumes = pod.spec.volumes.compactMap { VolumeUse($0, of: pod) }
  }
}

/// A required affinity or anti-affinity term, ready to be compared with many pods.
struct AffinityTerm: Sendable {
  let topologyKey: String
  /// nil: no selector, which matches nothing.
  let selector: LabelQuery?
  /// Whether the selector cannot be understood, so that nobody can say what it matches.
  let isUnreadable: Bool
  let namespaces: [String]
  let namespaceSelector: LabelQuery?

  init(_ term: PodAffinityTerm, of pod: Pod, rules: SchedulerRules) {
    topologyKey = term.topologyKey
    var query = term.labelSelector.flatMap(\.schedulerQuery)
    isUnreadable =
      term.labelSelector != nil && query == nil
      || term.namespaceSelector != nil && term.namespaceSelector?.schedulerQuery == nil
    if query != nil, !rules.isOld {
      // The API server merges these at creation; a manifest that was not created yet still has them apart.
      for key in term.matchLabelKeys {
        if let value = pod.metadata.labels[key] { query?.requirements.append(.init(key, .isIn([value]))) }
      }
      for key in term.mismatchLabelKeys {
        if let value = pod.metadata.labels[key] { query?.requirements.append(.init(key, .isNotIn([value]))) }
      }
    }
    selector = query
    namespaceSelector = rules.isOld ? nil : term.namespaceSelector?.schedulerQuery
    namespaces = term.namespaces.isEmpty && namespaceSelector == nil ? [pod.metadata.namespace] : term.namespaces
  }

  /// Whether the labels match the selector; nothing does when there is none.
  func selects(_ labels: SmallMap<String>) -> Bool { selector?.matches(labels) ?? false }

  /// Whether pods of a namespace with the given labels are meant.
  func includes(namespace: String, labels: SmallMap<String>) -> Bool {
    namespaces.contains(namespace) || namespaceSelector?.matches(labels) ?? false
  }
}

/// A use of storage that the scheduler cares about.
enum VolumeUse: Sendable, Equatable {
  /// A claim in the pod's namespace. An ephemeral one is made for the pod and named after it.
  case claim(String, isEphemeral: Bool)
  case gcePersistentDisk(String, readOnly: Bool)
  case awsElasticBlockStore(String)
  case azureDisk(name: String, uri: String)
  case iscsi(iqn: String, readOnly: Bool)
  case rbd(monitors: [String], pool: String, image: String, readOnly: Bool)

  init?(_ volume: Volume, of pod: Pod) {
    if let claim = volume.persistentVolumeClaim {
      self = .claim(claim.claimName, isEphemeral: false)
    } else if volume.ephemeral != nil {
      self = .claim("\(pod.metadata.name)-\(volume.name)", isEphemeral: true)
    } else if let disk = volume.gcePersistentDisk {
      self = .gcePersistentDisk(disk.pdName, readOnly: disk.readOnly)
    } else if let disk = volume.awsElasticBlockStore {
      self = .awsElasticBlockStore(disk.volumeID)
    } else if let disk = volume.azureDisk {
      self = .azureDisk(name: disk.diskName, uri: disk.diskURI)
    } else if let disk = volume.iscsi {
      self = .iscsi(iqn: disk.iqn, readOnly: disk.readOnly)
    } else if let disk = volume.rbd {
      self = .rbd(
        monitors: disk.monitors, pool: disk.pool.isEmpty ? "rbd" : disk.pool, image: disk.image,
        readOnly: disk.readOnly)
    } else {
      return nil
    }
  }

  var claimName: String? { if case .claim(let name, _) = self { name } else { nil } }
}
