import Kube

/// A cluster and pods to be placed in it, the same for the same seed: small, odd, and full of reasons to refuse a pod.
struct RandomCluster {
  /// An object to create, its status to be written afterwards (where creation drops it).
  struct Item {
    var resource: Resource
    var namespace: String?
    var object: JSONValue
    var status: JSONValue?
    /// A node's taints, which creation adds to.
    var taints: [JSONValue]?
    /// Deleted after creation; a bound pod stays, terminating, since no kubelet confirms.
    var isDeleted = false
  }

  static let namespaces = ["red", "blue"]

  let seed: UInt64
  private(set) var items: [Item] = []
  private(set) var pods: [(namespace: String, object: JSONValue)] = []

  var random: SeededRandom
  let prefix: String
  var nodes: [String] = []
  var claims: [(namespace: String, name: String)] = []
  var classes: [String] = []

  init(seed: UInt64, pods count: Int) {
    self.seed = seed
    prefix = "s\(seed)"
    random = SeededRandom(seed: seed)
    let nodeCount = Int.random(in: 1...9, using: &random)
    nodes = (0..<nodeCount).map { "\(prefix)-n\($0)" }
    if chance(60) { addStorage() }
    for name in nodes { addNode(name) }
    for index in 0..<Int.random(in: 0...(nodeCount * 3), using: &random) { addBoundPod(index) }
    for index in 0..<count { addPod(index) }
  }

