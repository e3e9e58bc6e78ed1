import Kube

/// What a kubelet tells of its pods' volumes (`/stats/summary` through the API server).
extension APIServer {
  func volumeSummary(ofNode name: String) throws(StatusError) -> APIAnswer {
    guard let resource = cluster.catalog.resource(storage: "nodes")?.resource,
      cluster.store.object("nodes", name: name) != nil
    else { throw StatusError(404, "NotFound", "nodes \"\(name)\" not found") }
    guard cluster.isReady(node: name) else {
      throw StatusError(
        503, "ServiceUnavailable", "error trying to reach service: dial tcp: connect: connection refused",
        details: StatusError.details(resource, name))
    }
    let pods = cluster.store.list("pods").filter { $0.text(at: "spec.nodeName") == name }
    return .json(
      200,
      .object([
        ("node", ["nodeName": .string(name)]), ("pods", .array(pods.map(Self.volumes))),
      ]))
  }

  private static func volumes(of pod: JSONValue) -> JSONValue {
    let volumes = pod.list(at: "spec.volumes").filter { $0["emptyDir"] != nil || $0["ephemeral"] != nil }
    return .object([
      (
        "podRef",
        ["name": .string(pod.name), "namespace": .string(pod.namespace), "uid": .string(pod.uid)]
      ),
      (
        "volume",
        .array(
          volumes.map { volume in
            // Made up, and the same each time.
            let words = pod.name + volume.text(at: "name")
            let mebibytes = words.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) % 239 } + 4
            return ["name": .string(volume.text(at: "name")), "usedBytes": .int(mebibytes << 20)]
          })
      ),
    ])
  }
}
