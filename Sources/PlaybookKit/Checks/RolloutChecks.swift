import ClusterState
import Diagnosis
import Kube

/// Checks of how workloads replace their pods.
let rolloutChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "rollout-bounds",
    "the arithmetic of a rolling update: resolves maxSurge (shares rounded up) and maxUnavailable (rounded down) against "
      + "the replicas, and says whether the controller may make or remove a pod now. problem when it may do neither "
      + "although old pods are left, warning when the strategy keeps old pods on purpose (OnDelete, partition) or has "
      + "none of both at a time (Recreate), ok otherwise",
    kinds: ["Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet"], reads: Relation.owners
  ) { facts, _ in
    switch facts.workload {
    case .none: return Judgement(.notApplicable, "nothing above the pod replaces pods")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let workload):
      switch workload.object {
      case let deployment as Deployment: return RolloutBounds.judge(deployment, facts.replicaSets)
      case let set as StatefulSet: return RolloutBounds.judge(set)
      case let set as DaemonSet: return RolloutBounds.judge(set)
      default: return Judgement(.notApplicable, "a \(workload.facts.kind) does not replace pods step by step")
      }
    }
  },
  BuiltInCheck(
    "revisions",
    "the revisions that are kept of a Deployment, StatefulSet or DaemonSet, with the pods that still run each: problem "
      + "when there is none to go back to, warning when no pod of an earlier one is ready, ok otherwise",
    kinds: ["Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet"],
    reads: Relation.owners + [ControllerRevision.self, Pod.self]
  ) { facts, _ in
    switch facts.workload {
    case .none: return Judgement(.notApplicable, "nothing above the pod keeps revisions")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let workload):
      guard workload.object is Deployment || workload.object is StatefulSet || workload.object is DaemonSet else {
        return Judgement(.notApplicable, "a \(workload.facts.kind) keeps no revisions")
      }
      switch KeptTemplate.all(of: workload.object, facts) {
      case .unknown(let doubt): return Judgement(doubt)
      case .none: return Judgement(.notApplicable, "it keeps no revisions")
      case .found(let kept):
        let evidence = kept.prefix(10).map {
          Evidence($0.reference, "revision", "\($0.number)\($0.change.isEmpty ? "" : " (\($0.change))"): \($0.words)")
        }
        guard let current = kept.first, kept.count > 1 else {
          return Judgement(
            .problem, "only revision \(kept.first.map { "\($0.number)" } ?? "0") is kept: there is none to go back to",
            evidence: evidence)
        }
        let list = kept.dropFirst().prefix(3).map { "\($0.number) (\($0.ready) ready)" }.joined(separator: ", ")
        return Judgement(
          kept.dropFirst().contains { $0.ready > 0 } ? .ok : .warning,
          "now revision \(current.number) (\(current.ready) ready); earlier ones: \(list)", evidence: evidence)
      }
    }
  },
  BuiltInCheck(
    "template-change",
    "what the current revision of the pod template changed against the one before (of a Deployment: the newest earlier "
      + "one with ready pods, else the newest): warning with the differences, ok without any. Values of environment "
      + "variables are not compared. For StatefulSets and DaemonSets the pods of the two revisions are compared",
    kinds: ["Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet"], reads: Relation.owners + [Pod.self]
  ) { facts, _ in
    switch facts.workload {
    case .none: return Judgement(.notApplicable, "nothing above the pod has a template")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let workload):
      switch KeptTemplate.lastTwo(of: workload.object, facts) {
      case .none: return Judgement(.notApplicable, "there is no earlier revision to compare with")
      case .unknown(let doubt): return Judgement(doubt)
      case .found(let (old, new, name)):
        let differences = TemplateDifference.all(from: old, to: new)
        guard let object = facts.object else { return Judgement(.notApplicable, "there is no object") }
        if differences.isEmpty { return Judgement(.ok, "nothing that podmedic compares differs from \(name)") }
        let words = differences.prefix(3).map(\.text).joined(separator: "; ")
        let more = differences.count > 3 ? " (and \(differences.count - 3) more)" : ""
        return Judgement(
          .warning, "against \(name): \(words)\(more)",
          evidence: differences.prefix(12).map { Evidence(object.reference, $0.field, $0.text) })
      }
    }
  },
  BuiltInCheck(
    "statefulset-turn",
    "which pod of a StatefulSet the others wait for: with OrderedReady pods are made from the lowest number up, each "
      + "after the one before is ready, and replaced from the highest down. problem names the pod that holds up the "
      + "others, and says when it still has an old revision (only deleting it then helps); ok when none does",
    kinds: ["Pod", "StatefulSet"], reads: Relation.owners + [Pod.self]
  ) { facts, _ in
    switch facts.owner(StatefulSet.self) {
    case .none: return Judgement(.notApplicable, "it is no StatefulSet")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let set):
      if let doubt = facts.state.doubt(about: Pod.self, namespace: facts.namespace) { return Judgement(doubt) }
      return OrdinalPods(set, facts.state.pods(ofOwner: ObjectStore.identity(set.metadata))).judgement
    }
  },
  BuiltInCheck(
    "statefulset-service",
    "the Service that gives the pods of a StatefulSet their names: problem when spec.serviceName does not exist, warning "
      + "when it is not headless or does not select the pods, ok otherwise, not-applicable without a serviceName",
    kinds: ["Pod", "StatefulSet"], reads: Relation.owners + [Service.self]
  ) { facts, _ in
    switch facts.owner(StatefulSet.self) {
    case .none: return Judgement(.notApplicable, "it is no StatefulSet")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let set):
      let name = set.spec.serviceName
      if name.isEmpty { return Judgement(.notApplicable, "it has no serviceName") }
      let evidence = [Evidence(set.reference, "spec.serviceName", name)]
      switch facts.state.look(Service.self, namespace: facts.namespace, name: name) {
      case .unknown(let doubt): return Judgement(doubt)
      case .none:
        return Judgement(
          .problem, "Service \(name) does not exist: the pods have no names of their own in DNS", evidence: evidence)
      case .found(let service):
        let labels = set.spec.template.metadata.labels
        let selects =
          !service.spec.selector.isEmpty && service.spec.selector.entries.allSatisfy { labels[$0.key] == $0.value }
        if !selects { return Judgement(.warning, "Service \(name) does not select the pods", evidence: evidence) }
        if service.spec.clusterIP != "None" {
          return Judgement(
            .warning, "Service \(name) is not headless (clusterIP is not None): single pods have no names",
            evidence: evidence)
        }
        return Judgement(.ok, "pods are named POD.\(name).\(facts.namespace).svc", evidence: evidence)
      }
    }
  },
]
