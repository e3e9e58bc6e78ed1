import ClusterState
import Diagnosis
import Kube

/// A revision of a pod template that is kept.
struct KeptTemplate {
  var reference: ObjectReference
  var number: Int
  var ready: Int
  var pods: Int
  /// Why it was made, where somebody wrote it down.
  var change: String
  /// Images; only known of ReplicaSets.
  var images: [String]

  var words: String { "\(ready) of \(pods) pods ready\(images.isEmpty ? "" : ", \(images.joined(separator: ", "))")" }

  static let changeCause = "kubernetes.io/change-cause"

  /// The revisions that are kept, the newest first.
  static func all(of workload: any ClusterObject, _ facts: PlaybookFacts) -> Lookup<[KeptTemplate]> {
    let uid = ObjectStore.identity(workload.metadata)
    if workload is Deployment {
      return facts.replicaSets.map { sets in
        sets.filter { $0.revision > 0 }.map { set in
          KeptTemplate(
            reference: set.reference, number: set.revision, ready: set.status.readyReplicas, pods: set.status.replicas,
            change: set.metadata.annotations[changeCause] ?? "",
            images: set.spec.template.spec.containers.map(\.image))
        }
      }
    }
    if let doubt = facts.state.doubt(about: ControllerRevision.self, namespace: facts.namespace) {
      return .unknown(doubt)
    }
    if let doubt = facts.state.doubt(about: Pod.self, namespace: facts.namespace) { return .unknown(doubt) }
    let pods = facts.state.pods(ofOwner: uid)
    let revisions = facts.state.owned(ControllerRevision.self, by: uid).sorted { $0.revision > $1.revision }
    return .found(
      revisions.map { revision in
        // A StatefulSet's pods carry the revision's name, a DaemonSet's only the hash at its end.
        let own = pods.filter { pod in
          guard let label = pod.metadata.labels[revisionLabel], !label.isEmpty else { return false }
          return label == revision.metadata.name || revision.metadata.name.hasSuffix("-\(label)")
        }
        return KeptTemplate(
          reference: revision.reference, number: revision.revision, ready: own.filter(\.hasReadyCondition).count,
          pods: own.count, change: revision.metadata.annotations[changeCause] ?? "", images: [])
      })
  }

  static let revisionLabel = "controller-revision-hash"

  /// The template before, the current one and what to call the former; none without an earlier one.
  static func lastTwo(
    of workload: any ClusterObject, _ facts: PlaybookFacts
  ) -> Lookup<(old: PodTemplateSpec, new: PodTemplateSpec, name: String)> {
    if let deployment = workload as? Deployment {
      return facts.replicaSets.flatMap { sets in
        let earlier = sets.dropFirst().filter { $0.revision > 0 }
        guard let old = earlier.first(where: { $0.status.readyReplicas > 0 }) ?? earlier.first else { return .none }
        return .found((old.spec.template, deployment.spec.template, "revision \(old.revision)"))
      }
    }
    let template: PodTemplateSpec
    switch workload {
    case let set as StatefulSet: template = set.spec.template
    case let set as DaemonSet: template = set.spec.template
    default: return .none
    }
    if let doubt = facts.state.doubt(about: Pod.self, namespace: facts.namespace) { return .unknown(doubt) }
    let pods = facts.state.pods(ofOwner: ObjectStore.identity(workload.metadata))
    // A pod whose images differ from the template's was made from an earlier one.
    let images = template.spec.containers.map(\.image)
    let old = pods.filter { pod in
      if let set = workload as? StatefulSet, !set.status.updateRevision.isEmpty {
        return pod.metadata.labels[revisionLabel] != set.status.updateRevision
      }
      return pod.spec.containers.prefix(images.count).map(\.image) != images
    }.min { $0.metadata.name < $1.metadata.name }
    guard let old else { return .none }
    var before = template
    before.spec.containers = old.spec.containers.map { container in
      // What admission adds to a pod (the account's token) is no change of the template.
      var container = container
      container.volumeMounts.removeAll { $0.mountPath == "/var/run/secrets/kubernetes.io/serviceaccount" }
      return container
    }
    return .found((before, template, "pod \(old.metadata.name)"))
  }
}

extension Pod {
  /// Whether its condition Ready is true.
  var hasReadyCondition: Bool { status.conditions.condition("Ready")?.isTrue ?? false }
}
