import Kube

/// What is broken in the shop.
extension ShopScenario {
  static func addBrokenWorkloads(_ builder: inout ClusterBuilder) {
    func web(_ name: String, _ version: String, limit: String = "192Mi") -> Manifests.Container {
      .init(
        name: name, image: host + name + ":" + version, cpu: "100m", memory: "96Mi", memoryLimit: limit, port: 8080)
    }
    // Needs 400Mi and may have 256Mi.
    builder.add(
      "deployments.apps",
      Manifests.deployment("shop", "checkout", replicas: 3, [web("checkout", "2.3.1", limit: "256Mi")]))
    builder.add("services", Manifests.service("shop", "checkout"))
    // Exits with 1, because the service of its database has no endpoints.
    builder.add("deployments.apps", Manifests.deployment("shop", "orders", replicas: 2, [web("orders", "1.8.0")]))
    builder.add("services", Manifests.service("shop", "orders"))
    // A tag that was never pushed.
    builder.add(
      "deployments.apps",
      Manifests.deployment("shop", "recommendations", replicas: 2, [web("recommendations", "3.0.0-rc1")]))
    // Its ConfigMap was forgotten.
    var gateway = web("payment-gateway", "4.1.0")
    gateway.envFromConfigMap = "gateway-config"
    builder.add("deployments.apps", Manifests.deployment("payments", "payment-gateway", replicas: 2, [gateway]))
    builder.add("services", Manifests.service("payments", "payment-gateway"))
    // Runs, and is never ready.
    var search = web("search", "4.2.0")
    search.hasReadinessProbe = true
    builder.add("deployments.apps", Manifests.deployment("shop", "search", replicas: 2, [search]))
    builder.add("services", Manifests.service("shop", "search"))
    // The quota of the namespace does not allow a single pod of it.
    builder.add(
      "resourcequotas",
      [
        "metadata": Manifests.meta("team-blue-compute", "team-blue", labels: []),
        "spec": ["hard": ["requests.cpu": "500m", "requests.memory": "1Gi", "pods": "10"]],
      ])
    var reports = web("report-builder", "1.0.0")
    reports.cpu = "600m"
    builder.add("deployments.apps", Manifests.deployment("team-blue", "weekly-report", replicas: 2, [reports]))
  }

