import Kube

/// The scheduler: places pods on nodes, or says why it cannot, in kube-scheduler's words.
extension Simulation {
  /// How often it tries a pod again that nothing has helped.
  private static let retryInterval = Duration.seconds(300)

  mutating func schedulePods() {
    let pending = store.list("pods").filter {
      $0.text(at: "spec.nodeName").isEmpty && !$0.isDeleting && !Self.isFinished($0)
        && $0.text(at: "spec.schedulerName") == "default-scheduler"
    }
    guard !pending.isEmpty else { return }
    var view = SchedulingView(nodes: store.list("nodes"), pods: store.list("pods"))
    for pod in pending {
      switch placement(of: pod, in: view) {
      case .success(let node):
        bind(pod, to: node)
        view.place(pod, on: node)
      case .failure(let verdict): refuse(pod, verdict.message)
      }
    }
  }

  /// Puts a pod on a node.
  mutating func bind(_ pod: JSONValue, to node: String) {
    var bound = pod
    bound.set("spec.nodeName", .string(node))
    var status = bound["status"] ?? .emptyObject
    setCondition(&status, "PodScheduled", "True")
    bound["status"] = status
    retries[pod.uid] = nil
    write("pods", bound)
    for claim in Self.claims(of: pod) { bindClaim(claim, namespace: pod.namespace, node: node) }
    record(
      pod, "Normal", "Scheduled", "Successfully assigned \(pod.namespace)/\(pod.name) to \(node)",
      source: "default-scheduler")
  }

  private mutating func refuse(_ pod: JSONValue, _ message: String) {
    var refused = pod
    var status = refused["status"] ?? .emptyObject
    setCondition(&status, "PodScheduled", "False", reason: "Unschedulable", message: message)
    status["phase"] = "Pending"
    status["qosClass"] = .string(Self.qualityOfService(pod))
    refused["status"] = status
    let isNews = pod.condition("PodScheduled")?.text(at: "message") != message
    write("pods", refused)
    if isNews || retries[pod.uid].map({ $0.due <= now }) ?? true {
      retries[pod.uid] = Retry(due: now.advanced(by: Self.retryInterval), delay: Self.retryInterval)
      record(pod, "Warning", "FailedScheduling", message, source: "default-scheduler")
    }
  }

  private struct Refusal: Error { var message: String }

  private func placement(of pod: JSONValue, in view: SchedulingView) -> Result<String, Refusal> {
    let total = view.nodes.count
    guard total > 0 else { return .failure(Refusal(message: "no nodes available to schedule pods")) }
    if let problem = claimProblem(of: pod) {
      // The tail is what the scheduler of 1.36 really writes after such a failure.
      return .failure(Refusal(message: "0/\(total) nodes are available: \(problem). not found"))
    }
    var reasons: [String: Int] = [:]
    var helpless = 0
    var fitting: [(name: String, load: Double)] = []
    for node in view.nodes {
      if let verdict = view.verdict(pod, node) {
        for reason in verdict.reasons { reasons[reason, default: 0] += 1 }
        if verdict.isUnresolvable { helpless += 1 }
      } else if let problem = volumeProblem(of: pod, on: node) {
        reasons[problem, default: 0] += 1
        helpless += 1
      } else {
        fitting.append((node.name, view.load(of: node)))
      }
    }
    if let best = fitting.min(by: { ($0.load, $0.name) < ($1.load, $1.name) }) { return .success(best.name) }
    let list = reasons.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
    var preemption: [String] = []
    if total > helpless { preemption.append("\(total - helpless) No preemption victims found for incoming pod") }
    if helpless > 0 { preemption.append("\(helpless) Preemption is not helpful for scheduling") }
    return .failure(
      Refusal(
        message: "0/\(total) nodes are available: \(list). preemption: 0/\(total) nodes are available: "
          + preemption.sorted().joined(separator: ", ") + "."))
  }

  /// Names of the claims that a pod mounts.
  static func claims(of pod: JSONValue) -> [String] {
    pod.list(at: "spec.volumes").compactMap { $0[at: "persistentVolumeClaim.claimName"]?.string }
  }

