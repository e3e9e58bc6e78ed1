import ClusterState
import Diagnosis
import Kube

/// Checks of claims, volumes and what provides them.
let storageChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "volume-candidates",
    "which existing PersistentVolumes a claim could be bound to: ok when one fits, problem when none does, with what "
      + "each of the same class lacks (size, access mode, volume mode, labels, another claim); not-applicable for a "
      + "bound claim. Node affinity is left to the scheduler",
    kinds: ["PersistentVolumeClaim"], reads: [PersistentVolume.self]
  ) { facts, _ in
    guard let claim = facts.object as? PersistentVolumeClaim else { return Judgement(.notApplicable, "it is no claim") }
    if claim.status.phase == "Bound" { return Judgement(.notApplicable, "the claim is bound") }
    switch facts.state.look(all: PersistentVolume.self, namespace: "") {
    case .unknown(let doubt): return Judgement(doubt)
    case .none: return Judgement(.problem, "there is no volume")
    case .found(let volumes):
      if !claim.spec.volumeName.isEmpty {
        guard let named = volumes.first(where: { $0.metadata.name == claim.spec.volumeName }) else {
          return Judgement(
            .problem, "spec.volumeName asks for volume \(claim.spec.volumeName), which does not exist",
            evidence: [Evidence(claim.reference, "spec.volumeName", claim.spec.volumeName)])
        }
        let lacks = VolumeFit.complaint(of: claim, about: named)
        return Judgement(
          lacks == nil ? .ok : .problem,
          "spec.volumeName asks for \(named.metadata.name)\(lacks.map { ": \($0)" } ?? ", which fits")",
          evidence: [Evidence(claim.reference, "spec.volumeName", claim.spec.volumeName)])
      }
      let name = claim.spec.storageClassName ?? ""
      let same = volumes.filter { $0.spec.storageClassName == name }
      let words = "of class \(name.isEmpty ? "\"\"" : name)"
      if same.isEmpty { return Judgement(.problem, "there is no volume \(words); \(volumes.count) of other classes") }
      guard let complaints = VolumeFit.complaints(of: claim, about: same) else {
        return Judgement(.ok, "a volume \(words) fits and is free")
      }
      return Judgement(
        .problem, "no volume \(words) fits: \(complaints.text)",
        evidence: complaints.list.prefix(10).map { Evidence($0.volume.reference, "volume", $0.text) })
    }
  },
  BuiltInCheck(
    "provisioner",
    "whether something makes the volumes of the claim's class: problem when its CSI driver is not installed (no "
      + "CSIDriver and no node with it), warning when the class makes no volumes by itself or nothing that looks like "
      + "the provisioner runs as a pod, ok when a pod of it is ready",
    kinds: ["PersistentVolumeClaim", "StorageClass"],
    reads: [StorageClass.self, CSIDriver.self, CSINode.self, Pod.self]
  ) { facts, _ in
    switch facts.storageClass {
    case .none: return Judgement(.notApplicable, "there is no storage class")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let storageClass): return Provisioner(storageClass, facts.state).judgement
    }
  },
  BuiltInCheck(
    "volume-attached",
    "whether the volume is attached to the node of the pod that uses it: problem when attaching failed or it is still "
      + "attached to another node, ok when it is attached, not-applicable for volumes that need no attaching (NFS, "
      + "hostPath, local, drivers that say so) and for pods without a node",
    kinds: ["Pod", "PersistentVolumeClaim"],
    reads: [VolumeAttachment.self, PersistentVolume.self, PersistentVolumeClaim.self, CSIDriver.self, Pod.self]
  ) { facts, _ in
    let volume: PersistentVolume
    switch facts.volume {
    case .none: return Judgement(.notApplicable, "there is no volume yet")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let found): volume = found
    }
    let name = volume.metadata.name
    if volume.spec.nfs != nil || volume.spec.hostPath != nil || volume.spec.local != nil {
      return Judgement(.notApplicable, "volume \(name) needs no attaching")
    }
    if let driver = volume.spec.csi?.driver,
      facts.state.get(CSIDriver.self, name: driver)?.spec.attachRequired == false
    {
      return Judgement(.notApplicable, "driver \(driver) needs no attaching")
    }
    let users: [Pod]
    if let pod = facts.pod {
      users = [pod]
    } else {
      switch facts.pods {
      case .unknown(let doubt): return Judgement(doubt)
      case .none: users = []
      case .found(let pods): users = pods
      }
    }
    let nodes = Set(users.filter { !$0.isTerminal }.map(\.spec.nodeName).filter { !$0.isEmpty })
    if nodes.isEmpty { return Judgement(.notApplicable, "no pod that uses volume \(name) has a node") }
    switch facts.state.look(
      all: VolumeAttachment.self, namespace: "",
      where: {
        $0.spec.source.persistentVolumeName == name
      })
    {
    case .unknown(let doubt): return Judgement(doubt)
    case .none: return Judgement(.notApplicable, "there are no attachments")
    case .found(let attachments):
      let evidence = attachments.prefix(5).map {
        Evidence(
          $0.reference, "status.attached",
          "\($0.status.attached) on \($0.spec.nodeName)\($0.status.attachError.map { ": \($0.message)" } ?? "")")
      }
      for attachment in attachments where nodes.contains(attachment.spec.nodeName) {
        if let error = attachment.status.attachError {
          return Judgement(
            .problem, "\(name) cannot be attached to \(attachment.spec.nodeName): \(error.message.firstLine)",
            evidence: evidence)
        }
      }
      let attached = Set(attachments.filter(\.status.attached).map(\.spec.nodeName))
      let lacking = nodes.subtracting(attached).sorted()
      guard let node = lacking.first else {
        return Judgement(.ok, "\(name) is attached to \(nodes.sorted().joined(separator: ", "))", evidence: evidence)
      }
      if let other = attached.subtracting(nodes).min() ?? attached.min() {
        return Judgement(
          .problem, "\(name) is still attached to \(other) and not to \(node)", evidence: evidence)
      }
      return Judgement(.problem, "\(name) is not attached to \(node)", evidence: evidence)
    }
  },
]

