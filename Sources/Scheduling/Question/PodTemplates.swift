import ClusterState
import Kube

extension ClusterSnapshot {
  /// The kinds that a snapshot is made from.
  public static let reads: [any KubeObject.Type] = [
    Node.self, Pod.self, Namespace.self, PersistentVolumeClaim.self, PersistentVolume.self, StorageClass.self,
    CSINode.self, CSIDriver.self, CSIStorageCapacity.self, VolumeAttachment.self,
    PodDisruptionBudget.self, DeviceClass.self,
  ]

  /// Says that the server does not have these kinds: that they were not read is no gap then.
  public mutating func setNotServed(_ types: [any KubeObject.Type]) {
    for type in types { if let kind = Kind(rawValue: type.resource.plural) { gaps[kind] = nil } }
  }

  /// The pod that an object is or makes: nil for kinds that make none.
  ///
  /// A DaemonSet's has the tolerations that its controller adds. What admission would add is not in it.
  public static func pod(of object: any KubeObject) -> Pod? {
    let template: PodTemplateSpec
    switch object {
    case let pod as Pod: return pod
    case let object as Deployment: template = object.spec.template
    case let object as ReplicaSet: template = object.spec.template
    case let object as ReplicationController:
      guard let own = object.spec.template else { return nil }
      template = own
    case let object as StatefulSet: template = object.spec.template
    case let object as DaemonSet: template = object.spec.template
    case let object as Job: template = object.spec.template
    case let object as CronJob: template = object.spec.jobTemplate.spec.template
    default: return nil
    }
    var pod = Self.pod(of: template, namespace: object.metadata.namespace, name: object.metadata.name)
    if object is DaemonSet { pod.spec.tolerations += daemonTolerations(hostNetwork: pod.spec.hostNetwork) }
    return pod
  }

  /// What the controller of DaemonSets adds to their pods.
  private static func daemonTolerations(hostNetwork: Bool) -> [Toleration] {
    var added = [
      ("not-ready", "NoExecute"), ("unreachable", "NoExecute"), ("disk-pressure", "NoSchedule"),
      ("memory-pressure", "NoSchedule"), ("pid-pressure", "NoSchedule"), ("unschedulable", "NoSchedule"),
    ]
    if hostNetwork { added.append(("network-unavailable", "NoSchedule")) }
    return added.map { key, effect in
      var toleration = Toleration()
      (toleration.key, toleration.operator, toleration.effect) = ("node.kubernetes.io/\(key)", "Exists", effect)
      return toleration
    }
  }
}
