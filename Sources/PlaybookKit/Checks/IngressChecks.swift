import ClusterState
import DataFiles
import Diagnosis
import Kube

/// Checks of Ingresses and network policies.
let ingressChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "ingress-class",
    "the class of an Ingress: problem when it does not exist (with the likely name), or it names none, there is no default "
      + "one and no address shows that a controller serves it nevertheless; warning when one does, or the class is given "
      + "by the old annotation; ok otherwise",
    kinds: ["Ingress"], reads: [IngressClass.self]
  ) { facts, _ in
    guard let ingress = facts.object as? Ingress else { return Judgement(.notApplicable, "it is no Ingress") }
    return IngressClassChoice(ingress, facts.state).judgement
  },
  BuiltInCheck(
    "ingress-controller",
    "whether a pod that looks like the controller of the Ingress's class is ready: problem when such pods exist and none "
      + "is ready, warning when there is none (controllers of clouds run elsewhere), ok otherwise",
    kinds: ["Ingress"], reads: [IngressClass.self, Pod.self]
  ) { facts, _ in
    guard let ingress = facts.object as? Ingress else { return Judgement(.notApplicable, "it is no Ingress") }
    let choice = IngressClassChoice(ingress, facts.state)
    guard let controller = choice.controller else {
      return choice.judgement.verdict == .unknown
        ? choice.judgement : Judgement(.notApplicable, "no class says which controller it is for")
    }
    if let doubt = facts.state.doubt(about: Pod.self) { return Judgement(doubt) }
    let pods = facts.controllerPods(of: ingress)
    let evidence = pods.prefix(5).map { Evidence($0.reference, "Ready", $0.hasReadyCondition ? "True" : "False") }
    if pods.isEmpty {
      return Judgement(.warning, "no pod looks like \(controller); it may run outside of this cluster")
    }
    let ready = pods.count(where: \.hasReadyCondition)
    return Judgement(
      ready == 0 ? .problem : .ok, "\(ready) of \(pods.count) pods that look like \(controller) are ready",
      evidence: evidence)
  },
  BuiltInCheck(
    "ingress-rules",
    "the hosts and paths of an Ingress: problem when it has no rule and no default backend, warning when another Ingress "
      + "of the same class has the same host and path (which one wins is up to the controller), ok otherwise",
    kinds: ["Ingress"], reads: [Ingress.self]
  ) { facts, _ in
    guard let ingress = facts.object as? Ingress else { return Judgement(.notApplicable, "it is no Ingress") }
    let own = ingress.routes
    if own.isEmpty, ingress.spec.defaultBackend == nil {
      return Judgement(.problem, "it has neither a rule nor a default backend")
    }
    let words = own.isEmpty ? "only a default backend" : own.prefix(4).joined(separator: ", ")
    if let doubt = facts.state.doubt(about: Ingress.self) { return Judgement(doubt) }
    for other in facts.state.all(Ingress.self) where other.metadata.uid != ingress.metadata.uid {
      guard other.className == ingress.className, let same = other.routes.first(where: { own.contains($0) }) else {
        continue
      }
      return Judgement(
        .warning, "\(same) is also in Ingress \(other.metadata.namespace)/\(other.metadata.name)",
        evidence: [Evidence(other.reference, "spec.rules", same)])
    }
    return Judgement(.ok, "\(words)\(own.count > 4 ? " and \(own.count - 4) more" : "")")
  },
  BuiltInCheck(
    "ingress-backends",
    "whether every Service that an Ingress names exists in its namespace and has the port: problem with the first that "
      + "does not and the likely name, ok otherwise",
    kinds: ["Ingress"], reads: [Service.self]
  ) { facts, _ in
    guard let ingress = facts.object as? Ingress else { return Judgement(.notApplicable, "it is no Ingress") }
    if let doubt = facts.state.doubt(about: Service.self, namespace: facts.namespace) { return Judgement(doubt) }
    if ingress.backends.isEmpty { return Judgement(.notApplicable, "it names no Service") }
    for backend in ingress.backends {
      let port = backend.port.name.isEmpty ? "\(backend.port.number)" : backend.port.name
      let evidence = [Evidence(ingress.reference, "backend.service", "\(backend.name):\(port)")]
      guard let service = facts.state.get(Service.self, namespace: facts.namespace, name: backend.name) else {
        let names = facts.state.all(Service.self).filter { $0.metadata.namespace == facts.namespace }
        return Judgement(
          .problem,
          "Service \(backend.name) does not exist in namespace \(facts.namespace)"
            + Suggestion.phrase(for: backend.name, among: names.map(\.metadata.name).sorted()), evidence: evidence)
      }
      let has = service.spec.ports.contains {
        backend.port.name.isEmpty ? $0.port == backend.port.number : $0.name == backend.port.name
      }
      if !has {
        let ports = service.spec.ports.map { $0.name.isEmpty ? "\($0.port)" : "\($0.port) (\($0.name))" }
        return Judgement(
          .problem, "Service \(backend.name) has no port \(port); it has \(ports.joined(separator: ", "))",
          evidence: evidence + [Evidence(service.reference, "spec.ports", ports.joined(separator: ", "))])
      }
    }
    return Judgement(.ok, "\(Set(ingress.backends.map(\.name)).count) Services exist and have the ports")
  },
  BuiltInCheck(
    "ingress-tls",
    "the Secrets with the certificates of an Ingress: problem when one does not exist, has another type than "
      + "kubernetes.io/tls or lacks tls.crt or tls.key, or when a certificate has expired, is not valid yet or has not "
      + "the hosts among its names; warning when it expires within seven days or a host of a rule is in no tls entry; "
      + "unknown where what is in tls.crt cannot be read; not-applicable without tls. Keys are never kept",
    kinds: ["Ingress"], reads: [Secret.self]
  ) { facts, _ in
    guard let ingress = facts.object as? Ingress else { return Judgement(.notApplicable, "it is no Ingress") }
    if ingress.spec.tls.isEmpty { return Judgement(.notApplicable, "it asks for no TLS") }
    var certificates: [Evidence] = []
    var ending: [String] = []
    var unread: [String] = []
    for entry in ingress.spec.tls where !entry.secretName.isEmpty {
      let evidence = [Evidence(ingress.reference, "spec.tls.secretName", entry.secretName)]
      switch facts.state.look(Secret.self, namespace: facts.namespace, name: entry.secretName) {
      case .unknown(let doubt): return Judgement(doubt, evidence: evidence)
      case .none:
        return Judgement(
          .problem, "Secret \(entry.secretName) with the certificate does not exist in namespace \(facts.namespace)",
          evidence: evidence)
      case .found(let secret):
        if let lacking = ["tls.crt", "tls.key"].first(where: { !secret.data.keys.contains($0) }) {
          return Judgement(.problem, "Secret \(entry.secretName) has no \(lacking)", evidence: evidence)
        }
        if secret.type != "kubernetes.io/tls" {
          return Judgement(
            .problem, "Secret \(entry.secretName) has type \(secret.type) instead of kubernetes.io/tls",
            evidence: evidence)
        }
        guard let certificate = secret.data["tls.crt"]?.certificate else {
          unread.append(entry.secretName)
          continue
        }
        certificates.append(Evidence(secret.reference, "data[tls.crt]", certificate.text))
        if let fault = ingress.fault(of: certificate, in: entry.secretName, now: facts.now) {
          return Judgement(.problem, fault.text, evidence: evidence + certificates)
        }
        if certificate.notAfter < facts.now.advanced(by: .seconds(7 * 86_400)) { ending.append(entry.secretName) }
      }
    }
    if let first = ending.first {
      return Judgement(.warning, "the certificate in secret \"\(first)\" expires soon", evidence: certificates)
    }
    let covered = ingress.spec.tls.flatMap(\.hosts)
    let bare = ingress.spec.rules.map(\.host).filter { host in
      !host.isEmpty && !covered.isEmpty && !covered.contains { $0 == host || $0.coversAsWildcard(host) }
    }
    if let host = bare.first {
      return Judgement(.warning, "host \(host) is in no tls entry: the controller's own certificate is shown for it")
    }
    if let first = unread.first {
      return Judgement(
        Doubt(.notRead, "secret \"\(first)\" is there; what is in its tls.crt is not known, or is no certificate"),
        evidence: certificates)
    }
    let count = ingress.spec.tls.count
    return Judgement(
      .ok, count == 1 ? "it is there, valid and for the hosts" : "all \(count) are there, valid and for their hosts",
      evidence: certificates)
  },
  BuiltInCheck(
    "network-policies",
    "what NetworkPolicies let through to (or from) the subject's pods: ok when none selects them, problem when those that "
      + "do allow nothing at all or not the port, warning when they allow it to some only, with whom",
    parameters: [
      .init("direction", .word(["ingress", "egress"]), "ingress without it"),
      .init("port", .number, "the port; without it the target ports of the Service, or any"),
    ], reads: [NetworkPolicy.self, Service.self, EndpointSlice.self, Pod.self] + Relation.owners
  ) { facts, arguments in
    PolicyView(facts, isEgress: arguments.text("direction") == "egress", port: arguments.number("port")).judgement
  },
]

