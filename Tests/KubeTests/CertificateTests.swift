import Base64Text
import TestSupport
import Testing

@testable import Kube

@Suite struct CertificateTests {
  @Test func namesAreThoseOfTheExtension() throws {
    let named = try #require(Certificate(pem: Array(SampleCertificate.named.utf8)))
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
    let short = try #require(Certificate(pem: Array(SampleCertificate.short.utf8)))
    #expect(short.names.isEmpty && !short.covers("jane"))
  }

  @Test func ofASecretOnlyTheCertificateIsKept() throws {
    let pem = Array(SampleCertificate.named.utf8)
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
    let short = try #require(Certificate(pem: Array(SampleCertificate.short.utf8)))
    #expect(short.notBefore.seconds == 1_577_934_245 && short.notAfter.seconds == 1_612_325_106)
    let long = try #require(Certificate(pem: Array(SampleCertificate.long.utf8)))
    #expect(long.notBefore.seconds == 915_246_245 && long.notAfter.seconds == 2_874_629_106)
    // The first of a chain is the one that speaks for the user; other text around it does not matter.
    let chain =
      "subject=CN = jane\r\n" + SampleCertificate.short.split(separator: "\n").joined(separator: "\r\n") + "\n"
      + SampleCertificate.long
    #expect(Certificate(pem: Array(chain.utf8)) == short)
  }

  @Test func anythingElseIsNotUnderstood() throws {
    for text in ["", "x", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----"] {
      #expect(Certificate(pem: Array(text.utf8)) == nil)
    }
    let lines = SampleCertificate.named.split(separator: "\n")
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
