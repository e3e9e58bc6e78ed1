import ClusterState
import Diagnosis
import Kube

/// Checks of how containers ended, and of their probes.
let containerChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "exit-code",
    "how the container that matters last ended: ok when it never failed, problem otherwise, with what the exit code or "
      + "signal means. `is` asks for one way of ending: problem when it was that one, else ok. What would be a problem "
      + "is a warning when it is history: the pod is Ready again and triage has nothing about it",
    kinds: ["Pod"],
    parameters: [
      .init(
        "is", .word(ContainerEnd.Way.allCases.map(\.rawValue)),
        "oom-killed (its own limit), killed (SIGKILL, not for memory), terminated (SIGTERM), crashed (SIGSEGV, SIGABRT "
          + "and the like), not-started (command missing or not executable), error (1 to 124), success (0), lost (exit "
          + "code made up by the kubelet)")
    ]
  ) { facts, arguments in
    guard let container = facts.container else { return Judgement(.notApplicable, "the pod has no containers") }
    guard let end = container.end else {
      return Judgement(.ok, "container \(container.name) has not ended yet")
    }
    let way = ContainerEnd.way(end)
    let isCurrent = container.status.state.terminated != nil
    let path = "\(container.statusPath).\(isCurrent ? "state" : "lastState").terminated"
    let pod = facts.pod?.reference ?? ObjectReference()
    var evidence = [
      Evidence(pod, "\(path).exitCode", "\(end.exitCode)", at: end.finishedAt),
      Evidence(pod, "\(path).reason", end.reason, at: end.finishedAt),
      Evidence(pod, "\(container.statusPath).restartCount", "\(container.restarts)"),
    ]
    if !end.message.isEmpty { evidence.append(Evidence(pod, "\(path).message", end.message, at: end.finishedAt)) }
    // A capture that is looked at as of an earlier moment knows ends that lie ahead.
    let since =
      end.finishedAt.map {
        $0 > facts.now ? ", \($0.since(facts.now).human) later" : ", \(facts.now.since($0).human) ago"
      } ?? ""
    let sentence =
      "container \(container.name) ended with \(ContainerEnd.text(end))\(since), \(container.restarts) restart"
      + (container.restarts == 1 ? "" : "s")
    let isMeant = arguments.text("is").map { $0 == way.rawValue } ?? (way != .success)
    guard isMeant else { return Judgement(.ok, sentence, evidence: evidence) }
    if !isCurrent, container.ready, facts.isSoundPod {
      return Judgement(.warning, "history: \(sentence); it is Ready again", evidence: evidence)
    }
    return Judgement(.problem, sentence, evidence: evidence)
  },
  BuiltInCheck(
    "probe-budget",
    "whether the container has the time that it needs to start: compares how long it ran before it was killed (or has "
      + "been running without being ready) with initialDelaySeconds + periodSeconds x failureThreshold of its startup "
      + "and liveness probes. problem when a probe killed it, warning when a probe leaves little or has a timeout of "
      + "one second, not-applicable without these probes",
    kinds: ["Pod"], reads: [Event.self]
  ) { facts, _ in
    guard let pod = facts.pod, let container = facts.container else {
      return Judgement(.notApplicable, "the pod has no containers")
    }
    let probes = [("startup", container.spec.startupProbe), ("liveness", container.spec.livenessProbe)]
    guard probes.contains(where: { $0.1 != nil }) else {
      return Judgement(.notApplicable, "container \(container.name) has no startup or liveness probe")
    }
    var evidence: [Evidence] = []
    var words: [String] = []
    for case (let name, let probe?) in probes {
      let budget = ProbeBudget(probe)
      evidence.append(
        Evidence(
          pod.reference, "\(container.specPath).\(name)Probe",
          "initialDelaySeconds \(probe.initialDelaySeconds), periodSeconds \(budget.period), failureThreshold "
            + "\(budget.failures), timeoutSeconds \(budget.timeout)"))
      words.append("\(name) probe allows \(budget.seconds)s")
    }
    let kill = (facts.ownEvents.value ?? []).first {
      $0.reason == "Killing" && $0.message.contains("Container \(container.name) failed ")
        && $0.message.contains(" probe")
    }
    let ran: String
    if let end = container.end, let from = end.startedAt, let to = end.finishedAt {
      ran = "it ran for \(max(to.since(from), .zero).human)"
      evidence.append(Evidence(pod.reference, "\(container.statusPath) ran for", ran, at: to))
    } else {
      ran = "how long it ran is not known"
    }
    if let kill {
      evidence.append(Evidence(kill))
      return Judgement(
        .problem, "\(words.joined(separator: ", ")); \(ran), then the probe failed and the kubelet killed it",
        evidence: evidence)
    }
    if let doubt = facts.ownEvents.doubt { return Judgement(doubt, evidence: evidence) }
    if probes.contains(where: { ($0.1?.timeoutSeconds ?? 2) <= 1 }) {
      return Judgement(
        .warning, "\(words.joined(separator: ", ")), but it must answer within 1s (timeoutSeconds)",
        evidence: evidence)
    }
    return Judgement(.ok, words.joined(separator: ", "), evidence: evidence)
  },
]

/// The ways in which a container can end.
enum ContainerEnd {
  enum Way: String, CaseIterable {
    case oomKilled = "oom-killed"
    case killed, terminated, crashed
    case notStarted = "not-started"
    case error, success, lost
  }

  /// The way of an end. The kubelet invents exit code 137 for containers that it lost.
  static func way(_ end: ContainerStateTerminated) -> Way {
    switch end.reason {
    case "OOMKilled": return .oomKilled
    case "ContainerStatusUnknown", "RestartingAllContainers": return .lost
    case "StartError", "ContainerCannotRun": return .notStarted
    default: break
    }
    let signal = end.signal != 0 ? end.signal : (129...192).contains(end.exitCode) ? end.exitCode - 128 : 0
    switch (signal, end.exitCode) {
    case (9, _): return .killed
    case (15, _), (2, _): return .terminated
    case (1..., _): return .crashed
    case (_, 0): return .success
    case (_, 126...127) where end.hasRun: return .error
    case (_, 125...128): return .notStarted
    default: return .error
    }
  }

  /// `OOMKilled, exit 137 (SIGKILL)`.
  static func text(_ end: ContainerStateTerminated) -> String {
    let code = ExitCode.text(end)
    return ["", "Error", "Completed"].contains(end.reason) ? code : "\(end.reason), \(code)"
  }
}

/// The time that a probe leaves before it kills, with the API's defaults for what is not set.
struct ProbeBudget: Equatable {
  let period: Int
  let failures: Int
  let timeout: Int
  /// From the start of the container to the kill, in seconds.
  let seconds: Int

  init(_ probe: Probe) {
    period = probe.periodSeconds > 0 ? probe.periodSeconds : 10
    failures = probe.failureThreshold > 0 ? probe.failureThreshold : 3
    timeout = probe.timeoutSeconds > 0 ? probe.timeoutSeconds : 1
    let (product, overflow) = period.multipliedReportingOverflow(by: failures)
    let (sum, overflows) = (overflow ? .max : product).addingReportingOverflow(max(0, probe.initialDelaySeconds))
    seconds = overflows ? .max : sum
  }
}