  private func claimProblem(of pod: JSONValue) -> String? {
    for name in Self.claims(of: pod) {
      guard let claim = store.object("persistentvolumeclaims", namespace: pod.namespace, name: name) else {
        return "persistentvolumeclaim \"\(name)\" not found"
      }
      if claim.isDeleting { return "persistentvolumeclaim \"\(name)\" is being deleted" }
      if claim.text(at: "status.phase") != "Bound", !waitsForConsumer(claim) {
        return "pod has unbound immediate PersistentVolumeClaims"
      }
    }
    return nil
  }

  private func volumeProblem(of pod: JSONValue, on node: JSONValue) -> String? {
    for name in Self.claims(of: pod) {
      guard let claim = store.object("persistentvolumeclaims", namespace: pod.namespace, name: name),
        let volume = store.object("persistentvolumes", name: claim.text(at: "spec.volumeName")),
        let required = volume[at: "spec.nodeAffinity.required"]
      else { continue }
      if !SchedulingView.matches(required, node) { return "node(s) didn't match PersistentVolume's node affinity" }
    }
    return nil
  }
}

/// Nodes and what is placed on them, for the decisions of one pass.
struct SchedulingView: Sendable {
  struct Verdict: Sendable {
    var reasons: [String]
    /// Whether removing other pods could not help.
    var isUnresolvable: Bool
  }
  struct Usage: Sendable {
    var milliCPU = 0
    var memory = 0
    var pods = 0
  }
  let nodes: [JSONValue]
  private var usage: [String: Usage] = [:]
  private var placed: [String: [JSONValue]] = [:]

  init(nodes: [JSONValue], pods: [JSONValue]) {
    self.nodes = nodes
    for pod in pods where !Simulation.isFinished(pod) {
      let node = pod.text(at: "spec.nodeName")
      if !node.isEmpty { place(pod, on: node) }
    }
  }

  mutating func place(_ pod: JSONValue, on node: String) {
    let request = Self.request(of: pod)
    usage[node, default: Usage()].milliCPU += request.milliCPU
    usage[node, default: Usage()].memory += request.memory
    usage[node, default: Usage()].pods += 1
    placed[node, default: []].append(pod)
  }

  /// The share of a node that is asked for, for choosing the emptiest.
  func load(of node: JSONValue) -> Double {
    let used = usage[node.name] ?? Usage()
    let allocatable = Self.allocatable(of: node)
    return Double(used.milliCPU) / Double(max(1, allocatable.milliCPU))
      + Double(used.memory) / Double(max(1, allocatable.memory))
  }

  /// What a pod asks for: the sum of its containers, or its largest init container.
  static func request(of pod: JSONValue) -> Usage {
    var sum = Usage(milliCPU: 0, memory: 0, pods: 1)
    for container in pod.list(at: "spec.containers") {
      sum.milliCPU += amount(container, "cpu").flatMap(\.milliValue) ?? 0
      sum.memory += amount(container, "memory").flatMap(\.value) ?? 0
    }
    for container in pod.list(at: "spec.initContainers") {
      sum.milliCPU = max(sum.milliCPU, amount(container, "cpu").flatMap(\.milliValue) ?? 0)
      sum.memory = max(sum.memory, amount(container, "memory").flatMap(\.value) ?? 0)
    }
    return sum
  }

  private static func amount(_ container: JSONValue, _ resource: String) -> Quantity? {
    container[at: "resources.requests.\(resource)"]?.string.map { Quantity($0) }
  }

  static func allocatable(of node: JSONValue) -> Usage {
    Usage(
      milliCPU: node[at: "status.allocatable.cpu"]?.string.flatMap { Quantity($0).milliValue } ?? 0,
      memory: node[at: "status.allocatable.memory"]?.string.flatMap { Quantity($0).value } ?? 0,
      pods: node[at: "status.allocatable.pods"]?.string.flatMap { Quantity($0).value } ?? 0)
  }