extension String {
  /// Whether it is a name such as `*.example.com` that has a host below it: one label, as certificates have it.
  fileprivate func coversAsWildcard(_ host: String) -> Bool {
    guard hasPrefix("*."), let dot = host.firstIndex(of: ".") else { return false }
    return host[dot...] == self.dropFirst()
  }
}

extension Ingress {
  /// The class that it names, by field or by the old annotation; nil for none.
  fileprivate var className: String? {
    spec.ingressClassName ?? metadata.annotations["kubernetes.io/ingress.class"]
  }

  /// `shop.example.com/cart (Prefix)`.
  fileprivate var routes: [String] {
    spec.rules.flatMap { rule in
      (rule.http?.paths ?? []).map {
        "\(rule.host.isEmpty ? "*" : rule.host)\($0.path.isEmpty ? "/" : $0.path) (\($0.pathType ?? "Prefix"))"
      }
    }
  }
}

/// The class of an Ingress.
private struct IngressClassChoice {
  var judgement: Judgement
  /// The controller of the class.
  var controller: String?

  init(_ ingress: Ingress, _ state: ClusterState) {
    let classes = state.all(IngressClass.self)
    let names = classes.map(\.metadata.name).sorted()
    let list = names.isEmpty ? "there is no IngressClass" : "there are \(names.joined(separator: ", "))"
    if let name = ingress.className {
      let isAnnotation = ingress.spec.ingressClassName == nil
      let field = isAnnotation ? "annotation kubernetes.io/ingress.class" : "spec.ingressClassName"
      let evidence = [Evidence(ingress.reference, field, name)]
      switch state.look(IngressClass.self, name: name) {
      case .unknown(let doubt): judgement = Judgement(doubt, evidence: evidence)
      case .none:
        judgement = Judgement(
          // Controllers may serve the annotation's value without such an object.
          isAnnotation ? .warning : .problem,
          "class \(name) does not exist; \(list)\(Suggestion.phrase(for: name, among: names))", evidence: evidence)
      case .found(let found):
        controller = found.spec.controller
        judgement = Judgement(
          isAnnotation ? .warning : .ok,
          "class \(name), controller \(found.spec.controller)\(isAnnotation ? ", by the deprecated annotation" : "")",
          evidence: evidence)
      }
      return
    }
    if let doubt = state.doubt(about: IngressClass.self) {
      judgement = Judgement(doubt)
      return
    }
    if let address = ingress.status.loadBalancer.ingress.first {
      judgement = Judgement(
        .warning,
        "it names no class, but a controller serves it at \(address.ip.isEmpty ? address.hostname : address.ip)")
      return
    }
    guard let chosen = classes.first(where: \.isDefault) else {
      judgement = Judgement(.problem, "it names no class and none is the default one; \(list)")
      return
    }
    // The default is written into the object when it is made, so one without it is older than the default.
    judgement = Judgement(
      .problem,
      "it names no class; \(chosen.metadata.name) is the default one, but only for Ingresses made after it was",
      evidence: [Evidence(chosen.reference, "is-default-class", "true")])
  }
}

