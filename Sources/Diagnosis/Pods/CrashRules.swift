import ClusterState
import Kube

extension Inspection {
  /// Reports a container that ended and is started again. `isLast` tells that the end is that of the run before.
  mutating func reportCrash(_ container: ContainerInPod, _ end: ContainerStateTerminated?, isLast: Bool) {
    guard let end else {
      let message = container.status.state.waiting?.message ?? ""
      let times = container.restarts
      report(
        .podCrashLoop, container, since: nil,
        "\(container.prefix)crashing, \(times) \(times == 1 ? "restart" : "restarts")",
        cause: "crashing", evidence: [container.evidence("state.waiting.message", message)], count: times)
      return
    }
    if end.reason == "OOMKilled" {
      reportOutOfMemory(container, end, isLast: isLast)
    } else if end.reason == "ContainerStatusUnknown" || end.reason == "RestartingAllContainers" {
      // The exit code 137 of these is the kubelet's invention. What runs again is well.
      if end.reason == "ContainerStatusUnknown", container.status.state.running == nil { reportLost(container, end) }
    } else if let hook = failedStartHook(container, end) {
      reportEnd(.podStartFailed, container, end, isLast: isLast, what: "postStart hook failed", more: [Evidence(hook)])
    } else if let kill = probeKill(container, end) {
      reportProbeKill(container, end, kill, isLast: isLast)
    } else if let processor = wrongProcessor(container, end) {
      reportEnd(.podCrashLoop, container, end, isLast: isLast, what: processor.text, more: [processor.evidence])
    } else if let reason = startFailure(end) {
      let missing = StartFailure.mountPoint(end.message).flatMap { missingSubPath(of: container, at: $0) }
      reportEnd(
        .podStartFailed, container, end, isLast: isLast, what: reason + (missing.map { "; " + $0.text } ?? ""),
        more: missing.map { [$0.evidence] } ?? [])
    } else if end.exitCode == 137 || end.signal == 9 {
      reportKill(container, end, isLast: isLast)
    } else if end.exitCode == 0, end.signal == 0 {
      reportEnd(.podExitsByItself, container, end, isLast: isLast, what: "exit 0 though it should keep running")
    } else {
      // The program finds an empty directory where it expects a file.
      let missing = missingSubPath(of: container)
      reportEnd(
        .podCrashLoop, container, end, isLast: isLast,
        what: ExitCode.text(end) + (missing.map { "; " + $0.text } ?? ""),
        words: missing == nil ? TerminationMessage.lastWords(end.message) : "",
        more: missing.map { [$0.evidence] } ?? [])
    }
  }

  /// Reports a container that failed and is not started again.
  mutating func reportFailure(_ container: ContainerInPod, _ end: ContainerStateTerminated) {
    if end.reason == "OOMKilled" {
      reportOutOfMemory(container, end, isLast: false)
    } else if end.reason == "ContainerStatusUnknown" {
      reportLost(container, end)
    } else {
      let known = wrongProcessor(container, end)?.text ?? startFailure(end)
      let what = known ?? ExitCode.text(end)
      let words = known == nil ? TerminationMessage.lastWords(end.message) : ""
      report(
        .podContainerFailed, container, since: end.finishedAt,
        "\(container.prefix)\(what)\(words: words), not started again", cause: "failed with \(what)",
        evidence: evidence(container, end, isLast: false))
    }
  }

  /// What the kernel means by an exec format error, which the runtime can only pass on, with whatever exit code.
  private func wrongProcessor(_ container: ContainerInPod, _ end: ContainerStateTerminated)
    -> (text: String, evidence: Evidence)?
  {
    guard end.message.contains("exec format error") else { return nil }
    let pod = container.pod
    guard let node = state.get(Node.self, name: pod.spec.nodeName), case let own = node.status.nodeInfo.architecture,
      !own.isEmpty
    else {
      return (
        "exec format error: the program is for another processor than the node's",
        container.evidence("image", container.spec.image)
      )
    }
    let owner = state.topOwner(of: pod)
    var others: Set<String> = []
    for other in state.pods(ofOwner: owner.uid) where other.isReadyNow {
      guard other.spec.containers.contains(where: { $0.image == container.spec.image }),
        let node = state.get(Node.self, name: other.spec.nodeName)
      else { continue }
      others.insert(node.status.nodeInfo.architecture)
    }
    others.remove("")
    var text = "exec format error: no program for \(own), the processor of the node"
    if !others.isEmpty, !others.contains(own) {
      text += "; on \(others.sorted().joined(separator: ", ")) the same image runs"
    }
    return (text, Evidence(node.reference, "status.nodeInfo.architecture", own))
  }

