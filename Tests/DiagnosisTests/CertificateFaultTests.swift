import Kube
import TestSupport
import Testing

@testable import Diagnosis

/// What is wrong with the certificate of an Ingress.
@Suite struct CertificateFaultTests {
  private func fault(_ time: String, tls: [String], rules: [String] = []) throws -> (text: String, since: Timestamp?)? {
    var ingress = Ingress()
    var entry = IngressTLS()
    entry.secretName = "cert"
    entry.hosts = tls
    ingress.spec.tls = [entry]
    ingress.spec.rules = rules.map { host in
      var rule = IngressRule()
      rule.host = host
      return rule
    }
    let certificate = try #require(Certificate(pem: Array(SampleCertificate.named.utf8)))
    return ingress.fault(of: certificate, in: "cert", now: try #require(Timestamp(time)))
  }

  private let name = "the certificate in secret \"cert\""

  @Test func itHoldsFromThenToThen() throws {
    for time in ["2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z", "2027-01-01T00:00:00Z"] {
      #expect(try fault(time, tls: ["store.example.com"]) == nil)
    }
    let early = try fault("2025-12-31T23:59:59Z", tls: [])
    #expect(early?.text == "\(name) is not valid before 2026-01-01T00:00:00Z" && early?.since == nil)
    let late = try fault("2027-01-01T00:00:01Z", tls: ["other"])
    #expect(late?.text == "\(name) has expired: it was valid until 2027-01-01T00:00:00Z")
    #expect(late?.since == Timestamp("2027-01-01T00:00:00Z"))
  }

  @Test func itIsForTheHostsOfItsEntry() throws {
    let time = "2026-06-01T12:00:00Z"
    #expect(try fault(time, tls: ["store.example.com", "a.shop.example.com", "*.shop.example.com"]) == nil)
    #expect(try fault(time, tls: [], rules: ["store.example.com", ""]) == nil)
    #expect(try fault(time, tls: ["store.example.com"], rules: ["elsewhere.example.com"]) == nil)
    for tls in [["store.example.com", "shop.example.com"], []] {
      let found = try fault(time, tls: tls, rules: ["shop.example.com"])
      #expect(
        found?.text == "\(name) is for store.example.com, *.shop.example.com, and not for shop.example.com", "\(tls)")
    }
  }
}
