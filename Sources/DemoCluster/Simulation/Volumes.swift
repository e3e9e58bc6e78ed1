import Kube

/// Claims and volumes: the class decides whether a volume is made, and when.
extension Simulation {
  private static let missingProvisioner = "kubernetes.io/no-provisioner"

  /// Whether a claim is bound only once a pod that uses it is placed.
  func waitsForConsumer(_ claim: JSONValue) -> Bool {
    storageClass(of: claim)?.text(at: "volumeBindingMode") == "WaitForFirstConsumer"
  }

  private func storageClass(of claim: JSONValue) -> JSONValue? {
    store.object("storageclasses.storage.k8s.io", name: claim.text(at: "spec.storageClassName"))
  }

  /// The claim controller: binds what is to be bound at once, and says why it does not.
  mutating func syncVolumes() {
    for claim in store.list("persistentvolumeclaims") where claim.text(at: "status.phase") != "Bound" {
      guard let storageClass = storageClass(of: claim) else {
        let name = claim.text(at: "spec.storageClassName")
        complain(
          claim, name.isEmpty ? "FailedBinding" : "ProvisioningFailed",
          name.isEmpty
            ? "no persistent volumes available for this claim and no storage class is set"
            : "storageclass.storage.k8s.io \"\(name)\" not found", type: name.isEmpty ? "Normal" : "Warning")
        continue
      }
      if waitsForConsumer(claim) {
        complain(
          claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding", type: "Normal")
      } else if storageClass.text(at: "provisioner") == Self.missingProvisioner {
        complain(
          claim, "ProvisioningFailed", "no volume plugin matched name: \(Self.missingProvisioner)", type: "Warning")
      } else {
        bindClaim(claim.name, namespace: claim.namespace, node: nil)
      }
    }
    for volume in store.list("persistentvolumes") where volume.text(at: "status.phase") == "Bound" {
      let reference = volume[at: "spec.claimRef"] ?? .null
      let claim = store.object(
        "persistentvolumeclaims", namespace: reference.text(at: "namespace"), name: reference.text(at: "name"))
      guard claim?.uid != reference.text(at: "uid") else { continue }
      if volume.text(at: "spec.persistentVolumeReclaimPolicy") == "Delete" {
        remove("persistentvolumes", namespace: "", name: volume.name)
      } else {
        write("persistentvolumes", volume.setting("status.phase", "Released"))
      }
    }
  }

  private mutating func complain(_ claim: JSONValue, _ reason: String, _ message: String, type: String) {
    if let retry = retries[claim.uid], retry.due > now { return }
    retries[claim.uid] = Retry(due: now.advanced(by: .seconds(60)), delay: .seconds(60))
    record(claim, type, reason, message, source: "persistentvolume-controller")
  }

  /// Makes a volume for a claim and binds the two.
  mutating func bindClaim(_ name: String, namespace: String, node: String?) {
    guard var claim = store.object("persistentvolumeclaims", namespace: namespace, name: name),
      claim.text(at: "status.phase") != "Bound", let storageClass = storageClass(of: claim)
    else { return }
    let volumeName = "pvc-" + claim.uid
    let capacity = claim[at: "spec.resources.requests.storage"] ?? "1Gi"
    let zone = node.flatMap { store.object("nodes", name: $0)?.labels["topology.kubernetes.io/zone"] }
    let affinity: JSONValue? = zone.map { zone in
      [
        "required": [
          "nodeSelectorTerms": [
            ["matchExpressions": [["key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]]]]
          ]
        ]
      ]
    }
    let volume: JSONValue = .object([
      ("kind", "PersistentVolume"), ("apiVersion", "v1"), ("metadata", ["name": .string(volumeName)]),
      (
        "spec",
        .object([
          ("capacity", ["storage": capacity]), ("accessModes", claim[at: "spec.accessModes"]),
          (
            "claimRef",
            [
              "kind": "PersistentVolumeClaim", "apiVersion": "v1", "namespace": .string(namespace),
              "name": .string(name), "uid": .string(claim.uid),
            ]
          ),
          ("persistentVolumeReclaimPolicy", storageClass["reclaimPolicy"] ?? "Delete"),
          ("storageClassName", .string(storageClass.name)), ("volumeMode", "Filesystem"),
          (
            "csi",
            ["driver": storageClass["provisioner"] ?? "", "volumeHandle": .string("vol-" + hexadecimal(12))]
          ),
          ("nodeAffinity", affinity),
        ])
      ),
      ("status", ["phase": "Bound"]),
    ])
    write("persistentvolumes", identified(volume))
    claim.set("spec.volumeName", .string(volumeName))
    // The scheduler takes a claim without this for one that is still being bound.
    for annotation in ["pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller"] {
      claim.set(["metadata", "annotations", annotation], "yes")
    }
    claim["status"] = .object([
      ("phase", "Bound"), ("accessModes", claim[at: "spec.accessModes"]), ("capacity", ["storage": capacity]),
    ])
    write("persistentvolumeclaims", claim)
    record(
      claim, "Normal", "ProvisioningSucceeded", "Successfully provisioned volume \(volumeName)",
      source: storageClass.text(at: "provisioner"))
  }
}