  // MARK: Memory

  private mutating func reportOutOfMemory(_ container: ContainerInPod, _ end: ContainerStateTerminated, isLast: Bool) {
    let limit = (container.status.resources?.limits["memory"] ?? container.spec.resources.limits["memory"])?.text
    let podLimit = container.pod.spec.resources?.limits["memory"]?.text
    let bound = limit.map { "limit \($0)" } ?? podLimit.map { "pod limit \($0)" } ?? "no limit"
    let times = max(1, container.restarts + (isLast ? 0 : 1))
    // What is written there is memory, and counts against the limit.
    let inMemory = container.spec.volumeMounts.map(\.name).filter { name in
      container.pod.spec.volumes.contains { $0.name == name && $0.emptyDir?.medium == "Memory" }
    }
    let files =
      inMemory.isEmpty ? "" : ", files in emptyDir \(inMemory.joined(separator: ", ")) (medium Memory) included"
    var sentence: Sentence = "\(container.prefix)OOMKilled (\(end.exitCode)) \(bound)\(files)"
    if let finished = end.finishedAt {
      sentence = sentence + (times == 1 ? ", \(ago: finished)" : ", \(times) times, last \(ago: finished)")
    } else if times > 1 {
      sentence = sentence + ", \(times) times"
    }
    var evidence = evidence(container, end, isLast: isLast)
    if let limit {
      evidence.append(
        Evidence(container.pod.reference, "spec.containers[\(container.spec.name)].resources.limits.memory", limit))
    }
    let isRunningAgain = container.status.state.running != nil
    let isLoop = times > Recovery.loop && !hasPassed(Recovery.crash, since: end.finishedAt)
    report(
      .podOOMKilled, container, severity: isRunningAgain && !isLoop ? .warning : .critical,
      since: since(container, end), sentence,
      cause: (limit ?? podLimit).map { "OOMKilled at \($0)" } ?? "OOMKilled without a limit",
      evidence: evidence, count: times)
  }

  private mutating func reportKill(_ container: ContainerInPod, _ end: ContainerStateTerminated, isLast: Bool) {
    let systemOOM = state.get(Node.self, name: container.pod.spec.nodeName).flatMap { node in
      events(of: node).first { event in
        guard event.reason == "SystemOOM", let seen = event.lastSeen, let finished = end.finishedAt else {
          return false
        }
        return abs(seen.since(finished).components.seconds) <= 60
      }
    }
    if let systemOOM {
      reportEnd(
        .podNodeOutOfMemory, container, end, isLast: isLast,
        what: "killed (137): node \(container.pod.spec.nodeName) ran out of memory", more: [Evidence(systemOOM)])
    } else {
      reportEnd(.podKilled, container, end, isLast: isLast, what: "exit 137 (SIGKILL) of unknown origin")
    }
  }

  private mutating func reportLost(_ container: ContainerInPod, _ end: ContainerStateTerminated) {
    report(
      .podStatusUnknown, container, since: end.finishedAt,
      "\(container.prefix)container lost by the kubelet (the exit code 137 is made up)", cause: "container lost",
      evidence: evidence(container, end, isLast: false))
  }

  // MARK: Probes

  /// The event that says that the kubelet killed the container for a probe, if this end goes back to one. Where it is
  /// gone, a probe that failed until the kill tells the same.
  private func probeKill(_ container: ContainerInPod, _ end: ContainerStateTerminated) -> Event? {
    let events = events(of: container.pod).filter { precedes($0, end, of: container) }
    let kill = events.first {
      $0.reason == "Killing" && $0.message.contains("Container \(container.spec.name) failed ")
        && $0.message.contains(" probe")
    }
    if let kill { return kill }
    guard end.exitCode == 137 || end.exitCode == 143 || end.signal == 9 || end.signal == 15 else { return nil }
    return events.first {
      $0.reason == "Unhealthy" && ($0.message.hasPrefix("Liveness probe ") || $0.message.hasPrefix("Startup probe "))
        && ($0.involvedObject.fieldPath.isEmpty || $0.isAbout(container: container.spec.name))
    }
  }

