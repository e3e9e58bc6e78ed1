import ClusterState
import Kube

/// The pods that leave, as Services and owners see it: what of theirs stays.
struct Departures {
  private let state: ClusterState
  private let leaving: Set<String>
  private let open: [String]
  private var podsOfNamespace: [String: [Pod]] = [:]
  private var servicesOfNamespace: [String: [Service]] = [:]

  /// Pods that leave these nodes.
  init(_ pods: [Pod], of nodes: [Node], in state: ClusterState) {
    self.state = state
    open = nodes.filter { !$0.spec.unschedulable }.map(\.metadata.name)
    leaving = Set(pods.map { ObjectStore.identity($0.metadata) })
    let namespaces = Set(pods.map(\.metadata.namespace))
    state.store(of: Pod.self)?.forEach { object in
      guard namespaces.contains(object.metadata.namespace), let pod = object as? Pod else { return }
      podsOfNamespace[pod.metadata.namespace, default: []].append(pod)
    }
    for service in state.all(Service.self) where namespaces.contains(service.metadata.namespace) {
      if !service.spec.selector.isEmpty { servicesOfNamespace[service.metadata.namespace, default: []].append(service) }
    }
  }

  private func isLeaving(_ pod: Pod) -> Bool { leaving.contains(ObjectStore.identity(pod.metadata)) }

  /// The Services that have no ready endpoint left when all these pods are gone, by name.
  func endpointsLost(with pod: Pod) -> [PodWarning] {
    guard !pod.isTerminal, !pod.isBeingDeleted else { return [] }
    let services = (servicesOfNamespace[pod.metadata.namespace] ?? []).filter { $0.selects(pod) }
    return services.sorted { $0.metadata.name < $1.metadata.name }.compactMap { service in
      guard service.spec.publishNotReadyAddresses || pod.isReady else { return nil }
      let ready = (podsOfNamespace[pod.metadata.namespace] ?? []).filter { other in
        service.selects(other) && !other.isTerminal && !other.isBeingDeleted
          && (service.spec.publishNotReadyAddresses || other.isReady)
      }
      guard ready.allSatisfy(isLeaving) else { return nil }
      return .isLastEndpoint(service: service.metadata.name, ready: ready.count)
    }
  }

  /// That nothing of the pod's owner stays Ready. Several pods that a budget keeps from going together are no outage.
  func outage(of pod: Pod, _ owners: Owners, isProtected: Bool) -> PodWarning? {
    guard pod.isReady, !pod.isTerminal, !pod.isBeingDeleted, let top = owners.top, owners.end == nil,
      !["Job", "CronJob", "DaemonSet", "Node"].contains(top.kind)
    else { return nil }
    var controllers: Set<String> = [pod.metadata.controller?.uid ?? ""]
    if owners.chain.count > 1 {
      state.forEach(ReplicaSet.self, ownedBy: top.uid) { controllers.insert($0.metadata.uid) }
    }
    let ready = (podsOfNamespace[pod.metadata.namespace] ?? []).filter { other in
      other.isReady && !other.isTerminal && !other.isBeingDeleted
        && (other.metadata.controller.map { controllers.contains($0.uid) } ?? false)
    }
    guard ready.allSatisfy(isLeaving), ready.count == 1 || !isProtected else { return nil }
    let name = "\(top.kind.lowercased())/\(top.name)"
    return .isOutage(owner: name, ready: ready.count, room: ready.count == 1 ? Room(owners, open: open) : nil)
  }
}

extension Service {
  fileprivate func selects(_ pod: Pod) -> Bool {
    spec.selector.entries.allSatisfy { pod.metadata.labels[$0.key] == $0.value }
  }
}
