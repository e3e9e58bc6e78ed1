import Kube
import Testing

@testable import Diagnosis

/// What is wrong with the certificate of an Ingress.
@Suite struct CertificateFaultTests {
  /// For store.example.com and *.shop.example.com, from the beginning of 2026 to that of 2027.
  private static let pem = """
    -----BEGIN CERTIFICATE-----
    MIIBjTCCATSgAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFzdG9yZS5l
    eGFtcGxlLmNvbTAeFw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMBwxGjAY
    BgNVBAMMEXN0b3JlLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
    QgAEu7HVpmAu1M1vuLNc3Rea49bauw5GoL0SGBZNHCvXLsBwk/5gP7iEE5s1/lj6
    NHVNbNBve4b4cvPgSV/MR59nraNnMGUwNgYDVR0RBC8wLYIRc3RvcmUuZXhhbXBs
    ZS5jb22CEiouc2hvcC5leGFtcGxlLmNvbYcEwAACATAMBgNVHRMBAf8EAjAAMB0G
    A1UdDgQWBBQEMD5W+yemmA1Dts61jUxGgwkbJzAKBggqhkjOPQQDAgNHADBEAiB7
    L4l6tIxnCPNUQA7mp8pQv00KhuuCCCTx9EbCJI72hwIgb5xGXsif2Ew2GAYv32El
    j4pnZ/04Sox3qvbSzP8rmtQ=
    -----END CERTIFICATE-----
    """

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
    let certificate = try #require(Certificate(pem: Array(Self.pem.utf8)))
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