  /// The event that says that the kubelet killed the container because its postStart hook failed.
  private func failedStartHook(_ container: ContainerInPod, _ end: ContainerStateTerminated) -> Event? {
    events(of: container.pod).first {
      $0.reason == "FailedPostStartHook" && precedes($0, end, of: container)
        && ($0.involvedObject.fieldPath.isEmpty || $0.isAbout(container: container.spec.name))
    }
  }

  /// Whether an event came so shortly before an end that it can be its reason: a container may take its grace period.
  private func precedes(_ event: Event, _ end: ContainerStateTerminated, of container: ContainerInPod) -> Bool {
    guard let finished = end.finishedAt, let seen = event.lastSeen else { return false }
    let grace = Int64(min(max(0, container.pod.spec.terminationGracePeriodSeconds ?? 30), 3600)) + 60
    let distance = finished.since(seen).components.seconds
    return distance >= -10 && distance <= grace
  }

  private mutating func reportProbeKill(
    _ container: ContainerInPod, _ end: ContainerStateTerminated, _ kill: Event, isLast: Bool
  ) {
    let kind = kill.message.lowercased().contains("startup probe") ? "Startup" : "Liveness"
    let unhealthy = events(of: container.pod).first {
      $0.reason == "Unhealthy" && $0.message.hasPrefix("\(kind) probe ")
        && ($0.involvedObject.fieldPath.isEmpty || $0.isAbout(container: container.spec.name))
    }
    var what = "killed by the \(kind.lowercased()) probe"
    if let unhealthy { what += ": \(ProbeFailure(unhealthy.message).text)" }
    reportEnd(
      .podKilledByProbe, container, end, isLast: isLast, what: what,
      more: [Evidence(kill)] + (unhealthy.map { $0 == kill ? [] : [Evidence($0)] } ?? []))
  }

  // MARK: Since when

  /// Since when a container ends again and again: since the kubelet first held back a start, where its event still tells and
  /// leaves no room for a time in which all was well; else for at least as long as the status shows.
  private func since(_ container: ContainerInPod, _ end: ContainerStateTerminated) -> Timestamp? {
    guard container.restarts >= Recovery.loop, let finished = end.finishedAt else { return end.finishedAt }
    let backOff = events(of: container.pod).first {
      $0.reason == "BackOff" && $0.message.hasPrefix("Back-off restarting failed container")
        && ($0.involvedObject.fieldPath.isEmpty || $0.isAbout(container: container.spec.name))
    }
    guard let backOff, let first = backOff.firstTimestamp, let last = backOff.lastSeen, first < finished,
      finished.since(last) <= Recovery.crash, backOff.count > 1
    else { return leastSince(container, end, finished: finished) }
    // An event lives on while it is repeated, and the kubelet remembers when it first sent it for longer than that. In a
    // loop it comes at least every five minutes, after a first burst of 25; what comes half as often has had good times.
    let dense = Recovery.crash * min(max(0, backOff.count - Self.burst), 1 << 20) + Self.burstTime
    return last.since(first) <= dense ? first : leastSince(container, end, finished: finished)
  }

  /// When a loop had begun at the latest, going by the status alone, which keeps no more than the last end.
  private func leastSince(_ container: ContainerInPod, _ end: ContainerStateTerminated, finished: Timestamp)
    -> Timestamp
  {
    var since = finished
    // The waits before this one were 10 s, doubled each time: together 10 s less than this one is. A kubelet with
    // shorter ones needs more of them; none waits for longer than 5 minutes.
    if let wait = BackOff(container.status.state.waiting?.message ?? "")?.delay, wait > .seconds(10) {
      since = min(since, (end.startedAt ?? finished).advanced(by: .seconds(10) - min(wait, .seconds(300))))
    }
    // A container that was not ready between its ends keeps the condition as it was; any other that is not ready would
    // keep it so too.
    let statuses = container.pod.status.containerStatuses
    if let ready = container.pod.status.conditions.condition("ContainersReady"), ready.isFalse,
      let change = ready.lastTransitionTime, statuses.contains(where: { $0.name == container.spec.name }),
      statuses.allSatisfy({ $0.ready || $0.name == container.spec.name })
    {
      since = min(since, change)
    }
    return max(since, min(container.pod.metadata.creationTimestamp ?? since, finished))
  }

  /// So many events about an object a kubelet sends as they come, then one in five minutes.
  private static let burst = 25
  /// What a burst may take.
  private static let burstTime = Duration.seconds(1800)

  // MARK: All other ends

