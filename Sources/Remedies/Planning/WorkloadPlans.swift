import ClusterState
import Kube

extension Draft {
  // MARK: The template

  /// Where the target's pods' template is.
  var template: FieldPath {
    switch target.kind {
    case "Pod": []
    case "CronJob": ["spec", "jobTemplate", "spec", "template"]
    default: ["spec", "template"]
    }
  }

  var podSpec: FieldPath { template + ["spec"] }

  /// Refuses kinds whose template cannot be changed.
  func checkTemplateCanChange() throws(RemedyRefusal) {
    switch target.kind {
    case "Pod":
      throw refusal(
        .unsuitable,
        "\(target.shortName) has no controller, and this cannot be changed in a pod that exists: "
          + "delete the pod and create it with the new value")
    case "Job":
      throw refusal(
        .unsuitable,
        "the pod template of a Job cannot be changed: delete \(target.shortName) and create it with the new value")
    default: break
    }
  }

  /// Where the container is that the order means.
  func container() throws(RemedyRefusal) -> (path: FieldPath, name: String) {
    let lists = ["containers", "initContainers"].map { name in
      (name, (object[at: podSpec + [.member(name)]]?.array ?? []).compactMap { $0["name"]?.string })
    }
    let all = lists.flatMap { $0.1 }
    let name: String
    if let wanted = text("container") {
      name = wanted
    } else if lists[0].1.count == 1 {
      name = lists[0].1[0]
    } else {
      throw refusal(
        .order, "which container? \(target.shortName) has \(all.joined(separator: ", ")): give container=NAME")
    }
    guard let list = lists.first(where: { $0.1.contains(name) }) else {
      throw refusal(
        .order, "\(target.shortName) has no container \"\(name)\": it has \(all.joined(separator: ", "))")
    }
    return (podSpec + [.member(list.0), .named(name)], name)
  }

  // MARK: What a new template means

  /// What follows when the template changes: pods are replaced.
  mutating func planRollout() {
    let count = scene.pods(below: target).count
    let pods = count == 1 ? "its pod" : "its \(count) pods"
    wait = RemedyWait(condition: .rolledOut(target, generation: 0), deadline: rolloutDeadline)
    switch target.kind {
    case "CronJob":
      wait = RemedyWait(condition: .accepted, deadline: .seconds(60))
      warn(.note, "Jobs that run now are not changed; the next one is made from the new template")
      return
    case "ReplicaSet", "ReplicationController":
      wait = RemedyWait(condition: .accepted, deadline: .seconds(60))
      warn(.warning, "\(target.shortName) does not replace its pods: delete them to get new ones")
      return
    case "Deployment":
      if object[path: "spec", "paused"]?.bool == true {
        wait = RemedyWait(condition: .accepted, deadline: .seconds(60))
        warn(.warning, "rollouts of \(target.shortName) are paused: nothing happens until they are resumed")
        return
      }
      if object[path: "spec", "strategy", "type"]?.string == "Recreate" {
        warn(.danger, "\(target.shortName) replaces \(pods) with strategy Recreate: none runs until the new ones do")
        return
      }
      warn(.note, "\(target.shortName) replaces \(pods), step by step; disruption budgets do not hold it back")
      warnOfOutage()
    case "StatefulSet", "DaemonSet":
      if object[path: "spec", "updateStrategy", "type"]?.string == "OnDelete" {
        wait = RemedyWait(condition: .accepted, deadline: .seconds(60))
        warn(.warning, "updateStrategy is OnDelete: each pod gets the change only when it is deleted")
        return
      }
      if let partition = object[path: "spec", "updateStrategy", "rollingUpdate", "partition"]?.int, partition > 0 {
        warn(.warning, "partition is \(partition): pods with a lower number keep the old template")
      }
      warn(.note, "\(target.shortName) replaces \(pods), one after the other")
      if target.kind == "StatefulSet", object[path: "spec", "replicas"]?.int ?? 1 == 1 {
        warn(.warning, "there is one replica: it is down until the new pod is ready")
      }
    default: break
    }
  }