  static func addPending(_ builder: inout ClusterBuilder) {
    // Fits on the cordoned node only.
    let big = Manifests.Container(
      name: "report-builder", image: host + "report-builder:1.0.0", cpu: "5", memory: "1Gi", memoryLimit: "2Gi")
    builder.add("deployments.apps", Manifests.deployment("batch", "report-builder", replicas: 1, [big]))
    // Wants the GPU node and does not tolerate its taint.
    let trainer = Manifests.Container(
      name: "trainer", image: host + "trainer:0.9.0", cpu: "1", memory: "512Mi", memoryLimit: "1Gi")
    builder.add(
      "deployments.apps",
      Manifests.deployment(
        "batch", "gpu-trainer", replicas: 1, [trainer], spec: [("nodeSelector", ["accelerator": "nvidia-t4"])]))
    // Wants a zone that does not exist.
    let term: JSONValue = [
      "matchExpressions": [["key": "topology.kubernetes.io/zone", "operator": "In", "values": ["eu-demo-1d"]]]
    ]
    builder.add(
      "deployments.apps",
      Manifests.deployment(
        "shop", "edge-cache", replicas: 1, [.init(name: "cache", image: "nginx:1.27", port: 80)],
        spec: [
          (
            "affinity",
            ["nodeAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": ["nodeSelectorTerms": [term]]]]
          )
        ]))
    // Waits for a volume that nobody makes.
    builder.add(
      "persistentvolumeclaims", Manifests.claim("data", "warehouse-data", storage: "200Gi", storageClass: "fast-local"))
    let warehouse = Manifests.Container(
      name: "postgres", image: "docker.io/library/postgres:16.4", cpu: "200m", memory: "256Mi", memoryLimit: "512Mi",
      mounts: [("data", "/var/lib/postgresql/data")])
    builder.add(
      "deployments.apps",
      Manifests.deployment(
        "data", "warehouse", replicas: 1, [warehouse],
        spec: [
          ("volumes", [["name": "data", "persistentVolumeClaim": ["claimName": "warehouse-data"]]])
        ]))
  }

  static func addJobs(_ builder: inout ClusterBuilder) {
    func worker(_ name: String) -> Manifests.Container {
      .init(name: name, image: host + name + ":1.0.0", cpu: "50m", memory: "32Mi")
    }
    builder.add("jobs.batch", Manifests.job("shop", "db-migrate-42", worker("migrate")))
    builder.add("jobs.batch", Manifests.job("payments", "invoice-export", worker("invoice-export"), backoffLimit: 0))
    builder.add(
      "cronjobs.batch",
      Manifests.cronJob("shop", "session-cleanup", schedule: "*/5 * * * *", worker("session-cleanup")))
  }

  // MARK: The state in which they are by now

  /// Gives the broken pods the state that hours of trying would have given them.
  static func imagineHistory(_ builder: inout ClusterBuilder) {
    let end = builder.end
    for (index, pod) in builder.cluster.pods(in: "shop", prefix: "checkout-").enumerated() {
      let killed = end.advanced(by: .seconds(-130 - index * 70) - builder.cluster.silence(of: pod))
      builder.cluster.amend(pod) {
        $0.loop(
          Termination(
            exitCode: 137, reason: "OOMKilled", startedAt: killed.advanced(by: .seconds(-45)), finishedAt: killed,
            containerID: $0.containers[0].id),
          restarts: [14, 14, 13][min(index, 2)], pod,
          log: [
            "INFO  price cache: 700,000 entries loaded, heap growing", "INFO  POST /checkout 201 41ms",
            "WARN  GC overhead: 177ms pause, heap close to the container's limit",
          ])
      }
      builder.cluster.repeatEvent(
        pod, "Warning", "BackOff",
        "Back-off restarting failed container checkout in pod \(pod.name)_shop(\(pod.uid))", container: "checkout",
        count: 160 + index, since: .seconds(3 * 3600), until: .seconds(20 + index * 9))
    }
    imagineCrashes(&builder)
    for pod in builder.cluster.pods(in: "shop", prefix: "recommendations-") {
      builder.cluster.amend(pod) { $0.failPull(due: end.advanced(by: .seconds(95))) }
      builder.cluster.repeatEvent(
        pod, "Normal", "BackOff", "Back-off pulling image \"\(host)recommendations:3.0.0-rc1\"",
        container: "recommendations", count: 612, since: .seconds(3 * 3600), until: .seconds(12))
      builder.cluster.repeatEvent(
        pod, "Warning", "Failed",
        "Failed to pull image \"\(host)recommendations:3.0.0-rc1\": "
          + ImageRegistry.pullError(host + "recommendations:3.0.0-rc1"), container: "recommendations", count: 38,
        since: .seconds(3 * 3600), until: .seconds(205))
    }
    for pod in builder.cluster.pods(in: "payments", prefix: "payment-gateway-") {
      builder.cluster.amend(pod) {
        $0.containers[0].state = .waiting(
          reason: "CreateContainerConfigError", message: "configmap \"gateway-config\" not found")
        $0.containers[0].step = .create
        $0.containers[0].due = end.advanced(by: .seconds(7))
      }
      builder.cluster.repeatEvent(
        pod, "Warning", "Failed", "Error: configmap \"gateway-config\" not found", container: "payment-gateway",
        count: 871, since: .seconds(3 * 3600), until: .seconds(6))
    }
    for (prefix, container, message, count) in [
      ("search-", "search", "HTTP probe failed with statuscode: 503", 1140),
      (
        "catalog-", "catalog",
        "Get \"http://10.244.1.97:8080/ready\": dial tcp 10.244.1.97:8080: connect: connection refused", 276
      ),
    ] {
      for pod in builder.cluster.pods(in: "shop", prefix: prefix) where !Simulation.isReady(pod) {
        builder.cluster.amend(pod) { $0.containers[0].due = end.advanced(by: .seconds(4)) }
        builder.cluster.repeatEvent(
          pod, "Warning", "Unhealthy", "Readiness probe failed: \(message)", container: container, count: count,
          since: .seconds(prefix == "search-" ? 3 * 3600 : 46 * 60), until: .seconds(5))
      }
    }
    imagineEviction(&builder)
    finishJobs(&builder)
  }

  private static func imagineCrashes(_ builder: inout ClusterBuilder) {
    for (index, pod) in builder.cluster.pods(in: "shop", prefix: "orders-").enumerated() {
      let exited = builder.end.advanced(by: .seconds(-95 - index * 60) - builder.cluster.silence(of: pod))
      let behavior = registry.behavior(of: host + "orders:1.8.0") ?? ProgramBehavior()
      builder.cluster.amend(pod) {
        $0.loop(
          Termination(
            exitCode: 1, reason: "Error", startedAt: exited.advanced(by: .seconds(-3)), finishedAt: exited,
            containerID: $0.containers[0].id),
          restarts: 36 + index, pod, log: behavior.startLog + behavior.exitLog)
      }
      builder.cluster.repeatEvent(
        pod, "Warning", "BackOff", "Back-off restarting failed container orders in pod \(pod.name)_shop(\(pod.uid))",
        container: "orders", count: 420 + index, since: .seconds(3 * 3600), until: .seconds(15 + index * 11))
    }
  }

  /// A pod that its kubelet evicted when the node ran out of memory; its owner has replaced it since.
  private static func imagineEviction(_ builder: inout ClusterBuilder) {
    guard let pod = builder.cluster.pods(in: "shop", prefix: "image-resizer-").first(where: { Simulation.isReady($0) })
    else { return }
    let time = builder.end.advanced(by: .seconds(-52 * 60))
    builder.cluster.evictByKubelet(
      pod, at: time,
      message: "The node was low on resource: memory. Threshold quantity: 100Mi, available: 71264Ki. Container "
        + "image-resizer was using 187432Ki, request is 96Mi, has larger consumption of memory. ")
    builder.settle()
    builder.startPods()
  }

  /// Lets the jobs' pods end and the jobs be done, some hours ago.
  private static func finishJobs(_ builder: inout ClusterBuilder) {
    for (namespace, prefix, code) in [
      ("shop", "db-migrate-42-", 0), ("payments", "invoice-export-", 2), ("shop", "session-cleanup-", 0),
    ] {
      for pod in builder.cluster.pods(in: namespace, prefix: prefix) {
        guard let start = pod.time(at: "status.startTime") else { continue }
        // The last run of a CronJob may have begun a moment ago only.
        let finished = min(start.advanced(by: .seconds(12)), builder.end)
        builder.travelTo(finished)
        builder.cluster.amend(pod) { runtime in
          let behavior = registry.behavior(of: runtime.containers[0].image) ?? ProgramBehavior()
          for line in behavior.exitLog { runtime.containers[0].log.append(finished, line) }
          runtime.containers[0].state = .terminated(
            Termination(
              exitCode: code, reason: code == 0 ? "Completed" : "Error", startedAt: start, finishedAt: finished,
              containerID: runtime.containers[0].id))
          runtime.containers[0].isReady = false
          runtime.containers[0].due = nil
          runtime.containers[0].logDue = nil
        }
        builder.cluster.syncJobs()
      }
    }
    builder.travel(.zero)
  }

  // MARK: A custom kind

  /// `certificates.certs.shop.example`: a kind that only the server's own columns describe.
  static let certificates: ServedResource = {
    ServedResource(
      resource: Resource(
        group: "certs.shop.example", version: "v1", kind: "Certificate", plural: "certificates",
        shortNames: ["cert", "certs"],
        verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]),
      storage: "certificates.certs.shop.example",
      customColumns: [
        ["name": "Ready", "type": "string", "jsonPath": ".status.ready"],
        ["name": "Secret", "type": "string", "jsonPath": ".spec.secretName"],
        ["name": "Expires", "type": "string", "jsonPath": ".status.notAfter", "priority": 1],
        ["name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"],
      ])
  }()

  static func addCertificates(_ builder: inout ClusterBuilder) {
    let resource = certificates.resource
    builder.add(
      "customresourcedefinitions.apiextensions.k8s.io",
      [
        "metadata": ["name": .string(resource.qualifiedName)],
        "spec": [
          "group": .string(resource.group), "scope": "Namespaced",
          "names": [
            "kind": "Certificate", "plural": "certificates", "singular": "certificate", "listKind": "CertificateList",
            "shortNames": ["cert", "certs"],
          ],
          "versions": [
            [
              "name": "v1", "served": true, "storage": true,
              "additionalPrinterColumns": .array(certificates.customColumns ?? []),
              "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
            ]
          ],
        ],
        "status": [
          "acceptedNames": ["kind": "Certificate", "plural": "certificates"], "storedVersions": ["v1"],
          "conditions": [
            ["type": "NamesAccepted", "status": "True", "reason": "NoConflicts"],
            ["type": "Established", "status": "True", "reason": "InitialNamesAccepted"],
          ],
        ],
      ])
    for (namespace, name, ready, days) in [
      ("shop", "shop-tls", "True", 54), ("payments", "payments-tls", "True", 31), ("shop", "admin-tls", "False", -2),
    ] {
      builder.add(
        certificates.storage,
        [
          "metadata": Manifests.meta(name, namespace, labels: []),
          "spec": ["secretName": .string(name), "dnsNames": [.string(name + ".example")]],
          "status": [
            "ready": .string(ready), "notAfter": .time(builder.end.advanced(by: .seconds(days * 86_400))),
          ],
        ])
    }
  }
}
