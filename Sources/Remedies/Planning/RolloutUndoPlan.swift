import ClusterState
import Kube

/// An earlier state of a workload's template.
struct KeptRevision {
  /// The ReplicaSet or ControllerRevision that keeps it.
  var reference: ObjectReference
  /// Its number; higher is newer.
  var number: Int
  /// Ready pods that still run it; 0 for kinds that do not tell.
  var ready: Int
}

extension RemedyScene {
  private static let revisionAnnotation = "deployment.kubernetes.io/revision"

  /// The revisions that are kept of a workload, the newest first.
  func revisions(of workload: ObjectReference) throws(RemedyRefusal) -> [KeptRevision] {
    let kept: [KeptRevision]
    switch workload.kind {
    case "Deployment":
      if let doubt = doubt(about: ReplicaSet.self) {
        throw RemedyRefusal(.unknown, "the earlier revisions cannot be told: \(doubt)")
      }
      kept = state.owned(ReplicaSet.self, by: workload.uid).compactMap { set in
        set.metadata.annotations[Self.revisionAnnotation].flatMap { Int($0) }.map {
          KeptRevision(reference: set.reference, number: $0, ready: set.status.readyReplicas)
        }
      }
    case "StatefulSet", "DaemonSet":
      if let doubt = doubt(about: ControllerRevision.self) {
        throw RemedyRefusal(.unknown, "the earlier revisions cannot be told: \(doubt)")
      }
      kept = state.owned(ControllerRevision.self, by: workload.uid).map {
        KeptRevision(reference: $0.reference, number: $0.revision, ready: 0)
      }
    default:
      throw RemedyRefusal(
        .unsuitable, "\(workload.shortName) keeps no revisions: only a Deployment, StatefulSet or DaemonSet does")
    }
    return kept.sorted { $0.number > $1.number }
  }

  /// The revision that an order to go back means.
  func revision(of workload: ObjectReference, order: RemedyOrder) throws(RemedyRefusal) -> KeptRevision {
    let kept = try revisions(of: workload)
    guard let current = kept.first else {
      throw RemedyRefusal(.missing, "no revision of \(workload.shortName) is kept")
    }
    let numbers = kept.map { "\($0.number)" }.joined(separator: ", ")
    if let wanted = order.parameters["revision"].flatMap({ Int($0) }), wanted != 0 {
      guard let found = kept.first(where: { $0.number == wanted }) else {
        throw RemedyRefusal(.missing, "\(workload.shortName) has no revision \(wanted): kept are \(numbers)")
      }
      guard found.number != current.number else {
        throw RemedyRefusal(.alreadySo, "revision \(wanted) is the current one")
      }
      return found
    }
    let earlier = kept.dropFirst()
    guard let last = earlier.first(where: { $0.ready > 0 }) ?? earlier.first else {
      throw RemedyRefusal(
        .missing, "there is no earlier revision of \(workload.shortName): only \(current.number) is kept")
    }
    return last
  }
}

extension Draft {
  mutating func planRolloutUndo() throws(RemedyRefusal) {
    let kept = try scene.revision(of: target, order: order)
    if object[path: "spec", "paused"]?.bool == true {
      throw refusal(.unsuitable, "rollouts of \(target.shortName) are paused: resume them first")
    }
    guard let source = others.first, source[path: "metadata", "uid"]?.string == kept.reference.uid else {
      throw refusal(.missing, "revision \(kept.number) has gone meanwhile")
    }
    let found =
      target.kind == "Deployment" ? source[path: "spec", "template"] : source[path: "data", "spec", "template"]
    guard var template = found, template.object != nil else {
      throw refusal(.missing, "revision \(kept.number) has no pod template")
    }
    // Not part of what a person wrote: the Deployment's label for its ReplicaSet, and the patch directive of revisions.
    if var labels = template[path: "metadata", "labels"] {
      labels["pod-template-hash"] = nil
      var metadata = template["metadata"] ?? [:]
      metadata["labels"] = labels
      template["metadata"] = metadata
    }
    template["$patch"] = nil
    set(["spec", "template"], template)
    title = "go back to revision \(kept.number)"
    kubectl = ["kubectl rollout undo \(kubectlTarget) --to-revision=\(kept.number)"]
    if kept.ready > 0 { warn(.note, "revision \(kept.number) still has \(kept.ready) ready pods") }
    planRollout()
    if case .rolledOut = wait.condition { wait.steadiness = .seconds(15) }
  }
}
