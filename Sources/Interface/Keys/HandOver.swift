import ClusterState
import Kube
import Remedies
import Scheduling
import Terminal

/// Keys of k9s for what podmedic leaves to kubectl: editing by hand, and sessions that need a terminal. Hands know them,
/// so they copy kubectl's command with the names of the row in it.
extension Interface {
  /// kubectl's command for an action on an object; nil where the action is none of these.
  func handedOver(_ action: Action, _ object: RowObject) -> String? {
    let prefix = session.kubectlPrefix
    let scope = object.namespace.isEmpty ? "" : " -n \(object.namespace)"
    let container = object.container.map { " -c \($0)" } ?? ""
    switch action {
    case .edit: return kubectl("edit", object)
    case .shell where object.resource.kind == "Node":
      return "\(prefix) debug node/\(object.name) -it --image=busybox"
    case .shell: return "\(prefix) exec -it \(object.name)\(scope)\(container) -- sh"
    case .attach: return "\(prefix) attach -it \(object.name)\(scope)\(container)"
    case .copyFiles: return "\(prefix) cp \(object.namespace)/\(object.name):PATH .\(container)"
    case .setImage:
      let images = containers(of: object).map { "\($0.name)=\(ShellText.quoted($0.image))" }
      return kubectl("set image", object) + " " + (images.isEmpty ? "CONTAINER=IMAGE" : images.joined(separator: " "))
    case .forwardPort:
      let port = port(of: object).map { "\($0):\($0)" } ?? "LOCAL:REMOTE"
      return kubectl("port-forward", object) + " " + port
    default: return nil
    }
  }

  /// kubectl's command to delete or rename a context: podmedic does not write to kubeconfigs.
  func handedOver(_ action: Action, context: String) -> String {
    let name = ShellText.quoted(context)
    return session.configPrefix
      + (action == .renameContext ? " rename-context \(name) NEW-NAME" : " delete-context \(name)")
  }

  private func containers(of object: RowObject) -> [Container] {
    let found = cluster.store(object.resource)?.object(namespace: object.namespace, name: object.name)
    let all = (found as? any KubeObject).flatMap { ClusterSnapshot.pod(of: $0) }?.spec.containers
    return (all ?? []).filter { object.container == nil || $0.name == object.container }
  }

  /// The first port that it offers.
  private func port(of object: RowObject) -> Int? {
    guard object.resource.kind == "Service" else {
      return containers(of: object).lazy.compactMap { $0.ports.first }.first?.containerPort
    }
    return cluster.get(Service.self, namespace: object.namespace, name: object.name)?.spec.ports.first?.port
  }

  /// Starts a CronJob's run, or stops its schedule or lets it go on.
  func changeCronJobs(_ action: Action, _ objects: [RowObject]) -> [Effect] {
    startRemedies(
      objects.map { object in
        let job = cluster.get(CronJob.self, namespace: object.namespace, name: object.name)
        let suspended: RemedyName = job?.spec.suspend == true ? .resumeCronJob : .suspendCronJob
        return RemedyOrder(action == .trigger ? .triggerCronJob : suspended, object.reference)
      })
  }

  /// Goes back to the revision of a Deployment that a ReplicaSet stands for.
  func rollBack(to object: RowObject) -> [Effect] {
    guard let set = cluster.get(ReplicaSet.self, namespace: object.namespace, name: object.name),
      let owner = set.metadata.controller, owner.kind == "Deployment",
      let deployment = cluster.get(Deployment.self, namespace: object.namespace, name: owner.name),
      let revision = set.metadata.annotations["deployment.kubernetes.io/revision"]
    else {
      show("\(object.name) is no revision of a Deployment", role: .warning)
      return []
    }
    return startRemedy(RemedyOrder(.rolloutUndo, deployment.reference, ["revision": revision]))
  }
}
