/// Every kind that has a type of its own. Where a word fits several kinds, the first is meant.
public let builtInKinds: [any KubeObject.Type] = [
  Pod.self, Node.self, Namespace.self, Event.self, Service.self, Endpoints.self, ConfigMap.self, Secret.self,
  ServiceAccount.self, PersistentVolumeClaim.self, PersistentVolume.self, ReplicationController.self,
  ResourceQuota.self, LimitRange.self,
  Deployment.self, ReplicaSet.self, StatefulSet.self, DaemonSet.self, ControllerRevision.self,
  Job.self, CronJob.self, HorizontalPodAutoscaler.self, PodDisruptionBudget.self,
  EndpointSlice.self, Ingress.self, IngressClass.self, NetworkPolicy.self,
  StorageClass.self, CSINode.self, CSIDriver.self, VolumeAttachment.self, CSIStorageCapacity.self,
  Lease.self, PriorityClass.self, RuntimeClass.self, DeviceClass.self,
  Role.self, ClusterRole.self, RoleBinding.self, ClusterRoleBinding.self,
  ValidatingWebhookConfiguration.self, MutatingWebhookConfiguration.self,
  CertificateSigningRequest.self, APIService.self, CustomResourceDefinition.self,
  // A custom resource that diagnosis reads where it is served.
  VerticalPodAutoscaler.self,
]

/// A built-in kind and one of the versions in which it is served.
public struct BuiltInKind: Sendable {
  /// The type of its objects.
  public let type: any KubeObject.Type
  /// Group, version and names.
  public let resource: Resource
}

/// The built-in kind of a group and plural name, in its preferred version.
public func builtInKind(group: String, plural: String) -> BuiltInKind? {
  firstBuiltInKind { $0.group == group && $0.plural == plural }
}

/// The built-in kind that a resource is, as a server names it: in whichever version the server prefers, be it one that
/// podmedic does not read, such as `autoscaling/v1` up to Kubernetes 1.22.
public func builtInKind(of resource: Resource) -> BuiltInKind? {
  builtInKind(group: resource.group, plural: resource.plural)
}

/// The built-in kind of an object's `apiVersion` and `kind`, such as those of an owner reference.
public func builtInKind(apiVersion: String, kind: String) -> BuiltInKind? {
  firstBuiltInKind { $0.kind == kind && $0.apiVersion == apiVersion }
}

/// The built-in kind that a person means by a word, in any case: a plural, singular or short name or the kind, alone
/// (`deploy`), with its group (`deployments.apps`) or with version and group (`deployments.v1.apps`, `pods.v1.`).
public func builtInKind(named word: String) -> BuiltInKind? {
  firstBuiltInKind { $0.isNamed(word) }
}

private func firstBuiltInKind(where matches: (Resource) -> Bool) -> BuiltInKind? {
  for type in builtInKinds {
    if let resource = type.resources.first(where: matches) { return BuiltInKind(type: type, resource: resource) }
  }
  return nil
}

extension Resource {
  /// Whether a person can mean this kind by `word`, in any case: a plural, singular or short name or the kind, alone,
  /// with the group (`deployments.apps`; `nodes.` of the core group) or with version and group (`deployments.v1.apps`).
  public func isNamed(_ word: String) -> Bool {
    let word = word.lowercased()
    guard let point = word.firstIndex(of: ".") else { return hasName(word) }
    let rest = word[word.index(after: point)...]
    guard hasName(String(word[..<point])) else { return false }
    return rest == group || rest == "\(version).\(group)"
  }

  private func hasName(_ word: String) -> Bool {
    word == plural || word == singular || word == kind.lowercased() || shortNames.contains(word)
  }
}
