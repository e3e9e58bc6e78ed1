import ClusterState
import Kube

extension Draft {
  private var requestPath: FieldPath { ["spec", "resources", "requests", "storage"] }

  mutating func planExpand() throws(RemedyRefusal) {
    let size = Quantity(text("size") ?? "")
    let current = object[at: requestPath]?.quantity ?? Quantity("0")
    guard object[path: "status", "phase"]?.string == "Bound" else {
      throw refusal(
        .unsuitable,
        "only a claim that is Bound can be expanded: this one is "
          + (object[path: "status", "phase"]?.string ?? "not"))
    }
    guard size >= current else {
      throw refusal(.unsuitable, "a volume cannot shrink: the claim asks for \(current) already")
    }
    set(requestPath, size == current ? object[at: requestPath] : .string(size.text))
    title = "ask for \(size.text) instead of \(current.text)"
    noUndo = "a volume cannot be made smaller again"
    wait = RemedyWait(condition: .claimCapacity(target, size.text), deadline: .seconds(600))
    let name = object[path: "spec", "storageClassName"]?.string ?? ""
    if let doubt = scene.doubt(about: StorageClass.self) {
      warn(.note, "whether class \(name) allows expansion cannot be told: \(doubt)")
    } else if let storage = scene.state.get(StorageClass.self, name: name) {
      if storage.allowVolumeExpansion != true {
        throw refusal(.unsuitable, "storageclass/\(name) does not allow expansion: use allow-volume-expansion first")
      }
    } else {
      warn(.warning, "there is no storageclass/\(name): without one a volume is not expanded")
    }
    warn(.note, "some drivers finish only when a pod that uses the claim is started again")
    warn(.note, "a larger volume may cost more, and cannot be made smaller again")
  }

  mutating func planLowerClaim() throws(RemedyRefusal) {
    let size = Quantity(text("size") ?? "")
    let current = object[at: requestPath]?.quantity ?? Quantity("0")
    let capacity = object[path: "status", "capacity", "storage"]?.quantity ?? Quantity("0")
    guard size < current else {
      throw refusal(.unsuitable, "the claim asks for \(current.text): \(size.text) is not less")
    }
    guard size >= capacity else {
      throw refusal(.unsuitable, "the volume has \(capacity.text) already: it cannot become smaller than that")
    }
    set(requestPath, .string(size.text))
    title = "ask for \(size.text) instead of \(current.text)"
    warn(.note, "servers before 1.32 accept this only with the feature gate RecoverVolumeExpansionFailure")
    wait = RemedyWait(condition: .claimCapacity(target, size.text), deadline: .seconds(600))
  }

  mutating func planClearSelectedNode() throws(RemedyRefusal) {
    let key = "volume.kubernetes.io/selected-node"
    guard let node = object[path: "metadata", "annotations", key]?.string else {
      throw refusal(.alreadySo, "\(target.shortName) waits for no node: it has no annotation \(key)")
    }
    guard object[path: "status", "phase"]?.string != "Bound" else {
      throw refusal(.unsuitable, "\(target.shortName) is bound: the annotation has no meaning any more")
    }
    set(["metadata", "annotations", .member(key)], nil)
    title = "let the scheduler choose another node than \(node)"
    noUndo = "the scheduler chooses again"
    wait = RemedyWait(condition: .claimBound(target), deadline: .seconds(300))
    if let known = scene.state.get(Node.self, name: node), !known.spec.unschedulable {
      warn(.warning, "node/\(node) exists and takes pods: the scheduler may choose it again")
    }
  }

  mutating func planAllowExpansion() {
    set(["allowVolumeExpansion"], true)
    title = "allow volumes of the class to grow"
    warn(.note, "it holds for every claim of the class; the driver must be able to")
  }

  mutating func planClearClaimReference() throws(RemedyRefusal) {
    let phase = object[path: "status", "phase"]?.string ?? ""
    guard phase == "Released" || phase == "Failed" else {
      throw refusal(
        .unsuitable, "\(target.shortName) is \(phase): only one that is Released or Failed can be made available")
    }
    if let claim = object[path: "spec", "claimRef"] {
      let name = "\(claim["namespace"]?.string ?? "")/\(claim["name"]?.string ?? "")"
      warn(.danger, "the data of claim \(name) stay on it: the next claim that binds it can read them")
    }
    set(["spec", "claimRef"], nil)
    title = "make the volume available again"
    kubectl = ["kubectl patch \(kubectlTarget) -p '{\"spec\":{\"claimRef\":null}}'"]
    noUndo = "another claim may have bound the volume by then"
    if object[path: "spec", "persistentVolumeReclaimPolicy"]?.string == "Delete" {
      warn(.danger, "its reclaim policy is Delete: the next time it is released its data are deleted")
    }
    wait = RemedyWait(condition: .volumeAvailable(target), deadline: .seconds(60))
  }
}
