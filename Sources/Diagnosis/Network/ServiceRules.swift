import ClusterState
import Kube

/// The endpoints of all services, counted once for a whole diagnosis.
struct EndpointCounts {
  private var ready: [ObjectName: Int] = [:]
  private let state: ClusterState

  /// Counts over EndpointSlices, or over Endpoints where only those are read.
  init(_ state: ClusterState) {
    self.state = state
    state.store(of: EndpointSlice.self)?.forEach { object in
      guard let slice = object as? EndpointSlice, let service = slice.metadata.labels["kubernetes.io/service-name"]
      else { return }
      // Unset means ready: so the API defines it.
      let count = slice.endpoints.count { $0.conditions.ready ?? true }
      ready[ObjectName(namespace: slice.metadata.namespace, name: service), default: 0] += count
    }
    guard state.store(of: EndpointSlice.self)?.freshness.isComplete != true else { return }
    state.store(of: Endpoints.self)?.forEach { object in
      guard let endpoints = object as? Endpoints else { return }
      ready[ObjectName(endpoints.metadata)] = endpoints.subsets.reduce(0) { $0 + $1.addresses.count }
    }
  }

  /// How many endpoints of a service are ready; nil when that cannot be told.
  func ready(_ service: Service) -> Int? {
    let namespace = service.metadata.namespace
    guard
      state.isConclusive(EndpointSlice.self, namespace: namespace)
        || state.isConclusive(Endpoints.self, namespace: namespace)
    else { return nil }
    return ready[ObjectName(service.metadata)] ?? 0
  }
}

extension Inspection {
  /// Whether a Service leads anywhere.
  mutating func inspect(_ service: Service, endpoints: EndpointCounts) {
    guard !service.spec.selector.isEmpty, service.spec.type != "ExternalName",
      service.metadata.deletionTimestamp == nil, endpoints.ready(service) == 0
    else { return }
    let namespace = service.metadata.namespace
    let selector = service.spec.selector.entries.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
    let evidence = [Evidence(service.reference, "spec.selector", selector)]
    guard state.isConclusive(Pod.self, namespace: namespace) else {
      report(.serviceNoEndpoints, service, since: nil, "no ready endpoint", evidence: evidence)
      return
    }
    var selected: [Pod] = []
    state.store(of: Pod.self)?.forEach { object in
      guard object.metadata.namespace == namespace,
        service.spec.selector.entries.allSatisfy({ object.metadata.labels[$0.key] == $0.value }),
        let pod = object as? Pod, !pod.status.isTerminal
      else { return }
      selected.append(pod)
    }
    // Endpoints follow a new service within seconds.
    guard hasPassed(.seconds(30), since: service.metadata.creationTimestamp) else { return }
    if selected.isEmpty {
      let workloads = workloads(selectedBy: service)
      let why =
        workloads.isEmpty || workloads.contains { $0.wanted > 0 }
        ? "" : ": \(workloads[0].reference.shortText) is scaled to 0"
      report(
        .serviceNoPods, service, since: nil, "no pod matches \(selector)\(why)",
        causedBy: workloads.filter { $0.wanted > 0 }.map(\.reference.uid), evidence: evidence)
    } else {
      let ready = selected.filter { $0.isReadyNow }
      let noun = selected.count == 1 ? "pod" : "pods"
      report(
        .serviceNoEndpoints, service, since: nil,
        ready.isEmpty
          ? "no ready endpoint: 0 of \(selected.count) \(noun) ready"
          : "no ready endpoint though \(ready.count) of \(selected.count) \(noun) \(ready.count == 1 ? "is" : "are") ready",
        // With a pod that is ready the fault lies between the pods and the Service.
        causedBy: ready.isEmpty ? selected.map(\.metadata.uid).sorted() : [], evidence: evidence)
    }
  }

  /// The workloads whose pods a Service would select if there were any, by name.
  private func workloads(selectedBy service: Service) -> [(reference: ObjectReference, wanted: Int)] {
    var found: [(reference: ObjectReference, wanted: Int)] = []
    func add(_ object: some KubeObject, _ template: PodTemplateSpec, _ wanted: Int?) {
      guard object.metadata.namespace == service.metadata.namespace,
        service.spec.selector.entries.allSatisfy({ template.metadata.labels[$0.key] == $0.value })
      else { return }
      found.append((object.reference, max(0, wanted ?? 1)))
    }
    for object in state.all(Deployment.self) { add(object, object.spec.template, object.spec.replicas) }
    for object in state.all(StatefulSet.self) { add(object, object.spec.template, object.spec.replicas) }
    return found.sorted { ($0.reference.kind, $0.reference.name) < ($1.reference.kind, $1.reference.name) }
  }

  /// Whether the Services that an Ingress names exist and have the ports.
  mutating func inspect(_ ingress: Ingress) {
    let namespace = ingress.metadata.namespace
    guard state.isConclusive(Service.self, namespace: namespace) else { return }
    let backends =
      [ingress.spec.defaultBackend].compactMap { $0?.service }
      + ingress.spec.rules.flatMap { $0.http?.paths.compactMap(\.backend.service) ?? [] }
    var seen: Set<String> = []
    for backend in backends {
      let port = backend.port.name.isEmpty ? "\(backend.port.number)" : backend.port.name
      guard seen.insert("\(backend.name):\(port)").inserted else { continue }
      let evidence = [Evidence(ingress.reference, "spec.rules.http.paths.backend.service", "\(backend.name):\(port)")]
      guard let service = state.get(Service.self, namespace: namespace, name: backend.name) else {
        report(
          .ingressBackendMissing, ingress, since: nil, "service \"\(backend.name)\" not found", evidence: evidence)
        continue
      }
      let hasPort = service.spec.ports.contains {
        backend.port.name.isEmpty ? $0.port == backend.port.number : $0.name == backend.port.name
      }
      if !hasPort {
        report(
          .ingressBackendMissing, ingress, since: nil, "service \"\(backend.name)\" has no port \(port)",
          evidence: evidence)
      }
    }
  }
}

extension Pod {
  /// Whether it is ready and stays: what makes it an endpoint.
  var isReadyNow: Bool {
    metadata.deletionTimestamp == nil && status.conditions.condition("Ready")?.isTrue == true
  }
}
