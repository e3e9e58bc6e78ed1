import Kube

extension Page {
  /// A Deployment in the order of `kubectl describe deployment`.
  mutating func deployment(_ object: JSONValue, sets: [ReplicaSet]?) {
    let (spec, status) = (object.at("spec"), object.at("status"))
    section("Deployment") { page in
      page.workloadHead(object)
      let available = status.number("availableReplicas") ?? 0
      let desired = spec.number("replicas") ?? 1
      page.add(
        "Replicas",
        "\(desired) desired | \(status.number("updatedReplicas") ?? 0) updated | \(status.number("replicas") ?? 0) total"
          + " | \(available) available | \(status.number("unavailableReplicas") ?? 0) unavailable",
        available >= desired ? .good : .warning)
      if spec["paused"] == true { page.add("Paused", "true", .notice) }
      page.addSet("StrategyType", spec.text("strategy", "type"))
      page.add("MinReadySeconds", "\(spec.number("minReadySeconds") ?? 0)")
      if spec.has("strategy", "rollingUpdate") {
        let rolling = spec.at("strategy", "rollingUpdate")
        page.add(
          "RollingUpdateStrategy",
          "\(rolling.text("maxUnavailable")) max unavailable, \(rolling.text("maxSurge")) max surge")
      }
      page.addSet(
        "ProgressDeadline",
        spec.text("progressDeadlineSeconds").isEmpty ? "" : spec.text("progressDeadlineSeconds") + "s")
      let revision = object.at("metadata", "annotations").text("deployment.kubernetes.io/revision")
      page.addSet("Revision", revision)
      page.replicaSets(sets, revision: revision)
      page.observed(object)
    }
    conditionSection(status, bad: ["ReplicaFailure"])
    podTemplate(spec.at("template"))
  }

  /// The ReplicaSets of a Deployment, that of its revision apart from those before it.
  private mutating func replicaSets(_ sets: [ReplicaSet]?, revision: String) {
    guard let sets else { return }
    func texts(isNew: Bool) -> String {
      let wanted = sets.filter { set in
        (set.metadata.annotations["deployment.kubernetes.io/revision"] == revision && !revision.isEmpty) == isNew
      }
      return Page.bounded(
        wanted.sorted { $0.metadata.name < $1.metadata.name }.map {
          "\($0.metadata.name) (\($0.status.replicas)/\($0.spec.replicas ?? 1) replicas created)"
        }, separator: ", ")
    }
    addOrNone("OldReplicaSets", texts(isNew: false))
    addOrNone("NewReplicaSet", texts(isNew: true))
  }

  /// How many pods of a controller are in which phase; nothing when its pods are not read.
  private mutating func podsStatus(_ pods: [Pod]?) {
    guard let pods else { return }
    let phases = [("Running", "Running"), ("Pending", "Waiting"), ("Succeeded", "Succeeded"), ("Failed", "Failed")]
    let counts = phases.map { phase, word in "\(pods.count { $0.status.phase == phase }) \(word)" }
    add("Pods Status", counts.joined(separator: " / "))
  }

  /// A ReplicaSet or ReplicationController.
  mutating func replicaSet(_ object: JSONValue, kind: String, pods: [Pod]?) {
    let (spec, status) = (object.at("spec"), object.at("status"))
    section(kind) { page in
      page.workloadHead(object)
      let (current, desired) = (status.number("replicas") ?? 0, spec.number("replicas") ?? 1)
      page.add("Replicas", "\(current) current / \(desired) desired", current >= desired ? .plain : .warning)
      page.add(
        "Ready", "\(status.number("readyReplicas") ?? 0) ready, \(status.number("availableReplicas") ?? 0) available")
      page.podsStatus(pods)
      page.addSet("Revision", object.at("metadata", "annotations").text("deployment.kubernetes.io/revision"))
      page.observed(object)
    }
    conditionSection(status, bad: ["ReplicaFailure"])
    podTemplate(spec.at("template"))
  }