  /// A rolling update that may take the only pod away before the new one is ready.
  private mutating func warnOfOutage() {
    let replicas = object[path: "spec", "replicas"]?.int ?? 1
    let bound = object[path: "spec", "strategy", "rollingUpdate", "maxUnavailable"]
    let unavailable: Int? =
      bound?.int ?? bound?.string.flatMap { IntOrString.string($0).resolved(of: replicas, roundingUp: false) }
    if replicas > 0, let unavailable, unavailable >= replicas {
      warn(.warning, "maxUnavailable lets all \(replicas) replicas be down at the same time")
    }
  }

  private var rolloutDeadline: Duration {
    let seconds = object[path: "spec", "progressDeadlineSeconds"]?.int ?? 600
    return .seconds(min(max(seconds, 60), 3600) + 30)
  }

  // MARK: Remedies

  mutating func planResources() throws(RemedyRefusal) {
    try checkTemplateCanChange()
    let (path, name) = try container()
    var words: [String] = []
    var limits: [String] = []
    var requests: [String] = []
    for (resource, bound) in [
      ("memory", "limit"), ("memory", "request"), ("cpu", "limit"), ("cpu", "request"),
    ] {
      guard let text = text("\(resource)-\(bound)") else { continue }
      let value: JSONValue? = text == "none" ? nil : .string(text)
      set(path + ["resources", .member(bound + "s"), .member(resource)], value)
      words.append(text == "none" ? "no \(resource) \(bound)" : "\(resource) \(bound) \(text)")
      // kubectl takes a bound away when it is 0.
      let flag = "\(resource)=\(text == "none" ? "0" : text)"
      if bound == "limit" { limits.append(flag) } else { requests.append(flag) }
    }
    title = "give container \(name) \(words.joined(separator: ", "))"
    var line = "kubectl set resources \(kubectlTarget) -c \(name)"
    if !limits.isEmpty { line += " --limits=\(limits.joined(separator: ","))" }
    if !requests.isEmpty { line += " --requests=\(requests.joined(separator: ","))" }
    kubectl = [line]
    planRollout()
    if case .rolledOut = wait.condition { wait.steadiness = .seconds(15) }
    try checkBounds(path)
    warnOfRoom(path)
  }

  /// A request above the limit is refused by every server; said here in words.
  private func checkBounds(_ path: FieldPath) throws(RemedyRefusal) {
    var edited = EditedObject(object)
    for edit in edits { try edited.apply(edit) }
    for resource in ["memory", "cpu"] {
      guard let limit = edited.object[at: path + ["resources", "limits", .member(resource)]]?.quantity,
        let request = edited.object[at: path + ["resources", "requests", .member(resource)]]?.quantity,
        request > limit
      else { continue }
      throw refusal(
        .unsuitable, "the \(resource) request \(request) would be above the limit \(limit): change both")
    }
  }

  /// Whether any node could take the container with its new requests.
  private mutating func warnOfRoom(_ path: FieldPath) {
    guard let edited = try? after() else { return }
    if let doubt = scene.doubt(about: Node.self) {
      return warn(.note, "whether a node has room for it cannot be told: \(doubt)")
    }
    let nodes = scene.state.all(Node.self).filter { !$0.spec.unschedulable }
    for resource in ["memory", "cpu"] where edits.contains(where: { $0.path.parts.last == .member(resource) }) {
      // A limit without a request is the request.
      let wanted =
        edited[at: path + ["resources", "requests", .member(resource)]]?.quantity
        ?? edited[at: path + ["resources", "limits", .member(resource)]]?.quantity
      guard let wanted, !nodes.isEmpty else { continue }
      let largest = nodes.compactMap { $0.status.allocatable[resource] }.max() ?? Quantity("0")
      if wanted > largest {
        warn(.danger, "no node has \(wanted) of \(resource): the largest has \(largest), so the new pods stay Pending")
      } else if !nodes.contains(where: { free(resource, on: $0) >= (wanted.nanos ?? 0) }) {
        warn(.warning, "no node has \(wanted) of \(resource) free now: new pods may stay Pending")
      }
    }
  }

  func after() throws(RemedyRefusal) -> JSONValue {
    var edited = EditedObject(object)
    for edit in edits { try edited.apply(edit) }
    return edited.object
  }

  private func free(_ resource: String, on node: Node) -> Int128 {
    var free = node.status.allocatable[resource]?.nanos ?? 0
    for pod in scene.state.pods(onNode: node.metadata.name) where !pod.isTerminal {
      for container in pod.spec.containers { free -= container.resources.requests[resource]?.nanos ?? 0 }
    }
    return free
  }

  mutating func planImage() throws(RemedyRefusal) {
    if target.kind == "Job" { try checkTemplateCanChange() }
    let (path, name) = try container()
    let image = text("image") ?? ""
    set(path + ["image"], .string(image))
    title = "set the image of container \(name) to \(image)"
    kubectl = ["kubectl set image \(kubectlTarget) \(ShellText.quoted("\(name)=\(image)"))"]
    planRollout()
    if target.kind == "Pod" {
      wait = RemedyWait(condition: .podReady(target), deadline: .seconds(300))
      warn(.warning, "the container is restarted with the new image")
    }
  }

  mutating func planProbe() throws(RemedyRefusal) {
    try checkTemplateCanChange()
    let (path, name) = try container()
    let probe = text("probe") ?? ""
    let field = text("field") ?? ""
    let value = number("value") ?? 0
    let place = path + [.member("\(probe)Probe")]
    guard object[at: place] != nil else {
      throw refusal(.unsuitable, "container \(name) of \(target.shortName) has no \(probe) probe")
    }
    if value == 0, field != "initialDelaySeconds" {
      throw refusal(.order, "\(field) must be at least 1")
    }
    set(place + [.member(field)], .int(value))
    title = "set \(field) of the \(probe) probe of container \(name) to \(value)"
    planRollout()
    if case .rolledOut = wait.condition { wait.steadiness = .seconds(15) }
  }

  mutating func planEnvReference() throws(RemedyRefusal) {
    try checkTemplateCanChange()
    let (path, name) = try container()
    let from = text("from") ?? ""
    let to = text("to")
    let (key, newKey) = (text("key"), text("to-key"))
    guard to != nil || newKey != nil else {
      throw refusal(.order, "give to=NAME or to-key=KEY: what to refer to instead")
    }
    guard (newKey == nil) == (key == nil) else { throw refusal(.order, "key and to-key are given together") }
    let container = object[at: path] ?? [:]
    for (index, variable) in (container["env"]?.array ?? []).enumerated() {
      for source in ["configMapKeyRef", "secretKeyRef"] {
        guard let reference = variable["valueFrom"]?[source], reference["name"]?.string == from,
          key == nil || reference["key"]?.string == key
        else { continue }
        let place = path + ["env", .index(index), "valueFrom", .member(source)]
        if let to { set(place + ["name"], .string(to)) }
        if let newKey { set(place + ["key"], .string(newKey)) }
      }
    }
    if let to, key == nil {
      for (index, source) in (container["envFrom"]?.array ?? []).enumerated() {
        for kind in ["configMapRef", "secretRef"] where source[kind]?["name"]?.string == from {
          set(path + ["envFrom", .index(index), .member(kind), "name"], .string(to))
        }
      }
    }
    guard !edits.isEmpty else {
      let what = key.map { "key \($0) of \(from)" } ?? from
      throw refusal(.missing, "env and envFrom of container \(name) do not refer to \(what)")
    }
    let old = key.map { "\(from) key \($0)" } ?? from
    let new = [to ?? from, newKey.map { "key \($0)" }].compactMap { $0 }.joined(separator: " ")
    title = "refer to \(new) instead of \(old) in container \(name)"
    planRollout()
  }

  mutating func planPullSecret() throws(RemedyRefusal) {
    try checkTemplateCanChange()
    let secret = text("secret") ?? ""
    let path = podSpec + ["imagePullSecrets", .named(secret)]
    if object[at: path] == nil { set(path, ["name": .string(secret)]) }
    title = "pull images with secret \(secret)"
    planRollout()
  }

