import ClusterState
import Diagnosis
import Kube

/// An object near another one.
struct Relative {
  var kind: String
  var object: any ClusterObject
  var metadata: ObjectMeta { object.metadata }
  var shortText: String { "\(kind.lowercased())/\(metadata.name)" }
}

/// What is around an object: its owners, what it owns, and what it stands on.
struct Surroundings {
  /// The chain of controllers upwards, as far as it is read; the last may be known by its reference only.
  private(set) var owners: [OwnerReference] = []
  /// Owned objects, each before what it owns itself.
  private(set) var owned: [Relative] = []
  /// How many owned objects were left out.
  private(set) var leftOut = 0
  /// The node of a pod, and the claims of a pod or of the owned pods.
  private(set) var ground: [Relative] = []
  /// The names of these claims, of missing ones too.
  private(set) var claimNames: [String] = []

  /// More owned objects than this are only counted.
  static let maximumOwned = 500

  init(of subject: Subject, in cluster: ClusterState) {
    climb(from: subject, in: cluster)
    descend(from: subject, in: cluster)
    if let pod = subject.typed as? Pod, !pod.spec.nodeName.isEmpty,
      let node = cluster.get(Node.self, name: pod.spec.nodeName)
    {
      ground.append(Relative(kind: "Node", object: node))
    }
    claims(of: subject, in: cluster)
    if let claim = subject.typed as? PersistentVolumeClaim, !claim.spec.volumeName.isEmpty,
      let volume = cluster.get(PersistentVolume.self, name: claim.spec.volumeName)
    {
      ground.append(Relative(kind: "PersistentVolume", object: volume))
    }
  }

  private mutating func climb(from subject: Subject, in cluster: ClusterState) {
    var next = subject.owner
    var seen: Set<String> = [subject.uid]
    // Circles end at what was seen; the limit ends chains that nobody wants to read.
    while let owner = next, owners.count < 8, seen.insert(owner.uid).inserted {
      owners.append(owner)
      next = cluster.owner(owner, namespace: subject.namespace)?.metadata.controller
    }
  }

  private mutating func descend(from subject: Subject, in cluster: ClusterState) {
    guard !subject.uid.isEmpty else { return }
    var waiting = [subject.uid]
    var seen: Set<String> = [subject.uid]
    var position = 0
    let stores = cluster.allStores
    while position < waiting.count {
      let uid = waiting[position]
      position += 1
      for store in stores {
        for object in store.objects(ownedBy: uid) where seen.insert(object.metadata.uid).inserted {
          guard owned.count < Surroundings.maximumOwned else {
            leftOut += 1
            continue
          }
          owned.append(Relative(kind: store.resource.kind, object: object))
          waiting.append(object.metadata.uid)
        }
      }
    }
  }

  private mutating func claims(of subject: Subject, in cluster: ClusterState) {
    let pods = [subject.typed as? Pod].compactMap { $0 } + owned.compactMap { $0.object as? Pod }
    var seen: Set<String> = []
    for name in pods.prefix(100).flatMap(\.claimNames) where seen.insert(name).inserted {
      claimNames.append(name)
      if let claim = cluster.get(PersistentVolumeClaim.self, namespace: subject.namespace, name: name) {
        ground.append(Relative(kind: "PersistentVolumeClaim", object: claim))
      }
    }
  }
}

extension Subject {
  /// What manages the object.
  var owner: OwnerReference? {
    let references = json.list("metadata", "ownerReferences")
    guard let found = references.first(where: { $0["controller"] == true }) ?? references.first else { return nil }
    var owner = OwnerReference()
    owner.kind = found.text("kind")
    owner.name = found.text("name")
    owner.uid = found.text("uid")
    owner.apiVersion = found.text("apiVersion")
    owner.controller = found["controller"] == true
    return owner
  }
}

extension Pod {
  /// The claims that the pod mounts, those of ephemeral volumes included, which are named after pod and volume.
  var claimNames: [String] {
    spec.volumes.compactMap { volume in
      if let claim = volume.persistentVolumeClaim { return claim.claimName }
      return volume.ephemeral == nil ? nil : "\(metadata.name)-\(volume.name)"
    }
  }
}
