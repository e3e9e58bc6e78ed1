import ClusterState
import Kube

extension Draft {
  mutating func planScale() {
    let replicas = number("replicas") ?? 0
    let current = object[path: "spec", "replicas"]?.int ?? 1
    set(["spec", "replicas"], .int(replicas))
    title = "scale from \(current) to \(replicas) replicas"
    kubectl = ["kubectl scale \(kubectlTarget) --current-replicas=\(current) --replicas=\(replicas)"]
    wait = RemedyWait(condition: .scaled(target, generation: 0, replicas: replicas), deadline: .seconds(300))
    if let doubt = scene.doubt(about: HorizontalPodAutoscaler.self) {
      warn(.note, "whether an autoscaler sets the replicas cannot be told: \(doubt)")
    }
    if let autoscaler = scene.autoscaler(of: target) {
      let least = autoscaler.spec.minReplicas ?? 1
      let name = "horizontalpodautoscaler/\(autoscaler.metadata.name)"
      if replicas == 0 {
        warn(.warning, "with 0 replicas \(name) is switched off until somebody scales up again")
      } else {
        warn(
          .danger,
          "\(name) sets the replicas, between \(least) and \(autoscaler.spec.maxReplicas): it will overwrite this")
      }
    }
    if replicas == 0, current > 0 {
      warn(.danger, "nothing of it runs any more: an outage until it is scaled up again")
    } else if replicas < current {
      warn(.note, "\(current - replicas) pods are deleted; disruption budgets do not hold this back")
    }
    if target.kind == "StatefulSet", replicas < current,
      object[path: "spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"]?.string == "Delete"
    {
      warn(.danger, "the claims of the pods that go are deleted with their data (whenScaled is Delete)")
    }
    if let owner = (object[path: "metadata", "ownerReferences"]?.array ?? []).first(where: {
      $0["controller"]?.bool == true
    }) {
      let name = "\(owner["kind"]?.string?.lowercased() ?? "")/\(owner["name"]?.string ?? "")"
      warn(.danger, "\(name) controls it and sets the replicas back: scale that instead")
    }
  }

  mutating func planAutoscalerBounds() throws(RemedyRefusal) {
    var words: [String] = []
    if let least = number("min") {
      set(["spec", "minReplicas"], .int(least))
      words.append("at least \(least)")
    }
    if let most = number("max") {
      set(["spec", "maxReplicas"], .int(most))
      words.append("at most \(most)")
    }
    let least = number("min") ?? object[path: "spec", "minReplicas"]?.int ?? 1
    let most = number("max") ?? object[path: "spec", "maxReplicas"]?.int ?? 0
    guard most >= max(least, 1) else {
      throw refusal(.order, "max \(most) would be below min \(least)")
    }
    title = "scale to \(words.joined(separator: " and ")) replicas"
    if let now = object[path: "status", "currentReplicas"]?.int, now < least {
      warn(.note, "\(least - now) pods are started at once")
    } else if let now = object[path: "status", "currentReplicas"]?.int, now > most {
      warn(.warning, "\(now - most) pods are deleted at once")
    }
  }
}
