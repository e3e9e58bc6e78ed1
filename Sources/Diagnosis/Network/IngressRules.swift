import ClusterState
import Kube

extension Inspection {
  /// Whether somebody serves an Ingress, with its certificate, from Services that exist.
  mutating func inspect(_ ingress: Ingress, endpoints: EndpointCounts) {
    inspectClass(ingress)
    inspectCertificates(ingress)
    inspectBackends(ingress, endpoints)
  }

  /// Whether the class exists. One that does not is no trouble as long as a controller serves the Ingress all the same.
  private mutating func inspectClass(_ ingress: Ingress) {
    guard ingress.spec.ingressClassName != nil else { return inspectLackOfClass(ingress) }
    guard let name = ingress.spec.ingressClassName, !name.isEmpty, ingress.status.loadBalancer.ingress.isEmpty,
      state.get(IngressClass.self, name: name) == nil, state.isConclusive(IngressClass.self),
      hasPassed(.seconds(60), since: ingress.metadata.creationTimestamp)
    else { return }
    let others = state.all(IngressClass.self).map(\.metadata.name).sorted()
    let list = others.isEmpty ? "there is none" : "there is \(others.prefix(3).joined(separator: ", "))"
    report(
      .ingressClassMissing, ingress, since: ingress.metadata.creationTimestamp,
      "ingress class \"\(name)\" not found, \(list): no controller serves it",
      evidence: [Evidence(ingress.reference, "spec.ingressClassName", name)])
  }

  /// Whether somebody takes an Ingress that names no class. A controller may be set up to take those, and then says so in
  /// the status, if late; where there are no classes at all, nobody goes by them.
  private mutating func inspectLackOfClass(_ ingress: Ingress) {
    guard ingress.metadata.annotations["kubernetes.io/ingress.class"] == nil,
      ingress.status.loadBalancer.ingress.isEmpty, state.isConclusive(IngressClass.self),
      hasPassed(.seconds(300), since: ingress.metadata.creationTimestamp)
    else { return }
    let classes = state.all(IngressClass.self)
    let isDefault = "ingressclass.kubernetes.io/is-default-class"
    guard !classes.isEmpty, !classes.contains(where: { $0.metadata.annotations[isDefault] == "true" }) else { return }
    let names = classes.map(\.metadata.name).sorted().prefix(3).joined(separator: ", ")
    report(
      .ingressClassMissing, ingress, since: ingress.metadata.creationTimestamp,
      "names no ingress class, and none is the default (there is \(names)): no controller has taken it",
      evidence: [
        Evidence(ingress.reference, "spec.ingressClassName", "not set"),
        Evidence(ingress.reference, "status.loadBalancer.ingress", "empty"),
      ])
  }

  /// Whether the Secrets with its certificates exist. Tools that make them take a while.
  private mutating func inspectCertificates(_ ingress: Ingress) {
    let namespace = ingress.metadata.namespace
    guard !ingress.spec.tls.isEmpty, hasPassed(.seconds(300), since: ingress.metadata.creationTimestamp) else {
      return
    }
    var seen: Set<String> = []
    for tls in ingress.spec.tls where seen.insert(tls.secretName).inserted {
      if let secret = state.get(Secret.self, namespace: namespace, name: tls.secretName) {
        inspectCertificate(secret, of: ingress)
        continue
      }
      guard isMissing(Secret.self, namespace: namespace, name: tls.secretName) else { continue }
      let issuer = ingress.metadata.annotations.keys.contains { $0.hasPrefix("cert-manager.io/") }
      report(
        .ingressCertificateMissing, ingress, since: nil,
        "secret \"\(tls.secretName)\" with its certificate not found"
          + (issuer ? ": cert-manager has not issued it" : ""),
        evidence: [Evidence(ingress.reference, "spec.tls.secretName", tls.secretName)])
    }
  }

