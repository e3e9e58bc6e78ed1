import Kube

/// Endpoints and EndpointSlices of services with a selector.
extension Simulation {
  mutating func syncEndpoints() {
    for service in store.list("services") where service[at: "spec.selector"] != nil && !service.isDeleting {
      let matcher = LabelMatcher.labels(service[at: "spec.selector"])
      let backing = store.list("pods", namespace: service.namespace).filter {
        matcher.matches($0.labels) && !$0.text(at: "status.podIP").isEmpty && !Self.isFinished($0)
      }
      writeEndpoints(service, backing)
      writeSlice(service, backing)
    }
  }

  private func ports(of service: JSONValue, _ pod: JSONValue?) -> JSONValue {
    .array(
      service.list(at: "spec.ports").map { port in
        .object([
          ("name", .string(port.text(at: "name"))), ("port", targetPort(port, pod)),
          ("protocol", port["protocol"] ?? "TCP"),
        ])
      })
  }

  private func targetPort(_ port: JSONValue, _ pod: JSONValue?) -> JSONValue? {
    guard let target = port["targetPort"] else { return port["port"] }
    guard let name = target.string else { return target }
    for container in pod?.list(at: "spec.containers") ?? [] {
      for candidate in container.list(at: "ports") where candidate.text(at: "name") == name {
        return candidate["containerPort"]
      }
    }
    return port["port"]
  }

  private static func reference(_ pod: JSONValue) -> JSONValue {
    [
      "kind": "Pod", "namespace": .string(pod.namespace), "name": .string(pod.name), "uid": .string(pod.uid),
    ]
  }

  private mutating func writeEndpoints(_ service: JSONValue, _ backing: [JSONValue]) {
    func addresses(_ ready: Bool) -> JSONValue? {
      let chosen = backing.filter { Self.isReady($0) == ready && !$0.isDeleting }
      return chosen.isEmpty
        ? nil
        : .array(
          chosen.map {
            [
              "ip": .string($0.text(at: "status.podIP")), "nodeName": .string($0.text(at: "spec.nodeName")),
              "targetRef": Self.reference($0),
            ]
          })
    }
    let (ready, notReady) = (addresses(true), addresses(false))
    let old = store.object("endpoints", namespace: service.namespace, name: service.name)
    var endpoints =
      old
      ?? identified([
        "kind": "Endpoints", "apiVersion": "v1",
        "metadata": ["name": .string(service.name), "namespace": .string(service.namespace)],
      ])
    endpoints["subsets"] =
      ready == nil && notReady == nil
      ? nil
      : [
        .object([
          ("addresses", ready), ("notReadyAddresses", notReady), ("ports", ports(of: service, backing.first)),
        ])
      ]
    write("endpoints", endpoints)
  }

  private mutating func writeSlice(_ service: JSONValue, _ backing: [JSONValue]) {
    let storage = "endpointslices.discovery.k8s.io"
    let old = store.list(storage, namespace: service.namespace).first { $0.controller?["uid"]?.string == service.uid }
    var slice =
      old
      ?? identified([
        "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
        "metadata": [
          "name": .string(service.name + "-" + suffix(5)), "namespace": .string(service.namespace),
          "labels": [
            "kubernetes.io/service-name": .string(service.name),
            "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
          ],
          "ownerReferences": [Self.ownerReference(service, "v1", "Service")],
        ],
        "addressType": "IPv4",
      ])
    slice["endpoints"] = .array(
      backing.map { pod in
        let isReady = Self.isReady(pod)
        let zone = store.object("nodes", name: pod.text(at: "spec.nodeName"))?.labels["topology.kubernetes.io/zone"]
        return .object([
          ("addresses", [.string(pod.text(at: "status.podIP"))]),
          (
            "conditions",
            [
              "ready": .bool(isReady && !pod.isDeleting), "serving": .bool(isReady),
              "terminating": .bool(pod.isDeleting),
            ]
          ),
          ("nodeName", .string(pod.text(at: "spec.nodeName"))), ("zone", zone), ("targetRef", Self.reference(pod)),
        ])
      })
    slice["ports"] = ports(of: service, backing.first)
    write(storage, slice)
  }
}
