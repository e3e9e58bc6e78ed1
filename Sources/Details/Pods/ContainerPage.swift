import Diagnosis
import Kube

extension Page {
  /// The containers of a pod with their states.
  mutating func podContainers(_ spec: JSONValue, _ status: JSONValue) {
    let groups = [
      ("Init Containers", "initContainers", "initContainerStatuses"),
      ("Containers", "containers", "containerStatuses"),
      ("Ephemeral Containers", "ephemeralContainers", "ephemeralContainerStatuses"),
    ]
    for (title, member, statusMember) in groups {
      section(title) { page in
        let statuses = status.list(statusMember)
        var byName: [String: JSONValue] = [:]
        for each in statuses where byName[each.text("name")] == nil { byName[each.text("name")] = each }
        for container in spec.list(member) {
          page.container(container, status: byName[container.text("name")] ?? .null, isRunning: true)
        }
      }
    }
  }

  /// One container; `isRunning` tells a pod's from a template's.
  mutating func container(_ container: JSONValue, status: JSONValue, isRunning: Bool) {
    let isSidecar = container.text("restartPolicy") == "Always"
    group(container.text("name") + (isSidecar ? " (sidecar)" : "")) { page in
      if isRunning { page.addSet("Container ID", status.text("containerID"), .dim) }
      page.add("Image", container.text("image"))
      if isRunning { page.addSet("Image ID", status.text("imageID"), .dim) }
      page.addSet("Target Container", container.text("targetContainerName"))
      let ports = container.list("ports")
      page.addOrNone(
        ports.count > 1 ? "Ports" : "Port", ports.map(Page.portText).joined(separator: ", "))
      let hostPorts = ports.filter { ($0.number("hostPort") ?? 0) > 0 }
      page.addSet(
        "Host Port",
        hostPorts.map { "\($0.text("hostPort"))/\($0.text("protocol"))" }.joined(separator: ", "), .notice)
      page.command(container)
      if isRunning { page.containerState(status) }
      page.resources(container.at("resources"))
      for (label, member) in [
        ("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe"),
      ] where container.has(member) {
        page.add(label, probeText(container.at(member)))
      }
      for hook in container.at("lifecycle").members() where hook.value.object != nil {
        page.add(hook.key, handlerText(hook.value))
      }
      page.rights(container.at("securityContext"))
      page.environment(container)
      page.mounts(container)
    }
  }

  private static func portText(_ port: JSONValue) -> String {
    let text = "\(port.text("containerPort"))/\(port.text("protocol"))"
    let name = port.text("name")
    return name.isEmpty ? text : "\(text) (\(name))"
  }

  private mutating func command(_ container: JSONValue) {
    for (label, member) in [("Command", "command"), ("Args", "args")] {
      let words = container.list(member).texts
      if !words.isEmpty { add(label, words.joined(separator: words.contains { $0.contains("\n") } ? "\n" : " ")) }
    }
    addSet("Working Dir", container.text("workingDir"))
  }

  private mutating func containerState(_ status: JSONValue) {
    guard status.object != nil else {
      add("State", "Waiting (the kubelet has not reported yet)", .notice)
      return
    }
    state("State", status.at("state"), isCurrent: true)
    if status.at("lastState").members().contains(where: { $0.value.object != nil }) {
      state("Last State", status.at("lastState"), isCurrent: false)
    }
    let isReady = status["ready"] == true
    add("Ready", isReady ? "True" : "False", isReady ? .good : .notice)
    let restarts = status.number("restartCount") ?? 0
    add("Restart Count", "\(restarts)", restarts > 0 ? .notice : .plain)
  }

  private mutating func state(_ label: String, _ state: JSONValue, isCurrent: Bool) {
    if state.has("running") {
      let since = state.time("running", "startedAt")
      add(label, "Running", .good)
      indented { $0.add("Started", time: since) }
    } else if state.has("terminated") {
      let end = state.at("terminated")
      let code = end.number("exitCode") ?? 0
      let isBad = code != 0 || end.text("reason") == "OOMKilled"
      add(label, "Terminated", isBad ? (isCurrent ? .critical : .warning) : .plain)
      indented { page in
        page.addSet("Reason", end.text("reason"), isBad ? .warning : .plain)
        page.addSet("Message", end.text("message"))
        page.add("Exit Code", ExitCode.explanation(code).map { "\(code) (\($0))" } ?? "\(code)")
        let signal = end.number("signal") ?? 0
        if signal != 0 { page.add("Signal", ExitCode.signalName(signal).map { "\(signal) (\($0))" } ?? "\(signal)") }
        page.add("Started", time: end.time("startedAt"))
        page.add("Finished", time: end.time("finishedAt"))
        if let start = end.time("startedAt"), let finish = end.time("finishedAt"), finish >= start {
          page.add("Ran For", finish.since(start).human)
        }
      }
    } else {
      let reason = state.text("waiting", "reason")
      add(label, "Waiting", ["", "ContainerCreating", "PodInitializing"].contains(reason) ? .notice : .critical)
      indented { page in
        page.addSet("Reason", reason)
        page.addSet("Message", state.text("waiting", "message"))
      }
    }
  }

  /// Limits and requests of a container or pod.
  mutating func resources(_ resources: JSONValue) {
    for (label, member) in [("Limits", "limits"), ("Requests", "requests")] {
      let texts = resources.members(member).map { "\($0.key) \($0.value.scalar)" }
      addSet(label, texts.joined(separator: ", "))
    }
  }

  private mutating func rights(_ context: JSONValue) {
    let texts = context.members().map { "\($0.key) \($0.value.scalar)" }
    addSet("Security", texts.joined(separator: ", "))
  }

  private mutating func mounts(_ container: JSONValue) {
    let mounts = container.list("volumeMounts").sorted { $0.text("mountPath") < $1.text("mountPath") }
    add(
      "Mounts",
      all: mounts.map { mount in
        var flags = [mount["readOnly"] == true ? "ro" : "rw"]
        if mount.has("subPath") { flags.append("path=\"\(mount.text("subPath"))\"") }
        if mount.has("subPathExpr") { flags.append("path=\"\(mount.text("subPathExpr"))\"") }
        return "\(mount.text("mountPath")) from \(mount.text("name")) (\(flags.joined(separator: ",")))"
      })
    let devices = container.list("volumeDevices").map { "\($0.text("devicePath")) from \($0.text("name"))" }
    if !devices.isEmpty { add("Devices", all: devices) }
  }
}
