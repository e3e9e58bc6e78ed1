import ClusterState
import DataFiles
import Diagnosis
import Kube

/// Checks that connect what programs write with objects of the cluster.
let addressChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "address-in-line",
    "what the address in the line that an earlier step has found belongs to: problem when it is a Service or pod that "
      + "triage has a finding about, a Service without that port or that does not exist, or the pod itself; warning when "
      + "nothing in the cluster has the address; ok when it belongs to what is well; not-applicable when the line names "
      + "none",
    kinds: ["Pod"],
    parameters: [.init("step", .step, isRequired: true, "the step that has read the line")],
    reads: [Service.self, EndpointSlice.self, Pod.self, Node.self]
  ) { facts, arguments in
    guard let line = facts.lines[arguments.text("step") ?? ""] else {
      return Judgement(.notApplicable, "no line was found")
    }
    return AddressSearch(facts).judgement(line)
  }
]

/// Looks for who has an address.
private struct AddressSearch {
  let facts: PlaybookFacts

  init(_ facts: PlaybookFacts) { self.facts = facts }

  func judgement(_ line: String) -> Judgement {
    var outside: WrittenAddress?
    for address in WrittenAddress.all(in: line) {
      if let judgement = address.isIP ? judge(ip: address) : judge(name: address) { return judgement }
      if address.isIP, outside == nil { outside = address }
    }
    guard let outside else { return Judgement(.notApplicable, "the line names no address of the cluster") }
    for type in [Service.self, Pod.self, Node.self] as [any KubeObject.Type] {
      if let doubt = facts.state.doubt(about: type) { return Judgement(doubt) }
    }
    return Judgement(
      .warning,
      "\(outside.text) belongs to no Service, pod or node: it is outside of the cluster, or was a pod that is gone")
  }

  // MARK: Numbers

  private func judge(ip address: WrittenAddress) -> Judgement? {
    let host = address.host
    if host == "127.0.0.1" || host == "::1" { return judgeItself(address) }
    if let own = facts.pod?.status, own.podIP == host || own.podIPs.contains(where: { $0.ip == host }) {
      return judgeItself(address)
    }
    for service in facts.state.all(Service.self) where service.has(host) { return judge(service, address) }
    for pod in facts.state.all(Pod.self)
    where !pod.spec.hostNetwork && !pod.isTerminal
      && (pod.status.podIP == host || pod.status.podIPs.contains { $0.ip == host })
    {
      return judge(pod.reference, address, isWell: pod.hasReadyCondition ? "is ready" : "is not ready")
    }
    for node in facts.state.all(Node.self) where node.status.addresses.contains(where: { $0.address == host }) {
      return judge(node.reference, address, isWell: "has no finding")
    }
    return nil
  }

  private func judgeItself(_ address: WrittenAddress) -> Judgement {
    Judgement(
      .problem,
      "\(address.text) is the pod itself, and nothing in it answers there: what runs in another pod has that one's "
        + "address, best the name of its Service")
  }

  // MARK: Names

  private func judge(name address: WrittenAddress) -> Judgement? {
    if address.host == "localhost" { return judgeItself(address) }
    let labels = address.host.split(separator: ".").map(String.init)
    let isQualified = labels.count >= 3 && labels[2] == "svc"
    guard let name = labels.first, labels.count <= 2 || isQualified else { return nil }
    let namespace = labels.count > 1 ? labels[1] : facts.namespace
    switch facts.state.look(Service.self, namespace: namespace, name: name) {
    case .found(let service): return judge(service, address)
    case .unknown(let doubt): return isQualified || address.isLookedUp ? Judgement(doubt) : nil
    case .none:
      // Other words that look like names are file names, levels, flags.
      guard isQualified || address.isLookedUp && labels.count <= 2 else { return nil }
      return missing(name, namespace, address)
    }
  }

  private func missing(_ name: String, _ namespace: String, _ address: WrittenAddress) -> Judgement? {
    let all = facts.state.all(Service.self)
    if let other = all.filter({ $0.metadata.name == name }).map(\.metadata.namespace).min() {
      return Judgement(
        .problem,
        "namespace \(namespace) has no Service \(name); namespace \(other) has one: its name is \(name).\(other)")
    }
    // `lookup db.example.com` may be outside of the cluster.
    guard address.host.contains(".svc") || !address.host.contains(".") else { return nil }
    let near = Suggestion.closest(
      to: name, among: all.filter { $0.metadata.namespace == namespace }.map(\.metadata.name).sorted())
    return Judgement(
      .problem, "namespace \(namespace) has no Service \(name)\(near.map { "; it has \($0)" } ?? "")")
  }

  // MARK: What is there

  private func judge(_ service: Service, _ address: WrittenAddress) -> Judgement {
    let reference = service.reference
    let place = words(reference, address)
    let cause = facts.triage.groups.first { group in
      group.findings.contains { $0.object.uid == reference.uid && $0.object.kind == "Service" }
    }
    if let cause, let own = cause.findings.first(where: { $0.object.uid == reference.uid }) {
      let why = own.summary(now: facts.now)
      // Its own trouble may follow from that of its pods.
      let first = cause.findings[0]
      let root =
        first.object.uid == reference.uid
        ? "" : " because of \(first.object.shortText): \(first.summary(now: facts.now))"
      return Judgement(.problem, "\(place): \(why)\(root)", evidence: own.evidence)
    }
    if let port = address.port, !service.spec.ports.contains(where: { $0.port == port || $0.nodePort == port }) {
      let ports = service.spec.ports.map { "\($0.port)" }.joined(separator: ", ")
      return Judgement(
        .problem, "\(place), which has no port \(port)\(ports.isEmpty ? "" : ", only \(ports)")",
        evidence: [Evidence(reference, "spec.ports", ports)])
    }
    let slices = facts.state.look(all: EndpointSlice.self, namespace: reference.namespace) {
      $0.metadata.labels["kubernetes.io/service-name"] == reference.name
    }
    guard let endpoints = slices.value?.flatMap(\.endpoints) else {
      return slices.doubt.map { Judgement($0) } ?? Judgement(.ok, place)
    }
    let ready = Set(endpoints.filter(\.isReady).map { $0.targetRef?.name ?? $0.addresses.joined() }).count
    return Judgement(
      ready == 0 ? .problem : .ok, "\(place), which has \(ready) ready \(ready == 1 ? "endpoint" : "endpoints")",
      evidence: [Evidence(reference, "spec.clusterIP", service.spec.clusterIP)])
  }

  private func judge(_ object: ObjectReference, _ address: WrittenAddress, isWell: String) -> Judgement {
    if let finding = facts.triage.finding(for: object.uid), finding.severity > .notice {
      return Judgement(
        .problem, "\(words(object, address)): \(finding.summary(now: facts.now))", evidence: finding.evidence)
    }
    return Judgement(.ok, "\(words(object, address)), which \(isWell)")
  }

  /// `10.96.40.12:5432 is service/orders-db in namespace data`.
  private func words(_ object: ObjectReference, _ address: WrittenAddress) -> String {
    let isElsewhere = !object.namespace.isEmpty && object.namespace != facts.namespace
    return "\(address.text) is \(object.shortText)\(isElsewhere ? " in namespace \(object.namespace)" : "")"
  }
}

extension Service {
  /// Whether an address is one of its own.
  fileprivate func has(_ ip: String) -> Bool {
    spec.clusterIP == ip || spec.clusterIPs.contains(ip) || spec.externalIPs.contains(ip)
      || status.loadBalancer.ingress.contains { $0.ip == ip }
  }
}
