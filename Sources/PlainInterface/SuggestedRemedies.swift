import ClusterState
import Kube
import Remedies
import Scheduling

extension Suggestion {
  /// The remedies that make the suggestion, in order; fewer than its changes where some are not podmedic's to make.
  ///
  /// - Parameter origin: what has to be changed for the pod to be changed; nil when nothing of it exists yet.
  public func remedies(_ origin: PodOrigin?) -> [RemedyOrder] {
    var orders = Self.joined(changes.flatMap { self.orders($0, origin) })
    if !orders.isEmpty { orders += replaced.map { RemedyOrder(.deletePod, Self.reference("Pod", $0)) } }
    return orders
  }

  /// Orders with those for the same container made one: the first of two would wait for a rollout that needs the second.
  private static func joined(_ orders: [RemedyOrder]) -> [RemedyOrder] {
    var joined: [RemedyOrder] = []
    for order in orders {
      let same = joined.firstIndex {
        $0.name == .setResources && order.name == .setResources && $0.object == order.object
          && $0.parameters["container"] == order.parameters["container"]
      }
      if let same {
        joined[same].parameters.merge(order.parameters) { _, new in new }
      } else {
        joined.append(order)
      }
    }
    return joined
  }

  private func orders(_ change: Change, _ origin: PodOrigin?) -> [RemedyOrder] {
    switch change {
    case .uncordon(let node): [RemedyOrder(.uncordon, Self.node(node))]
    case .label(let node, let key, let value, _) where !value.isEmpty:
      [RemedyOrder(.labelNode, Self.node(node), ["key": key, "value": value])]
    case .removeTaint(let node, let key, let effect):
      [RemedyOrder(.removeTaint, Self.node(node), ["key": key, "effect": effect])]
    case .tolerate(let key, let value, let effect):
      Self.template(origin, Self.templates + ["pod"]).map { template in
        var parameters = ["key": key, "effect": effect]
        if !value.isEmpty { parameters["value"] = value }
        return [RemedyOrder(.addToleration, template, parameters)]
      } ?? []
    case .lowerRequest(let resource, _, _) where resource == "cpu" || resource == "memory":
      Self.template(origin, Self.templates).map { template in
        lowered.filter { $0.resource == resource }.map { request in
          let amount = request.amount.nanos == 0 ? "none" : request.amount.text
          return RemedyOrder(
            .setResources, template, ["container": request.container, "\(resource)-request": amount])
        }
      } ?? []
    // What is made in their place would come right back: the commands cordon the node meanwhile.
    case .free(_, let pods, _) where pods.allSatisfy { $0.replacement == nil }:
      pods.map { RemedyOrder(.deletePod, Self.reference("Pod", $0.name)) }
    case .raiseQuota(let quota, let resource, _, let to, isPlanned: false):
      [RemedyOrder(.raiseQuota, Self.reference("ResourceQuota", quota), ["resource": resource, "hard": to])]
    case .replaceInPlace(let rollout):
      [
        RemedyOrder(
          .setRolloutBounds, Self.reference("Deployment", rollout.deployment),
          ["max-surge": "0", "max-unavailable": "1"])
      ]
    // A mark on the pod is not podmedic's to make.
    case .scaleDown(let scaling, _) where scaling.cost == nil:
      Self.template(
        PodOrigin(kind: scaling.kind, name: scaling.owner, namespace: scaling.pod.namespace), Self.templates
      ).map { [RemedyOrder(.scale, $0, ["replicas": "\(scaling.remaining)"])] } ?? []
    case .free, .scaleDown, .label, .removeLabel, .raiseQuota, .dropNodeRequirement, .lowerRequest, .repair,
      .dropNodeSelector,
      .dropNodeAffinity, .dropPodAffinity, .dropPodAntiAffinity,
      .honorTaints, .relaxSpread, .dropHostPort, .specify, .bindClaim, .createClaim, .addVolume, .forgetNode, .addNode:
      []
    }
  }

  /// Kinds whose template can be changed.
  private static let templates = [
    "deployment", "statefulset", "daemonset", "replicaset", "replicationcontroller", "cronjob",
  ]

  private static func template(_ origin: PodOrigin?, _ kinds: [String]) -> ObjectReference? {
    guard let origin, kinds.contains(origin.kind), let kind = builtInKind(named: origin.kind) else { return nil }
    return reference(kind.resource.kind, ObjectName(namespace: origin.namespace, name: origin.name))
  }

  private static func node(_ name: String) -> ObjectReference {
    reference("Node", ObjectName(namespace: "", name: name))
  }

  private static func reference(_ kind: String, _ name: ObjectName) -> ObjectReference {
    var reference = ObjectReference()
    reference.kind = kind
    reference.apiVersion = builtInKind(named: kind.lowercased())?.resource.apiVersion ?? "v1"
    reference.namespace = name.namespace
    reference.name = name.name
    return reference
  }
}
