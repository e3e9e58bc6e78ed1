import ClusterState
import Kube

/// The endpoints of all services, counted once for a whole diagnosis.
struct EndpointCounts {
  private var ready: [ObjectName: Int] = [:]
  /// The names of ports that lead to a ready endpoint.
  private var ports: [ObjectName: Set<String>] = [:]
  /// A pod that is a ready endpoint, as an example of all.
  private var pods: [ObjectName: String] = [:]
  private let state: ClusterState

  /// Counts over EndpointSlices, or over Endpoints where only those are read.
  init(_ state: ClusterState) {
    self.state = state
    state.store(of: EndpointSlice.self)?.forEach { object in
      guard let slice = object as? EndpointSlice, let service = slice.metadata.labels["kubernetes.io/service-name"]
      else { return }
      // Unset means ready: so the API defines it.
      let count = slice.endpoints.count { $0.conditions.ready ?? true }
      let name = ObjectName(namespace: slice.metadata.namespace, name: service)
      ready[name, default: 0] += count
      let example = slice.endpoints.lazy.filter { $0.conditions.ready ?? true && $0.targetRef?.kind == "Pod" }
        .compactMap { $0.targetRef?.name }.min()
      if let example { pods[name] = min(example, pods[name] ?? example) }
      if count > 0 { ports[name, default: []].formUnion(slice.ports.map { $0.name ?? "" }) }
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

  /// A port whose target is a name that no ready endpoint's pod gives to a port; nil when there is none, or when it
  /// cannot be told.
  func deadPort(_ service: Service) -> ServicePort? {
    guard state.isConclusive(EndpointSlice.self, namespace: service.metadata.namespace) else { return nil }
    let name = ObjectName(service.metadata)
    guard let count = ready[name], count > 0 else { return nil }
    return service.spec.ports.first { port in
      if case .string? = port.targetPort { ports[name]?.contains(port.name) != true } else { false }
    }
  }
}

extension EndpointCounts {
  /// A port whose target is a number that the containers of an example of its ready pods do not declare, though they
  /// declare others of its protocol; nil when there is none, or when it cannot be told.
  func undeclaredPort(_ service: Service) -> (port: ServicePort, pod: Pod, declared: [Int])? {
    guard let name = pods[ObjectName(service.metadata)],
      let pod = state.get(Pod.self, namespace: service.metadata.namespace, name: name)
    else { return nil }
    let declared = (pod.spec.containers + pod.spec.initContainers.filter(\.isSidecar)).flatMap(\.ports)
    for port in service.spec.ports {
      let target: Int
      switch port.targetPort {
      case nil: target = port.port
      case .int(let number)?: target = number == 0 ? port.port : number
      case .string?: continue
      }
      func word(_ text: String) -> String { text.isEmpty ? "TCP" : text }
      let numbers = declared.filter { word($0.protocol) == word(port.protocol) }.map(\.containerPort)
      if !numbers.isEmpty, !numbers.contains(target) { return (port, pod, numbers) }
    }
    return nil
  }
}

extension Inspection {
  /// Whether a Service leads anywhere.
  mutating func inspect(_ service: Service, endpoints: EndpointCounts) {
    inspectLoadBalancer(service)
    if !service.spec.selector.isEmpty, let port = endpoints.deadPort(service), let target = port.targetPort,
      hasPassed(.seconds(30), since: service.metadata.creationTimestamp)
    {
      let name = port.name.isEmpty ? "\(port.port)" : port.name
      report(
        .serviceNoEndpoints, service, since: nil,
        "no ready endpoint for port \(name): no ready pod has a container port named \"\(target.description)\"",
        evidence: [Evidence(service.reference, "spec.ports[\(name)].targetPort", target.description)])
    }
    inspectTargets(service, endpoints)
    inspectAlias(service)
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
      // Scaled to 0 is what someone wanted.
      report(
        .serviceNoPods, service, severity: why.isEmpty ? nil : .notice, since: nil, "no pod matches \(selector)\(why)",
        causedBy: workloads.filter { $0.wanted > 0 }.map(\.reference.uid), evidence: evidence)
    } else {
      let ready = selected.filter { $0.isReadyNow }
      if ready.isEmpty, selected.allSatisfy({ isSettling($0) }) { return }
      let noun = selected.count == 1 ? "pod" : "pods"
      report(
        .serviceNoEndpoints, service, since: nil,
        ready.isEmpty
          ? "no ready endpoint: 0 of \(selected.count) \(noun) ready\(Self.stage(of: selected))"
          : "no ready endpoint though \(ready.count) of \(selected.count) \(noun) \(ready.count == 1 ? "is" : "are") ready",
        // With a pod that is ready the fault lies between the pods and the Service.
        causedBy: ready.isEmpty ? selected.map(\.metadata.uid).sorted() : [], evidence: evidence)
    }
  }

  /// How far pods are that are all in the same early stage, in which nothing need be wrong with them.
  private static func stage(of pods: [Pod]) -> String {
    guard pods.allSatisfy({ $0.status.phase == "Pending" }) else { return "" }
    let placed = pods.count { !$0.spec.nodeName.isEmpty }
    return placed == pods.count
      ? ", all on their nodes and not running yet" : placed == 0 ? ", none has a node yet" : ""
  }

  /// Whether a name inside the cluster that a Service stands for, such as `db.data.svc.cluster.local`, is one.
  private mutating func inspectAlias(_ service: Service) {
    guard service.spec.type == "ExternalName", service.metadata.deletionTimestamp == nil else { return }
    let labels = service.spec.externalName.split(separator: ".").map(String.init)
    guard labels.count >= 3, labels[2] == "svc",
      isMissing(Service.self, namespace: labels[1], name: labels[0])
    else { return }
    report(
      .serviceNoEndpoints, service, since: nil,
      "leads to \(service.spec.externalName), and there is no Service \(labels[0]) in namespace \(labels[1])",
      evidence: [Evidence(service.reference, "spec.externalName", service.spec.externalName)])
  }

  /// Whether the containers know of the ports that a Service leads to. What they declare binds nobody, so this is a hint.
  private mutating func inspectTargets(_ service: Service, _ endpoints: EndpointCounts) {
    guard !service.spec.selector.isEmpty, service.spec.clusterIP != "None",
      let (port, pod, declared) = endpoints.undeclaredPort(service)
    else { return }
    let target = port.targetPort?.description ?? "\(port.port)"
    let others = declared.map(String.init).joined(separator: ", ")
    report(
      .servicePortUndeclared, service, since: nil,
      "port \(port.port) leads to \(target), which no container of its pods declares (they declare \(others))",
      evidence: [
        Evidence(service.reference, "spec.ports[\(port.name.isEmpty ? "\(port.port)" : port.name)].targetPort", target),
        Evidence(pod.reference, "spec.containers.ports.containerPort", others),
      ])
  }

  /// Whether a load balancer that a Service asks for gives it an address. Clouds take minutes.
  private mutating func inspectLoadBalancer(_ service: Service) {
    guard service.spec.type == "LoadBalancer", service.metadata.deletionTimestamp == nil,
      service.status.loadBalancer.ingress.isEmpty,
      hasPassed(.seconds(60), since: service.metadata.creationTimestamp)
    else { return }
    let created = service.metadata.creationTimestamp
    let failure = events(of: service).first { $0.reason == "SyncLoadBalancerFailed" || $0.reason == "AllocationFailed" }
    if let failure {
      let message = firstLine(failure.message)
      report(
        .serviceLoadBalancerPending, service, since: created, "no load balancer: \(message)",
        evidence: [Evidence(failure)], count: failure.occurrences)
    } else if hasPassed(.seconds(300), since: created), let created {
      report(
        .serviceLoadBalancerPending, service, since: created,
        "no load balancer has given it an address for \(lasting: created)", cause: "no load balancer",
        evidence: [Evidence(service.reference, "status.loadBalancer.ingress", "empty")])
    }
  }

  /// The workloads whose pods a Service would select if there were any, by name.
  func workloads(selectedBy service: Service) -> [(reference: ObjectReference, wanted: Int)] {
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
}

extension Pod {
  /// Whether it is ready and stays: what makes it an endpoint.
  var isReadyNow: Bool {
    metadata.deletionTimestamp == nil && status.conditions.condition("Ready")?.isTrue == true
  }
}
