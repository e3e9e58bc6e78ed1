import ClusterState
import DataFiles
import Diagnosis
import Kube

/// Checks of the way from a Service to its pods.
let serviceChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "service-selector",
    "which pods the Service selects: problem when none, with the workload whose labels miss it by one or that has 0 "
      + "replicas; not-applicable for a Service without selector or of type ExternalName. Of an Ingress the first "
      + "Service without ready endpoint is looked at",
    kinds: ["Service", "Ingress", "Pod"], reads: [Service.self, EndpointSlice.self, Pod.self] + Relation.owners
  ) { facts, _ in
    judge(facts) { service in
      if service.spec.type == "ExternalName" {
        return Judgement(.notApplicable, "\(service.metadata.name) stands for the name \(service.spec.externalName)")
      }
      if service.spec.selector.isEmpty {
        return Judgement(.notApplicable, "\(service.metadata.name) has no selector: its endpoints are made by somebody")
      }
      let words = service.selectorText
      let evidence = [Evidence(service.reference, "spec.selector", words)]
      switch facts.livePods(of: service) {
      case .unknown(let doubt): return Judgement(doubt, evidence: evidence)
      case .none: return Judgement(.problem, "no pod matches \(words)", evidence: evidence)
      case .found(let pods):
        if !pods.isEmpty {
          let ready = pods.count(where: \.hasReadyCondition)
          return Judgement(
            .ok, "\(pods.count) pods match \(words), \(ready) of them ready",
            evidence: evidence
              + pods.prefix(10).map { Evidence($0.reference, "Ready", $0.hasReadyCondition ? "True" : "False") })
        }
        let near = facts.backing(of: service).value.map { $0.words(service) }
        return Judgement(.problem, "no pod matches \(words)\(near.map { ": \($0)" } ?? "")", evidence: evidence)
      }
    }
  },
  BuiltInCheck(
    "service-endpoints",
    "the addresses that the Service leads to: problem when none is ready, or a pod that is ready is in no EndpointSlice; "
      + "warning when only a part is ready, or a port of the Service leads to none of them because its target is a name "
      + "that they do not have; ok otherwise; not-applicable for ExternalName. Of an Ingress the first Service without "
      + "ready endpoint is looked at",
    kinds: ["Service", "Ingress", "Pod"], reads: [Service.self, EndpointSlice.self, Pod.self]
  ) { facts, _ in
    judge(facts) { service in
      let name = service.metadata.name
      if service.spec.type == "ExternalName" {
        return Judgement(.notApplicable, "\(name) is only another name for \(service.spec.externalName)")
      }
      let slices: [EndpointSlice]
      switch facts.endpointSlices(of: service) {
      case .unknown(let doubt): return Judgement(doubt)
      case .none: slices = []
      case .found(let found): slices = found
      }
      let evidence = slices.prefix(10).map { slice in
        Evidence(
          slice.reference, "endpoints", "\(slice.endpoints.count(where: \.isReady)) of \(slice.endpoints.count) ready")
      }
      if slices.isEmpty {
        let why =
          service.spec.selector.isEmpty
          ? "nobody has made an EndpointSlice with the label kubernetes.io/service-name=\(name)"
          : "there is no EndpointSlice: the endpoint slice controller has not made one"
        return Judgement(.problem, "\(name) leads nowhere: \(why)")
      }
      let endpoints = slices.flatMap(\.endpoints)
      // The same pod is in several slices when its Service has two IP families or pods differ in a named port.
      func count(_ isCounted: (Endpoint) -> Bool) -> Int {
        Set(endpoints.filter(isCounted).map { $0.targetRef?.name ?? $0.addresses.joined() }).count
      }
      let all = count { _ in true }
      let ready = count(\.isReady)
      let going = count { !$0.isReady && $0.conditions.serving == true && $0.conditions.terminating == true }
      if case .found(let pods) = facts.livePods(of: service), !service.spec.publishNotReadyAddresses {
        let listed = Set(endpoints.filter(\.isReady).compactMap { $0.targetRef?.name })
        let lost = pods.filter { pod in
          pod.hasReadyCondition && pod.metadata.deletionTimestamp == nil && !pod.status.podIP.isEmpty
            && !listed.contains(pod.metadata.name)
        }
        if let first = lost.first, endpoints.contains(where: { $0.targetRef != nil }) || endpoints.isEmpty {
          return Judgement(
            .problem,
            "pod \(first.metadata.name) is ready, but no EndpointSlice of \(name) has it as ready (\(lost.count) such "
              + "pods): the controller lags behind, or a named target port is missing in the pod", evidence: evidence)
        }
      }
      if ready == 0 {
        let words = all == 0 ? "no endpoint" : "none of \(all) endpoints is ready"
        let rest = going > 0 ? "; \(going) that are shutting down still serve" : "; connections are refused at once"
        return Judgement(.problem, "\(name) has \(words)\(rest)", evidence: evidence)
      }
      if ready < all {
        return Judgement(.warning, "\(ready) of \(all) endpoints of \(name) are ready", evidence: evidence)
      }
      if let port = service.spec.ports.first(where: { service.leadsNowhere($0, slices) }) {
        return Judgement(
          .warning,
          "all \(all) endpoints of \(name) are ready, but none has a port for \(port.port) "
            + "(\(port.targetPort?.description ?? ""))", evidence: evidence)
      }
      return Judgement(.ok, "all \(all) endpoints of \(name) are ready", evidence: evidence)
    }
  },
  BuiltInCheck(
    "service-ports",
    "the target ports of the Service against the ports of its pods: problem when a named one does not exist in a pod, or "
      + "has another protocol there; warning when pods declare ports and not this number (which is only a hint: "
      + "declaring is optional); ok otherwise",
    kinds: ["Service", "Ingress", "Pod"], reads: [Service.self, EndpointSlice.self, Pod.self]
  ) { facts, _ in
    judge(facts) { service in
      let pods: [Pod]
      switch facts.livePods(of: service) {
      case .unknown(let doubt): return Judgement(doubt)
      case .none: pods = []
      case .found(let found): pods = found
      }
      if pods.isEmpty { return Judgement(.notApplicable, "there are no pods whose ports could be compared") }
      var hint: Judgement?
      for port in service.spec.ports {
        guard let judgement = port.complaint(service, pods) else { continue }
        if judgement.verdict == .problem { return judgement }
        hint = hint ?? judgement
      }
      if let hint { return hint }
      let words = service.spec.ports.map { "\($0.port) to \($0.targetPort.map(\.description) ?? "\($0.port)")" }
      return Judgement(.ok, words.isEmpty ? "it has no ports" : "port \(words.joined(separator: ", "))")
    }
  },
  BuiltInCheck(
    "traffic-policy",
    "whether externalTrafficPolicy or internalTrafficPolicy Local leaves nodes without an own ready endpoint, which drop "
      + "the packets: warning with the number of such nodes, ok when each has one, not-applicable without Local",
    kinds: ["Service", "Ingress", "Pod"], reads: [Service.self, EndpointSlice.self, Node.self]
  ) { facts, _ in
    judge(facts) { service in
      let internalLocal = service.spec.internalTrafficPolicy == "Local"
      let externalLocal = service.spec.externalTrafficPolicy == "Local"
      if !internalLocal, !externalLocal {
        return Judgement(.notApplicable, "every node may send to every endpoint")
      }
      let field = internalLocal ? "spec.internalTrafficPolicy" : "spec.externalTrafficPolicy"
      let evidence = [Evidence(service.reference, field, "Local")]
      switch (facts.endpointSlices(of: service), facts.state.look(all: Node.self, namespace: "")) {
      case (.unknown(let doubt), _), (_, .unknown(let doubt)): return Judgement(doubt, evidence: evidence)
      case (let slices, let nodes):
        let with = Set(
          (slices.value ?? []).flatMap(\.endpoints).filter(\.isReady).compactMap { $0.nodeName })
        let without = (nodes.value ?? []).map(\.metadata.name).filter { !with.contains($0) }
        guard let first = without.first else {
          return Judgement(.ok, "every node has a ready endpoint of its own", evidence: evidence)
        }
        let effect =
          internalLocal
          ? "pods there that call the Service wait until they time out"
          : "a load balancer must pass over them by the health check on port \(service.spec.healthCheckNodePort)"
        return Judgement(
          .warning,
          "\(without.count) of \(without.count + with.count) nodes, such as \(first), have no ready endpoint "
            + "and drop packets: \(effect)", evidence: evidence)
      }
    }
  },
  BuiltInCheck(
    "network-agents",
    "the pods of kube-proxy and of the network plug-in (Cilium, Calico, flannel and so on) on the subject's node, or on "
      + "the nodes of its pods: problem when one is not ready, warning when a node has none that is known, ok otherwise; "
      + "without kube-proxy ok if a plug-in is there that does its work",
    reads: [Pod.self, Node.self] + Relation.owners
  ) { facts, _ in NetworkAgents(facts).judgement },
]

