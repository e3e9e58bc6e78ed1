import ClusterState
import Kube

extension Remedy {
  /// The object that an order would change, behind the chain of controllers that leads to it: the object itself, or
  /// with remedies for workloads what is at the top of its owner chain. Looks only at what has been read.
  public static func chain(of order: RemedyOrder, in scene: RemedyScene) throws(RemedyRefusal) -> [ObjectReference] {
    guard let kind = order.kind else { return [order.object] }
    let name = kind.name.rawValue
    guard scene.resource(of: order.object) != nil else {
      throw RemedyRefusal(.order, "the server has no kind \(order.object.kind)")
    }
    guard kind.accepts(kind: order.object.kind) else {
      let accepted = kind.accepts.joined(separator: ", ")
      throw RemedyRefusal(.order, "\(name) is not for a \(order.object.kind): it is for \(accepted)")
    }
    if let problem = kind.problem(with: order.parameters) { throw RemedyRefusal(.order, problem) }
    guard kind.changesOwner else { return [order.object] }
    let chain = try scene.chain(of: order.object)
    guard let top = chain.last, kind.accepts(kind: top.kind) else {
      let top = chain.last?.shortName ?? ""
      throw RemedyRefusal(
        .unsuitable, "\(order.object.shortName) belongs to \(top), whose controller decides: change it there")
    }
    return chain
  }

  /// What must be read of the server before `make`: the object to change first, then what else is needed.
  public static func reads(for order: RemedyOrder, in scene: RemedyScene) throws(RemedyRefusal) -> [ObjectReference] {
    let chain = try chain(of: order, in: scene)
    guard let target = chain.last else { return [] }
    guard order.name == .rolloutUndo else { return [target] }
    return [target, try scene.revision(of: target, order: order).reference]
  }

  /// Works an order out for the objects that `reads` named, as the server has them now.
  public static func make(
    _ order: RemedyOrder, from objects: [JSONValue], in scene: RemedyScene
  ) throws(RemedyRefusal) -> Remedy {
    let chain = try chain(of: order, in: scene)
    guard var target = chain.last, let object = objects.first else {
      throw RemedyRefusal(.missing, "\(order.object.shortName) has not been read")
    }
    guard let resource = scene.resource(of: target) else {
      throw RemedyRefusal(.order, "the server has no kind \(target.kind)")
    }
    let uid = object[path: "metadata", "uid"]?.string ?? ""
    if !target.uid.isEmpty, uid != target.uid {
      throw RemedyRefusal(.missing, "\(target.shortName) has been replaced by another of the same name")
    }
    target.uid = uid
    target.kind = resource.kind
    target.apiVersion = resource.apiVersion
    var draft = Draft(
      order: order, scene: scene, chain: chain.dropLast() + [target], target: target, resource: resource,
      object: object, others: Array(objects.dropFirst()))
    try draft.plan()
    return try draft.finished()
  }
}

extension Draft {
  fileprivate mutating func plan() throws(RemedyRefusal) {
    switch order.name {
    case .setResources: try planResources()
    case .setImage: try planImage()
    case .setProbe: try planProbe()
    case .setEnvReference: try planEnvReference()
    case .setPullSecret: try planPullSecret()
    case .addToleration: try planToleration()
    case .setRolloutBounds: try planRolloutBounds()
    case .rolloutRestart: try planRestart()
    case .rolloutUndo: try planRolloutUndo()
    case .rolloutPause: planPause(true)
    case .rolloutResume: planPause(false)
    case .setPartition: planPartition()
    case .scale: planScale()
    case .setAutoscalerBounds: try planAutoscalerBounds()
    case .suspendJob, .suspendCronJob: planSuspend(true)
    case .resumeJob, .resumeCronJob: planSuspend(false)
    case .recreateJob: try planRecreateJob()
    case .triggerCronJob: try planTrigger()
    case .deletePod: try planDeletePod(force: false)
    case .forceDelete: try planDeletePod(force: true)
    case .deleteFailedPods: try planDeleteFailedPods()
    case .removeSchedulingGate: try planRemoveGate()
    case .cordon: planCordon(true)
    case .uncordon: planCordon(false)
    case .removeTaint: try planRemoveTaint()
    case .outOfService: try planOutOfService()
    case .labelNode: planLabelNode()
    case .expandClaim: try planExpand()
    case .lowerClaim: try planLowerClaim()
    case .clearSelectedNode: try planClearSelectedNode()
    case .allowVolumeExpansion: planAllowExpansion()
    case .clearClaimReference: try planClearClaimReference()
    case .patchServiceSelector: planServiceSelector()
    case .setTargetPort: try planTargetPort()
    case .setIngressClass: planIngressClass()
    case .patchBudget: planBudget()
    case .raiseQuota: planQuota()
    case .webhookFailurePolicy: try planFailurePolicy()
    case .removeFinalizer: try planRemoveFinalizer()
    case .deleteObject: planDeleteObject()
    case .undo: try planUndo()
    }
  }

  private mutating func planUndo() throws(RemedyRefusal) {
    title = "take back: \(order.undone)"
    for restore in order.restores {
      guard object[at: restore.checkedPath] == restore.expected else {
        let now = object[at: restore.checkedPath].map(FieldChange.text) ?? "(not set)"
        let then = restore.expected.map(FieldChange.text) ?? "(not set)"
        throw refusal(
          .unsuitable,
          "\(restore.checkedPath) has changed since: it was set to \(then) and is \(now) now")
      }
      edits.append(restore.edit)
    }
    if order.opensNode { try checkCordon() }
    if ["Deployment", "StatefulSet", "DaemonSet"].contains(target.kind) { planRollout() }
  }

  /// kubectl leaves podmedic's note when it uncordons: a taint that came later is another's cordon, which is not opened.
  private func checkCordon() throws(RemedyRefusal) {
    let annotations = object[path: "metadata", "annotations"]
    let taint = object[path: "spec", "taints"]?.array?.first { $0["key"]?.string == "node.kubernetes.io/unschedulable" }
    let cordon = CordonFacts(
      user: annotations?[CordonNote.byKey]?.string, notedAt: annotations?[CordonNote.atKey]?.string,
      since: taint?["timeAdded"]?.string.flatMap { Timestamp($0) })
    // An older taint is what the node controller has not taken away yet.
    guard cordon.differs, let since = cordon.since, cordon.notedAt.map({ $0 < since }) ?? true else { return }
    throw refusal(
      .unsuitable, "\(target.shortName) is cordoned since \(since), not by what is taken back: uncordon it by itself")
  }
}
