import Diagnosis
import Kube

/// Checks of what probes point at.
let probeChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "probe-target",
    "whether the probes of the container ask where it says that it listens: problem when a probe names a port that the "
      + "container does not have, warning when the number is none of its declared ports (declaring is optional) or only "
      + "another container of the pod has it, ok otherwise, not-applicable without probes of a port",
    kinds: ["Pod"],
    parameters: [.init("probe", .word(["startup", "liveness", "readiness"]), "only this probe; all without it")]
  ) { facts, arguments in
    guard let pod = facts.pod, let container = facts.container else {
      return Judgement(.notApplicable, "the pod has no containers")
    }
    let all = [
      ("startup", container.spec.startupProbe), ("liveness", container.spec.livenessProbe),
      ("readiness", container.spec.readinessProbe),
    ]
    var judgement = Judgement(.notApplicable, "container \(container.name) has no probe that asks a port")
    var seen: [String] = []
    var evidence: [Evidence] = []
    for case (let name, let probe?) in all where arguments.text("probe").map({ $0 == name }) ?? true {
      guard let port = probe.port else { continue }
      evidence.append(Evidence(pod.reference, "\(container.specPath).\(name)Probe port", port.description))
      let (verdict, words) = judge(port, of: container.spec, in: pod)
      seen.append("\(name) probe asks \(words)")
      if judgement.verdict != .problem,
        verdict == .problem || verdict == .warning || judgement.verdict == .notApplicable
      {
        judgement = Judgement(verdict, "\(name) probe asks \(words)")
      }
    }
    if judgement.verdict == .ok { judgement.sentence = seen.joined(separator: "; ") }
    judgement.evidence = evidence
    return judgement
  }
]

/// Whether a container has the port that a probe asks.
private func judge(_ port: IntOrString, of container: Container, in pod: Pod) -> (Verdict, String) {
  let declared = container.ports.map { $0.name.isEmpty ? "\($0.containerPort)" : "\($0.name) \($0.containerPort)" }
  let list = declared.isEmpty ? "which declares no port" : "which declares \(declared.joined(separator: ", "))"
  switch port {
  case .string(let name):
    if let found = container.ports.first(where: { $0.name == name }) {
      return (.ok, "port \(name) (\(found.containerPort))")
    }
    return (.problem, "port \"\(name)\" of \(container.name), \(list)")
  case .int(let number):
    if container.ports.isEmpty || container.ports.contains(where: { $0.containerPort == number }) {
      return (.ok, "port \(number)")
    }
    let other = pod.spec.containers.first { other in
      other.name != container.name && other.ports.contains { $0.containerPort == number }
    }
    if let other { return (.warning, "port \(number), which container \(other.name) declares, not \(container.name)") }
    return (.warning, "port \(number) of \(container.name), \(list)")
  }
}

extension Probe {
  /// The port that it asks; nil for commands.
  fileprivate var port: IntOrString? {
    if let port = httpGet?.port ?? tcpSocket?.port { return port }
    return grpc.map { .int($0.port) }
  }
}