/// What policies let through.
private struct PolicyView {
  let judgement: Judgement

  init(_ facts: PlaybookFacts, isEgress: Bool, port: Int?) {
    let policies: [NetworkPolicy]
    switch facts.policies {
    case .unknown(let doubt):
      judgement = Judgement(doubt)
      return
    case .none: policies = []
    case .found(let found):
      policies = found.filter { policy in
        let types = policy.spec.policyTypes
        // Without policyTypes a policy is about ingress, and about egress if it has such rules.
        return isEgress
          ? types.contains("Egress") || types.isEmpty && !policy.spec.egress.isEmpty
          : types.contains("Ingress") || types.isEmpty
      }
    }
    let way = isEgress ? "egress" : "ingress"
    guard !policies.isEmpty else {
      judgement = Judgement(.ok, "no NetworkPolicy restricts \(way)")
      return
    }
    let evidence = policies.prefix(10).map {
      Evidence($0.reference, "spec.\(way)", "\(isEgress ? $0.spec.egress.count : $0.spec.ingress.count) rules")
    }
    let names = policies.map(\.metadata.name).joined(separator: ", ")
    let rules: [(ports: [NetworkPolicyPort], peers: [NetworkPolicyPeer])] = policies.flatMap { policy in
      isEgress ? policy.spec.egress.map { ($0.ports, $0.to) } : policy.spec.ingress.map { ($0.ports, $0.from) }
    }
    guard !rules.isEmpty else {
      judgement = Judgement(.problem, "\(names) lets nothing through (\(way))", evidence: evidence)
      return
    }
    var wanted: [Int] = port.map { [$0] } ?? []
    if port == nil, !isEgress, let service = facts.service.value {
      wanted = service.spec.ports.compactMap {
        if case .int(let target)? = $0.targetPort { target } else { $0.targetPort == nil ? $0.port : nil }
      }
    }
    let fitting = rules.filter { rule in
      rule.ports.isEmpty || wanted.isEmpty
        || rule.ports.contains { allowed in
          switch allowed.port {
          case nil, .string?: true
          case .int(let first)?: wanted.contains { $0 >= first && $0 <= allowed.endPort ?? first }
          }
        }
    }
    if fitting.isEmpty {
      judgement = Judgement(
        .problem,
        "\(names) lets nothing through (\(way)) on port \(wanted.map { "\($0)" }.joined(separator: ", "))",
        evidence: evidence)
    } else if fitting.contains(where: { $0.peers.isEmpty }) {
      judgement = Judgement(.ok, "\(names) lets everybody through (\(way))", evidence: evidence)
    } else {
      let peers = fitting.flatMap(\.peers).prefix(3).map(Self.words).joined(separator: "; ")
      judgement = Judgement(
        .warning, "\(names) lets only these through (\(way)): \(peers)", evidence: evidence)
    }
  }

