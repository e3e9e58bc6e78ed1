import ClusterState
import Kube

extension Page {
  /// A Service; its endpoints are told from the slices that are read.
  mutating func service(_ object: JSONValue, slices: [EndpointSlice]?) {
    let spec = object.at("spec")
    section("Service") { page in
      page.identity(object)
      page.metadata(object)
      page.selectorMap("Selector", spec.at("selector"))
      page.add("Type", spec.text("type"))
      page.addSet("IP Family Policy", spec.text("ipFamilyPolicy"))
      page.addSet("IP Families", spec.list("ipFamilies").texts.joined(separator: ","))
      page.addOrNone("IP", spec.text("clusterIP"))
      let all = spec.list("clusterIPs").texts
      if all.count > 1 { page.add("IPs", all.joined(separator: ",")) }
      page.addSet("External IPs", spec.list("externalIPs").texts.joined(separator: ","))
      page.addSet("External Name", spec.text("externalName"))
      page.addSet("Desired LoadBalancer IP", spec.text("loadBalancerIP"))
      let ingress = Page.loadBalancerText(object.at("status", "loadBalancer"), hasModes: true)
      if spec.text("type") == "LoadBalancer" {
        page.add("LoadBalancer Ingress", ingress.isEmpty ? "<pending>" : ingress, ingress.isEmpty ? .notice : .plain)
      }
      for port in spec.list("ports") { page.servicePort(port, slices: slices) }
      page.addSet("Session Affinity", spec.text("sessionAffinity"))
      if let seconds = spec.number("sessionAffinityConfig", "clientIP", "timeoutSeconds") {
        page.indented { $0.add("Timeout", "\(seconds)s") }
      }
      page.addSet("External Traffic Policy", spec.text("externalTrafficPolicy"))
      page.addSet("Internal Traffic Policy", spec.text("internalTrafficPolicy"))
      page.addSet("Traffic Distribution", spec.text("trafficDistribution"))
      page.addSet("HealthCheck NodePort", spec.text("healthCheckNodePort"))
      page.addSet("LoadBalancer Source Ranges", spec.list("loadBalancerSourceRanges").texts.joined(separator: ","))
    }
    conditionSection(object.at("status"))
  }

  private mutating func servicePort(_ port: JSONValue, slices: [EndpointSlice]?) {
    let name = port.text("name")
    let kind = port.text("protocol")
    add("Port", "\(name.isEmpty ? "<unset>" : name)  \(port.text("port"))/\(kind)")
    indented { page in
      page.addSet("TargetPort", port.has("targetPort") ? "\(port.text("targetPort"))/\(kind)" : "")
      if let number = port.number("nodePort"), number > 0 { page.add("NodePort", "\(number)/\(kind)") }
      page.addSet("AppProtocol", port.text("appProtocol"))
      guard let slices else { return page.add("Endpoints", "not read", .unknown) }
      let found = Page.endpointsText(ofPort: name, slices)
      page.add("Endpoints", found.text, found.isReady ? .plain : .warning)
    }
  }

  /// The ready addresses behind a port of a Service, the first three of them, and whether there are any.
  static func endpointsText(ofPort name: String, _ slices: [EndpointSlice]) -> (text: String, isReady: Bool) {
    var ready: [String] = []
    var others = 0
    for slice in slices {
      for target in slice.ports where (target.name ?? "") == name {
        let number = target.port.map { ":\($0)" } ?? ""
        for endpoint in slice.endpoints {
          if endpoint.conditions.ready == false {
            others += 1
          } else {
            ready += endpoint.addresses.map { addressText($0) + number }
          }
        }
      }
    }
    let more = ready.count > 3 ? " + \(ready.count - 3) more..." : ""
    let rest = others > 0 ? "  (\(others) not ready)" : ""
    return ((ready.isEmpty ? "<none>" : ready.prefix(3).joined(separator: ",") + more) + rest, !ready.isEmpty)
  }

  /// The addresses of a load balancer; `hasModes` tells also how it hands traffic on, where it says so.
  static func loadBalancerText(_ status: JSONValue, hasModes: Bool = false) -> String {
    status.list("ingress").map { entry in
      let mode = hasModes ? entry.text("ipMode") : ""
      return (entry.text("ip").isEmpty ? entry.text("hostname") : entry.text("ip")) + (mode.isEmpty ? "" : " (\(mode))")
    }.joined(separator: ", ")
  }

  /// An Endpoints object.
  mutating func endpoints(_ object: JSONValue) {
    section("Endpoints") { page in
      page.identity(object)
      page.metadata(object)
    }
    section("Subsets") { page in
      for subset in object.list("subsets") {
        page.addOrNone("Addresses", Page.bounded(subset.list("addresses").map { $0.text("ip") }))
        page.addOrNone("NotReadyAddresses", Page.bounded(subset.list("notReadyAddresses").map { $0.text("ip") }))
        page.table(["Port Name", "Port", "Protocol"], subset.list("ports").map(Page.portRow))
      }
      if page.isSectionEmpty { page.add(nil, "<none>", .warning) }
    }
  }

  /// An EndpointSlice.
  mutating func endpointSlice(_ object: JSONValue) {
    section("EndpointSlice") { page in
      page.identity(object)
      page.metadata(object)
      page.add("AddressType", object.text("addressType"))
      page.table(["Port Name", "Port", "Protocol"], object.list("ports").map(Page.portRow))
    }
    section("Endpoints") { page in
      page.table(
        ["Addresses", "Ready", "Serving", "Terminating", "Hostname", "Target", "Node", "Zone"],
        object.list("endpoints").map { endpoint in
          let conditions = endpoint.at("conditions")
          let target = endpoint.at("targetRef")
          // Kubernetes' rule: what is not known counts as ready.
          let isReady = conditions["ready"] != false
          return (
            [
              endpoint.list("addresses").texts.joined(separator: ","), isReady ? "true" : "false",
              conditions.text("serving"), conditions.text("terminating"), endpoint.text("hostname"),
              target == .null ? "" : "\(target.text("kind"))/\(target.text("name"))", endpoint.text("nodeName"),
              endpoint.text("zone"),
            ], isReady ? .plain : .warning
          )
        })
    }
  }

  private static func portRow(_ port: JSONValue) -> (cells: [String], mark: DetailMark) {
    let name = port.text("name")
    return ([name.isEmpty ? "<unset>" : name, port.text("port"), port.text("protocol")], .plain)
  }

  /// Texts in one line, those beyond fifty only counted.
  static func bounded(_ texts: [String], separator: String = ",") -> String {
    texts.prefix(50).joined(separator: separator) + (texts.count > 50 ? " and \(texts.count - 50) more" : "")
  }
}

/// IPv6 addresses stand in brackets before a port.
private func addressText(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }
