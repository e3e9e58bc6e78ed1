import ClusterState
import Kube

extension Draft {
  mutating func planServiceSelector() {
    let labels = RemedyParameterType.labels(text("selector") ?? "") ?? []
    set(["spec", "selector"], .object(SmallMap(uniquing: labels.map { ($0.key, .string($0.value)) })))
    let selector = labels.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    title = "select pods with \(selector)"
    kubectl = ["kubectl set selector \(kubectlTarget) \(ShellText.quoted(selector))"]
    wait = RemedyWait(condition: .hasEndpoints(target), deadline: .seconds(60))
    if let doubt = scene.doubt(about: Pod.self) {
      return warn(.note, "which pods it selects cannot be told: \(doubt)")
    }
    let pods = scene.state.all(Pod.self).filter { pod in
      pod.metadata.namespace == target.namespace && !pod.isTerminal
        && labels.allSatisfy { pod.metadata.labels[$0.key] == $0.value }
    }
    let ready = pods.filter(\.isReady).count
    warn(
      ready > 0 ? .note : .danger,
      pods.isEmpty ? "no pod has these labels now" : "\(pods.count) pods have these labels, \(ready) of them ready")
    warn(.warning, "pods that it selects now and that lack these labels get no traffic any more")
  }

  mutating func planTargetPort() throws(RemedyRefusal) {
    let ports = object[path: "spec", "ports"]?.array ?? []
    let names = ports.map { $0["name"]?.string ?? "\($0["port"]?.int ?? 0)" }
    let wanted = text("port")
    let index = ports.indices.first { index in
      wanted == nil
        ? ports.count == 1
        : ports[index]["name"]?.string == wanted || ports[index]["port"]?.int == wanted.flatMap { Int($0) }
    }
    guard let index else {
      throw refusal(.order, "which port? \(target.shortName) has \(names.joined(separator: ", ")): give port=PORT")
    }
    let value = intOrText("target-port") ?? .null
    set(["spec", "ports", .index(index), "targetPort"], value)
    title = "send port \(names[index]) to port \(text("target-port") ?? "") of the pods"
    wait = RemedyWait(condition: .hasEndpoints(target), deadline: .seconds(60))
    warn(.note, "connections that are open stay; new ones go to the new port")
  }

  mutating func planIngressClass() {
    let name = text("class") ?? ""
    set(["spec", "ingressClassName"], .string(name))
    let annotation: FieldPath = ["metadata", "annotations", "kubernetes.io/ingress.class"]
    if object[at: annotation] != nil {
      set(annotation, nil)
      warn(.note, "the old annotation kubernetes.io/ingress.class goes, since it would win")
    }
    title = "serve it with class \(name)"
    if let doubt = scene.doubt(about: IngressClass.self) {
      warn(.note, "whether class \(name) exists cannot be told: \(doubt)")
    } else if scene.state.get(IngressClass.self, name: name) == nil {
      let known = scene.state.all(IngressClass.self).map(\.metadata.name).sorted().joined(separator: ", ")
      warn(.danger, "there is no ingressclass/\(name)" + (known.isEmpty ? "" : ": there are \(known)"))
    }
  }

  mutating func planBudget() {
    var words: [String] = []
    if let value = intOrText("min-available") {
      set(["spec", "maxUnavailable"], nil)
      set(["spec", "minAvailable"], value)
      words.append("minAvailable \(text("min-available") ?? "")")
    } else if let value = intOrText("max-unavailable") {
      set(["spec", "minAvailable"], nil)
      set(["spec", "maxUnavailable"], value)
      words.append("maxUnavailable \(text("max-unavailable") ?? "")")
    }
    if let policy = text("unhealthy-policy") {
      set(["spec", "unhealthyPodEvictionPolicy"], .string(policy))
      words.append("unhealthyPodEvictionPolicy \(policy)")
    }
    title = "set \(words.joined(separator: ", "))"
    warn(.warning, "evictions that the budget has held back may begin at once: fewer pods may be up at a time")
    wait = RemedyWait(condition: .evictionsAllowed(target), deadline: .seconds(60))
  }

  mutating func planQuota() {
    let resource = text("resource") ?? ""
    let hard = text("hard") ?? ""
    set(["spec", "hard", .member(resource)], .string(hard))
    title = "bound \(resource) at \(hard)"
    if let used = object[path: "status", "used", resource]?.quantity, used > Quantity(hard) {
      warn(.warning, "\(used.text) is used already: nothing more can be created")
    }
  }

  mutating func planFailurePolicy() throws(RemedyRefusal) {
    let name = text("webhook") ?? ""
    let policy = text("policy") ?? ""
    let names = (object["webhooks"]?.array ?? []).compactMap { $0["name"]?.string }
    guard names.contains(name) else {
      throw refusal(
        .missing, "\(target.shortName) has no webhook \"\(name)\": it has \(names.joined(separator: ", "))")
    }
    set(["webhooks", .named(name), "failurePolicy"], .string(policy))
    title = "set failurePolicy of \(name) to \(policy)"
    if policy == "Ignore" {
      warn(
        .danger, "objects are no longer checked by \(name) while it cannot be reached: rules of security may not hold")
    } else {
      warn(.danger, "requests that \(name) is asked about fail while it cannot be reached")
    }
  }
}
