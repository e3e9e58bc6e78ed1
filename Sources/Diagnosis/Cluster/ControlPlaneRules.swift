import ClusterState
import Kube

extension Inspection {
  /// Whether an API that an extension serves answers. Besides the missing kinds, one that does not keeps namespaces
  /// from being deleted; that of metrics keeps autoscalers from working.
  mutating func inspect(_ service: APIService) {
    guard let available = service.status.conditions.condition("Available"), !available.isTrue,
      hasPassed(.seconds(60), since: available.lastTransitionTime)
    else { return }
    let message = firstLine(available.message)
    // Where its Service leads nowhere, that is why, or the pods behind it are.
    let behind = service.spec.service.flatMap { state.get(Service.self, namespace: $0.namespace, name: $0.name) }
    report(
      .apiServiceUnavailable, service, since: available.lastTransitionTime,
      "not available, \(available.reason)\(message.isEmpty ? "" : ": " + message)",
      causedBy: behind.map { [$0.metadata.uid] } ?? [],
      evidence: [
        Evidence(
          service.reference, "status.conditions[Available]", available.message, at: available.lastTransitionTime)
      ])
  }
}