/// What makes the volumes of a class.
private struct Provisioner {
  let storageClass: StorageClass
  let state: ClusterState

  init(_ storageClass: StorageClass, _ state: ClusterState) {
    self.storageClass = storageClass
    self.state = state
  }

  var judgement: Judgement {
    let name = storageClass.provisioner
    let evidence = [Evidence(storageClass.reference, "provisioner", name)]
    if name == "kubernetes.io/no-provisioner" {
      return Judgement(
        .warning, "class \(storageClass.metadata.name) makes no volumes: somebody has to make them", evidence: evidence)
    }
    let pods = state.doubt(about: Pod.self) == nil ? state.all(Pod.self).filter(looksLikeIt) : []
    if let ready = pods.first(where: \.hasReadyCondition) {
      return Judgement(
        .ok,
        "pod \(ready.metadata.namespace)/\(ready.metadata.name) looks like the provisioner of \(name) and is ready",
        evidence: evidence)
    }
    if let broken = pods.first {
      return Judgement(
        .problem,
        "pod \(broken.metadata.namespace)/\(broken.metadata.name) looks like the provisioner of \(name) and is not ready",
        evidence: evidence + [Evidence(broken.reference, "status.phase", broken.status.phase)])
    }
    for type in [CSIDriver.self, CSINode.self] as [any KubeObject.Type] {
      if let doubt = state.doubt(about: type) { return Judgement(doubt, evidence: evidence) }
    }
    let isInstalled =
      state.get(CSIDriver.self, name: name) != nil
      || state.all(CSINode.self).contains { $0.spec.drivers.contains { $0.name == name } }
    if let doubt = state.doubt(about: Pod.self) { return Judgement(doubt, evidence: evidence) }
    if isInstalled {
      return Judgement(
        .warning, "driver \(name) is installed, but no pod that looks like its provisioner was found",
        evidence: evidence)
    }
    return Judgement(
      .problem, "nothing provides \(name): there is no such CSIDriver, no node has it and no pod looks like it",
      evidence: evidence)
  }

  /// Provisioners are ordinary pods: a sidecar of the driver, or a program that is called like the provisioner.
  private func looksLikeIt(_ pod: Pod) -> Bool {
    guard !pod.isTerminal else { return false }
    // rancher.io/local-path is run by local-path-provisioner, ebs.csi.aws.com by ebs-csi-controller.
    let words = storageClass.provisioner.split { $0 == "/" || $0 == "." }.map { $0.lowercased() }
      .filter {
        $0.count > 2 && !["csi", "com", "org", "net", "kubernetes", "k8s", "storage", "rancher", "aws"].contains($0)
      }
    let names = [pod.metadata.name] + pod.spec.containers.flatMap { [$0.name, $0.image] }
    guard names.contains(where: { name in words.contains { name.lowercased().contains($0) } }) else { return false }
    return names.contains { $0.lowercased().contains("provisioner") }
  }
}
