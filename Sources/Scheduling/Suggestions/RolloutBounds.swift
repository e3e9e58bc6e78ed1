import ClusterState
import Kube

/// A Deployment whose new pods lack the room that its old ones have, since none of them goes before a new one is Ready.
public struct RolloutBounds: Sendable, Hashable {
  /// The Deployment.
  public let deployment: ObjectName
  /// How many replicas are wanted.
  public let replicas: Int
  /// The bounds that it has, as they are written.
  public let maxSurge: String, maxUnavailable: String
  /// Old pods, each of which makes enough room by going: which one goes is for a controller to decide.
  public let old: [ObjectName]
  /// The nodes on which that is.
  public let places: [String]

  /// The commands.
  var kubectl: [String] {
    let patch: JSONValue = ["spec": ["strategy": ["rollingUpdate": ["maxSurge": 0, "maxUnavailable": 1]]]]
    return [
      "kubectl -n \(shellWord(deployment.namespace)) patch deployment \(shellWord(deployment.name)) --type=merge -p "
        + shellWord(String(decoding: patch.bytes(), as: UTF8.self))
    ]
  }

  /// What it costs, a sentence each.
  var remarks: [String] {
    [
      replicas == 1
        ? "it has one replica: none serves from when the old pod goes until the new one is Ready"
        : "one of its \(replicas) replicas is missing while it lasts, and stays so if the new pods never become Ready",
      "the bounds stay like that until they are set back: maxSurge \(maxSurge), maxUnavailable \(maxUnavailable)",
    ]
  }
}

extension SuggestionSearch {
  /// Old pods that are tried, of those that differ in their node or their template; and nodes that are looked at where
  /// what is elsewhere counts too.
  private static let (oldLimit, visitLimit) = (24, 40_000)

  /// The rollout that the pod belongs to, if it cannot go on for want of room and could if an old pod went first.
  func rolloutBounds() -> RolloutBounds? {
    guard origin.kind == "deployment",
      let deployment = state.get(Deployment.self, namespace: origin.namespace, name: origin.name),
      let rollout = Rollout(deployment, in: state), rollout.makes(pod), rollout.isHeldBack
    else { return nil }
    var tried: Set<[String]> = []
    var places: Set<String> = []
    for old in rollout.oldPods {
      let likeness = [old.spec.nodeName, old.metadata.controller?.uid ?? ""]
      guard tried.insert(likeness).inserted else { continue }
      var changed = snapshot
      changed.removePod(ObjectStore.identity(old.metadata))
      let evaluation = Evaluation(pod, in: changed)
      let isEachAlone = evaluation.dependsOnNodesAlone
      guard tried.count <= Self.oldLimit, isEachAlone || tried.count * changed.nodes.count <= Self.visitLimit else {
        return nil
      }
      // Nothing has changed for the other nodes, or it is what counts.
      let fitting = changed.nodes.filter {
        (!isEachAlone || $0.facts.name == old.spec.nodeName) && evaluation.passes($0)
      }
      .map(\.facts.name)
      // Another one may go.
      guard !fitting.isEmpty else { return nil }
      places.formUnion(fitting)
    }
    guard !places.isEmpty else { return nil }
    return RolloutBounds(
      deployment: ObjectName(deployment.metadata), replicas: rollout.wanted, maxSurge: rollout.surge.description,
      maxUnavailable: rollout.unavailable.description, old: rollout.oldPods.map { ObjectName($0.metadata) },
      places: places.sorted())
  }
}

/// A Deployment that replaces its pods.
private struct Rollout {
  let wanted: Int
  let surge: IntOrString
  let unavailable: IntOrString
  /// The pods of older templates that have a node.
  let oldPods: [Pod]
  private let newest: ReplicaSet
  private let older: [ReplicaSet]

  /// nil where it replaces none step by step, or that cannot be told.
  init?(_ deployment: Deployment, in state: ClusterState) {
    let namespace = deployment.metadata.namespace
    let strategy = deployment.spec.strategy
    guard strategy.type != "Recreate", !deployment.spec.paused, deployment.metadata.deletionTimestamp == nil,
      state.isConclusive(ReplicaSet.self, namespace: namespace), state.isConclusive(Pod.self, namespace: namespace)
    else { return nil }
    let revision = "deployment.kubernetes.io/revision"
    let sets = state.owned(ReplicaSet.self, by: ObjectStore.identity(deployment.metadata))
    let current = deployment.metadata.annotations[revision]
    guard let newest = sets.first(where: { $0.metadata.annotations[revision] == current }) else { return nil }
    wanted = deployment.spec.replicas ?? 1
    surge = strategy.rollingUpdate?.maxSurge ?? .string("25%")
    unavailable = strategy.rollingUpdate?.maxUnavailable ?? .string("25%")
    self.newest = newest
    older = sets.filter { $0.metadata.uid != newest.metadata.uid }
    oldPods = older.flatMap { state.owned(Pod.self, by: ObjectStore.identity($0.metadata)) }
      .filter { !$0.isTerminal && !$0.isBeingDeleted && !$0.spec.nodeName.isEmpty }
  }

  /// Whether the pod is one of the new ones, or the next of them.
  func makes(_ pod: Pod) -> Bool {
    if let controller = pod.metadata.controller { return controller.uid == newest.metadata.uid }
    let hash = newest.metadata.labels["pod-template-hash"]
    return hash != nil && pod.metadata.labels["pod-template-hash"] == hash
  }

  /// Whether no old pod goes before a new one is Ready, and one would if one might be missing and none too many: as the
  /// controller of Deployments reckons.
  var isHeldBack: Bool {
    guard surge.resolved(of: wanted, roundingUp: true) ?? 0 > 0,
      unavailable.resolved(of: wanted, roundingUp: false) == 0
    else { return false }
    let all = ([newest] + older).reduce(0) { $0.addingReportingOverflow($1.spec.replicas ?? 1).partialValue }
    let waiting = (newest.spec.replicas ?? 1).subtractingReportingOverflow(newest.status.availableReplicas).partialValue
    let least = wanted.subtractingReportingOverflow(1).partialValue
    guard !oldPods.isEmpty, all.subtractingReportingOverflow(least).partialValue > waiting else { return false }
    // Those that are not Ready go first; of the others as many as are more than the least.
    let available = ([newest] + older).reduce(0) {
      $0.addingReportingOverflow($1.status.availableReplicas).partialValue
    }
    return available > least || oldPods.contains { !$0.isReady }
  }
}
