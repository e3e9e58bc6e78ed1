import Scheduling

/// A pod that no node takes, and the suggestion that is to place it.
struct AppliedScenario {
  /// The app of what waits, and its Deployment's name.
  var name: String
  /// The nodes with their cores.
  var nodes = ["n1": "2"]
  /// Commands that make the nodes what they are: arguments of kubectl.
  var spoil: [String] = []
  /// What is there before, as JSON, in the order in which it is placed.
  var before: [String] = []
  /// Nodes that come when that has been placed.
  var later: [String: String] = [:]
  /// What the pod asks for.
  var cpu = "1"
  /// The rest of the pod's specification, as members of an object with a comma behind each.
  var spec = ""
  /// The rest of the container's.
  var container = ""
  /// The suggestion, as a person reads it; NS stands for the namespace.
  var expected: String
  /// The nodes of which one gets the pod.
  var places: [String]

  /// What makes the pod.
  var manifest: String { Self.deployment(name, cpu: cpu, spec, container) }

  /// A Deployment of one pod.
  static func deployment(_ name: String, cpu: String, _ spec: String = "", _ container: String = "") -> String {
    let labels = #"{"app": "\#(name)"}"#
    return """
      {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "\(name)"},
       "spec": {"strategy": {"type": "Recreate"}, "selector": {"matchLabels": \(labels)},
                "template": {"metadata": {"labels": \(labels)}, "spec": \(pod(cpu, spec, container))}}}
      """
  }

  /// A StatefulSet of two pods.
  static func statefulSet(_ name: String, cpu: String) -> String {
    let labels = #"{"app": "\#(name)"}"#
    return """
      {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "\(name)"},
       "spec": {"replicas": 2, "serviceName": "x", "selector": {"matchLabels": \(labels)},
                "template": {"metadata": {"labels": \(labels)}, "spec": \(pod(cpu))}}}
      """
  }

  /// A pod of its own.
  static func bare(_ name: String, cpu: String) -> String {
    """
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\(name)", "labels": {"app": "\(name)"}},
     "spec": \(pod(cpu))}
    """
  }

  private static func pod(_ cpu: String, _ spec: String = "", _ container: String = "") -> String {
    """
    {\(spec) "terminationGracePeriodSeconds": 5,
     "containers": [{"name": "c", \(container) "image": "x", "resources": {"requests": {"cpu": "\(cpu)"}}}]}
    """
  }

