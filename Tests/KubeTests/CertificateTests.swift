import Base64Text
import Testing

@testable import Kube

@Suite struct CertificateTests {
  /// From 2020-01-02T03:04:05Z to 2021-02-03T04:05:06Z, both as UTCTime.
  static let short = """
    -----BEGIN CERTIFICATE-----
    MIIBBDCBrAIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARqYW5lMB4XDTIwMDEw
    MjAzMDQwNVoXDTIxMDIwMzA0MDUwNlowDzENMAsGA1UEAwwEamFuZTBZMBMGByqG
    SM49AgEGCCqGSM49AwEHA0IABEuNtqUgF+pNr4xvyAvegWQ2ucsTzlfj82yEPrL0
    5OJm+NBcJAZ99e4hUcZkYR7+5PsqEOQQXst4RuCS5b5UPEAwCgYIKoZIzj0EAwID
    RwAwRAIgdfe8nEwieS74y0cT/3L/QchHLQaS//3MAIBUoacQHzACIFKLP8359Q+n
    ghmB/YKRThbNGOn2h+59cOWIeZV4NltX
    -----END CERTIFICATE-----
    """
  /// From 1999-01-02T03:04:05Z (UTCTime) to 2061-02-03T04:05:06Z (GeneralizedTime).
  static let long = """
    -----BEGIN CERTIFICATE-----
    MIIBBzCBrgIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARqYW5lMCAXDTk5MDEw
    MjAzMDQwNVoYDzIwNjEwMjAzMDQwNTA2WjAPMQ0wCwYDVQQDDARqYW5lMFkwEwYH
    KoZIzj0CAQYIKoZIzj0DAQcDQgAES422pSAX6k2vjG/IC96BZDa5yxPOV+PzbIQ+
    svTk4mb40FwkBn317iFRxmRhHv7k+yoQ5BBey3hG4JLlvlQ8QDAKBggqhkjOPQQD
    AgNIADBFAiEAy7K1TtCpnYPzygWlpcgPOqUGvbLYPPLk+T+2CdlpX1wCICkbaBam
    1yhl53AEcwBbjrnc1sbIOYqoHMXqtNaYJYBA
    -----END CERTIFICATE-----
    """

  /// For store.example.com, *.shop.example.com and an address.
  static let named = """
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

  @Test func namesAreThoseOfTheExtension() throws {
    let named = try #require(Certificate(pem: Array(Self.named.utf8)))
    #expect(named.names == ["store.example.com", "*.shop.example.com"])
    for (host, isCovered) in [
      ("store.example.com", true), ("Store.Example.com", true), ("a.shop.example.com", true),
      ("shop.example.com", false),
      ("a.b.shop.example.com", false), ("*.shop.example.com", true), (".shop.example.com", false), ("192.0.2.1", false),
      ("", false),
    ] {
      #expect(named.covers(host) == isCovered, "\(host)")
    }
    // What is only the subject's name counts no more.
    let short = try #require(Certificate(pem: Array(Self.short.utf8)))
    #expect(short.names.isEmpty && !short.covers("jane"))
  }

  @Test func ofASecretOnlyTheCertificateIsKept() throws {
    let pem = Array(Self.named.utf8)
    let json = """
      {"kind":"Secret","apiVersion":"v1","metadata":{"name":"a"},"type":"kubernetes.io/tls","data":{
        "tls.crt":"\(Base64.encode(pem))","tls.key":"\(Base64.encode(Array("-----BEGIN EC PRIVATE KEY-----\nx".utf8)))",
        "broken":"\(Base64.encode(Array(pem.prefix(300))))"}}
      """
    let secret = try decoded(Secret.self, jsonBytes: Array(json.utf8))
    #expect(secret.data["tls.crt"] == SecretValue(bytes: pem.count, certificate: Certificate(pem: pem)))
    #expect(secret.data["tls.key"] == SecretValue(bytes: 32))
    #expect(secret.data["broken"] == SecretValue(bytes: 300))
  }

  @Test func readsBothFormsOfTime() throws {
    let short = try #require(Certificate(pem: Array(Self.short.utf8)))
    #expect(short.notBefore.seconds == 1_577_934_245 && short.notAfter.seconds == 1_612_325_106)
    let long = try #require(Certificate(pem: Array(Self.long.utf8)))
    #expect(long.notBefore.seconds == 915_246_245 && long.notAfter.seconds == 2_874_629_106)
    // The first of a chain is the one that speaks for the user; other text around it does not matter.
    let chain = "subject=CN = jane\r\n" + Self.short.split(separator: "\n").joined(separator: "\r\n") + "\n" + Self.long
    #expect(Certificate(pem: Array(chain.utf8)) == short)
  }

  @Test func anythingElseIsNotUnderstood() throws {
    for text in ["", "x", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----"] {
      #expect(Certificate(pem: Array(text.utf8)) == nil)
    }
    let lines = Self.named.split(separator: "\n")
    let der = try Base64.decode(lines[1..<lines.count - 1].joined()).get()
    #expect(Certificate(der: der) != nil)
    // Cut anywhere before the end it is incomplete; with any byte changed it must not trap.
    for count in der.indices { #expect(Certificate(der: Array(der[..<count])) == nil) }
    for index in der.indices {
      for value in [UInt8(0), 0x7F, 0x80, 0x84, 0xFF] {
        var broken = der
        broken[index] = value
        _ = Certificate(der: broken)
      }
    }
  }
}