/// Judges the Service that matters.
private func judge(_ facts: PlaybookFacts, _ judge: (Service) -> Judgement) -> Judgement {
  switch facts.service {
  case .unknown(let doubt): Judgement(doubt)
  case .none: Judgement(.notApplicable, "there is no Service")
  case .found(let service): judge(service)
  }
}

extension Service {
  /// `app=web,tier=front`.
  var selectorText: String { spec.selector.entries.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",") }
}

extension ServicePort {
  private var words: String { name.isEmpty ? "port \(port)" : "port \(name)" }

  /// What is wrong with it for the pods; nil when nothing is.
  fileprivate func complaint(_ service: Service, _ pods: [Pod]) -> Judgement? {
    let transport = `protocol`.isEmpty ? "TCP" : `protocol`
    let evidence = [
      Evidence(
        service.reference, "spec.ports[\(port)].targetPort", targetPort?.description ?? "\(port)")
    ]
    func declared(_ pod: Pod) -> [ContainerPort] {
      (pod.spec.containers + pod.spec.initContainers.filter { $0.restartPolicy == "Always" }).flatMap(\.ports)
    }
    func transportOf(_ port: ContainerPort) -> String { port.protocol.isEmpty ? "TCP" : port.protocol }
    switch targetPort {
    case .string(let name):
      let lacking = pods.filter { pod in !declared(pod).contains { $0.name == name && transportOf($0) == transport } }
      guard let first = lacking.first else { return nil }
      if declared(first).contains(where: { $0.name == name }) {
        return Judgement(
          .problem, "\(words) is \(transport), but \(name) of pod \(first.metadata.name) is not", evidence: evidence)
      }
      let names = declared(first).map(\.name).filter { !$0.isEmpty }
      return Judgement(
        .problem,
        "\(words) leads to the port named \(name), which \(lacking.count) of \(pods.count) pods do not have; "
          + (names.isEmpty ? "they name no ports" : "they have \(names.joined(separator: ", "))"), evidence: evidence)
    default:
      let number: Int = if case .int(let target)? = targetPort, target > 0 { target } else { port }
      guard let pod = pods.first, !declared(pod).isEmpty else { return nil }
      if declared(pod).contains(where: { $0.containerPort == number && transportOf($0) == transport }) { return nil }
      let numbers = declared(pod).map { "\($0.containerPort)" }.joined(separator: ", ")
      return Judgement(
        .warning, "\(words) leads to \(number), but pod \(pod.metadata.name) declares \(numbers)", evidence: evidence)
    }
  }
}

