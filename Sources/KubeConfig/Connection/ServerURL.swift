/// The address of an API server, read as client-go does.
public struct ServerURL: Sendable, Hashable, CustomStringConvertible {
  /// Whether the connection is encrypted: `https`. An address without a scheme is plain `http`.
  public let isEncrypted: Bool
  /// The host name or IP address, without brackets.
  public let host: String
  /// The port; 443 or 80 when none is written.
  public let port: Int
  /// Whether the port is written.
  public let hasPort: Bool
  /// What goes before `/api` and `/apis`: empty, or with a slash at its beginning and none at its end.
  public let pathPrefix: String
  /// A user name and password written before the host.
  public let userInfo: UserInfo?

  /// A user name and password in an address.
  public struct UserInfo: Sendable, Hashable {
    /// The name.
    public let username: String
    /// The password, empty when there is none.
    public let password: Secret
  }

  /// Why an address cannot be used.
  public struct Invalid: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it; the address itself is not in it because it may hold a password.
    public let description: String
  }

  /// `https` or `http`.
  public var scheme: String { isEncrypted ? "https" : "http" }

  /// The value of the `Host` header: the host, in brackets if it is an IPv6 address, with the port if it is written.
  public var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return hasPort ? "\(name):\(port)" : name
  }

  /// The address without user name and password, and without a slash at its end.
  public var description: String { "\(scheme)://\(authority)\(pathPrefix)" }

  /// Reads an address.
  public init(_ text: String) throws(Invalid) {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), text.utf8.count <= 8_192 else {
      throw Invalid(description: "a server address cannot hold spaces or control characters")
    }
    var rest = Substring(text)
    var scheme = "http"
    if let separator = Self.schemeEnd(rest) {
      scheme = rest[..<separator].lowercased()
      rest = rest[separator...].dropFirst(3)
    } else if rest.contains("/"), rest.drop(while: { $0 != "/" }).count > 1 {
      throw Invalid(description: "host must be a URL or a host:port pair")
    }
    guard scheme == "https" || scheme == "http" else {
      throw Invalid(description: "unsupported protocol scheme \"\(scheme)\"; a server address begins with https://")
    }
    isEncrypted = scheme == "https"
    var authority = rest.prefix { !"/?#".contains($0) }
    let path = rest.dropFirst(authority.count).prefix { !"?#".contains($0) }
    if let at = authority.lastIndex(of: "@") {
      let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      userInfo = UserInfo(
        username: Self.percentDecoded(parts[0]), password: Secret(parts.count > 1 ? Self.percentDecoded(parts[1]) : ""))
      authority = authority[at...].dropFirst()
    } else {
      userInfo = nil
    }
    (host, port, hasPort) = try Self.hostAndPort(authority, standardPort: scheme == "https" ? 443 : 80)
    let parts = path.split(separator: "/")
    pathPrefix = parts.isEmpty ? "" : "/" + parts.joined(separator: "/")
  }

  private static func schemeEnd(_ text: Substring) -> Substring.Index? {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"), colon != text.startIndex else {
      return nil
    }
    let isScheme = text[..<colon].utf8.allSatisfy {
      (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E
    }
    return isScheme ? colon : nil
  }

  private static func hostAndPort(
    _ authority: Substring, standardPort: Int
  ) throws(Invalid) -> (host: String, port: Int, hasPort: Bool) {
    var host = authority
    var port: Substring = ""
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { throw Invalid(description: "missing ']' in host") }
      host = authority[..<end].dropFirst()
      port = authority[end...].dropFirst()
      guard host.contains(":"), port.isEmpty || port.hasPrefix(":") else {
        throw Invalid(description: "a host in brackets must be an IPv6 address")
      }
    } else if let colon = authority.firstIndex(of: ":") {
      guard colon == authority.lastIndex(of: ":") else {
        throw Invalid(description: "an IPv6 address stands in brackets, such as https://[::1]:6443")
      }
      host = authority[..<colon]
      port = authority[colon...]
    }
    guard !host.isEmpty else { throw Invalid(description: "the server address has no host") }
    let digits = port.dropFirst()
    guard !digits.isEmpty else { return (percentDecoded(host), standardPort, false) }
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
      (1...65_535).contains(number)
    else { throw Invalid(description: "invalid port \"\(digits)\" after host") }
    return (percentDecoded(host), number, true)
  }

  static func percentDecoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == 0x25, rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
        rest.first != 0x2B, rest.first != 0x2D
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
