import ClusterState
import Kube

/// How far a snapshot has read a store.
struct StoreMark: Sendable, Equatable {
  var store: ObjectIdentifier
  var revision: Int
}

extension ClusterSnapshot {
  /// The cluster as `state` knows it. Kinds that were not read to the end become gaps.
  public init(_ state: ClusterState, rules: SchedulerRules) {
    self.init(rules: rules)
    update(from: state)
  }

  /// Takes over what changed in `state` since the last time, or everything when that is too long ago. Costs what
  /// changed, and nothing when nothing did.
  public mutating func update(from state: ClusterState) {
    // A store that was replaced by another may lack what the first had: only a fresh start is right then.
    for kind in Kind.allCases {
      guard let mark = marks[kind] else { continue }
      guard let store = Self.store(of: kind, in: state), ObjectIdentifier(store) == mark.store else {
        return restart(from: state)
      }
    }
    guard let nodeChanges = changes(of: .nodes, in: state), let podChanges = changes(of: .pods, in: state) else {
      return restart(from: state)
    }
    read(.nodes, in: state, nodeChanges) { snapshot, object in
      if let node = object as? Node { snapshot.put(node) }
    }
    read(.pods, in: state, podChanges) { snapshot, object in
      if let pod = object as? Pod { snapshot.put(pod) }
    }
    updateSmallKinds(from: state)
    gaps = Self.gaps(in: state, rules: rules)
  }

  private mutating func restart(from state: ClusterState) {
    self = ClusterSnapshot(rules: rules)
    update(from: state)
  }

  /// What changed of a kind; nil when everything must be read again.
  private func changes(of kind: Kind, in state: ClusterState) -> Changes? {
    guard let store = Self.store(of: kind, in: state) else { return .some(.nothing) }
    guard let mark = marks[kind] else { return .everything }
    if mark.revision == store.revision { return .nothing }
    return store.changes(since: mark.revision).map { .objects($0) }
  }

  private enum Changes {
    case nothing
    case everything
    case objects(Set<String>)
  }

  private mutating func read(
    _ kind: Kind, in state: ClusterState, _ changes: Changes,
    _ put: (inout ClusterSnapshot, any ClusterObject) -> Void
  ) {
    guard let store = Self.store(of: kind, in: state) else { return }
    marks[kind] = StoreMark(store: ObjectIdentifier(store), revision: store.revision)
    switch changes {
    case .nothing: break
    case .everything: store.forEach { put(&self, $0) }
    case .objects(let identities):
      // A store names what went by its uid only: what is gone goes first, so that a namesake can come.
      for identity in identities where store.object(uid: identity) == nil { forget(kind, identity) }
      for identity in identities { if let object = store.object(uid: identity) { put(&self, object) } }
    }
  }

  private mutating func forget(_ kind: Kind, _ identity: String) {
    if kind == .pods { return removePod(identity) }
    if let name = nodeNameOfUID[identity] { removeNode(name) }
  }

  /// Kinds of which there are few, or that change rarely, are read again as a whole when anything of them changed.
  private mutating func updateSmallKinds(from state: ClusterState) {
    func read<Object: KubeObject>(
      _ kind: Kind, _ type: Object.Type, _ clear: (inout ClusterSnapshot) -> Void,
      _ put: (inout ClusterSnapshot, Object) -> Void
    ) {
      guard let store = state.store(of: type) else { return }
      let mark = StoreMark(store: ObjectIdentifier(store), revision: store.revision)
      guard marks[kind] != mark else { return }
      marks[kind] = mark
      clear(&self)
      store.forEach { if let object = $0 as? Object { put(&self, object) } }
    }
    read(.namespaces, Namespace.self, { $0.namespaces = [:] }, { $0.put($1) })
    read(.persistentVolumeClaims, PersistentVolumeClaim.self, { $0.claims = [:] }, { $0.put($1) })
    read(.persistentVolumes, PersistentVolume.self, { $0.volumes = [:] }, { $0.put($1) })
    read(.storageClasses, StorageClass.self, { $0.classes = [:] }, { $0.put($1) })
    read(.csiNodes, CSINode.self, { $0.csiNodes = [:] }, { $0.put($1) })
    read(.csiDrivers, CSIDriver.self, { $0.csiDrivers = [:] }, { $0.put($1) })
    read(.csiStorageCapacities, CSIStorageCapacity.self, { $0.capacities = [] }, { $0.put($1) })
    read(.volumeAttachments, VolumeAttachment.self, { $0.attachments = [:] }, { $0.put($1) })
    read(.podDisruptionBudgets, PodDisruptionBudget.self, { $0.budgets = [:] }, { $0.put($1) })
    read(.deviceClasses, DeviceClass.self, { $0.deviceResources = [] }, { $0.put($1) })
  }

  // MARK: Gaps

  private static func store(of kind: Kind, in state: ClusterState) -> ObjectStore? {
    switch kind {
    case .nodes: state.store(of: Node.self)
    case .pods: state.store(of: Pod.self)
    case .namespaces: state.store(of: Namespace.self)
    case .persistentVolumeClaims: state.store(of: PersistentVolumeClaim.self)
    case .persistentVolumes: state.store(of: PersistentVolume.self)
    case .storageClasses: state.store(of: StorageClass.self)
    case .csiNodes: state.store(of: CSINode.self)
    case .csiDrivers: state.store(of: CSIDriver.self)
    case .csiStorageCapacities: state.store(of: CSIStorageCapacity.self)
    case .volumeAttachments: state.store(of: VolumeAttachment.self)
    case .podDisruptionBudgets: state.store(of: PodDisruptionBudget.self)
    case .deviceClasses: state.store(of: DeviceClass.self)
    }
  }

  private static func gaps(in state: ClusterState, rules: SchedulerRules) -> [Kind: String] {
    var gaps: [Kind: String] = [:]
    for kind in Kind.allCases {
      guard let store = store(of: kind, in: state) else {
        gaps[kind] = "\(kind.rawValue) are not read"
        continue
      }
      switch store.freshness {
      case .live, .stale:
        if store.coverage != .cluster { gaps[kind] = "\(kind.rawValue) of other namespaces are not read" }
      case .unread: gaps[kind] = "\(kind.rawValue) are not read"
      case .loading: gaps[kind] = "\(kind.rawValue) are still being read"
      case .forbidden(let message): gaps[kind] = "\(kind.rawValue) may not be read: \(message)"
      // Nothing of a kind that the server does not have can stand in the way.
      case .notServed: break
      case .notCaptured(let reason): gaps[kind] = "\(kind.rawValue) are not known: \(reason)"
      case .failed(let reason): gaps[kind] = "\(kind.rawValue) cannot be read: \(reason)"
      }
    }
    return gaps
  }
}
