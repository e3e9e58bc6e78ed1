import Diagnosis
import Kube

extension Page {
  /// A pod in the order of `kubectl describe pod`.
  mutating func pod(_ pod: JSONValue, summary: PodSummary?) {
    let (spec, status) = (pod.at("spec"), pod.at("status"))
    section("Pod") { page in
      page.identity(pod)
      page.podHead(pod, summary: summary)
      page.metadata(pod, creation: false)
      page.addressesOfPod(status)
      page.addSet("NominatedNodeName", status.text("nominatedNodeName"), .notice)
    }
    podContainers(spec, status)
    section("Conditions") { page in
      for gate in spec.list("readinessGates").prefix(50) {
        let type = gate.text("conditionType")
        let found = status.list("conditions").first { $0.text("type") == type }
        page.add("Readiness Gate", "\(type)  \(found?.text("status") ?? "<none>")", found == nil ? .warning : .plain)
      }
      page.conditions(
        status.list("conditions"),
        bad: ["DisruptionTarget", "PodResizePending", "PodResizeInProgress"])
    }
    volumes(spec.list("volumes"))
    section("Scheduling") { page in
      page.addSet("QoS Class", status.text("qosClass"))
      page.placement(spec)
    }
  }

  private mutating func podHead(_ pod: JSONValue, summary: PodSummary?) {
    let (spec, status) = (pod.at("spec"), pod.at("status"))
    if let priority = spec.number("priority") {
      let name = spec.text("priorityClassName")
      add("Priority", name.isEmpty ? "\(priority)" : "\(priority) (\(name))")
    }
    addSet("Runtime Class Name", spec.text("runtimeClassName"))
    addOrNone("Service Account", spec.text("serviceAccountName"))
    let (node, host) = (spec.text("nodeName"), status.text("hostIP"))
    addOrNone("Node", host.isEmpty ? node : "\(node)/\(host)")
    if let gates = spec.at("schedulingGates").array, !gates.isEmpty {
      add("Scheduling Gates", gates.map { $0.text("name") }.joined(separator: ", "), .notice)
    }
    add("Created", time: pod.time("metadata", "creationTimestamp"))
    add("Start Time", time: status.time("startTime"))
    let phase = status.text("phase")
    if let deletion = pod.time("metadata", "deletionTimestamp") {
      let grace = pod.number("metadata", "deletionGracePeriodSeconds") ?? 0
      let due = deletion > now ? "due in \(deletion.since(now).human)" : "due \(age(deletion)) ago"
      add("Status", "Terminating (\(due), phase \(phase))", .warning)
      add("Termination Grace Period", "\(grace)s")
    } else {
      let word = summary?.status ?? phase
      add("Status", word == phase || word.isEmpty ? phase : "\(word) (phase \(phase))", Page.mark(ofPodStatus: word))
    }
    if let summary {
      add("Ready", summary.ready, summary.readyContainers == summary.totalContainers ? .plain : .dim)
      if summary.restarts != 0 { add("Restarts", summary.restartsText(now: now), .notice) }
    }
    addSet("Reason", status.text("reason"), .warning)
    addSet("Message", status.text("message"), .warning)
    addSet("SeccompProfile", spec.text("securityContext", "seccompProfile", "type"))
    let hosts = ["hostNetwork", "hostPID", "hostIPC"].filter { spec[$0] == true }
    addSet("Shares With Node", hosts.joined(separator: ", "), .notice)
    let pull = spec.list("imagePullSecrets").map { $0.text("name") }
    addSet("Image Pull Secrets", pull.joined(separator: ", "))
  }

  private mutating func addressesOfPod(_ status: JSONValue) {
    addOrNone("IP", status.text("podIP"))
    let all = status.list("podIPs").map { $0.text("ip") }
    if all.count > 1 { add("IPs", all.joined(separator: ", ")) }
  }

  /// Node selectors, tolerations, spreading and affinity of a pod or of a template.
  mutating func placement(_ spec: JSONValue) {
    selectorMap("Node-Selectors", spec.at("nodeSelector"))
    add("Tolerations", all: spec.list("tolerations").map(Page.tolerationText))
    let spread = spec.list("topologySpreadConstraints").map { constraint in
      "\(constraint.text("topologyKey")):\(constraint.text("whenUnsatisfiable")) when max skew "
        + "\(constraint.text("maxSkew")) is exceeded for selector \(selectorText(constraint.at("labelSelector")))"
    }
    if !spread.isEmpty { add("Topology Spread Constraints", all: spread) }
    if spec.has("affinity") { group("Affinity", mark: .plain) { $0.tree(spec.at("affinity")) } }
    let scheduler = spec.text("schedulerName")
    if !scheduler.isEmpty, scheduler != "default-scheduler" { add("Scheduler", scheduler) }
  }

  /// `node.kubernetes.io/not-ready:NoExecute op=Exists for 300s`.
  static func tolerationText(_ toleration: JSONValue) -> String {
    var text = toleration.text("key")
    let (value, effect) = (toleration.text("value"), toleration.text("effect"))
    if !value.isEmpty { text += "=\(value)" }
    if !effect.isEmpty { text += ":\(effect)" }
    if toleration.text("operator") == "Exists", value.isEmpty { text += text.isEmpty ? "op=Exists" : " op=Exists" }
    if let seconds = toleration.number("tolerationSeconds") { text += " for \(seconds)s" }
    return text
  }

  /// How the word in the STATUS column of a pod is meant.
  static func mark(ofPodStatus word: String) -> DetailMark {
    switch word {
    case "Running", "Completed", "Succeeded": .good
    case "Pending", "ContainerCreating", "PodInitializing", "SchedulingGated", "NotReady", "": .notice
    case "Terminating": .warning
    case "Unknown": .unknown
    default: word.hasPrefix("Init:") && word.contains("/") ? .notice : .critical
    }
  }
}