  /// A volume, on one node or for all.
  static func volume(_ name: String, storageClass: String, on node: String? = nil) -> String {
    let affinity = node.map { #", "nodeAffinity": {"required": \#(hostname($0))}"# } ?? ""
    return """
      {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "\(name)"},
       "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/data"},
                "storageClassName": "\(storageClass)", "persistentVolumeReclaimPolicy": "Retain"\(affinity)}}
      """
  }

  private static func csiVolume(_ name: String) -> String {
    volume(name, storageClass: "").replacing(
      #""hostPath": {"path": "/data"}"#, with: #""csi": {"driver": "disk.example.com", "volumeHandle": "\#(name)"}"#)
  }

  private static func claim(_ name: String, of volume: String) -> String {
    """
    {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "\(name)"},
     "spec": {"storageClassName": "", "volumeName": "\(volume)", "accessModes": ["ReadWriteOnce"],
              "resources": {"requests": {"storage": "1Gi"}}}}
    """
  }

  private static func attachLimit(_ count: Int, on node: String) -> String {
    """
    {"apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": {"name": "\(node)"},
     "spec": {"drivers": [{"name": "disk.example.com", "nodeID": "\(node)", "topologyKeys": [],
                           "allocatable": {"count": \(count)}}]}}
    """
  }

  private static func hostname(_ node: String) -> String { terms(("kubernetes.io/hostname", "In", node)) }

  /// One term with these requirements.
  static func terms(_ requirements: (key: String, operation: String, value: String)...) -> String {
    let list = requirements.map {
      let values = $0.value.isEmpty ? "" : #", "values": ["\#($0.value)"]"#
      return #"{"key": "\#($0.key)", "operator": "\#($0.operation)"\#(values)}"#
    }
    return #"{"nodeSelectorTerms": [{"matchExpressions": [\#(list.joined(separator: ", "))]}]}"#
  }

  /// A required affinity.
  static func affinity(_ kind: String, _ required: String) -> String {
    #""affinity": {"\#(kind)": {"requiredDuringSchedulingIgnoredDuringExecution": \#(required)}},"#
  }

  private static func near(_ app: String, _ key: String = "kubernetes.io/hostname") -> String {
    #"[{"labelSelector": {"matchLabels": {"app": "\#(app)"}}, "topologyKey": "\#(key)"}]"#
  }

  private static func port(_ port: Int) -> String {
    #""ports": [{"containerPort": \#(port), "hostPort": \#(port)}],"#
  }

  // MARK: The table

  static let table = ["storage": storage, "nodes": nodes, "wishes": wishes, "chains": chains]

  private static func uses(_ claim: String) -> String {
    #""volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "\#(claim)"}}],"#
  }
  private static let usesData = uses("data")
  private static let late = """
    {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
     "metadata": {"name": "late", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
     "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}
    """

  /// Claims that are not there.
  private static let storage = [
    AppliedScenario(
      name: "claim", before: [volume("pv-claim", storageClass: "")], spec: usesData, expected: "create claim data",
      places: ["n1"]),
    AppliedScenario(
      name: "late-claim", nodes: ["n1": "2", "n2": "2"],
      before: [late, volume("pv-late", storageClass: "late", on: "n2")], spec: usesData, expected: "create claim data",
      places: ["n2"]),
    AppliedScenario(
      name: "cordoned-claim", spoil: ["cordon n1"], before: [volume("pv-cordoned", storageClass: "")], spec: usesData,
      expected: "uncordon node n1, and create claim data", places: ["n1"]),
    AppliedScenario(
      name: "attached",
      before: [
        attachLimit(1, on: "n1"), csiVolume("v1"), csiVolume("v2"), claim("c1", of: "v1"), claim("c2", of: "v2"),
        deployment("x", cpu: "1", uses("c1")),
      ], later: ["n2": "1"],
      spec: #""nodeSelector": {"kubernetes.io/hostname": "n1"},"# + uses("c2"),
      expected: "move NS/x away from node n1", places: ["n1"]),
  ]

  /// Nodes that are not as the pod wants them.
  private static let nodes = [
    AppliedScenario(
      name: "untainted", spoil: ["taint node n1 dedicated=gpu:NoSchedule"],
      expected: "remove taint dedicated:NoSchedule from node n1", places: ["n1"]),
    AppliedScenario(
      name: "unwanted", spoil: ["label node n1 old=yes"],
      spec: affinity("nodeAffinity", terms(("old", "DoesNotExist", ""))),
      expected: "remove label old=yes from node n1", places: ["n1"]),
    AppliedScenario(
      name: "relabelled", spoil: ["label node n1 disk=hdd"], spec: #""nodeSelector": {"disk": "ssd"},"#,
      expected: "label node n1 disk=ssd", places: ["n1"]),
    AppliedScenario(
      name: "added", cpu: "3", spec: #""nodeSelector": {"disk": "ssd"},"#,
      expected: "add a node with at least cpu 3 and label disk=ssd", places: ["new"]),
    AppliedScenario(
      name: "elsewhere", spoil: ["label node n1 topology.kubernetes.io/zone=a"], before: [deployment("x", cpu: "1")],
      spec: affinity("podAntiAffinity", near("x", "topology.kubernetes.io/zone")),
      expected: "add a node with at least cpu 1 and no label topology.kubernetes.io/zone", places: ["new"]),
  ]

  /// Wishes of the pod that are given up.
  private static let wishes = [
    AppliedScenario(
      name: "one-requirement", spoil: ["label node n1 disk=ssd"],
      spec: affinity("nodeAffinity", terms(("disk", "In", "ssd"), ("rack", "In", "r7"))),
      expected: "require no longer of the node that rack=r7 (node affinity)", places: ["n1"]),
    AppliedScenario(
      name: "no-requirement", spec: affinity("nodeAffinity", terms(("disk", "In", "ssd"))),
      expected: "require nothing of the node (node affinity)", places: ["n1"]),
    AppliedScenario(
      name: "alone", spec: affinity("podAffinity", near("nobody")),
      expected: "require no neighbours (pod affinity term 1)", places: ["n1"]),
    AppliedScenario(
      name: "beside", before: [deployment("x", cpu: "1")], spec: affinity("podAntiAffinity", near("x")),
      expected: "keep away from no neighbours by kubernetes.io/hostname (pod anti-affinity)", places: ["n1"]),
    AppliedScenario(
      name: "spread", nodes: ["n1": "2", "n2": "2"], spoil: ["taint node n2 dedicated=gpu:NoSchedule"],
      before: [deployment("x", cpu: "100m", #""nodeSelector": {"kubernetes.io/hostname": "n1"},"#)],
      spec: """
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname",
          "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchExpressions": [
            {"key": "app", "operator": "In", "values": ["x", "spread"]}]}}],
        """, expected: "make spreading by kubernetes.io/hostname a wish (ScheduleAnyway)", places: ["n1"]),
    AppliedScenario(
      name: "portless", before: [deployment("x", cpu: "1", "", port(8080))], container: port(8080),
      expected: "ask no longer for host port 8080", places: ["n1"]),
  ]

  /// Several changes, or several pods, at once.
  private static let chains = [
    AppliedScenario(
      name: "both", spoil: ["cordon n1", "taint node n1 dedicated=gpu:NoSchedule"],
      expected: "uncordon node n1, and tolerate taint dedicated=gpu:NoSchedule", places: ["n1"]),
    AppliedScenario(
      name: "all-three", spoil: ["cordon n1", "taint node n1 dedicated=gpu:NoSchedule"], cpu: "3",
      expected:
        "uncordon node n1, and tolerate taint dedicated=gpu:NoSchedule, and lower the request of cpu from 3 to 2",
      places: ["n1"]),
    AppliedScenario(
      name: "two-move", before: [deployment("x", cpu: "900m"), deployment("y", cpu: "900m")],
      later: ["n2": "1", "n3": "1"], cpu: "1500m", expected: "move NS/x, NS/y away from node n1", places: ["n1"]),
    AppliedScenario(
      name: "after-cordon", before: [deployment("x", cpu: "900m")], later: ["n2": "1"], cpu: "1500m",
      spec: #""nodeSelector": {"disk": "ssd"},"#, expected: "label node n1 disk=ssd, and move NS/x away from node n1",
      places: ["n1"]),
    AppliedScenario(
      name: "deleted", before: [bare("old", cpu: "1500m")], expected: "delete NS/old on node n1", places: ["n1"]),
    AppliedScenario(
      name: "scaled", before: [deployment("x", cpu: "1500m")],
      expected: "scale deployment NS/x from 1 to 0, so that pod x leaves node n1", places: ["n1"]),
    AppliedScenario(
      name: "scaled-set", before: [statefulSet("x", cpu: "900m")],
      expected: "scale statefulset NS/x from 2 to 1, so that pod x leaves node n1", places: ["n1"]),
    AppliedScenario(
      name: "port-user-moves", before: [deployment("x", cpu: "1", "", port(8080))], later: ["n2": "1"], cpu: "1",
      spec: #""nodeSelector": {"kubernetes.io/hostname": "n1"},"#, container: port(8080),
      expected: "move NS/x away from node n1", places: ["n1"]),
  ]
}
