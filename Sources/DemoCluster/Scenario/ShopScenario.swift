import Kube

/// A web shop on five nodes where a dozen things are broken.
///
/// Everything was made in the past: the cluster three weeks ago, the shop six days ago; most of what is broken came
/// within the last hours.
enum ShopScenario {
  static func build(_ now: Timestamp, _ seed: UInt64) -> Simulation {
    var builder = ClusterBuilder(end: now, seed: seed, registry: registry, custom: [certificates])
    builder.travel(.seconds(21 * 86_400))
    addFoundation(&builder)
    addSystemWorkloads(&builder)
    settleAndStart(&builder)
    builder.travel(.seconds(6 * 86_400))
    addData(&builder)
    addShop(&builder)
    addMonitoring(&builder)
    settleAndStart(&builder)
    builder.travel(.seconds(3 * 3600 + 700))
    addBrokenWorkloads(&builder)
    addJobs(&builder)
    settleAndStart(&builder)
    builder.travel(.seconds(46 * 60))
    builder.edit(
      "deployments.apps", "shop", "catalog", "spec.template",
      Manifests.deployment("shop", "catalog", replicas: 3, [catalog("5.1.0")])[at: "spec.template"])
    builder.cluster.refill("deployments.apps", namespace: "shop", name: "catalog")
    settleAndStart(&builder)
    builder.travel(.seconds(41 * 60))
    builder.beat()
    builder.cluster.setNode("node-b2", ready: false)
    builder.settle()
    builder.travel(.seconds(35 * 60))
    settleAndStart(&builder)
    builder.travel(.seconds(25 * 60))
    builder.edit("nodes", "", "node-a2", "spec.unschedulable", true)
    addPending(&builder)
    settleAndStart(&builder)
    builder.travel(.zero)
    imagineHistory(&builder)
    return builder.finished()
  }

  private static func settleAndStart(_ builder: inout ClusterBuilder) {
    builder.settle()
    builder.startPods()
    builder.settle()
  }

  // MARK: The cluster itself

