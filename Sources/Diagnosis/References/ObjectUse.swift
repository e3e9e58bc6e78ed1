import Kube

/// That a specification names another object.
public struct ObjectUse: Sendable, Equatable {
  /// Kind of the named object, such as `ConfigMap`; it lies in the namespace of who names it unless it is
  /// cluster-scoped.
  public var kind: String
  /// Its name.
  public var name: String
  /// How it is used: `volume "config"`, `env DB_HOST of app`, `image pull`.
  public var how: String
  /// Whether it may be missing.
  public var isOptional: Bool

  init(_ kind: String, _ name: String, _ how: String, optional: Bool? = nil) {
    self.kind = kind
    self.name = name
    self.how = how
    isOptional = optional ?? false
  }
}

extension PodSpec {
  /// Every ConfigMap, Secret, PersistentVolumeClaim, ServiceAccount and PriorityClass that the pod names, in the order
  /// of the specification. The claims of ephemeral volumes are missing: their names need that of the pod.
  public var uses: [ObjectUse] {
    var uses = [
      ObjectUse("ServiceAccount", serviceAccountName.isEmpty ? "default" : serviceAccountName, "service account")
    ]
    for volume in volumes { uses += volume.uses }
    for container in initContainers + containers + ephemeralContainers.map(\.container) { uses += container.uses }
    uses += imagePullSecrets.map { ObjectUse("Secret", $0.name, "image pull", optional: true) }
    if !priorityClassName.isEmpty { uses.append(ObjectUse("PriorityClass", priorityClassName, "priority class")) }
    return uses.filter { !$0.name.isEmpty }
  }
}

extension Volume {
  fileprivate var uses: [ObjectUse] {
    let how = "volume \"\(name)\""
    var uses: [ObjectUse] = []
    if let configMap { uses.append(ObjectUse("ConfigMap", configMap.name, how, optional: configMap.optional)) }
    if let secret { uses.append(ObjectUse("Secret", secret.secretName, how, optional: secret.optional)) }
    if let persistentVolumeClaim {
      uses.append(ObjectUse("PersistentVolumeClaim", persistentVolumeClaim.claimName, how))
    }
    for source in projected?.sources ?? [] {
      if let part = source.configMap { uses.append(ObjectUse("ConfigMap", part.name, how, optional: part.optional)) }
      if let part = source.secret { uses.append(ObjectUse("Secret", part.name, how, optional: part.optional)) }
    }
    return uses
  }
}

extension Container {
  fileprivate var uses: [ObjectUse] {
    var uses: [ObjectUse] = []
    for source in envFrom {
      if let part = source.configMapRef {
        uses.append(ObjectUse("ConfigMap", part.name, "all env of \(name)", optional: part.optional))
      }
      if let part = source.secretRef {
        uses.append(ObjectUse("Secret", part.name, "all env of \(name)", optional: part.optional))
      }
    }
    for variable in env {
      let how = "env \(variable.name) of \(name)"
      if let key = variable.valueFrom?.configMapKeyRef {
        uses.append(ObjectUse("ConfigMap", key.name, how, optional: key.optional))
      }
      if let key = variable.valueFrom?.secretKeyRef {
        uses.append(ObjectUse("Secret", key.name, how, optional: key.optional))
      }
    }
    return uses
  }
}
