import ClusterState
import Kube

extension Draft {
  mutating func planDeletePod(force: Bool) throws(RemedyRefusal) {
    let grace = force ? 0 : number("grace-seconds")
    if !force, object[path: "metadata", "deletionTimestamp"] != nil {
      throw refusal(
        .alreadySo, "\(target.shortName) is being deleted already; force-delete does not wait for its node")
    }
    steps = [
      RemedyStep(
        resource: resource, object: target, change: .delete(gracePeriodSeconds: grace, propagation: "Background"),
        before: object)
    ]
    title = force ? "delete the pod without waiting for its node" : "delete the pod"
    kubectl = ["kubectl delete \(kubectlTarget)" + (force ? " --force --grace-period=0" : "")]
    if let grace, !force { kubectl[0] += " --grace-period=\(grace)" }
    let owner = try scene.chain(of: order.object).dropFirst().first
    wait = RemedyWait(condition: .podReplaced(target, owner: owner), deadline: .seconds(300))
    guard let pod = scene.state.get(Pod.self, namespace: target.namespace, name: target.name) else { return }
    if pod.isMirror {
      throw refusal(
        .unsuitable, "\(target.shortName) stands for a pod that a kubelet runs from a file: delete the file on the node"
      )
    }
    describeOwner(owner, pod)
    warnOfLoss(pod, force: force)
    warnOfBudgets(pod)
  }

  private mutating func describeOwner(_ owner: ObjectReference?, _ pod: Pod) {
    guard let owner else {
      warn(.danger, "nothing controls the pod: it is gone for ever")
      typedName = target.name
      return
    }
    if owner.kind == "Node" { return warn(.note, "the node's kubelet makes it again") }
    let others = scene.pods(below: owner).filter { $0.metadata.uid != pod.metadata.uid && $0.isReady }
    warn(.note, "\(owner.shortName) makes another one")
    if pod.isReady, others.isEmpty {
      warn(.warning, "it is the only ready pod of \(owner.shortName): an outage until the new one is ready")
    }
    if owner.kind == "Job" { warn(.note, "the Job may count it as failed") }
  }

  private mutating func warnOfLoss(_ pod: Pod, force: Bool) {
    let volumes = pod.spec.volumes.filter { $0.emptyDir != nil }.map(\.name)
    if !volumes.isEmpty {
      warn(.warning, "what is in emptyDir \(volumes.joined(separator: ", ")) is lost")
    }
    warn(.note, "its logs go with it")
    guard force else { return }
    warn(.danger, "its containers may go on running on \(pod.spec.nodeName.isEmpty ? "its node" : pod.spec.nodeName)")
    if pod.metadata.controller?.kind == "StatefulSet" {
      warn(.danger, "a second \(pod.metadata.name) may then run beside it and write to the same volume")
    }
  }

  private mutating func warnOfBudgets(_ pod: Pod) {
    if let doubt = scene.doubt(about: PodDisruptionBudget.self) {
      return warn(.note, "whether a disruption budget protects it cannot be told: \(doubt)")
    }
    for budget in scene.budgets(of: pod) {
      let allowed = budget.status.disruptionsAllowed
      warn(
        allowed > 0 || !pod.isReady ? .note : .warning,
        "poddisruptionbudget/\(budget.metadata.name) allows \(allowed) disruptions now; a deletion does not ask it")
    }
  }

  mutating func planDeleteFailedPods() throws(RemedyRefusal) {
    if let doubt = scene.doubt(about: Pod.self) {
      throw refusal(.unknown, "which pods have failed cannot be told: \(doubt)")
    }
    let isNode = target.kind == "Node"
    let failed = scene.state.all(Pod.self).filter {
      $0.status.phase == "Failed" && !$0.isBeingDeleted && !$0.isMirror
        && (isNode ? $0.spec.nodeName == target.name : $0.metadata.namespace == target.name)
    }.sorted { ObjectName($0.metadata) < ObjectName($1.metadata) }
    guard !failed.isEmpty else {
      throw refusal(.alreadySo, "there are no failed pods \(isNode ? "on" : "in") \(target.shortName)")
    }
    let pods = scene.catalog.served(Pod.self) ?? Pod.resource
    steps = failed.prefix(Self.mostDeletions).map { pod in
      RemedyStep(
        resource: pods, object: pod.reference, change: .delete(gracePeriodSeconds: nil, propagation: "Background"))
    }
    title = steps.count == 1 ? "delete 1 failed pod" : "delete \(steps.count) failed pods"
    if failed.count > steps.count { title += " of \(failed.count)" }
    let scope = isNode ? "-A" : "-n \(ShellText.quoted(target.name))"
    let selector = "status.phase=Failed" + (isNode ? ",spec.nodeName=\(target.name)" : "")
    kubectl = ["kubectl delete pods \(scope) --field-selector=\(selector)"]
    warn(.note, "their logs and messages go with them")
    for pod in failed.prefix(5) {
      let reason = pod.status.reason.isEmpty ? "Failed" : pod.status.reason
      warn(.note, "\(pod.metadata.namespace)/\(pod.metadata.name): \(reason)")
    }
    if failed.count > 5 { warn(.note, "and \(failed.count - 5) more") }
    wait = RemedyWait(condition: .gone(steps.map(\.object)), deadline: .seconds(120))
  }

