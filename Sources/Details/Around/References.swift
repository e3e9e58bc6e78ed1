import Kube

/// A ConfigMap or Secret that a pod names.
struct ConfigReference: Equatable {
  var kind: String
  var name: String
  /// What for: `env`, `volume`, `image pull`.
  var uses: [String]
  /// Whether the pod starts without it.
  var isOptional: Bool
}

/// The ConfigMaps and Secrets that the spec of a pod names, in the order of their first mention.
func configReferences(_ spec: JSONValue) -> [ConfigReference] {
  var positions: [String: Int] = [:]
  var result: [ConfigReference] = []
  func note(_ kind: String, _ name: String, _ use: String, _ optional: JSONValue?) {
    guard !name.isEmpty else { return }
    let isOptional = optional == true
    if let position = positions["\(kind)/\(name)"] {
      if !result[position].uses.contains(use) { result[position].uses.append(use) }
      result[position].isOptional = result[position].isOptional && isOptional
    } else {
      positions["\(kind)/\(name)"] = result.count
      result.append(ConfigReference(kind: kind, name: name, uses: [use], isOptional: isOptional))
    }
  }
  for container in spec.list("initContainers") + spec.list("containers") + spec.list("ephemeralContainers") {
    for source in container.list("envFrom") {
      note("ConfigMap", source.text("configMapRef", "name"), "env", source.at("configMapRef")["optional"])
      note("Secret", source.text("secretRef", "name"), "env", source.at("secretRef")["optional"])
    }
    for variable in container.list("env") {
      let from = variable.at("valueFrom")
      note("ConfigMap", from.text("configMapKeyRef", "name"), "env", from.at("configMapKeyRef")["optional"])
      note("Secret", from.text("secretKeyRef", "name"), "env", from.at("secretKeyRef")["optional"])
    }
  }
  for volume in spec.list("volumes") {
    note("ConfigMap", volume.text("configMap", "name"), "volume", volume.at("configMap")["optional"])
    note("Secret", volume.text("secret", "secretName"), "volume", volume.at("secret")["optional"])
    for source in volume.list("projected", "sources") {
      note("ConfigMap", source.text("configMap", "name"), "volume", source.at("configMap")["optional"])
      note("Secret", source.text("secret", "name"), "volume", source.at("secret")["optional"])
    }
  }
  for secret in spec.list("imagePullSecrets") { note("Secret", secret.text("name"), "image pull", true) }
  return result
}
