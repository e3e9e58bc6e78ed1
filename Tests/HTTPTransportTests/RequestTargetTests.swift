import Testing

@testable import HTTPTransport

@Suite struct RequestTargetTests {
  struct Case: Sendable {
    var url: String
    var name: String?
    var sent: String
    var address: String
    var connectTo: String?
    var host: String?
  }

  static let cases = [
    Case(url: "https://h/a/../b?c#d", sent: "https://h/a/../b?c#d", address: "h:443"),
    Case(url: "http://h:8080", sent: "http://h:8080", address: "h:8080"),
    Case(url: "https://[::1]:6443/k8s/x", sent: "https://[::1]:6443/k8s/x", address: "[::1]:6443"),
    Case(
      url: "https://h/a/../b?c=%2F", name: "api.test", sent: "https://api.test/a/../b?c=%2F", address: "h:443",
      connectTo: "api.test:443:h:443", host: "h"),
    Case(
      url: "https://[::1]:6443/p", name: "api.test", sent: "https://api.test:6443/p", address: "[::1]:6443",
      connectTo: "api.test:6443:[::1]:6443", host: "[::1]:6443"),
    Case(
      url: "https://h:6443/", name: "::1", sent: "https://[::1]:6443/", address: "h:6443",
      connectTo: "[::1]:6443:h:6443", host: "h:6443"),
    Case(url: "https://h/", name: "h", sent: "https://h/", address: "h:443"),
    Case(url: "https://h/", name: "", sent: "https://h/", address: "h:443"),
    Case(url: "http://h/", name: "other", sent: "http://h/", address: "h:80"),
  ]

  @Test(arguments: cases) func theServerNameReplacesTheHost(_ example: Case) throws {
    let target = try RequestTarget(url: example.url, tlsServerName: example.name)
    #expect(target.url == example.sent)
    #expect(target.address == example.address)
    #expect(target.connectTo == example.connectTo)
    #expect(target.hostHeader == example.host)
  }

  @Test(arguments: ["a b", "a/b", "a@b", "[x"])
  func anUnsuitableServerNameIsRefused(_ name: String) {
    #expect(throws: TransportFailure.self) { try RequestTarget(url: "https://h/", tlsServerName: name) }
  }
}
