import Base64Text
import Testing

@testable import KubeConfig

@Suite struct CertificateValidityTests {
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

  @Test func readsBothFormsOfTime() throws {
    let short = try #require(CertificateValidity(pem: Array(Self.short.utf8)))
    #expect(short.notBefore == 1_577_934_245 && short.notAfter == 1_612_325_106)
    let long = try #require(CertificateValidity(pem: Array(Self.long.utf8)))
    #expect(long.notBefore == 915_246_245 && long.notAfter == 2_874_629_106)
    // The first of a chain is the one that speaks for the user; other text around it does not matter.
    let chain = "subject=CN = jane\r\n" + Self.short.split(separator: "\n").joined(separator: "\r\n") + "\n" + Self.long
    #expect(CertificateValidity(pem: Array(chain.utf8)) == short)
  }

  @Test func anythingElseIsNotUnderstood() throws {
    for text in ["", "x", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----"] {
      #expect(CertificateValidity(pem: Array(text.utf8)) == nil)
    }
    let lines = Self.short.split(separator: "\n")
    let der = try Base64.decode(lines[1..<lines.count - 1].joined()).get()
    #expect(CertificateValidity(der: der) != nil)
    // Cut anywhere before the end it is incomplete; with any byte changed it must not trap.
    for count in der.indices { #expect(CertificateValidity(der: Array(der[..<count])) == nil) }
    for index in der.indices {
      for value in [UInt8(0), 0x7F, 0x80, 0x84, 0xFF] {
        var broken = der
        broken[index] = value
        _ = CertificateValidity(der: broken)
      }
    }
  }
}
