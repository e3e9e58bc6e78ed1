import ClusterState
import Kube

extension Page {
  /// An Ingress.
  mutating func ingress(_ object: JSONValue) {
    let spec = object.at("spec")
    section("Ingress") { page in
      page.identity(object)
      page.metadata(object)
      page.addOrNone("Address", Page.loadBalancerText(object.at("status", "loadBalancer")))
      page.addOrNone("Ingress Class", spec.text("ingressClassName"))
      page.addOrNone(
        "Default backend", spec.has("defaultBackend") ? Page.backendText(spec.at("defaultBackend")) : "",
        none: "<default>")
      for tls in spec.list("tls") {
        let hosts = tls.list("hosts").texts.joined(separator: ",")
        page.add("TLS", "\(tls.text("secretName")) terminates \(hosts.isEmpty ? "*" : hosts)")
      }
    }
    section("Rules") { page in
      page.table(
        ["Host", "Path", "Type", "Backend"],
        spec.list("rules").flatMap { rule in
          let host = rule.text("host")
          return rule.list("http", "paths").map { path in
            (
              cells: [
                host.isEmpty ? "*" : host, path.text("path"), path.text("pathType"),
                Page.backendText(path.at("backend")),
              ], mark: DetailMark.plain
            )
          }
        })
    }
  }

  private static func backendText(_ backend: JSONValue) -> String {
    if backend.has("service") {
      let port = backend.at("service", "port")
      let name = port.text("name")
      return "\(backend.text("service", "name")):\(name.isEmpty ? port.text("number") : name)"
    }
    let resource = backend.at("resource")
    return "\(resource.text("kind"))/\(resource.text("name"))"
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
