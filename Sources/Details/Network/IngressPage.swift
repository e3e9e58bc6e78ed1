import ClusterState
import Kube

extension Page {
  /// An Ingress; what is behind its backends is told as far as it is read.
  mutating func ingress(_ object: JSONValue, in cluster: ClusterState) {
    let spec = object.at("spec")
    let backends = Backends(namespace: object.text("metadata", "namespace"), cluster: cluster)
    section("Ingress") { page in
      page.identity(object)
      page.metadata(object)
      page.addOrNone("Address", Page.loadBalancerText(object.at("status", "loadBalancer")))
      page.addOrNone("Ingress Class", spec.text("ingressClassName"))
      page.addOrNone(
        "Default backend", spec.has("defaultBackend") ? backends.text(spec.at("defaultBackend")) : "",
        none: "<default>")
      for tls in spec.list("tls") {
        let hosts = tls.list("hosts").texts.joined(separator: ",")
        let secret = tls.text("secretName")
        // Without a Secret the controller only routes by the name that the client asks for.
        page.add(
          "TLS", secret.isEmpty ? "SNI routes \(hosts)" : "\(secret) terminates \(hosts.isEmpty ? "*" : hosts)")
      }
    }
    section("Rules") { page in
      page.table(
        ["Host", "Path", "Type", "Backend"],
        spec.list("rules").prefix(Page.maximumRows).flatMap { rule in
          let host = rule.text("host")
          return rule.list("http", "paths").prefix(Page.maximumRows).map { path in
            (
              cells: [
                host.isEmpty ? "*" : host, path.text("path"), path.text("pathType"),
                backends.text(path.at("backend")),
              ], mark: DetailMark.plain
            )
          }
        })
    }
  }

  /// What an Ingress leads to.
  private struct Backends {
    let namespace: String
    let cluster: ClusterState

    /// `web:http (10.0.0.1:8080)`, or a resource such as `StorageBucket.k8s.example.com/static`.
    func text(_ backend: JSONValue) -> String {
      guard backend.has("service") else {
        let resource = backend.at("resource")
        let group = resource.text("apiGroup")
        return "\(resource.text("kind"))\(group.isEmpty ? "" : ".\(group)")/\(resource.text("name"))"
      }
      let (service, port) = (backend.text("service", "name"), backend.at("service", "port"))
      let name = port.text("name")
      let around = endpoints(of: service, portName: name, number: port.number("number"))
      return "\(service):\(name.isEmpty ? port.text("number") : name)\(around)"
    }

    private func endpoints(of name: String, portName: String, number: Int?) -> String {
      guard let service = cluster.get(Service.self, namespace: namespace, name: name) else {
        return cluster.isConclusive(Service.self, namespace: namespace) ? " (service \"\(name)\" not found)" : ""
      }
      guard let port = service.spec.ports.first(where: { portName.isEmpty ? $0.port == number : $0.name == portName })
      else { return " (the service has no such port)" }
      guard let slices = cluster.slices(ofService: name, namespace: namespace) else { return "" }
      return " (\(Page.endpointsText(ofPort: port.name, slices).text))"
    }
  }

  /// An IngressClass.
  mutating func ingressClass(_ object: JSONValue) {
    section("IngressClass") { page in
      page.identity(object)
      page.metadata(object)
      page.add("Controller", object.text("spec", "controller"))
      if object.has("spec", "parameters") {
        page.group("Parameters", mark: .plain) { $0.tree(object.at("spec", "parameters")) }
      }
    }
  }

  /// A NetworkPolicy in kubectl's sentences.
  mutating func networkPolicy(_ object: JSONValue) {
    let spec = object.at("spec")
    section("NetworkPolicy") { page in
      page.identity(object)
      page.metadata(object)
      page.addOrNone(
        "PodSelector", selectorText(spec.at("podSelector")),
        none: "<none> (Allowing the specific traffic to all pods in this namespace)")
      let types = spec.list("policyTypes").texts
      page.add("Policy Types", types.joined(separator: ", "))
      page.policyRules("ingress", "from", isAffected: types.contains("Ingress"), spec.at("ingress"))
      page.policyRules("egress", "to", isAffected: types.contains("Egress"), spec.at("egress"))
    }
  }

  private mutating func policyRules(_ direction: String, _ side: String, isAffected: Bool, _ rules: JSONValue) {
    guard isAffected else { return add(nil, "Not affecting \(direction) traffic", .dim) }
    let list = rules.array ?? []
    guard !list.isEmpty else {
      return add(nil, "<none> (Selected pods are isolated for \(direction) connectivity)", .notice)
    }
    group("Allowing \(direction) traffic", mark: .plain) { page in
      for rule in list {
        let ports = rule.list("ports").map { port in
          let end = port.text("endPort")
          return "\(port.text("port"))\(end.isEmpty ? "" : "-\(end)")/\(port.text("protocol"))"
        }
        page.addOrNone("To Port", ports.joined(separator: ", "), none: "<any> (traffic allowed to all ports)")
        let peers = rule.list(side)
        let label = side == "from" ? "From" : "To"
        if peers.isEmpty {
          page.add(label, "<any> (traffic not restricted by \(side == "from" ? "source" : "destination"))")
        }
        for peer in peers { page.add(label, Page.peerText(peer)) }
      }
    }
  }

  private static func peerText(_ peer: JSONValue) -> String {
    if peer.has("ipBlock") {
      let except = peer.list("ipBlock", "except").texts.joined(separator: ",")
      return "IPBlock \(peer.text("ipBlock", "cidr"))\(except.isEmpty ? "" : " except \(except)")"
    }
    var parts: [String] = []
    for (label, member) in [("NamespaceSelector", "namespaceSelector"), ("PodSelector", "podSelector")]
    where peer.has(member) || peer.at(member).object != nil {
      let text = selectorText(peer.at(member))
      parts.append("\(label): \(text.isEmpty ? "<all>" : text)")
    }
    return parts.joined(separator: ", ")
  }
}