  private static func addFoundation(_ builder: inout ClusterBuilder) {
    builder.apiServices(remote: ["v1beta1.metrics.k8s.io": ("kube-system", "metrics-server")])
    for name in ["default", "kube-system", "kube-public", "kube-node-lease"] { builder.namespace(name) }
    for name in ["shop", "payments", "data", "monitoring", "batch", "team-blue"] {
      builder.namespace(name, labels: [("team", name == "team-blue" ? "blue" : "store")])
    }
    let gpu: JSONValue = ["key": "dedicated", "value": "gpu", "effect": "NoSchedule"]
    builder.node("node-a1", Manifests.node("node-a1", index: 1, zone: "eu-demo-1a", isControlPlane: true))
    builder.node("node-a2", Manifests.node("node-a2", index: 2, zone: "eu-demo-1a", cpu: "8", memory: "15624Mi"))
    builder.node("node-b1", Manifests.node("node-b1", index: 3, zone: "eu-demo-1b"))
    builder.node("node-b2", Manifests.node("node-b2", index: 4, zone: "eu-demo-1b"))
    builder.node(
      "node-c1",
      Manifests.node(
        "node-c1", index: 5, zone: "eu-demo-1c", labels: [("accelerator", "nvidia-t4")], taints: [gpu]))
    for (name, holder) in [("kube-scheduler", "node-a1_scheduler"), ("kube-controller-manager", "node-a1_manager")] {
      builder.add(
        "leases.coordination.k8s.io", Manifests.lease("kube-system", name, holder: holder, renewed: builder.cluster.now)
      )
    }
    for (name, provisioner, mode, isDefault) in [
      ("standard", "disk.csi.demo", "WaitForFirstConsumer", true),
      ("fast-local", "kubernetes.io/no-provisioner", "Immediate", false),
    ] {
      builder.add(
        "storageclasses.storage.k8s.io",
        [
          "metadata": [
            "name": .string(name),
            "annotations": ["storageclass.kubernetes.io/is-default-class": .string(isDefault ? "true" : "false")],
          ],
          "provisioner": .string(provisioner), "reclaimPolicy": "Delete", "volumeBindingMode": .string(mode),
        ])
    }
    for (name, value) in [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)] {
      builder.add(
        "priorityclasses.scheduling.k8s.io", ["metadata": ["name": .string(name)], "value": .int(value)])
    }
    builder.add(
      "clusterroles.rbac.authorization.k8s.io",
      [
        "metadata": ["name": "cluster-admin"],
        "rules": [["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]]],
      ])
    builder.add(
      "clusterrolebindings.rbac.authorization.k8s.io",
      [
        "metadata": ["name": "demo-admin"],
        "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"],
        "subjects": [["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "demo-admin"]],
      ])
    builder.add(
      "services",
      [
        "metadata": Manifests.meta("kubernetes", "default", labels: [("component", "apiserver")]),
        "spec": [
          "clusterIP": "10.96.0.1", "type": "ClusterIP",
          "ports": [["name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443]],
        ],
      ])
  }

  private static func addSystemWorkloads(_ builder: inout ClusterBuilder) {
    let everywhere: [(String, JSONValue?)] = [
      ("tolerations", [["operator": "Exists"]]), ("hostNetwork", true), ("priorityClassName", "system-node-critical"),
    ]
    for (name, image) in [
      ("kube-proxy", "registry.k8s.io/kube-proxy:v1.36.2"), ("kindnet", "docker.io/kindest/kindnetd:v20250512"),
    ] {
      builder.add(
        "daemonsets.apps",
        Manifests.daemonSet(
          "kube-system", name, [.init(name: name, image: image, cpu: "50m", memory: "50Mi")], spec: everywhere))
    }
    let coredns = Manifests.Container(
      name: "coredns", image: "registry.k8s.io/coredns/coredns:v1.12.0", cpu: "100m", memory: "70Mi",
      memoryLimit: "170Mi", port: 8181, hasReadinessProbe: true)
    builder.add(
      "deployments.apps",
      Manifests.deployment("kube-system", "coredns", replicas: 2, [coredns], labels: [("k8s-app", "kube-dns")]))
    builder.add(
      "services",
      Manifests.service("kube-system", "kube-dns", app: "coredns", port: 53, target: 53, clusterIP: "10.96.0.10"))
    builder.add(
      "deployments.apps",
      Manifests.deployment(
        "kube-system", "metrics-server", replicas: 1,
        [
          .init(
            name: "metrics-server", image: "registry.k8s.io/metrics-server/metrics-server:v0.7.2", cpu: "100m",
            memory: "200Mi", memoryLimit: nil, port: 10250, hasReadinessProbe: true)
        ]))
    builder.add(
      "deployments.apps",
      Manifests.deployment(
        "kube-system", "ingress-nginx", replicas: 2,
        [
          .init(
            name: "controller", image: "registry.k8s.io/ingress-nginx/controller:v1.12.1", cpu: "100m",
            memory: "90Mi", memoryLimit: "256Mi", port: 8080, hasReadinessProbe: true)
        ]))
    builder.add("services", Manifests.service("kube-system", "ingress-nginx", type: "LoadBalancer"))
    addCertificates(&builder)
  }

  // MARK: What works

  private static func addData(_ builder: inout ClusterBuilder) {
    let postgres = Manifests.Container(
      name: "postgres", image: "docker.io/library/postgres:16.4", cpu: "200m", memory: "256Mi", memoryLimit: "512Mi",
      port: 5432, hasReadinessProbe: true, mounts: [("data", "/var/lib/postgresql/data")])
    for (name, replicas) in [("orders-postgres", 1), ("postgres", 2)] {
      builder.add(
        "statefulsets.apps",
        Manifests.statefulSet("data", name, replicas: replicas, [postgres], storage: "20Gi", storageClass: "standard"))
      builder.settle()
      builder.startPods()
    }
    let kafka = Manifests.Container(
      name: "kafka", image: "docker.io/apache/kafka:3.9.0", cpu: "200m", memory: "400Mi", memoryLimit: "1Gi",
      port: 9092, hasReadinessProbe: true, mounts: [("data", "/var/lib/kafka")])
    builder.add(
      "statefulsets.apps",
      Manifests.statefulSet("data", "kafka", replicas: 3, [kafka], storage: "50Gi", storageClass: "standard"))
    for _ in 0..<3 {
      builder.settle()
      builder.startPods()
    }
    builder.add("services", Manifests.service("data", "postgres", port: 5432))
    builder.add("services", Manifests.service("data", "kafka", port: 9092))
    // The label that the database really has is orders-postgres: nobody answers behind this service.
    builder.add(
      "services", Manifests.service("data", "orders-db", app: "orders-pg", port: 5432, clusterIP: "10.96.40.12"))
    builder.add(
      "deployments.apps",
      Manifests.deployment(
        "data", "redis", replicas: 1,
        [.init(name: "redis", image: "redis:7.4", cpu: "100m", memory: "128Mi", memoryLimit: "256Mi", port: 6379)]))
    builder.add("services", Manifests.service("data", "redis", port: 6379))
    builder.add("poddisruptionbudgets.policy", Manifests.budget("data", "redis", app: "redis", minAvailable: 1))
    builder.add("poddisruptionbudgets.policy", Manifests.budget("data", "kafka", app: "kafka", minAvailable: 2))
  }

  static func catalog(_ version: String) -> Manifests.Container {
    .init(
      name: "catalog", image: host + "catalog:" + version, cpu: "100m", memory: "96Mi", memoryLimit: "192Mi",
      port: 8080,
      hasReadinessProbe: true)
  }

  private static func addShop(_ builder: inout ClusterBuilder) {
    func web(_ name: String, _ version: String, cpu: String = "100m") -> Manifests.Container {
      .init(
        name: name, image: host + name + ":" + version, cpu: cpu, memory: "96Mi", memoryLimit: "192Mi", port: 8080,
        hasReadinessProbe: true)
    }
    builder.add(
      "configmaps",
      Manifests.configMap("shop", "frontend-config", [("API_URL", "http://catalog.shop"), ("THEME", "autumn")]))
    var frontend = web("frontend", "7.4.2")
    frontend.envFromConfigMap = "frontend-config"
    for (container, replicas, namespace) in [
      (frontend, 6, "shop"), (catalog("5.0.3"), 3, "shop"), (web("cart", "3.3.0"), 4, "shop"),
      (web("image-resizer", "1.2.0"), 2, "shop"), (web("fraud-check", "2.0.1"), 3, "payments"),
    ] {
      builder.add(
        "deployments.apps", Manifests.deployment(namespace, container.name, replicas: replicas, [container]))
      builder.add("services", Manifests.service(namespace, container.name))
    }
    builder.add(
      "deployments.apps", Manifests.deployment("shop", "legacy-admin", replicas: 0, [web("frontend", "5.0.0")]))
    builder.add(
      "poddisruptionbudgets.policy", Manifests.budget("shop", "frontend", app: "frontend", minAvailable: "50%"))
    builder.add(
      "secrets",
      [
        "metadata": Manifests.meta("payment-credentials", "payments", labels: []), "type": "Opaque",
        "data": ["api-key": "ZGVtby1ub3QtYS1zZWNyZXQ=", "endpoint": "aHR0cHM6Ly9wYXkuZXhhbXBsZQ=="],
      ])
    builder.add(
      "secrets",
      [
        "metadata": Manifests.meta("shop-tls", "shop", labels: []), "type": "kubernetes.io/tls",
        "data": ["tls.crt": "ZGVtbywgbm90IGEgY2VydGlmaWNhdGU=", "tls.key": "ZGVtbywgbm90IGEga2V5"],
      ])
    builder.add(
      "ingresses.networking.k8s.io",
      [
        "metadata": Manifests.meta("shop", "shop", labels: []),
        "spec": [
          "ingressClassName": "nginx", "tls": [["hosts": ["shop.example"], "secretName": "shop-tls"]],
          "rules": [
            [
              "host": "shop.example",
              "http": [
                "paths": [
                  [
                    "path": "/", "pathType": "Prefix",
                    "backend": ["service": ["name": "frontend", "port": ["number": 80]]],
                  ]
                ]
              ],
            ]
          ],
        ],
        "status": ["loadBalancer": ["ingress": [["ip": "203.0.113.10"]]]],
      ])
    builder.add(
      "networkpolicies.networking.k8s.io",
      [
        "metadata": Manifests.meta("only-from-shop", "payments", labels: []),
        "spec": [
          "podSelector": [:], "policyTypes": ["Ingress"],
          "ingress": [["from": [["namespaceSelector": ["matchLabels": ["team": "store"]]]]]],
        ],
      ])
    builder.add(
      "horizontalpodautoscalers.autoscaling",
      [
        "metadata": Manifests.meta("frontend", "shop", labels: []),
        "spec": [
          "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "frontend"], "minReplicas": 6,
          "maxReplicas": 12,
          "metrics": [
            [
              "type": "Resource",
              "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": 80]],
            ]
          ],
        ],
      ])
  }

  private static func addMonitoring(_ builder: inout ClusterBuilder) {
    let everywhere: [(String, JSONValue?)] = [("tolerations", [["operator": "Exists"]])]
    for (name, image) in [
      ("node-exporter", "quay.io/prometheus/node-exporter:v1.8.2"),
      ("log-shipper", "docker.io/fluent/fluent-bit:3.2.1"),
    ] {
      builder.add(
        "daemonsets.apps",
        Manifests.daemonSet(
          "monitoring", name, [.init(name: name, image: image, cpu: "25m", memory: "32Mi")], spec: everywhere))
    }
    // What is changed in Grafana goes with its pod: a drain wants to be told that it may.
    for (name, image, folder) in [
      ("prometheus", "quay.io/prometheus/prometheus:v3.1.0", nil),
      ("alertmanager", "quay.io/prometheus/alertmanager:v0.28.0", nil),
      ("grafana", "docker.io/grafana/grafana:11.4.0", "/var/lib/grafana"),
    ] as [(String, String, String?)] {
      builder.add(
        "deployments.apps",
        Manifests.deployment(
          "monitoring", name, replicas: 1,
          [
            .init(
              name: name, image: image, cpu: "150m", memory: "256Mi", memoryLimit: "1Gi", port: 9090,
              hasReadinessProbe: true, mounts: folder.map { [("storage", $0)] } ?? [])
          ], spec: folder == nil ? [] : [("volumes", [["name": "storage", "emptyDir": [:]]])]))
      builder.add("services", Manifests.service("monitoring", name))
    }
  }
}