  /// Why a pod cannot be on a node, by the first filter that refuses it; nil when it can.
  func verdict(_ pod: JSONValue, _ node: JSONValue) -> Verdict? {
    let tolerations = pod.list(at: "spec.tolerations")
    if node[at: "spec.unschedulable"]?.bool == true,
      !Self.tolerates(tolerations, ["key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"])
    {
      return Verdict(reasons: ["node(s) were unschedulable"], isUnresolvable: true)
    }
    for taint in node.list(at: "spec.taints")
    where taint.text(at: "effect") != "PreferNoSchedule" && !Self.tolerates(tolerations, taint) {
      return Verdict(reasons: ["node(s) had untolerated taint(s)"], isUnresolvable: true)
    }
    if !Self.matchesNodeAffinity(pod, node) {
      return Verdict(reasons: ["node(s) didn't match Pod's node affinity/selector"], isUnresolvable: true)
    }
    if let verdict = fit(pod, node) { return verdict }
    return antiAffinity(pod, node)
  }

  private func fit(_ pod: JSONValue, _ node: JSONValue) -> Verdict? {
    let request = Self.request(of: pod)
    let allocatable = Self.allocatable(of: node)
    let used = usage[node.name] ?? Usage()
    var reasons: [String] = []
    if used.pods + 1 > allocatable.pods { reasons.append("Too many pods") }
    var isTooBig = false
    for (name, wanted, all, taken) in [
      ("cpu", request.milliCPU, allocatable.milliCPU, used.milliCPU),
      ("memory", request.memory, allocatable.memory, used.memory),
    ] where wanted > 0 && wanted > all - taken {
      reasons.append("Insufficient \(name)")
      if wanted > all { isTooBig = true }
    }
    return reasons.isEmpty ? nil : Verdict(reasons: reasons, isUnresolvable: isTooBig)
  }

  private func antiAffinity(_ pod: JSONValue, _ node: JSONValue) -> Verdict? {
    for term in pod.list(at: "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution") {
      let topology = term.text(at: "topologyKey")
      guard let value = node.labels[topology]?.string, let matcher = LabelMatcher.selector(term["labelSelector"])
      else { continue }
      for other in nodes where other.labels[topology]?.string == value {
        for neighbour in placed[other.name] ?? []
        where neighbour.namespace == pod.namespace && matcher.matches(neighbour.labels) {
          return Verdict(reasons: ["node(s) didn't match pod anti-affinity rules"], isUnresolvable: false)
        }
      }
    }
    return nil
  }

  /// Whether a list of tolerations covers a taint.
  static func tolerates(_ tolerations: [JSONValue], _ taint: JSONValue) -> Bool {
    tolerations.contains { toleration in
      let effect = toleration.text(at: "effect")
      let key = toleration.text(at: "key")
      let exists = toleration.text(at: "operator") == "Exists"
      return (effect.isEmpty || effect == taint.text(at: "effect"))
        && (key.isEmpty ? exists : key == taint.text(at: "key"))
        && (exists || toleration.text(at: "value") == taint.text(at: "value"))
    }
  }

  /// Whether nodeSelector and required node affinity allow a node.
  static func matchesNodeAffinity(_ pod: JSONValue, _ node: JSONValue) -> Bool {
    guard LabelMatcher.labels(pod[at: "spec.nodeSelector"]).matches(node.labels) else { return false }
    guard let required = pod[at: "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"] else {
      return true
    }
    return matches(required, node)
  }

  /// Whether one of the terms of a node selector matches; empty terms match nothing.
  static func matches(_ selector: JSONValue, _ node: JSONValue) -> Bool {
    selector.list(at: "nodeSelectorTerms").contains { term in
      let expressions = term.list(at: "matchExpressions")
      let fields = term.list(at: "matchFields")
      if expressions.isEmpty && fields.isEmpty { return false }
      let byLabel = LabelMatcher(requirements: expressions.compactMap { LabelMatcher.requirement($0) })
      let byField = LabelMatcher(requirements: fields.compactMap { LabelMatcher.requirement($0) })
      return byLabel.matches(node.labels) && byField.matches(["metadata.name": .string(node.name)])
    }
  }
}