  private static func words(_ peer: NetworkPolicyPeer) -> String {
    if let block = peer.ipBlock { return block.cidr }
    var parts: [String] = []
    if let pods = peer.podSelector {
      let text = pods.query?.description ?? "?"
      parts.append(text.isEmpty ? "all pods" : "pods \(text)")
    }
    if let namespaces = peer.namespaceSelector {
      let text = namespaces.query?.description ?? "?"
      parts.append(text.isEmpty ? "of all namespaces" : "of namespaces \(text)")
    } else {
      parts.append("of the same namespace")
    }
    return parts.joined(separator: " ")
  }
}

extension PlaybookFacts {
  /// The pods that look like the controller of the class of an Ingress; empty where no class says which one it is.
  func controllerPods(of ingress: Ingress) -> [Pod] {
    guard let controller = IngressClassChoice(ingress, state).controller else { return [] }
    let words = controller.lowercased().split { "/.".contains($0) }.map(String.init)
      .filter { $0.count > 2 && !["k8s", "com", "org", "ingress", "controller", "ingress-controller"].contains($0) }
    return state.all(Pod.self).filter { pod in
      guard !pod.isTerminal, pod.metadata.controller?.kind != "Job" else { return false }
      let names = [pod.metadata.name, pod.metadata.labels["app.kubernetes.io/name"] ?? ""]
      return names.contains { name in words.contains { name.lowercased().contains($0) } }
    }
  }
}
