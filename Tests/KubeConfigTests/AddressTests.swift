import KubeConfig
import Testing

@Suite struct AddressTests {
  @Test(arguments: [
    ("https://h", "https://h", 443), ("https://h:6443/", "https://h:6443", 6443), ("h:8080", "http://h:8080", 8080),
    ("127.0.0.1:8899", "http://127.0.0.1:8899", 8899), ("HTTPS://h", "https://h", 443), ("h", "http://h", 80),
    ("https://rancher.x/k8s/clusters/c-1/", "https://rancher.x/k8s/clusters/c-1", 443),
    ("https://h/a//b?x=1#y", "https://h/a/b", 443), ("https://[::1]:6443/p", "https://[::1]:6443/p", 6443),
    ("https://[fe80::1%25eth0]", "https://[fe80::1%eth0]", 443), ("https://u:p@h:1", "https://h:1", 1),
    ("https://u:p@x@h", "https://h", 443), ("h:80/", "http://h:80", 80), ("https://h:", "https://h", 443),
  ]) func reads(text: String, description: String, port: Int) throws {
    let url = try ServerURL(text)
    #expect(url.description == description && url.port == port)
  }

  @Test func partsOfAnAddress() throws {
    let url = try ServerURL("https://a:b@[::1]:6443/p/")
    #expect(url.host == "::1" && url.authority == "[::1]:6443" && url.hasPort && url.pathPrefix == "/p")
    #expect(url.userInfo?.username == "a" && url.userInfo?.password.revealed == "b")
    #expect(try ServerURL("https://h").authority == "h")
  }

  @Test(arguments: [
    ("", "the server address has no host"), ("https://", "the server address has no host"),
    ("https://:6443", "the server address has no host"),
    ("ftp://h", "unsupported protocol scheme \"ftp\"; a server address begins with https://"),
    ("https://h:99999", "invalid port \"99999\" after host"),
    ("https://::1:6443", "an IPv6 address stands in brackets, such as https://[::1]:6443"),
    ("https://fe80::1", "an IPv6 address stands in brackets, such as https://[::1]:6443"),
    ("https://[::1", "missing ']' in host"), ("https://[h]", "a host in brackets must be an IPv6 address"),
    ("https://a b", "a server address cannot hold spaces or control characters"),
    ("https://a\u{1B}[2J", "a server address cannot hold spaces or control characters"),
    ("h:6443/path", "host must be a URL or a host:port pair"), ("://h", "host must be a URL or a host:port pair"),
  ]) func refuses(text: String, message: String) {
    #expect { try ServerURL(text) } throws: { "\($0)" == message }
  }

  @Test(
    arguments: [
      ("proxy-url: 'http://p:3128', ", ["HTTPS_PROXY": "http://env"], "https://h", "http://p:3128"),
      ("proxy-url: 'socks5://u:pw@p', ", [:], "https://h", "socks5h://u:pw@p"),
      ("", ["HTTPS_PROXY": "http://up", "https_proxy": "http://low"], "https://h", "http://up"),
      ("", ["https_proxy": "low:1"], "https://h", "http://low:1"), ("", ["HTTP_PROXY": "http://x"], "https://h", nil),
      ("", ["HTTP_PROXY": "http://x"], "http://h", "http://x"),
      ("", ["HTTP_PROXY": "http://x", "REQUEST_METHOD": "GET"], "http://h", nil),
      ("", ["ALL_PROXY": "http://x"], "https://h", nil), ("", ["HTTPS_PROXY": "http://x"], "https://localhost:1", nil),
      ("", ["HTTPS_PROXY": "http://x"], "https://127.0.0.5", nil),
      ("", ["HTTPS_PROXY": "http://x"], "https://[::1]", nil),
      ("proxy-url: 'http://p', ", [:], "https://127.0.0.1", "http://p"),
    ] as [(String, [String: String], String, String?)])
  func proxies(cluster: String, environment: [String: String], server: String, expected: String?) throws {
    let result = try resolve(config(cluster: cluster + "server: '\(server)'"), environment: environment)
    #expect(result.proxy?.url.revealed == expected)
  }

  @Test func proxyDetails() throws {
    let result = try resolve(config(), environment: ["HTTPS_PROXY": "http://u:pw@p:1/", "no_proxy": "10.0.0.0/8"])
    #expect(result.proxy?.description == "http://p:1/" && result.proxy?.exceptions == "10.0.0.0/8")
    #expect(result.proxy?.origin == .environment("HTTPS_PROXY"))
  }

  @Test func secretsDoNotShow() throws {
    let text = config(
      cluster: "server: 'https://u:sEcReT1@h', proxy-url: 'http://u:sEcReT2@p'",
      user: "exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1, env: [{name: a, value: sEcReT3}]}, "
        + "auth-provider: null")
    var shown = ""
    let connection = try resolve(text)
    dump(connection, to: &shown)
    shown += "\(connection) \(String(reflecting: connection))"
    dump(try resolve(config(user: "token: sEcReT4")), to: &shown)
    dump(Secret("sEcReT5"), to: &shown)
    #expect(!shown.contains("sEcReT") && shown.contains("REDACTED"))
    #expect(Secret("x").revealed == "x" && "\(Secret("x"))" == "REDACTED")
  }
}
