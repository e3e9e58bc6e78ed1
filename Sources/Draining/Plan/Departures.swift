import ClusterState
import Kube

/// The pods that leave, as Services and owners see it: what of theirs stays.
struct Departures {
  private let state: ClusterState
  private let leaving: Set<String>
  /// Whether replacements are waited for: then pods of different nodes are not away together.
  private let isRolling: Bool
  /// So many are away together at most.
  private let most: Int
  private let open: [String]
  /// Pods that neither have ended nor are told to, by each label that a Service of theirs looks for first. Namespaces
  /// have tens of thousands of pods: none is looked at once for each pod that leaves.
  private var podsByLabel: [Label: [Pod]] = [:]
  /// Those of them that are Ready, by their controller.
  private var readyByController: [Controller: [Pod]] = [:]
  private var servicesByLabel: [Label: [Service]] = [:]

  /// A label in a namespace.
  private struct Label: Hashable {
    var namespace: String
    var key: String
    var value: String
  }

  private struct Controller: Hashable {
    var namespace: String
    var uid: String
  }

  /// Pods that leave these nodes; where `isRolling`, what leaves one is Ready elsewhere before the next one is begun, and
  /// so it is with `batch` pods of a node each.
  init(_ pods: [Pod], of nodes: [Node], isRolling: Bool = false, batch: Int? = nil, in state: ClusterState) {
    self.state = state
    self.isRolling = isRolling
    most = isRolling ? batch ?? .max : .max
    open = nodes.filter { !$0.spec.unschedulable }.map(\.metadata.name)
    leaving = Set(pods.map { ObjectStore.identity($0.metadata) })
    let namespaces = Set(pods.map(\.metadata.namespace))
    for service in state.all(Service.self) where namespaces.contains(service.metadata.namespace) {
      guard let label = Self.firstLabel(service) else { continue }
      servicesByLabel[label, default: []].append(service)
    }
    state.store(of: Pod.self)?.forEach { object in
      guard namespaces.contains(object.metadata.namespace), let pod = object as? Pod, !pod.isTerminal,
        !pod.isBeingDeleted
      else { return }
      for label in Self.labels(of: pod) where servicesByLabel[label] != nil {
        podsByLabel[label, default: []].append(pod)
      }
      if pod.isReady, let owner = pod.metadata.controller {
        readyByController[Controller(namespace: pod.metadata.namespace, uid: owner.uid), default: []].append(pod)
      }
    }
  }

  /// One of the labels that a Service's pods have; nil for a Service that selects none.
  private static func firstLabel(_ service: Service) -> Label? {
    service.spec.selector.entries.first.map {
      Label(namespace: service.metadata.namespace, key: $0.key, value: $0.value)
    }
  }

  private static func labels(of pod: Pod) -> [Label] {
    pod.metadata.labels.entries.map { Label(namespace: pod.metadata.namespace, key: $0.key, value: $0.value) }
  }

  /// Whether a pod may be away while another is.
  private func leaves(_ pod: Pod, with other: Pod) -> Bool {
    leaving.contains(ObjectStore.identity(pod.metadata)) && (!isRolling || pod.spec.nodeName == other.spec.nodeName)
  }

  /// The Services that have no ready endpoint left when all these pods are gone, by name.
  func endpointsLost(with pod: Pod) -> [PodWarning] {
    guard !pod.isTerminal, !pod.isBeingDeleted else { return [] }
    let services = Self.labels(of: pod).flatMap { servicesByLabel[$0] ?? [] }.filter { $0.selects(pod) }
    return services.sorted { $0.metadata.name < $1.metadata.name }.compactMap { service in
      guard service.spec.publishNotReadyAddresses || pod.isReady, let label = Self.firstLabel(service) else {
        return nil
      }
      func isEndpoint(_ other: Pod) -> Bool {
        service.selects(other) && (service.spec.publishNotReadyAddresses || other.isReady)
      }
      let candidates = podsByLabel[label] ?? []
      guard !candidates.contains(where: { !leaves($0, with: pod) && isEndpoint($0) }) else { return nil }
      let ready = candidates.count(where: isEndpoint)
      return ready > most ? nil : .isLastEndpoint(service: service.metadata.name, ready: ready)
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
    let ready = controllers.flatMap {
      readyByController[Controller(namespace: pod.metadata.namespace, uid: $0)] ?? []
    }
    guard ready.allSatisfy({ leaves($0, with: pod) }), ready.count <= most, ready.count == 1 || !isProtected else {
      return nil
    }
    let name = "\(top.kind.lowercased())/\(top.name)"
    return .isOutage(owner: name, ready: ready.count, room: ready.count == 1 ? Room(owners, open: open) : nil)
  }
}

extension Service {
  fileprivate func selects(_ pod: Pod) -> Bool {
    spec.selector.entries.allSatisfy { pod.metadata.labels[$0.key] == $0.value }
  }
}