/// What carries packets on the nodes.
private struct NetworkAgents {
  let facts: PlaybookFacts

  init(_ facts: PlaybookFacts) { self.facts = facts }

  /// Plug-ins and, where they can do the work of kube-proxy as well, that they can.
  private static let plugIns: [(word: String, replaces: Bool)] = [
    ("cilium", true), ("calico-node", true), ("antrea-agent", true), ("kube-router", true), ("ovnkube-node", true),
    ("kube-ovn", false), ("flannel", false), ("canal", false), ("weave", false), ("kindnet", false),
    ("aws-node", false), ("azure-cni", false), ("azure-cns", false), ("netd", false), ("terway", false),
  ]

  var judgement: Judgement {
    if let doubt = facts.state.doubt(about: Pod.self) { return Judgement(doubt) }
    let nodes: [String]
    if let node = facts.node.value {
      nodes = [node.metadata.name]
    } else if let pod = facts.pod {
      nodes = [pod.spec.nodeName].filter { !$0.isEmpty }
    } else {
      let own = Set((facts.pods.value ?? []).map(\.spec.nodeName).filter { !$0.isEmpty })
      if let doubt = facts.state.doubt(about: Node.self), own.isEmpty { return Judgement(doubt) }
      nodes = own.isEmpty ? facts.state.all(Node.self).map(\.metadata.name).sorted() : own.sorted()
    }
    if nodes.isEmpty { return Judgement(.notApplicable, "there is no node to look at") }
    var seen: Set<String> = []
    var bare: [String] = []
    for node in nodes {
      var hasPlugIn = false
      for pod in facts.state.pods(onNode: node) where !pod.isTerminal {
        let name = pod.metadata.name
        guard pod.metadata.controller?.kind == "DaemonSet" || pod.metadata.namespace == "kube-system" else { continue }
        let plugIn = Self.plugIns.first { name.hasPrefix($0.word) || name.hasPrefix("kube-\($0.word)") }
        guard plugIn != nil || name.hasPrefix("kube-proxy"), !name.hasPrefix("cilium-operator") else { continue }
        if !pod.hasReadyCondition {
          return Judgement(
            .problem, "\(name) on node \(node) is not ready",
            evidence: [Evidence(pod.reference, "status.phase", pod.status.phase)])
        }
        hasPlugIn = hasPlugIn || plugIn != nil
        seen.insert(plugIn?.word ?? "kube-proxy")
      }
      if !hasPlugIn { bare.append(node) }
    }
    let words = seen.isEmpty ? "" : "; found \(seen.sorted().joined(separator: ", "))"
    if let node = bare.first {
      return Judgement(
        .warning,
        "no network plug-in that podmedic knows runs as a pod on \(bare.count) of \(nodes.count) nodes, such "
          + "as \(node)\(words)")
    }
    let proxied = seen.contains("kube-proxy") || Self.plugIns.contains { $0.replaces && seen.contains($0.word) }
    return Judgement(
      proxied ? .ok : .warning,
      "\(seen.sorted().joined(separator: ", ")) ready on \(nodes.count) nodes"
        + (proxied ? "" : "; nothing that is known carries Services (no kube-proxy)"))
  }
}

extension Service {
  /// Whether a port whose target is a name is missing in every slice with a ready endpoint: slices carry a port under the
  /// Service's own name for it, and only where the pods have the target.
  fileprivate func leadsNowhere(_ port: ServicePort, _ slices: [EndpointSlice]) -> Bool {
    guard case .string? = port.targetPort, !spec.selector.isEmpty else { return false }
    return !slices.contains { slice in
      slice.endpoints.contains(where: \.isReady) && slice.ports.contains { ($0.name ?? "") == port.name }
    }
  }
}
