import Kube

/// What is computed from an object for its kind: the columns of `kubectl get` that no field holds. Screens read it
/// under the name `derived`.
public enum Derived {
  /// The type of what is derived from objects of a kind; nil when its fields say everything.
  public static func type(for kind: any KubeObject.Type) -> (any KubeRecord.Type)? { derivations[name(kind)]?.type }

  /// What is derived from an object; nil when its fields say everything.
  public static func value(of object: any KubeObject) -> (any KubeRecord)? {
    derivations[name(Swift.type(of: object))]?.derive(object)
  }

  private struct Derivation: Sendable {
    let type: any KubeRecord.Type
    let derive: @Sendable (any KubeObject) -> (any KubeRecord)?
  }

  private static func name(_ kind: any KubeObject.Type) -> ObjectIdentifier { ObjectIdentifier(kind) }

  private static func entry<Object: KubeObject, Summary: KubeRecord>(
    _ make: @escaping @Sendable (Object) -> Summary
  ) -> (ObjectIdentifier, Derivation) {
    (ObjectIdentifier(Object.self), Derivation(type: Summary.self) { ($0 as? Object).map(make) })
  }

  private static let derivations: [ObjectIdentifier: Derivation] = Dictionary(
    uniqueKeysWithValues: [
      entry { PodSummary($0) }, entry { NodeSummary($0) }, entry { EventSummary($0) },
      entry { (deployment: Deployment) in WorkloadSummary(deployment) },
      entry { (set: ReplicaSet) in WorkloadSummary(set) }, entry { (set: StatefulSet) in WorkloadSummary(set) },
      entry { (set: DaemonSet) in WorkloadSummary(set) }, entry { (job: CronJob) in WorkloadSummary(job) },
      entry { JobSummary($0) }, entry { ServiceSummary($0) }, entry { IngressSummary($0) },
      entry { EndpointSliceSummary($0) }, entry { PersistentVolumeSummary($0) },
      entry { PersistentVolumeClaimSummary($0) }, entry { StorageClassSummary($0) },
      entry { HorizontalPodAutoscalerSummary($0) }, entry { ResourceQuotaSummary($0) },
    ])
}
