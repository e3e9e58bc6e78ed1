import Kube

extension ClusterBuilder {
  /// What serves each part of the API: the API server itself, or of `remote` parts (by name, as `v1beta1.metrics.k8s.io`)
  /// a Service with namespace and name.
  mutating func apiServices(remote: [String: (namespace: String, name: String)] = [:]) {
    var parts = [(group: "", version: "v1")]
    for group in cluster.catalog.groups { parts += group.versions.map { (group.name, $0) } }
    for (group, version) in parts {
      let name = "\(version).\(group)"
      let service = remote[name]
      add(
        "apiservices.apiregistration.k8s.io",
        [
          "metadata": .object([
            ("name", .string(name)),
            ("labels", service == nil ? ["kube-aggregator.kubernetes.io/automanaged": "onstart"] : nil),
          ]),
          "spec": .object([
            ("group", group.isEmpty ? nil : .string(group)), ("version", .string(version)),
            ("groupPriorityMinimum", .int(group.isEmpty ? 18000 : service == nil ? 17000 : 100)),
            ("versionPriority", .int(service == nil ? 15 : 100)),
            (
              "service",
              service.map { ["namespace": .string($0.namespace), "name": .string($0.name), "port": 443] }
            ),
            ("insecureSkipTLSVerify", service == nil ? nil : true),
          ]),
          "status": [
            "conditions": [
              [
                "type": "Available", "status": "True", "reason": service == nil ? "Local" : "Passed",
                "message": service == nil
                  ? "Local APIServices are always available" : "all checks passed",
                "lastTransitionTime": .time(cluster.now),
              ]
            ]
          ],
        ])
    }
  }
}