  // MARK: Chance

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }

  mutating func some<T>(_ values: [T], _ range: ClosedRange<Int>) -> [T] {
    Array(values.shuffled(using: &random).prefix(Int.random(in: range, using: &random)))
  }

  private mutating func add(
    _ resource: Resource, in namespace: String? = nil, _ object: JSONValue, status: JSONValue? = nil,
    taints: [JSONValue]? = nil, isDeleted: Bool = false
  ) {
    items.append(
      Item(
        resource: resource, namespace: namespace, object: object, status: status, taints: taints, isDeleted: isDeleted))
  }

  // MARK: Nodes

  private static let zones = ["a", "b", "c"]

  private mutating func addNode(_ name: String) {
    var labels: JSONValue = ["kubernetes.io/hostname": .string(name)]
    if chance(75) { labels["topology.kubernetes.io/zone"] = .string(pick(Self.zones)) }
    if chance(15) { labels["failure-domain.beta.kubernetes.io/zone"] = .string(pick(Self.zones)) }
    if chance(20) { labels["topology.kubernetes.io/region"] = .string(pick(["r1", "r2"])) }
    if chance(60) { labels["disk"] = .string(pick(["ssd", "hdd", ""])) }
    if chance(60) { labels["generation"] = .string(pick(["1", "2", "5", "10", "x", "07"])) }
    if chance(30) { labels["rack"] = .string(pick(["1", "2"])) }
    var taints: [JSONValue] = []
    for _ in 0..<pick([0, 0, 0, 1, 1, 2]) {
      let taint: JSONValue = [
        "key": .string(pick(["dedicated", "gpu", "node.kubernetes.io/disk-pressure"])),
        "value": .string(pick(["", "a", "b"])),
        "effect": .string(pick(["NoSchedule", "NoSchedule", "NoExecute", "PreferNoSchedule"])),
      ]
      if !taints.contains(where: { $0["key"] == taint["key"] && $0["effect"] == taint["effect"] }) {
        taints.append(taint)
      }
    }
    var spec: JSONValue = [:]
    if chance(12) {
      spec["unschedulable"] = true
      if chance(50) { taints.append(["key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"]) }
    }
    var amounts: JSONValue = [:]
    if !chance(3) {
      amounts["cpu"] = .string(pick(["250m", "1", "1500m", "2", "4", "0.1"]))
      amounts["memory"] = .string(pick(["128Mi", "512Mi", "1Gi", "2Gi", "1500M", "1e9"]))
      amounts["pods"] = .string(pick(["1", "3", "5", "10", "110", "110"]))
      if chance(60) { amounts["ephemeral-storage"] = .string(pick(["1Gi", "10Gi"])) }
      if chance(40) { amounts["example.com/gpu"] = .string(pick(["0", "1", "2", "4"])) }
      if chance(20) { amounts["hugepages-2Mi"] = .string(pick(["4Mi", "64Mi"])) }
      if chance(10) { amounts["attachable-volumes-aws-ebs"] = .string(pick(["1", "2"])) }
      if chance(10) { amounts["attachable-volumes-csi-disk.example.com"] = .string(pick(["1", "2"])) }
    }
    add(
      Node.resource,
      [
        "apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(name), "labels": labels], "spec": spec,
        "status": [
          "capacity": amounts, "allocatable": amounts,
          "conditions": [["type": "Ready", "status": "True", "reason": "KubeletReady"]],
        ],
      ], taints: taints)
    if chance(40) {
      var driver: JSONValue = ["name": "disk.example.com", "nodeID": .string(name)]
      if chance(70) { driver["allocatable"] = ["count": .int(pick([0, 1, 2, 3]))] }
      add(
        CSINode.resource,
        [
          "apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": ["name": .string(name)],
          "spec": ["drivers": [driver]],
        ])
    }
  }

  // MARK: Storage

  private mutating func addStorage() {
    for (index, mode) in ["WaitForFirstConsumer", "WaitForFirstConsumer", "Immediate"].enumerated() {
      let name = "\(prefix)-class\(index)"
      var object: JSONValue = [
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": ["name": .string(name)],
        "provisioner": .string(pick(["kubernetes.io/no-provisioner", "disk.example.com"])),
        "volumeBindingMode": .string(mode),
      ]
      if chance(50) {
        object["allowedTopologies"] = [
          [
            "matchLabelExpressions": [
              ["key": "topology.kubernetes.io/zone", "values": .array(some(Self.zones, 1...2).map { .string($0) })]
            ]
          ]
        ]
      }
      classes.append(name)
      add(StorageClass.resource, object)
    }
    for index in 0..<Int.random(in: 2...8, using: &random) { addClaim(index) }
    for index in 0..<Int.random(in: 0...4, using: &random) { addFreeVolume(index) }
  }

  private mutating func volumeSpec(_ name: String, storageClass: String) -> JSONValue {
    var spec: JSONValue = [
      "capacity": ["storage": .string(pick(["1Gi", "5Gi", "10Gi"]))],
      "accessModes": .array(some(["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"], 1...3).map { .string($0) }),
      "storageClassName": .string(storageClass), "persistentVolumeReclaimPolicy": "Retain",
    ]
    switch pick([0, 0, 1, 1, 2, 3]) {
    case 0: spec["hostPath"] = ["path": "/data"]
    case 1: spec["csi"] = ["driver": "disk.example.com", "volumeHandle": .string(pick([name, "shared-handle"]))]
    case 2: spec["awsElasticBlockStore"] = ["volumeID": .string(pick([name, "ebs-1"]))]
    default: spec["gcePersistentDisk"] = ["pdName": .string(name)]
    }
    if chance(10) { spec["volumeMode"] = "Block" }
    if chance(50) {
      spec["nodeAffinity"] = ["required": ["nodeSelectorTerms": .array((0..<pick([1, 1, 2])).map { _ in nodeTerm() })]]
    }
    return spec
  }

  private mutating func volumeLabels() -> JSONValue {
    var labels: JSONValue = [:]
    if chance(25) { labels["topology.kubernetes.io/zone"] = .string(pick(["a", "b", "a__b", "c"])) }
    if chance(10) { labels["failure-domain.beta.kubernetes.io/zone"] = .string(pick(["a", "b"])) }
    if chance(10) { labels["topology.kubernetes.io/region"] = "r1" }
    if chance(40) { labels["tier"] = .string(pick(["gold", "tin"])) }
    return labels
  }

  private mutating func addFreeVolume(_ index: Int) {
    let name = "\(prefix)-free\(index)"
    let storageClass = pick(classes)
    add(
      PersistentVolume.resource,
      [
        "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": .string(name), "labels": volumeLabels()],
        "spec": volumeSpec(name, storageClass: storageClass),
      ], status: ["phase": .string(pick(["Available", "Available", "Available", "Released"]))])
  }

  private mutating func addClaim(_ index: Int) {
    let namespace = pick(Self.namespaces)
    let name = "\(prefix)-claim\(index)"
    claims.append((namespace, name))
    var metadata: JSONValue = ["name": .string(name)]
    let isBound = chance(45)
    let storageClass = isBound ? pick(classes) : pick(classes + classes + ["\(prefix)-missing"])
    var spec: JSONValue = [
      "accessModes": [.string(pick(["ReadWriteOnce", "ReadOnlyMany"]))],
      "resources": ["requests": ["storage": .string(pick(["1Gi", "2Gi", "8Gi"]))]],
      "storageClassName": .string(storageClass),
    ]
    if chance(10) { spec["volumeMode"] = "Block" }
    if !isBound, chance(25) { spec["selector"] = ["matchLabels": ["tier": .string(pick(["gold", "tin"]))]] }
    var status: JSONValue = ["phase": "Pending"]
    if isBound {
      let volume = "\(prefix)-volume\(index)"
      spec["volumeName"] = .string(volume)
      metadata["annotations"] = ["pv.kubernetes.io/bind-completed": "yes"]
      let isLost = chance(10)
      status = ["phase": .string(isLost ? "Lost" : "Bound")]
      if !isLost {
        var volumeSpec = volumeSpec(volume, storageClass: storageClass)
        volumeSpec["claimRef"] = [
          "kind": "PersistentVolumeClaim", "namespace": .string(namespace), "name": .string(name),
        ]
        add(
          PersistentVolume.resource,
          [
            "apiVersion": "v1", "kind": "PersistentVolume",
            "metadata": ["name": .string(volume), "labels": volumeLabels()], "spec": volumeSpec,
          ], status: ["phase": "Bound"])
      }
    } else if chance(12) {
      metadata["annotations"] = ["volume.kubernetes.io/selected-node": .string(pick(nodes + ["\(prefix)-gone"]))]
    } else if chance(10) {
      spec["volumeName"] = .string("\(prefix)-preset\(index)")
    } else if chance(15) {
      // A volume that is reserved for the claim.
      let volume = "\(prefix)-reserved\(index)"
      var volumeSpec = volumeSpec(volume, storageClass: storageClass)
      volumeSpec["claimRef"] = [
        "kind": "PersistentVolumeClaim", "namespace": .string(namespace), "name": .string(name),
      ]
      add(
        PersistentVolume.resource,
        [
          "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": .string(volume)], "spec": volumeSpec,
        ], status: ["phase": .string(pick(["Available", "Pending"]))])
    }
    add(
      PersistentVolumeClaim.resource, in: namespace,
      ["apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec], status: status,
      isDeleted: chance(5))
  }

  // MARK: Pods

  private mutating func addBoundPod(_ index: Int) {
    let namespace = pick(Self.namespaces)
    var pod = podObject("\(prefix)-old\(index)", namespace)
    var spec = pod["spec"] ?? [:]
    spec["nodeName"] = .string(pick(nodes + (chance(10) ? ["\(prefix)-gone"] : [])))
    if chance(25) {
      spec["affinity"] = [
        "podAntiAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": [podTerm()]]
      ]
    }
    let phase = pick(["Running", "Running", "Running", "Pending", "Succeeded", "Failed"])
    // The scheduler keeps host ports as a set: a pod that ends takes its ports along even if another still uses them,
    // so that its verdict depends on what happened before.
    if phase == "Succeeded" || phase == "Failed" {
      let containers = spec["containers"]?.array ?? []
      spec["containers"] = .array(
        containers.map { container in
          var container = container
          container["ports"] = nil
          return container
        })
    }
    pod["spec"] = spec
    add(Pod.resource, in: namespace, pod, status: ["phase": .string(phase)], isDeleted: chance(8))
  }

  private mutating func addPod(_ index: Int) {
    let namespace = pick(Self.namespaces)
    var pod = podObject("\(prefix)-new\(index)", namespace, isNew: true)
    var spec = pod["spec"] ?? [:]
    var affinity: JSONValue = [:]
    if chance(25) { spec["nodeSelector"] = nodeSelector() }
    if chance(25) {
      affinity["nodeAffinity"] = [
        "requiredDuringSchedulingIgnoredDuringExecution": [
          "nodeSelectorTerms": .array((0..<pick([1, 1, 2, 3])).map { _ in nodeTerm(withFields: true) })
        ]
      ]
    }
    if chance(25) {
      affinity["podAffinity"] = [
        "requiredDuringSchedulingIgnoredDuringExecution": .array((0..<pick([1, 1, 2])).map { _ in podTerm() })
      ]
    }
    if chance(25) {
      affinity["podAntiAffinity"] = [
        "requiredDuringSchedulingIgnoredDuringExecution": .array((0..<pick([1, 1, 2])).map { _ in podTerm() })
      ]
    }
    if affinity != [:] { spec["affinity"] = affinity }
    if chance(45) { spec["tolerations"] = .array((0..<pick([1, 1, 2])).map { _ in toleration() }) }
    if chance(25) {
      var keys = ["topology.kubernetes.io/zone", "kubernetes.io/hostname", "rack"].shuffled(using: &random)
      spec["topologySpreadConstraints"] = .array((0..<pick([1, 1, 2])).map { _ in spread(keys.removeLast()) })
    }
    pod["spec"] = spec
    pods.append((namespace, pod))
  }

  private mutating func podObject(_ name: String, _ namespace: String, isNew: Bool = false) -> JSONValue {
    var labels: JSONValue = [:]
    if chance(85) { labels["app"] = .string(pick(["web", "db", "cache"])) }
    if chance(40) { labels["tier"] = .string(pick(["front", "back"])) }
    var spec: JSONValue = [
      "terminationGracePeriodSeconds": 600, "automountServiceAccountToken": .bool(chance(50)),
      "containers": .array((0..<pick([1, 1, 2])).map { container("c\($0)", isNew: isNew) }),
    ]
    if chance(15) { spec["initContainers"] = .array((0..<pick([1, 2])).map { container("i\($0)", isNew: isNew) }) }
    var volumes: [JSONValue] = []
    let own = claims.filter { $0.namespace == namespace }
    if !own.isEmpty, chance(30) {
      for claim in some(own, 1...2) {
        volumes.append([
          "name": .string("v\(volumes.count)"), "persistentVolumeClaim": ["claimName": .string(claim.name)],
        ])
      }
    }
    if chance(3) {
      volumes.append([
        "name": .string("v\(volumes.count)"), "persistentVolumeClaim": ["claimName": .string("\(prefix)-nowhere")],
      ])
    }
    for _ in 0..<pick([0, 0, 0, 0, 0, 1, 2]) {
      var volume = disk()
      volume["name"] = .string("v\(volumes.count)")
      volumes.append(volume)
    }
    if !volumes.isEmpty { spec["volumes"] = .array(volumes) }
    return [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name), "labels": labels], "spec": spec,
    ]
  }

  private mutating func disk() -> JSONValue {
    switch pick([0, 1, 2, 3, 4]) {
    case 0: ["gcePersistentDisk": ["pdName": .string(pick(["pd-1", "pd-2"])), "readOnly": .bool(chance(50))]]
    case 1: ["awsElasticBlockStore": ["volumeID": .string(pick(["ebs-1", "ebs-2"])), "readOnly": .bool(chance(50))]]
    case 2:
      [
        "iscsi": [
          "targetPortal": "10.0.0.1:3260", "iqn": .string("iqn.2020-01.example.com:\(pick(["a", "b"]))"),
          "lun": .int(pick([0, 1])), "readOnly": .bool(chance(50)),
        ]
      ]
    case 3:
      [
        "rbd": [
          "monitors": .array(some(["10.0.0.1", "10.0.0.2"], 1...2).map { .string($0) }),
          "image": .string(pick(["i1", "i2"])), "readOnly": .bool(chance(50)),
        ]
      ]
    default: ["azureDisk": ["diskName": .string(pick(["az-1", "az-2"])), "diskURI": "https://disk.example.com/1"]]
    }
  }

  private mutating func container(_ name: String, isNew: Bool) -> JSONValue {
    var container: JSONValue = ["name": .string(name), "image": "x"]
    var requests: JSONValue = [:]
    var limits: JSONValue = [:]
    let isLarge = isNew && chance(30)
    if chance(50) {
      requests["cpu"] = .string(
        isLarge ? pick(["900m", "1", "2", "8"]) : pick(["0", "1m", "50m", "100m", "0.5", "333m", "100u"]))
    }
    if chance(45) {
      requests["memory"] = .string(
        isLarge ? pick(["400Mi", "1Gi", "1e9", "2G"]) : pick(["0", "1", "64Mi", "10M", "0.5"]))
    }
    if chance(8) { requests["ephemeral-storage"] = .string(pick(["100Mi", "2Gi", "20Gi"])) }
    if chance(12) {
      let count = JSONValue.string(pick(["0", "1", "2"]))
      requests["example.com/gpu"] = count
      limits["example.com/gpu"] = count
    }
    if chance(5) {
      let size = JSONValue.string(pick(["2Mi", "8Mi"]))
      requests["hugepages-2Mi"] = size
      limits["hugepages-2Mi"] = size
      if requests["cpu"] == nil { requests["cpu"] = "1m" }
    }
    if chance(5) { limits["memory"] = "4Gi" }
    container["resources"] = ["requests": requests, "limits": limits]
    if name == "c0", chance(20) {
      var port: JSONValue = ["containerPort": 80, "hostPort": .int(pick([80, 8080]))]
      if chance(30) { port["protocol"] = .string(pick(["UDP", "TCP"])) }
      if chance(30) { port["hostIP"] = .string(pick(["127.0.0.1", "10.0.0.7", "0.0.0.0"])) }
      container["ports"] = [port]
    }
    return container
  }

  // MARK: Constraints

  private mutating func nodeSelector() -> JSONValue {
    var selector: JSONValue = [:]
    for key in some(["disk", "topology.kubernetes.io/zone", "generation", "rack", "nowhere"], 1...2) {
      selector[key] = .string(value(of: key))
    }
    return selector
  }

  private mutating func value(of key: String) -> String {
    switch key {
    case "disk": pick(["ssd", "hdd", ""])
    case "topology.kubernetes.io/zone": pick(Self.zones)
    case "generation": pick(["1", "2", "5", "10"])
    case "rack": pick(["1", "2"])
    case "kubernetes.io/hostname": pick(nodes)
    default: "v"
    }
  }

  private mutating func nodeTerm(withFields: Bool = false) -> JSONValue {
    var term: JSONValue = [:]
    let expressions = pick([0, 1, 1, 2])
    if expressions > 0 { term["matchExpressions"] = .array((0..<expressions).map { _ in nodeRequirement() }) }
    if withFields, chance(20) {
      term["matchFields"] = [
        ["key": "metadata.name", "operator": .string(pick(["In", "In", "NotIn"])), "values": [.string(pick(nodes))]]
      ]
    }
    return term
  }

  private mutating func nodeRequirement() -> JSONValue {
    let key = pick(["disk", "topology.kubernetes.io/zone", "generation", "rack", "kubernetes.io/hostname", "nowhere"])
    let name = pick(["In", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"])
    var requirement: JSONValue = ["key": .string(key), "operator": .string(name)]
    switch name {
    case "In", "NotIn": requirement["values"] = .array((0..<pick([1, 2])).map { _ in .string(value(of: key)) })
    case "Gt", "Lt": requirement["values"] = [.string(pick(["1", "4", "-5", "9"]))]
    default: break
    }
    return requirement
  }

  private mutating func toleration() -> JSONValue {
    switch pick([0, 1, 2, 3]) {
    case 0: return ["operator": "Exists"]
    case 1:
      var toleration: JSONValue = ["key": .string(pick(["dedicated", "gpu"])), "operator": "Exists"]
      if chance(50) { toleration["effect"] = .string(pick(["NoSchedule", "NoExecute"])) }
      return toleration
    case 2: return ["key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "NoSchedule"]
    default:
      var toleration: JSONValue = [
        "key": .string(pick(["dedicated", "gpu"])), "value": .string(pick(["", "a", "b"])),
      ]
      if chance(60) { toleration["effect"] = "NoSchedule" }
      return toleration
    }
  }

  private mutating func labelSelector() -> JSONValue {
    switch pick([0, 0, 0, 1, 1, 2]) {
    case 0: return ["matchLabels": ["app": .string(pick(["web", "db", "cache"]))]]
    case 1:
      let name = pick(["In", "NotIn", "Exists", "DoesNotExist"])
      var expression: JSONValue = ["key": .string(pick(["app", "tier"])), "operator": .string(name)]
      if name.hasSuffix("In") {
        expression["values"] = .array(some(["web", "db", "front"], 1...2).map { .string($0) })
      }
      return ["matchExpressions": [expression]]
    default: return [:]
    }
  }

  private mutating func podTerm() -> JSONValue {
    var term: JSONValue = [
      "topologyKey": .string(
        pick(["kubernetes.io/hostname", "kubernetes.io/hostname", "topology.kubernetes.io/zone", "rack"]))
    ]
    if !chance(5) { term["labelSelector"] = labelSelector() }
    if chance(25) { term["namespaces"] = .array(some(Self.namespaces + ["nowhere"], 1...2).map { .string($0) }) }
    return term
  }

  private mutating func spread(_ key: String) -> JSONValue {
    var constraint: JSONValue = [
      "maxSkew": .int(pick([1, 1, 2])), "topologyKey": .string(key),
      "whenUnsatisfiable": .string(pick(["DoNotSchedule", "DoNotSchedule", "DoNotSchedule", "ScheduleAnyway"])),
    ]
    if !chance(5) { constraint["labelSelector"] = labelSelector() }
    return constraint
  }
}
