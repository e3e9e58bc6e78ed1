import ClusterState
import Kube

/// That a container mounts one file out of a volume of a ConfigMap or Secret.
///
/// A file that is not there is no error to the kubelet: it makes an empty directory of that name and mounts it, which the
/// runtime refuses where the image has a file, and over which the program stumbles where it has none.
public struct SubPathUse: Sendable, Equatable {
  /// `ConfigMap` or `Secret`.
  public var kind: String
  /// The object's name.
  public var name: String
  /// The key behind the file; nil when the volume lists its files and this is none of them.
  public var key: String?
  /// The path within the volume.
  public var subPath: String
  /// Where it appears in the container.
  public var mountPath: String
  /// Where in the pod it is said.
  public var field: String

  /// What is missing, in a few words; nil when it is there, and when that cannot be told, as of an object that is not
  /// read or was captured without its keys.
  public func missing(in state: ClusterState, namespace: String) -> String? {
    let keys: [String]
    switch kind {
    case "ConfigMap":
      guard let map = state.get(ConfigMap.self, namespace: namespace, name: name) else { return nil }
      keys = map.data.keys + map.binaryData.keys
    default:
      guard let secret = state.get(Secret.self, namespace: namespace, name: name) else { return nil }
      keys = secret.data.keys
    }
    guard let key else { return "its volume lists no file \"\(subPath)\" of \(kind.lowercased()) \"\(name)\"" }
    if keys.isEmpty || keys.contains(key) { return nil }
    let others = keys.sorted().prefix(3).joined(separator: ", ")
    return "\(kind.lowercased()) \"\(name)\" has no key \"\(key)\" (it has \(others)\(keys.count > 3 ? ", …" : ""))"
  }
}

extension PodSpec {
  /// The files that a container mounts out of ConfigMaps and Secrets, in the order of its mounts. What may be missing is
  /// left out.
  public func subPaths(of container: Container) -> [SubPathUse] {
    container.volumeMounts.compactMap { mount in
      guard !mount.subPath.isEmpty, let volume = volumes.first(where: { $0.name == mount.name }) else { return nil }
      let (kind, name, items, isOptional): (String, String, [KeyToPath], Bool?)
      if let map = volume.configMap {
        (kind, name, items, isOptional) = ("ConfigMap", map.name, map.items, map.optional)
      } else if let secret = volume.secret {
        (kind, name, items, isOptional) = ("Secret", secret.secretName, secret.items, secret.optional)
      } else {
        return nil
      }
      // A directory of several items is there too.
      if isOptional == true || items.contains(where: { $0.path.hasPrefix(mount.subPath + "/") }) { return nil }
      let key = items.isEmpty ? mount.subPath : items.first { $0.path == mount.subPath }?.key
      return SubPathUse(
        kind: kind, name: name, key: key, subPath: mount.subPath, mountPath: mount.mountPath,
        field: "volumeMounts[\(mount.name)].subPath")
    }
  }
}

extension Inspection {
  /// What a container mounts by a `subPath` that is not there, at a path in the container if one is given.
  func missingSubPath(of container: ContainerInPod, at path: Substring? = nil) -> (text: String, evidence: Evidence)? {
    for use in container.pod.spec.subPaths(of: container.spec) where path == nil || path == use.mountPath[...] {
      guard let text = use.missing(in: state, namespace: container.pod.metadata.namespace) else { continue }
      let list = container.role == .container ? "containers" : "initContainers"
      return (
        text,
        Evidence(container.pod.reference, "spec.\(list)[\(container.spec.name)].\(use.field)", use.subPath)
      )
    }
    return nil
  }
}
