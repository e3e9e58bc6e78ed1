import Kube

/// What a container is given, and what is missing for it.
extension Simulation {
  func spec(of container: ContainerRuntime, in pod: JSONValue) -> JSONValue {
    pod.list(at: container.isInit ? "spec.initContainers" : "spec.containers")
      .first { $0.text(at: "name") == container.name } ?? .emptyObject
  }

  func memoryLimit(of container: ContainerRuntime, in pod: JSONValue) -> Int? {
    spec(of: container, in: pod)[at: "resources.limits.memory"]?.string.flatMap { Quantity($0).value }
  }

  /// What is missing for the environment of a container, in kubelet's words; nil when nothing is.
  func missingConfiguration(_ pod: JSONValue, _ container: ContainerRuntime) -> String? {
    let spec = spec(of: container, in: pod)
    for source in spec.list(at: "envFrom") {
      for (field, storage, word) in Self.configurationSources {
        guard let name = source[at: "\(field)Ref.name"]?.string, source[at: "\(field)Ref.optional"]?.bool != true
        else { continue }
        if store.object(storage, namespace: pod.namespace, name: name) == nil { return "\(word) \"\(name)\" not found" }
      }
    }
    for variable in spec.list(at: "env") {
      for (field, storage, word) in Self.configurationSources {
        guard let reference = variable[at: "valueFrom.\(field)KeyRef"], reference["optional"]?.bool != true else {
          continue
        }
        let name = reference.text(at: "name")
        guard let object = store.object(storage, namespace: pod.namespace, name: name) else {
          return "\(word) \"\(name)\" not found"
        }
        let key = reference.text(at: "key")
        if object["data"]?[key] == nil {
          return "couldn't find key \(key) in \(word == "secret" ? "Secret" : "ConfigMap") \(pod.namespace)/\(name)"
        }
      }
    }
    return nil
  }

  private static let configurationSources = [
    ("configMap", "configmaps", "configmap"), ("secret", "secrets", "secret"),
  ]

  /// Why a volume cannot be mounted; nil when all can.
  func missingVolume(_ pod: JSONValue) -> String? {
    for volume in pod.list(at: "spec.volumes") {
      for (field, nameField, storage) in [
        ("configMap", "name", "configmaps"), ("secret", "secretName", "secrets"),
      ] {
        guard let name = volume[at: "\(field).\(nameField)"]?.string, volume[at: "\(field).optional"]?.bool != true,
          store.object(storage, namespace: pod.namespace, name: name) == nil
        else { continue }
        return "MountVolume.SetUp failed for volume \"\(volume.text(at: "name"))\" : \(field.lowercased()) \"\(name)\" "
          + "not found"
      }
    }
    return nil
  }
}
