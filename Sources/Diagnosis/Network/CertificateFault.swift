import Kube

extension Ingress {
  /// The hosts that a certificate in a Secret must be for: those of its `tls` entries, or of the rules where an entry names
  /// none.
  public func hosts(ofSecret name: String) -> [String] {
    var hosts: [String] = []
    for entry in spec.tls where entry.secretName == name {
      hosts += entry.hosts.isEmpty ? spec.rules.map(\.host) : entry.hosts
    }
    var seen: Set<String> = []
    return hosts.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// What is wrong with a certificate at a moment, as a sentence part, and since when; nil when it holds and is for all
  /// hosts that it is to be shown for.
  public func fault(
    of certificate: Certificate, in secret: String, now: Timestamp
  ) -> (text: String, since: Timestamp?)? {
    let name = "the certificate in secret \"\(secret)\""
    if now > certificate.notAfter {
      return ("\(name) has expired: it was valid until \(certificate.notAfter)", certificate.notAfter)
    }
    if now < certificate.notBefore { return ("\(name) is not valid before \(certificate.notBefore)", nil) }
    let others = hosts(ofSecret: secret).filter { !certificate.covers($0) }
    guard !others.isEmpty else { return nil }
    let names = certificate.names.isEmpty ? "no host (subjectAltName)" : certificate.names.shortened
    return ("\(name) is for \(names), and not for \(others.shortened)", nil)
  }
}

extension Certificate {
  /// Its times and names on one line.
  public var text: String {
    "valid from \(notBefore) until \(notAfter), for \(names.isEmpty ? "no host" : names.shortened)"
  }
}

extension [String] {
  /// The first three, and how many more.
  fileprivate var shortened: String {
    prefix(3).joined(separator: ", ") + (count > 3 ? " and \(count - 3) more" : "")
  }
}
