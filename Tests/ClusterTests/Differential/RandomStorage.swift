import Kube

/// Storage: classes, volumes, claims.
extension RandomCluster {
  mutating func addStorage() {
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

  mutating func volumeSpec(_ name: String, storageClass: String) -> JSONValue {
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

  mutating func volumeLabels() -> JSONValue {
    var labels: JSONValue = [:]
    if chance(25) { labels["topology.kubernetes.io/zone"] = .string(pick(["a", "b", "a__b", "c"])) }
    if chance(10) { labels["failure-domain.beta.kubernetes.io/zone"] = .string(pick(["a", "b"])) }
    if chance(10) { labels["topology.kubernetes.io/region"] = "r1" }
    if chance(40) { labels["tier"] = .string(pick(["gold", "tin"])) }
    return labels
  }

  mutating func addFreeVolume(_ index: Int) {
    let name = "\(prefix)-free\(index)"
    let storageClass = pick(classes)
    add(
      PersistentVolume.resource,
      [
        "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": .string(name), "labels": volumeLabels()],
        "spec": volumeSpec(name, storageClass: storageClass),
      ], status: ["phase": .string(pick(["Available", "Available", "Available", "Released"]))])
  }

  mutating func addClaim(_ index: Int) {
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
}