  mutating func planToleration() throws(RemedyRefusal) {
    if target.kind == "Job" { try checkTemplateCanChange() }
    let key = text("key") ?? ""
    var toleration: JSONValue = ["key": .string(key)]
    toleration["operator"] = text("value") == nil ? "Exists" : "Equal"
    toleration["value"] = text("value").map { .string($0) }
    toleration["effect"] = text("effect").map { .string($0) }
    let list = podSpec + ["tolerations"]
    if !(object[at: list]?.array ?? []).contains(toleration) { set(list + [.end], toleration) }
    let taint = key + (text("value").map { "=\($0)" } ?? "") + (text("effect").map { ":\($0)" } ?? "")
    title = "tolerate the taint \(taint)"
    if target.kind == "Pod" {
      wait = RemedyWait(condition: .scheduled(target), deadline: .seconds(120))
      noUndo = "a toleration cannot be taken from a pod"
    } else {
      planRollout()
    }
  }

  mutating func planRolloutBounds() throws(RemedyRefusal) {
    guard target.kind == "Deployment" else {
      throw refusal(.unsuitable, "\(target.shortName) is no Deployment: it has no maxSurge")
    }
    let place: FieldPath = ["spec", "strategy", "rollingUpdate"]
    guard object[path: "spec", "strategy", "type"]?.string != "Recreate" else {
      throw refusal(.unsuitable, "the strategy of \(target.shortName) is Recreate, which has no bounds")
    }
    var words: [String] = []
    for (parameter, field) in [("max-surge", "maxSurge"), ("max-unavailable", "maxUnavailable")] {
      guard let value = intOrText(parameter) else { continue }
      set(place + [.member(field)], value)
      words.append("\(field) \(text(parameter) ?? "")")
    }
    title = "roll out with \(words.joined(separator: ", "))"
    wait = RemedyWait(condition: .rolledOut(target, generation: 0), deadline: rolloutDeadline)
  }

  mutating func planRestart() throws(RemedyRefusal) {
    guard ["Deployment", "StatefulSet", "DaemonSet"].contains(target.kind) else {
      throw refusal(
        .unsuitable, "\(target.shortName) cannot be restarted: only a Deployment, StatefulSet or DaemonSet can")
    }
    if object[path: "spec", "paused"]?.bool == true {
      throw refusal(.unsuitable, "rollouts of \(target.shortName) are paused: resume them first")
    }
    set(
      template + ["metadata", "annotations", "kubectl.kubernetes.io/restartedAt"],
      .string(Timestamp(seconds: scene.now.seconds).description))
    title = "restart all pods"
    kubectl = ["kubectl rollout restart \(kubectlTarget)"]
    noUndo = "a restart cannot be taken back"
    planRollout()
  }

  mutating func planPause(_ pauses: Bool) {
    set(["spec", "paused"], pauses ? true : nil)
    title = pauses ? "pause rollouts" : "resume rollouts"
    kubectl = ["kubectl rollout \(pauses ? "pause" : "resume") \(kubectlTarget)"]
    if pauses {
      warn(.note, "changes of the template wait until the Deployment is resumed; pods that run go on running")
    } else {
      warn(.note, "changes that were made while it was paused are rolled out now")
      wait = RemedyWait(condition: .rolledOut(target, generation: 0), deadline: rolloutDeadline)
    }
  }

  mutating func planPartition() {
    let partition = number("partition") ?? 0
    set(["spec", "updateStrategy", "rollingUpdate", "partition"], .int(partition))
    title = "roll the new revision out to pods from number \(partition)"
    wait = RemedyWait(condition: .rolledOut(target, generation: 0), deadline: rolloutDeadline)
    if object[path: "spec", "updateStrategy", "type"]?.string == "OnDelete" {
      warn(.warning, "updateStrategy is OnDelete: the partition has no meaning")
      wait = RemedyWait(condition: .accepted, deadline: .seconds(60))
    }
  }
}

extension JSONValue {
  /// The quantity that a text or number is.
  var quantity: Quantity? {
    let text = string ?? int.map { "\($0)" }
    return text.map { Quantity($0) }.flatMap { $0.nanos == nil ? nil : $0 }
  }
}
