import Kube

/// Short forms of the manifests that scenarios consist of.
enum Manifests {
  /// One container.
  struct Container {
    var name: String
    var image: String
    var cpu = "50m"
    var memory = "64Mi"
    var memoryLimit: String? = "128Mi"
    var port: Int?
    var hasReadinessProbe = false
    var env: [JSONValue] = []
    var envFromConfigMap: String?
    var mounts: [(name: String, path: String)] = []

    var json: JSONValue {
      .object([
        ("name", .string(name)), ("image", .string(image)),
        ("env", env.isEmpty ? nil : .array(env)),
        ("envFrom", envFromConfigMap.map { [["configMapRef": ["name": .string($0)]]] }),
        ("ports", port.map { [["name": "http", "containerPort": .int($0), "protocol": "TCP"]] }),
        (
          "resources",
          .object([
            ("requests", .strings([("cpu", cpu), ("memory", memory)])),
            ("limits", memoryLimit.map { .strings([("memory", $0)]) }),
          ])
        ),
        (
          "readinessProbe",
          hasReadinessProbe
            ? .object([
              ("httpGet", ["path": "/ready", "port": .int(port ?? 8080), "scheme": "HTTP"]), ("timeoutSeconds", 1),
              ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3),
            ]) : nil
        ),
        (
          "volumeMounts",
          mounts.isEmpty
            ? nil : .array(mounts.map { ["name": .string($0.name), "mountPath": .string($0.path)] })
        ),
      ])
    }
  }

  static func meta(_ name: String, _ namespace: String, labels: [(String, String)]) -> JSONValue {
    .object([
      ("name", .string(name)), ("namespace", namespace.isEmpty ? nil : .string(namespace)),
      ("labels", labels.isEmpty ? nil : .strings(labels)),
    ])
  }

  static func template(
    _ app: String, _ containers: [Container], labels: [(String, String)] = [], spec: [(String, JSONValue?)] = []
  ) -> JSONValue {
    [
      "metadata": ["labels": .strings([("app", app)] + labels)],
      "spec": .object([("containers", .array(containers.map(\.json)))] + spec),
    ]
  }

  static func deployment(
    _ namespace: String, _ name: String, replicas: Int, _ containers: [Container], labels: [(String, String)] = [],
    spec: [(String, JSONValue?)] = [], deadline: Int? = nil
  ) -> JSONValue {
    [
      "metadata": meta(name, namespace, labels: [("app", name)] + labels),
      "spec": .object([
        ("replicas", .int(replicas)), ("selector", ["matchLabels": ["app": .string(name)]]),
        ("progressDeadlineSeconds", deadline.map { .int($0) }),
        ("template", template(name, containers, labels: labels, spec: spec)),
      ]),
    ]
  }

  static func daemonSet(
    _ namespace: String, _ name: String, _ containers: [Container], spec: [(String, JSONValue?)] = []
  ) -> JSONValue {
    [
      "metadata": meta(name, namespace, labels: [("k8s-app", name)]),
      "spec": .object([
        ("selector", ["matchLabels": ["app": .string(name)]]),
        ("updateStrategy", ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": 1, "maxSurge": 0]]),
        ("template", template(name, containers, labels: [("k8s-app", name)], spec: spec)),
      ]),
    ]
  }

  static func statefulSet(
    _ namespace: String, _ name: String, replicas: Int, _ containers: [Container], storage: String,
    storageClass: String
  ) -> JSONValue {
    [
      "metadata": meta(name, namespace, labels: [("app", name)]),
      "spec": .object([
        ("serviceName", .string(name)), ("replicas", .int(replicas)),
        ("selector", ["matchLabels": ["app": .string(name)]]), ("podManagementPolicy", "OrderedReady"),
        ("updateStrategy", ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]]),
        ("template", template(name, containers)),
        ("volumeClaimTemplates", [claimTemplate("data", storage: storage, storageClass: storageClass)]),
      ]),
    ]
  }

  static func claimTemplate(_ name: String, storage: String, storageClass: String) -> JSONValue {
    [
      "metadata": ["name": .string(name)],
      "spec": [
        "accessModes": ["ReadWriteOnce"], "storageClassName": .string(storageClass),
        "resources": ["requests": ["storage": .string(storage)]],
      ],
    ]
  }

  static func claim(_ namespace: String, _ name: String, storage: String, storageClass: String) -> JSONValue {
    var claim = claimTemplate(name, storage: storage, storageClass: storageClass)
    claim.set("metadata.namespace", .string(namespace))
    claim.set("metadata.finalizers", ["kubernetes.io/pvc-protection"])
    return claim
  }

  static func service(
    _ namespace: String, _ name: String, app: String? = nil, port: Int = 80, target: JSONValue = "http",
    type: String = "ClusterIP", clusterIP: String? = nil
  ) -> JSONValue {
    var service: JSONValue = [
      "metadata": meta(name, namespace, labels: [("app", app ?? name)]),
      "spec": .object([
        ("type", .string(type)), ("selector", ["app": .string(app ?? name)]),
        ("clusterIP", clusterIP.map { .string($0) }),
        (
          "ports",
          [
            .object([
              ("name", "http"), ("port", .int(port)), ("protocol", "TCP"), ("targetPort", target),
              ("nodePort", type == "LoadBalancer" ? 31_080 : nil),
            ])
          ]
        ),
      ]),
    ]
    // As a cloud gives it one.
    if type == "LoadBalancer" { service.set("status.loadBalancer.ingress", [["ip": "203.0.113.10"]]) }
    return service
  }

  static func configMap(_ namespace: String, _ name: String, _ data: [(String, String)]) -> JSONValue {
    ["metadata": meta(name, namespace, labels: []), "data": .strings(data)]
  }

  static func budget(_ namespace: String, _ name: String, app: String, minAvailable: JSONValue) -> JSONValue {
    [
      "metadata": meta(name, namespace, labels: []),
      "spec": ["minAvailable": minAvailable, "selector": ["matchLabels": ["app": .string(app)]]],
    ]
  }

  static func job(
    _ namespace: String, _ name: String, _ container: Container, backoffLimit: Int = 3, restartPolicy: String = "Never"
  ) -> JSONValue {
    [
      "metadata": meta(name, namespace, labels: [("app", name)]),
      "spec": jobSpec(name, container, backoffLimit, restartPolicy),
    ]
  }

  static func jobSpec(
    _ app: String, _ container: Container, _ backoffLimit: Int, _ restartPolicy: String
  ) -> JSONValue {
    [
      "backoffLimit": .int(backoffLimit), "completions": 1, "parallelism": 1,
      "template": template(app, [container], spec: [("restartPolicy", .string(restartPolicy))]),
    ]
  }

  static func cronJob(_ namespace: String, _ name: String, schedule: String, _ container: Container) -> JSONValue {
    [
      "metadata": meta(name, namespace, labels: []),
      "spec": [
        "schedule": .string(schedule), "concurrencyPolicy": "Forbid", "suspend": false,
        "successfulJobsHistoryLimit": 2, "failedJobsHistoryLimit": 1,
        "jobTemplate": ["metadata": ["labels": ["app": .string(name)]], "spec": jobSpec(name, container, 2, "Never")],
      ],
    ]
  }

  /// A node with its lease's namesake; `index` numbers its addresses.
  static func node(
    _ name: String, index: Int, zone: String, cpu: String = "4", memory: String = "7812Mi",
    labels: [(String, String)] = [], taints: [JSONValue] = [], isControlPlane: Bool = false
  ) -> JSONValue {
    let roles = isControlPlane ? [("node-role.kubernetes.io/control-plane", "")] : []
    return [
      "metadata": [
        "name": .string(name),
        "labels": .strings(
          [
            ("kubernetes.io/hostname", name), ("kubernetes.io/os", "linux"), ("kubernetes.io/arch", "amd64"),
            ("topology.kubernetes.io/zone", zone), ("topology.kubernetes.io/region", "eu-demo-1"),
            ("node.kubernetes.io/instance-type", "demo.large"),
          ] + roles + labels),
      ],
      "spec": .object([
        ("podCIDR", .string("10.244.\(index).0/24")), ("podCIDRs", [.string("10.244.\(index).0/24")]),
        ("providerID", .string("demo://\(name)")), ("taints", taints.isEmpty ? nil : .array(taints)),
      ]),
      "status": [
        "capacity": amounts(cpu, "8132Mi"), "allocatable": amounts(cpu, memory),
        "addresses": [
          ["type": "InternalIP", "address": .string("10.10.0.\(10 + index)")],
          ["type": "Hostname", "address": .string(name)],
        ],
        "daemonEndpoints": ["kubeletEndpoint": ["Port": 10250]],
        "nodeInfo": [
          "machineID": .string("demo\(index)"), "systemUUID": .string("demo\(index)"),
          "bootID": .string("demo\(index)"),
          "kernelVersion": "6.1.0-28-amd64", "osImage": "Debian GNU/Linux 12 (bookworm)",
          "containerRuntimeVersion": "containerd://2.0.2", "kubeletVersion": "v1.36.2", "kubeProxyVersion": "v1.36.2",
          "operatingSystem": "linux", "architecture": "amd64",
        ],
      ],
    ]
  }

  private static func amounts(_ cpu: String, _ memory: String) -> JSONValue {
    .strings([
      ("cpu", cpu), ("memory", memory), ("pods", "110"), ("ephemeral-storage", "94Gi"), ("hugepages-2Mi", "0"),
    ])
  }

  static func lease(_ namespace: String, _ name: String, holder: String, renewed: Timestamp) -> JSONValue {
    [
      "metadata": ["name": .string(name), "namespace": .string(namespace)],
      "spec": [
        "holderIdentity": .string(holder), "leaseDurationSeconds": .int(namespace == "kube-system" ? 15 : 40),
        "renewTime": .microTime(renewed),
      ],
    ]
  }
}
