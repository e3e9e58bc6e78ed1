import Testing

@testable import HTTPTransport

@Suite struct ProxyRulesTests {
  struct Case: Sendable {
    let variables: [String: String]
    let url: (scheme: String, host: String)
    let proxy: String?

    init(_ variables: [String: String], _ scheme: String, _ host: String, _ proxy: String?) {
      self.variables = variables
      url = (scheme, host)
      self.proxy = proxy
    }
  }

  static let cases = [
    Case(["HTTPS_PROXY": "http://p:1"], "https", "example.com", "http://p:1"),
    Case(["https_proxy": "p:1"], "https", "example.com", "p:1"),
    Case(["HTTPS_PROXY": "http://upper", "https_proxy": "http://lower"], "https", "a.b", "http://upper"),
    Case(["HTTPS_PROXY": "", "https_proxy": "http://lower"], "https", "a.b", "http://lower"),
    Case(["HTTP_PROXY": "http://p:1"], "https", "example.com", nil),
    Case(["HTTP_PROXY": "http://p:1"], "http", "example.com", "http://p:1"),
    Case(["ALL_PROXY": "http://p:1"], "https", "example.com", nil),
    Case(["HTTPS_PROXY": "http://p:1"], "https", "localhost", nil),
    Case(["HTTPS_PROXY": "http://p:1"], "https", "LOCALHOST", nil),
    Case(["HTTPS_PROXY": "http://p:1"], "https", "127.1.2.3", nil),
    Case(["HTTPS_PROXY": "http://p:1"], "https", "::1", nil),
  ]

  @Test(arguments: cases) func theEnvironmentDecides(_ example: Case) {
    let rules = ProxyRules(environment: example.variables)
    #expect(rules.proxy(scheme: example.url.scheme, host: example.url.host, port: "443") == example.proxy)
  }

  @Test(arguments: [
    ("example.com", "example.com", "443", false), ("example.com", "a.example.com", "443", false),
    ("example.com", "notexample.com", "443", true), (".example.com", "example.com", "443", true),
    (".example.com", "a.example.com", "443", false), ("*.example.com", "a.example.com", "443", false),
    ("*.example.com", "example.com", "443", true), ("EXAMPLE.com", "Example.COM", "443", false),
    ("example.com:6443", "example.com", "443", true), ("example.com:6443", "example.com", "6443", false),
    ("10.0.0.0/8", "10.1.2.3", "443", false), ("10.0.0.0/8", "11.1.2.3", "443", true),
    ("10.0.0.0/9", "10.127.0.1", "443", false), ("10.0.0.0/9", "10.128.0.1", "443", true),
    ("10.0.0.0/8", "10.example.com", "443", true), ("0.0.0.0/0", "8.8.8.8", "443", false),
    ("0.0.0.0/0", "2001:db8::1", "443", true), ("2001:db8::/32", "2001:db8::1", "443", false),
    ("2001:db8::1", "2001:DB8:0::1", "443", false), ("[2001:db8::1]:6443", "2001:db8::1", "6443", false),
    ("[2001:db8::1]:6443", "2001:db8::1", "443", true), ("10.0.0.1:80", "10.0.0.1", "443", true),
    ("10.0.0.1", "::ffff:10.0.0.1", "443", false), ("*", "anything", "1", false), ("x, *", "anything", "1", false),
    (" a.test , b.test ", "b.test", "443", false), (",,:80,/,10.0.0.0/99,.,[", "b.test", "443", true),
  ])
  func noProxyFollowsGo(_ list: String, _ host: String, _ port: String, _ usesProxy: Bool) {
    for name in ["NO_PROXY", "no_proxy"] {
      let rules = ProxyRules(environment: ["HTTPS_PROXY": "http://p", name: list])
      #expect((rules.proxy(scheme: "https", host: host, port: port) != nil) == usesProxy)
    }
  }

  @Test func socksResolvesNamesAtTheProxy() {
    #expect(ProxyRules.curlProxy("socks5://u:p@h:1080") == "socks5h://u:p@h:1080")
    #expect(ProxyRules.curlProxy("SOCKS5://h") == "socks5h://h")
    #expect(ProxyRules.curlProxy("https://h") == "https://h")
  }
}
