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

/// An address as a program writes it: `10.96.40.12:5432`, `orders-db.data.svc.cluster.local`.
struct WrittenAddress: Hashable {
  /// An IP address, or a name in small letters.
  var host: String
  var port: Int?
  /// Whether the text says that a name was looked up: `lookup orders-db on 10.96.0.10:53`.
  var isLookedUp = false

  var text: String { port.map { "\(host):\($0)" } ?? host }

  /// Whether it is four numbers, or an IPv6 address, which stands in brackets.
  var isIP: Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return host.contains(":") || parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }

  /// The addresses of a line, the likeliest first: what was looked up, then what stands behind an arrow (the other end of
  /// a connection), then the others as they come; a name server after what it was asked for.
  static func all(in line: String) -> [WrittenAddress] {
    var found: [(address: WrittenAddress, rank: Int)] = []
    var isBehindArrow = false
    var word = ""
    var previous = ""
    func isPart(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "-", ":", "[", "]", "_": true
      default: false
      }
    }
    for scalar in Array(line.prefix(4096).unicodeScalars) + [" "] {
      if isPart(scalar) {
        word.unicodeScalars.append(scalar)
        continue
      }
      if var address = WrittenAddress(word) {
        address.isLookedUp = previous == "lookup" && !address.isIP
        let isNamed = address.isIP || address.port != nil || address.host.contains(".svc")
        let rank = address.isLookedUp ? 0 : isBehindArrow ? 1 : address.port == 53 ? 3 : 2
        // A bare word is an address only behind such words.
        if isNamed || address.isLookedUp || ["to", "host", "server", "for"].contains(previous) {
          found.append((address, rank))
        }
      }
      if !word.isEmpty { previous = word.lowercased() }
      isBehindArrow = scalar == ">" && word.hasSuffix("-")
      word = ""
    }
    var seen: Set<WrittenAddress> = []
    return found.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element.address).filter { seen.insert($0).inserted }
  }

  /// The address that a word is; nil when it cannot be one.
  private init?(_ word: String) {
    var text = Substring(word)
    while let last = text.last, last == ":" || last == "." || last == "-" { text.removeLast() }
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let inner = text[text.index(after: text.startIndex)..<end]
      guard inner.contains(":") else { return nil }
      host = inner.lowercased()
      let rest = text[text.index(after: end)...]
      port = rest.hasPrefix(":") ? Int(rest.dropFirst()) : nil
      return
    }
    let sides = text.split(separator: ":", omittingEmptySubsequences: false)
    guard sides.count <= 2, let first = sides.first, let start = first.utf8.first,
      start != UInt8(ascii: "-"), start != UInt8(ascii: "."), !first.contains("["), !first.contains("]"),
      !first.contains("_")
    else { return nil }
    host = first.lowercased()
    port = nil
    if sides.count == 2 {
      guard let number = Int(sides[1]), (1...65535).contains(number) else { return nil }
      port = number
    }
    // A number alone is a time or a count.
    if !isIP, host.allSatisfy({ $0.isNumber || $0 == "." }) { return nil }
  }
}

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