  /// Why the container never ran, if that is how it ended.
  private func startFailure(_ end: ContainerStateTerminated) -> String? {
    if end.reason == "StartError" || end.reason == "ContainerCannotRun" {
      if let known = StartFailure(end.message)?.text { return known }
      let message = StartFailure.cause(end.message)
      return message.isEmpty ? "could not be started (\(ExitCode.text(end.exitCode)))" : message
    }
    return (126...127).contains(end.exitCode) && !end.hasRun ? ExitCode.text(end.exitCode) : nil
  }

  /// `exit 1, back-off 5m, next try in 3m12s` while the kubelet waits, else how often and when last.
  private mutating func reportEnd(
    _ code: FindingCode, _ container: ContainerInPod, _ end: ContainerStateTerminated, isLast: Bool, what: String,
    words: String = "", more: [Evidence] = []
  ) {
    let restarts = container.restarts
    var sentence: Sentence = "\(container.prefix)\(what)\(words: words)"
    if let backOff = BackOff(container.status.state.waiting?.message ?? "") {
      sentence = sentence + ", back-off \(backOff.delay.human)"
      if let finished = end.finishedAt { sentence = sentence + ", \(next: finished.advanced(by: backOff.delay))" }
    } else {
      if restarts > 0 { sentence = sentence + ", \(restarts) \(restarts == 1 ? "restart" : "restarts")" }
      if let finished = end.finishedAt { sentence = sentence + ", last \(ago: finished)" }
    }
    report(
      code, container, severity: container.status.state.running == nil ? .critical : .warning,
      since: since(container, end), sentence, cause: what, evidence: evidence(container, end, isLast: isLast) + more,
      count: restarts + (isLast ? 0 : 1))
  }

  private func evidence(_ container: ContainerInPod, _ end: ContainerStateTerminated, isLast: Bool) -> [Evidence] {
    let state = isLast ? "lastState" : "state"
    var evidence = [
      container.evidence("\(state).terminated.reason", end.reason, at: end.finishedAt),
      container.evidence("\(state).terminated.exitCode", "\(end.exitCode)", at: end.finishedAt),
      container.evidence("restartCount", "\(container.restarts)"),
    ]
    if !end.message.isEmpty { evidence.append(container.evidence("\(state).terminated.message", end.message)) }
    if let waiting = container.status.state.waiting, !waiting.message.isEmpty {
      evidence.append(container.evidence("state.waiting.message", waiting.message))
    }
    return evidence
  }
}

/// The wait before the next start, as the kubelet states it: `back-off 2m40s restarting failed container=…`.
struct BackOff: Equatable {
  let delay: Duration

  init?(_ message: String) {
    guard let start = message.firstRange(of: "back-off ") else { return nil }
    let text = message[start.upperBound...].prefix { $0 != " " }
    guard let delay = Duration(goText: text) else { return nil }
    self.delay = delay
  }
}

/// What a probe's failure text says, without addresses, which differ from pod to pod.
struct ProbeFailure: Equatable {
  /// `HTTP 503`, `connection refused`, `timeout`, or the first line of the text.
  let text: String

  /// Reads `Readiness probe failed: HTTP probe failed with statuscode: 503` and the like.
  init(_ message: String) {
    var detail = Substring(firstLine(message))
    if let start = detail.firstRange(of: "probe failed: ") ?? detail.firstRange(of: "probe errored: ") {
      detail = detail[start.upperBound...]
    }
    if let code = detail.firstRange(of: "statuscode: ") {
      text = "HTTP \(detail[code.upperBound...].prefix { $0.isNumber })"
    } else if detail.contains("connection refused") {
      text = "connection refused\(Self.port(detail))"
    } else if detail.contains("context deadline exceeded") || detail.contains("Client.Timeout")
      || detail.contains("i/o timeout") || detail.contains("timed out")
    {
      text = "timeout"
    } else {
      text = detail.isEmpty ? "no text" : String(detail)
    }
  }

  /// ` on port 8080` out of `dial tcp 10.0.0.1:8080: connect: connection refused`.
  private static func port(_ text: Substring) -> String {
    guard let dial = text.firstRange(of: "dial tcp ") else { return "" }
    let address = text[dial.upperBound...].prefix { $0 != " " }
    let port = (address.hasSuffix(":") ? address.dropLast() : address).reversed().prefix { $0.isNumber }
    return port.isEmpty ? "" : " on port \(String(port.reversed()))"
  }
}