  /// Whether a Secret is fit for TLS. The server makes sure of the keys where the type says so. Of another type most
  /// controllers take it all the same, if it has the keys; those whose values were cut away in a capture cannot be told.
  private mutating func inspectCertificate(_ secret: Secret, of ingress: Ingress) {
    inspectValidity(secret, of: ingress)
    guard !secret.type.isEmpty, secret.type != "kubernetes.io/tls", !secret.data.isEmpty else { return }
    let lacking = ["tls.crt", "tls.key"].filter { !secret.data.keys.contains($0) }
    let name = "secret \"\(secret.metadata.name)\" with its certificate"
    let evidence = [
      Evidence(ingress.reference, "spec.tls.secretName", secret.metadata.name),
      Evidence(secret.reference, "type", secret.type),
      Evidence(secret.reference, "data", secret.data.keys.sorted().joined(separator: ", ")),
    ]
    if lacking.isEmpty {
      report(
        .ingressCertificateMissing, ingress, severity: .notice, since: nil,
        "\(name) is of type \(secret.type) and not kubernetes.io/tls: some controllers refuse it", evidence: evidence)
    } else {
      report(
        .ingressCertificateMissing, ingress, since: nil,
        "\(name) is of type \(secret.type) and has no \(lacking.joined(separator: " and no "))", evidence: evidence)
    }
  }

  /// Whether a certificate holds now and is for the hosts. Clients look at the names of subjectAltName only.
  private mutating func inspectValidity(_ secret: Secret, of ingress: Ingress) {
    guard let certificate = secret.data["tls.crt"]?.certificate else { return }
    // Its times come while nothing in the cluster changes.
    for time in [certificate.notBefore, certificate.notAfter.advanced(by: .seconds(1))] {
      _ = hasPassed(.zero, since: time)
    }
    guard let fault = ingress.fault(of: certificate, in: secret.metadata.name, now: now) else { return }
    report(
      .ingressCertificateInvalid, ingress, since: fault.since, Sentence(fault.text),
      evidence: [
        Evidence(ingress.reference, "spec.tls.secretName", secret.metadata.name),
        Evidence(secret.reference, "data[tls.crt]", certificate.text),
      ])
  }

  /// Whether the Services that an Ingress names exist, have the ports, and have not been scaled away.
  private mutating func inspectBackends(_ ingress: Ingress, _ endpoints: EndpointCounts) {
    let namespace = ingress.metadata.namespace
    guard state.isConclusive(Service.self, namespace: namespace) else { return }
    var seen: Set<String> = []
    for backend in ingress.backends {
      let port = backend.port.name.isEmpty ? "\(backend.port.number)" : backend.port.name
      guard seen.insert("\(backend.name):\(port)").inserted else { continue }
      let evidence = [Evidence(ingress.reference, "spec.rules.http.paths.backend.service", "\(backend.name):\(port)")]
      guard let service = state.get(Service.self, namespace: namespace, name: backend.name) else {
        report(
          .ingressBackendMissing, ingress, since: nil, "service \"\(backend.name)\" not found", evidence: evidence)
        continue
      }
      let hasPort = service.spec.ports.contains {
        backend.port.name.isEmpty ? $0.port == backend.port.number : $0.name == backend.port.name
      }
      if !hasPort {
        report(
          .ingressBackendMissing, ingress, since: nil, "service \"\(backend.name)\" has no port \(port)",
          evidence: evidence)
        continue
      }
      inspectScale(behind: service, of: ingress, endpoints, evidence)
    }
  }

  /// Whether everything that a Service of an Ingress could lead to is scaled to 0, which is an error to who calls.
  private mutating func inspectScale(
    behind service: Service, of ingress: Ingress, _ endpoints: EndpointCounts, _ evidence: [Evidence]
  ) {
    guard !service.spec.selector.isEmpty, service.spec.type != "ExternalName", endpoints.ready(service) == 0 else {
      return
    }
    let workloads = workloads(selectedBy: service)
    guard let first = workloads.first, workloads.allSatisfy({ $0.wanted == 0 }) else { return }
    report(
      .ingressScaledDown, ingress, since: nil,
      "service \"\(service.metadata.name)\" leads to no pod: \(first.reference.shortText) is scaled to 0",
      causedBy: [service.metadata.uid],
      evidence: evidence + [Evidence(first.reference, "spec.replicas", "0")])
  }
}

extension Ingress {
  /// The Services that it names, in the order of its rules, the default one last. AWS' controller takes the backend
  /// `use-annotation` from an annotation: there is no Service of its name.
  public var backends: [IngressServiceBackend] {
    (spec.rules.flatMap { $0.http?.paths.compactMap(\.backend.service) ?? [] }
      + [spec.defaultBackend?.service].compactMap { $0 })
      .filter { $0.port.name != "use-annotation" }
  }
}
