import Kube

/// A small healthy cluster.
enum CalmScenario {
  static func build(_ now: Timestamp, _ seed: UInt64) -> Simulation {
    var builder = ClusterBuilder(end: now, seed: seed, registry: ShopScenario.registry)
    builder.travel(.seconds(9 * 86_400))
    builder.apiServices()
    for namespace in ["default", "kube-system", "kube-public", "kube-node-lease", "web"] {
      builder.namespace(namespace)
    }
    for (index, name) in ["calm-1", "calm-2", "calm-3"].enumerated() {
      builder.node(name, Manifests.node(name, index: index + 1, zone: "eu-demo-1" + "abc".prefix(index + 1).suffix(1)))
    }
    builder.settle()
    builder.add(
      "deployments.apps",
      Manifests.deployment(
        "web", "hello", replicas: 3,
        [.init(name: "web", image: "nginx:1.27", port: 80, hasReadinessProbe: true)]))
    builder.add("services", Manifests.service("web", "hello"))
    builder.settle()
    builder.startPods()
    builder.settle()
    return builder.finished()
  }
}
