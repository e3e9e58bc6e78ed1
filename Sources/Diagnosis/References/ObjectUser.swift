import ClusterState
import Kube

/// Somebody who uses an object, as `ObjectUser.all(of:in:)` finds them.
public struct ObjectUser: Sendable, Equatable {
  /// Who.
  public var object: ObjectReference
  /// How, all of it: `volume "config", env DB_HOST of app`.
  public var how: String

  /// More ways than these are only counted.
  private static let mostWays = 4

  init?(_ object: ObjectReference, _ ways: [String]) {
    guard !ways.isEmpty else { return nil }
    self.object = object
    var seen: Set<String> = []
    let all = ways.filter { seen.insert($0).inserted }
    how =
      all.prefix(Self.mostWays).joined(separator: ", ")
      + (all.count > Self.mostWays ? " and \(all.count - Self.mostWays) more" : "")
  }

  /// The kinds that may use an object of this kind: what must be read before anybody can be said to be missing.
  public static func kinds(using kind: String) -> [any KubeObject.Type] {
    let workloads: [any KubeObject.Type] = [
      Pod.self, ReplicaSet.self, Deployment.self, StatefulSet.self, DaemonSet.self, Job.self, CronJob.self,
    ]
    switch kind {
    case "Secret": return workloads + [ServiceAccount.self, Ingress.self]
    case "ServiceAccount": return workloads + [RoleBinding.self, ClusterRoleBinding.self]
    case "PersistentVolumeClaim": return workloads + [PersistentVolume.self]
    case "ConfigMap", "PriorityClass": return workloads
    default: return []
    }
  }

  /// Everything that names an object: workloads by their templates, pods that no such workload stands for, and what
  /// else can name an object of its kind. In the order of kinds, then by namespace and name.
  public static func all(of used: ObjectReference, in cluster: ClusterState) -> [ObjectUser] {
    let finder = UserFinder(used: used, cluster: cluster)
    let workloads = finder.workloads()
    return workloads + finder.pods(beside: Set(workloads.map(\.object.uid))) + finder.others()
  }
}

/// Looks for who uses one object.
private struct UserFinder {
  let used: ObjectReference
  let cluster: ClusterState

  /// Names mean objects of one's own namespace; a cluster-scoped object is meant from everywhere.
  private func isNear(_ metadata: ObjectMeta) -> Bool {
    used.namespace.isEmpty || metadata.namespace == used.namespace
  }

  private func ways(_ spec: PodSpec) -> [String] {
    spec.uses.filter { $0.kind == used.kind && $0.name == used.name }.map(\.how)
  }

  private func users<Object: KubeObject>(_ type: Object.Type, _ spec: (Object) -> PodSpec) -> [ObjectUser] {
    cluster.all(type).filter { isNear($0.metadata) }.compactMap { ObjectUser($0.reference, ways(spec($0))) }
  }

  func workloads() -> [ObjectUser] {
    users(Deployment.self) { $0.spec.template.spec } + users(StatefulSet.self) { $0.spec.template.spec }
      + users(DaemonSet.self) { $0.spec.template.spec }
      + users(CronJob.self) { $0.spec.jobTemplate.spec.template.spec }
      + cluster.all(Job.self).filter { isNear($0.metadata) && $0.metadata.controller == nil }
      .compactMap { ObjectUser($0.reference, ways($0.spec.template.spec)) }
  }

  /// Pods whose workload is not among the users: bare ones, and those of an older template.
  func pods(beside workloads: Set<String>) -> [ObjectUser] {
    cluster.all(Pod.self).compactMap { pod in
      guard isNear(pod.metadata), !pod.isTerminal else { return nil }
      var ways = ways(pod.spec)
      if used.kind == "PersistentVolumeClaim" {
        ways += pod.spec.volumes
          .filter { $0.ephemeral != nil && "\(pod.metadata.name)-\($0.name)" == used.name }
          .map { "ephemeral volume \"\($0.name)\"" }
      }
      guard !ways.isEmpty, !workloads.contains(cluster.topOwner(of: pod).uid) else { return nil }
      return ObjectUser(pod.reference, ways)
    }
  }

  func others() -> [ObjectUser] {
    switch used.kind {
    case "Secret": serviceAccounts() + ingresses()
    case "ServiceAccount": bindings()
    case "PersistentVolumeClaim": volumes()
    default: []
    }
  }

  private func serviceAccounts() -> [ObjectUser] {
    cluster.all(ServiceAccount.self).filter { isNear($0.metadata) }.compactMap { account in
      ObjectUser(
        account.reference,
        account.secrets.filter { $0.name == used.name }.map { _ in "its secret" }
          + account.imagePullSecrets.filter { $0.name == used.name }.map { _ in "image pull of its pods" })
    }
  }

  private func ingresses() -> [ObjectUser] {
    cluster.all(Ingress.self).filter { isNear($0.metadata) }.compactMap { ingress in
      ObjectUser(
        ingress.reference,
        ingress.spec.tls.filter { $0.secretName == used.name }.map {
          "tls of \($0.hosts.isEmpty ? "all hosts" : $0.hosts.joined(separator: ", "))"
        })
    }
  }

  private func bindings() -> [ObjectUser] {
    func binds(_ subjects: [Subject], _ namespace: String) -> Bool {
      subjects.contains {
        $0.kind == "ServiceAccount" && $0.name == used.name
          && ($0.namespace.isEmpty ? namespace : $0.namespace) == used.namespace
      }
    }
    return cluster.all(RoleBinding.self).filter { binds($0.subjects, $0.metadata.namespace) }
      .compactMap { ObjectUser($0.reference, ["is given \($0.roleRef.kind) \($0.roleRef.name)"]) }
      + cluster.all(ClusterRoleBinding.self).filter { binds($0.subjects, "") }
      .compactMap { ObjectUser($0.reference, ["is given \($0.roleRef.kind) \($0.roleRef.name) everywhere"]) }
  }

  private func volumes() -> [ObjectUser] {
    cluster.all(PersistentVolume.self).filter {
      $0.spec.claimRef?.name == used.name && $0.spec.claimRef?.namespace == used.namespace
    }.compactMap { ObjectUser($0.reference, ["is its volume"]) }
  }
}