  /// A StatefulSet.
  mutating func statefulSet(_ object: JSONValue, pods: [Pod]?) {
    let (spec, status) = (object.at("spec"), object.at("status"))
    section("StatefulSet") { page in
      page.workloadHead(object)
      let (ready, desired) = (status.number("readyReplicas") ?? 0, spec.number("replicas") ?? 1)
      page.add(
        "Replicas", "\(desired) desired | \(status.number("replicas") ?? 0) total | \(ready) ready",
        ready >= desired ? .good : .warning)
      page.podsStatus(pods)
      page.addSet("Service Name", spec.text("serviceName"))
      page.addSet("Pod Management", spec.text("podManagementPolicy"))
      page.addSet("Update Strategy", spec.text("updateStrategy", "type"))
      let partition = spec.text("updateStrategy", "rollingUpdate", "partition")
      if !partition.isEmpty { page.indented { $0.add("Partition", partition) } }
      let (current, update) = (status.text("currentRevision"), status.text("updateRevision"))
      page.addSet("Current Revision", current)
      if current != update { page.addSet("Update Revision", update, .notice) }
      page.observed(object)
    }
    conditionSection(status)
    podTemplate(spec.at("template"))
    section("Volume Claims") { page in
      for claim in spec.list("volumeClaimTemplates") {
        page.group(claim.text("metadata", "name")) { page in
          page.addOrNone("StorageClass", claim.text("spec", "storageClassName"), none: "<default>")
          if claim.has("metadata", "labels") { page.labels("Labels", claim.at("metadata", "labels")) }
          if claim.has("metadata", "annotations") { page.annotations(claim.at("metadata", "annotations")) }
          page.addSet("Capacity", claim.text("spec", "resources", "requests", "storage"))
          page.add("Access Modes", claim.list("spec", "accessModes").texts.joined(separator: ","))
        }
      }
    }
  }

  /// A DaemonSet.
  mutating func daemonSet(_ object: JSONValue, pods: [Pod]?) {
    let (spec, status) = (object.at("spec"), object.at("status"))
    section("DaemonSet") { page in
      page.workloadHead(object)
      page.selectorMap("Node-Selector", spec.at("template", "spec", "nodeSelector"))
      let desired = status.number("desiredNumberScheduled") ?? 0
      page.add("Desired Number of Nodes Scheduled", "\(desired)")
      let current = status.number("currentNumberScheduled") ?? 0
      page.add("Current Number of Nodes Scheduled", "\(current)", current < desired ? .warning : .plain)
      page.add("Number of Nodes Scheduled with Up-to-date Pods", "\(status.number("updatedNumberScheduled") ?? 0)")
      let available = status.number("numberAvailable") ?? 0
      page.add("Number of Nodes Scheduled with Available Pods", "\(available)", available < desired ? .warning : .plain)
      let wrong = status.number("numberMisscheduled") ?? 0
      page.add("Number of Nodes Misscheduled", "\(wrong)", wrong > 0 ? .warning : .plain)
      page.podsStatus(pods)
      page.addSet("Update Strategy", spec.text("updateStrategy", "type"))
      page.observed(object)
    }
    conditionSection(status)
    podTemplate(spec.at("template"))
  }

  /// Name to selector of a workload.
  mutating func workloadHead(_ object: JSONValue) {
    identity(object)
    let selector = object.at("spec", "selector")
    if selector.has("matchLabels") || selector.has("matchExpressions") {
      addOrNone("Selector", selectorText(selector))
    } else {
      selectorMap("Selector", selector)
    }
    metadata(object)
  }

  /// Says when the controller has not seen the latest change.
  mutating func observed(_ object: JSONValue) {
    guard let generation = object.number("metadata", "generation"),
      let observed = object.number("status", "observedGeneration"), observed < generation
    else { return }
    add("Observed Generation", "\(observed) of \(generation): the controller has not seen the latest change", .notice)
  }

  mutating func conditionSection(_ status: JSONValue, bad: Set<String> = [], neutral: Set<String> = []) {
    section("Conditions") { $0.conditions(status.list("conditions"), bad: bad, neutral: neutral) }
  }
}
