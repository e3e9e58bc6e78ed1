import ClusterState
import Kube

/// A volume of a pod with the directory in which the kubelet keeps it: what expressions read under `mounts`.
public struct MountFacts: KubeRecord, Equatable {
  /// Name of the volume in the pod.
  public var name = ""
  /// The plug-in as it stands in the path, such as `csi`, `nfs`, `empty-dir`; "" where it cannot be told.
  public var plugin = ""
  /// The directory (or device) on the node; "" where it cannot be told.
  public var path = ""
  /// What the directory holds: `nfs.example:/data`, the CSI handle, the ConfigMap.
  public var source = ""
  /// The claim, "" without one.
  public var claim = ""
  /// The PersistentVolume, "" without one.
  public var volume = ""
  /// Where containers see it, such as `app:/data`.
  public var containers: [String] = []
  /// Why the path cannot be told; "" when it can.
  public var doubt = ""

  /// Nothing known.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<MountFacts>([
    .string(1, "name", \.name),
    .string(2, "plugin", \.plugin),
    .string(3, "path", \.path),
    .string(4, "source", \.source),
    .string(5, "claim", \.claim),
    .string(6, "volume", \.volume),
    .strings(7, "containers", \.containers),
    .string(8, "doubt", \.doubt),
  ])

  /// The volumes of a pod, in the order of its spec.
  ///
  /// The kubelet keeps a volume in `ROOT/pods/UID/volumes/kubernetes.io~PLUGIN/NAME`. NAME is that of the PersistentVolume
  /// where there is one, else that of the volume in the pod; CSI adds `/mount`. A raw device is below `volumeDevices`. A
  /// hostPath has no directory of its own. Static pods are kept under the hash of their configuration, not under the uid
  /// of the mirror pod.
  static func all(of pod: Pod, in state: ClusterState) -> [MountFacts] {
    let uid = pod.metadata.annotations["kubernetes.io/config.hash"] ?? pod.metadata.uid
    return pod.spec.volumes.map { volume in
      var facts = MountFacts()
      facts.name = volume.name
      let containers = pod.spec.initContainers + pod.spec.containers
      for container in containers {
        for mount in container.volumeMounts where mount.name == volume.name {
          let part = mount.subPath.isEmpty ? "" : " (subPath \(mount.subPath))"
          facts.containers.append("\(container.name):\(mount.mountPath)\(part)")
        }
        for device in container.volumeDevices where device.name == volume.name {
          facts.containers.append("\(container.name):\(device.devicePath)")
        }
      }
      let claimName =
        volume.persistentVolumeClaim?.claimName
        ?? (volume.ephemeral == nil ? nil : "\(pod.metadata.name)-\(volume.name)")
      if let claimName {
        facts.claim = claimName
        facts.fill(claim: claimName, pod: pod, uid: uid, in: state)
      } else if let hostPath = volume.hostPath {
        facts.plugin = "host-path"
        facts.path = hostPath.path
        facts.source = hostPath.path
      } else if let (plugin, source) = Self.inline(volume) {
        facts.plugin = plugin
        facts.source = source
        facts.path = directory(uid, plugin, volume.name) + (plugin == "csi" ? "/mount" : "")
      } else {
        facts.doubt = "podmedic does not know the kind of this volume"
      }
      return facts
    }
  }

  private static let root = "/var/lib/kubelet"

  private static func directory(_ uid: String, _ plugin: String, _ name: String) -> String {
    "\(root)/pods/\(uid)/volumes/kubernetes.io~\(plugin)/\(name)"
  }

  private mutating func fill(claim name: String, pod: Pod, uid: String, in state: ClusterState) {
    let claim: PersistentVolumeClaim
    switch state.look(PersistentVolumeClaim.self, namespace: pod.metadata.namespace, name: name) {
    case .found(let found): claim = found
    case .none:
      doubt = "claim \(name) does not exist"
      return
    case .unknown(let reason):
      doubt = reason.text
      return
    }
    guard !claim.spec.volumeName.isEmpty else {
      doubt = "claim \(name) is not bound to a volume"
      return
    }
    volume = claim.spec.volumeName
    switch state.look(PersistentVolume.self, name: volume) {
    case .none: doubt = "volume \(volume) does not exist"
    case .unknown(let reason): doubt = reason.text
    case .found(let found):
      guard let (plugin, source) = Self.persistent(found.spec) else {
        doubt = "podmedic does not know the kind of volume \(volume)"
        return
      }
      self.plugin = plugin
      self.source = source
      if plugin == "host-path" {
        path = found.spec.hostPath?.path ?? ""
      } else if claim.spec.volumeMode == "Block" {
        path = "\(Self.root)/pods/\(uid)/volumeDevices/kubernetes.io~\(plugin)/\(volume)"
      } else {
        path = Self.directory(uid, plugin, volume) + (plugin == "csi" ? "/mount" : "")
      }
    }
  }

  private static func inline(_ volume: Volume) -> (plugin: String, source: String)? {
    if let directory = volume.emptyDir {
      return ("empty-dir", directory.medium == "Memory" ? "memory of the pod" : "the node's disk")
    }
    if let map = volume.configMap { return ("configmap", "ConfigMap \(map.name)") }
    if let secret = volume.secret { return ("secret", "Secret \(secret.secretName)") }
    if volume.projected != nil { return ("projected", "several sources") }
    if volume.downwardAPI != nil { return ("downward-api", "fields of the pod") }
    if let nfs = volume.nfs { return ("nfs", "\(nfs.server):\(nfs.path)") }
    if let iscsi = volume.iscsi { return ("iscsi", "\(iscsi.targetPortal) \(iscsi.iqn)") }
    if let csi = volume.csi { return ("csi", "driver \(csi.driver)") }
    if let image = volume.image { return ("image", image.reference) }
    return nil
  }

  /// Disks of clouds are kept as CSI volumes: their in-tree plug-ins are gone.
  private static func persistent(_ spec: PersistentVolumeSpec) -> (plugin: String, source: String)? {
    if let csi = spec.csi { return ("csi", "\(csi.driver) \(csi.volumeHandle)") }
    if let nfs = spec.nfs { return ("nfs", "\(nfs.server):\(nfs.path)") }
    if let local = spec.local { return ("local-volume", local.path) }
    if let hostPath = spec.hostPath { return ("host-path", hostPath.path) }
    if let iscsi = spec.iscsi { return ("iscsi", "\(iscsi.targetPortal) \(iscsi.iqn)") }
    if let disk = spec.awsElasticBlockStore { return ("csi", disk.volumeID) }
    if let disk = spec.gcePersistentDisk { return ("csi", disk.pdName) }
    if let disk = spec.azureDisk { return ("csi", disk.diskURI) }
    return nil
  }
}
