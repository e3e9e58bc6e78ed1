/// The proxy that connections to the server go through.
public struct ProxySettings: Sendable, Hashable, CustomStringConvertible {
  /// What named the proxy.
  public enum Origin: Sendable, Hashable {
    /// `proxy-url` of the cluster: used whatever the environment says.
    case cluster
    /// An environment variable.
    case environment(String)
  }

  /// The address for the transport; a `socks5` one is `socks5h` here, because Go lets the proxy resolve names. It may
  /// hold a password.
  public let url: Secret
  /// Hosts that are reached without the proxy, as in `NO_PROXY`; nil for the cluster's own proxy.
  public let exceptions: String?
  /// What named the proxy.
  public let origin: Origin

  /// The address without user name and password, for people.
  public let description: String

  init?(_ text: String, exceptions: String?, origin: Origin) {
    let address = text.contains("://") ? text : "http://" + text
    guard Self.problem(address) == nil, let separator = address.range(of: "://") else { return nil }
    let scheme = address[..<separator.lower].lowercased()
    let rest = address[separator.upper...]
    url = Secret((scheme == "socks5" ? "socks5h" : scheme) + "://" + rest)
    let authority = rest.prefix { $0 != "/" }
    let shown = authority.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
    description = scheme + "://" + PlainText.withoutControls(String(shown))
    self.exceptions = exceptions
    self.origin = origin
  }

  /// What client-go finds wrong with a `proxy-url`.
  static func problem(_ text: String) -> String? {
    let scheme = text.range(of: "://").map { text[..<$0.lower].lowercased() } ?? ""
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return "could not parse: it holds spaces" }
    return ["http", "https", "socks5"].contains(scheme)
      ? nil : "unsupported scheme \"\(scheme)\", must be http, https, or socks5"
  }

  /// The proxy for a server: the cluster's own, else the one that Go's rules find in the environment: `HTTPS_PROXY` or
  /// `HTTP_PROXY` by the server's scheme, upper case first; never for this machine itself.
  static func settings(clusterProxy: String, server: ServerURL, environment: [String: String]) -> ProxySettings? {
    if !clusterProxy.isEmpty { return ProxySettings(clusterProxy, exceptions: nil, origin: .cluster) }
    if server.host == "localhost" || server.host == "::1" || server.host.hasPrefix("127.") { return nil }
    let upper = server.isEncrypted ? "HTTPS_PROXY" : "HTTP_PROXY"
    // A CGI server puts the client's Proxy header into HTTP_PROXY; Go does not believe it there.
    if upper == "HTTP_PROXY", environment["REQUEST_METHOD"] != nil { return nil }
    for name in [upper, upper.lowercased()] {
      guard let value = environment[name], !value.isEmpty else { continue }
      let exceptions = [environment["NO_PROXY"], environment["no_proxy"]].compactMap { $0 }.first { !$0.isEmpty }
      return ProxySettings(value, exceptions: exceptions, origin: .environment(name))
    }
    return nil
  }
}

extension String {
  /// Where a text first occurs: its beginning and the place behind it.
  fileprivate func range(of text: String) -> (lower: Index, upper: Index)? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(text) { return (index, self.index(index, offsetBy: text.count)) }
      index = self.index(after: index)
    }
    return nil
  }
}
