import Kube

/// Pods, those that are bound already and those that are to be placed.
extension RandomCluster {
  mutating func addBoundPod(_ index: Int) {
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

  mutating func addPod(_ index: Int) {
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

  mutating func podObject(_ name: String, _ namespace: String, isNew: Bool = false) -> JSONValue {
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

  mutating func disk() -> JSONValue {
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

  mutating func container(_ name: String, isNew: Bool) -> JSONValue {
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
}