  private static let mostDeletions = 200

  mutating func planRemoveGate() throws(RemedyRefusal) {
    let gate = text("gate") ?? ""
    let path: FieldPath = ["spec", "schedulingGates", .named(gate)]
    let gates = (object[path: "spec", "schedulingGates"]?.array ?? []).compactMap { $0["name"]?.string }
    guard gates.contains(gate) else {
      throw refusal(
        .missing,
        "\(target.shortName) has no scheduling gate \"\(gate)\""
          + (gates.isEmpty ? "" : ": it has \(gates.joined(separator: ", "))"))
    }
    set(path, nil)
    title = "remove the scheduling gate \(gate)"
    noUndo = "a scheduling gate cannot be put back"
    warn(.warning, "whoever has set the gate holds the pod back for a reason")
    wait = RemedyWait(condition: .scheduled(target), deadline: .seconds(120))
  }

  mutating func planDeleteObject() {
    let propagation = text("propagation") ?? "Background"
    steps = [
      RemedyStep(
        resource: resource, object: target, change: .delete(gracePeriodSeconds: nil, propagation: propagation),
        before: object)
    ]
    title = "delete it"
    kubectl = [
      "kubectl delete \(kubectlTarget)" + (propagation == "Background" ? "" : " --cascade=\(propagation.lowercased())")
    ]
    wait = RemedyWait(condition: .gone([target]), deadline: .seconds(300))
    let pods = scene.pods(below: target).count
    if pods > 0 {
      if propagation == "Orphan" {
        warn(.warning, "its \(pods) pods stay, and nothing replaces them when they end")
      } else {
        warn(.danger, "its \(pods) pods are deleted with it")
      }
    }
    switch target.kind {
    case "Namespace": warn(.danger, "everything in the namespace is deleted: every workload, claim and secret")
    case "PersistentVolumeClaim":
      warn(.danger, "the data are deleted with the volume, unless its reclaim policy is Retain")
    case "PersistentVolume": warn(.danger, "the data may no longer be found by anybody")
    case "CustomResourceDefinition": warn(.danger, "all objects of this kind are deleted, in every namespace")
    case "Node": warn(.danger, "its pods are deleted from the API; the machine and its containers go on running")
    case "Secret", "ConfigMap": warn(.warning, "pods that refer to it do not start any more")
    case "Service", "Ingress": warn(.warning, "clients that use it lose their connection")
    default: break
    }
    let finalizers = (object[path: "metadata", "finalizers"]?.array ?? []).compactMap(\.string)
    if !finalizers.isEmpty {
      warn(.note, "it goes when its finalizers are done: \(finalizers.joined(separator: ", "))")
    }
    for keeper in Keepers.of(object) { warn(.warning, "\(keeper) manages it and may create it again") }
  }

  mutating func planRemoveFinalizer() throws(RemedyRefusal) {
    let finalizer = text("finalizer") ?? ""
    guard object[path: "metadata", "deletionTimestamp"] != nil else {
      throw refusal(
        .unsuitable, "\(target.shortName) is not being deleted: its finalizers hold nothing up and must stay")
    }
    let finalizers = (object[path: "metadata", "finalizers"]?.array ?? []).compactMap(\.string)
    guard finalizers.contains(finalizer) else {
      throw refusal(
        .missing,
        "\(target.shortName) has no finalizer \"\(finalizer)\""
          + (finalizers.isEmpty ? "" : ": it has \(finalizers.joined(separator: ", "))"))
    }
    set(["metadata", "finalizers", .text(finalizer)], nil)
    title = "remove the finalizer \(finalizer)"
    noUndo = "the object is gone afterwards, or its other finalizers go on with the deletion"
    warn(.danger, "what \(finalizer) would have cleaned up is left behind")
    let users = claimUsers()
    if finalizer.hasPrefix("kubernetes.io/pv"), !users.isEmpty {
      warn(.danger, "it is still used by \(users.joined(separator: ", ")): their data can be lost")
    }
    if target.kind == "Namespace" {
      warn(.danger, "objects that are still in the namespace stay in the store, where nobody can reach them")
    }
    wait = RemedyWait(
      condition: finalizers.count == 1 ? .gone([target]) : .accepted, deadline: .seconds(120))
  }

  private func claimUsers() -> [String] {
    guard target.kind == "PersistentVolumeClaim" else { return [] }
    return scene.state.all(Pod.self).filter { pod in
      pod.metadata.namespace == target.namespace && !pod.isTerminal
        && pod.spec.volumes.contains { $0.persistentVolumeClaim?.claimName == target.name }
    }.map { "pod/\($0.metadata.name)" }
  }
}
