import Glibc

/// Which proxy the environment asks for, by Go's rules (golang.org/x/net/http/httpproxy), which client-go follows: they
/// are not quite libcurl's. HTTPS_PROXY or HTTP_PROXY by the URL's scheme, upper case before lower; nothing for
/// `localhost` and loopback addresses; NO_PROXY lists names (with their subdomains, or only those after a leading dot),
/// addresses and networks, each with an optional port, or `*`.
struct ProxyRules {
  private enum Exception {
    case domain(suffix: String, includesItself: Bool, port: String?)
    case network(bytes: [UInt8], bits: Int, port: String?)
  }

  private let forHTTPS: String?
  private let forHTTP: String?
  private var exceptions: [Exception] = []
  private var exceptsAll = false

  init(environment: [String: String]) {
    func value(_ names: String...) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    forHTTPS = value("HTTPS_PROXY", "https_proxy")
    forHTTP = value("HTTP_PROXY", "http_proxy")
    for part in (value("NO_PROXY", "no_proxy") ?? "").split(separator: ",") {
      add(part.filter { $0 != " " && $0 != "\t" }.lowercased())
    }
  }

  /// The proxy's URL for a server; `host` without brackets.
  func proxy(scheme: String, host: String, port: String) -> String? {
    guard let proxy = scheme == "https" ? forHTTPS : forHTTP, !exceptsAll else { return nil }
    let host = host.lowercased()
    let address = ProxyRules.address(host)
    if host == "localhost" || address.map(ProxyRules.isLoopback) == true { return nil }
    let isExcepted = exceptions.contains { exception in
      switch exception {
      case .domain(let suffix, let includesItself, let wanted):
        (wanted == nil || wanted == port) && (host.hasSuffix(suffix) || includesItself && host == suffix.dropFirst())
      case .network(let bytes, let bits, let wanted):
        (wanted == nil || wanted == port) && address.map { ProxyRules.isEqual($0, bytes, bits: bits) } == true
      }
    }
    return isExcepted ? nil : proxy
  }

  /// As libcurl understands it: names are resolved by a SOCKS proxy, as Go does.
  static func curlProxy(_ url: String) -> String {
    url.lowercased().hasPrefix("socks5://") ? "socks5h://" + url.dropFirst("socks5://".count) : url
  }

  private mutating func add(_ pattern: String) {
    if pattern.isEmpty { return }
    if pattern == "*" {
      exceptsAll = true
      return
    }
    let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2, let bytes = ProxyRules.address(String(parts[0])), let bits = Int(parts[1]),
      (0...bytes.count * 8).contains(bits)
    {
      exceptions.append(.network(bytes: bytes, bits: bits, port: nil))
      return
    }
    var (host, port) = ProxyRules.splitPort(pattern)
    if let bytes = ProxyRules.address(host) {
      exceptions.append(.network(bytes: bytes, bits: bytes.count * 8, port: port))
      return
    }
    if host.hasPrefix("*.") { host.removeFirst() }
    if host.isEmpty { return }
    let isSuffix = host.hasPrefix(".")
    exceptions.append(.domain(suffix: isSuffix ? host : "." + host, includesItself: !isSuffix, port: port))
  }

  private static func splitPort(_ text: String) -> (host: String, port: String?) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let rest = text[text.index(after: end)...]
      return (
        String(text[text.index(after: text.startIndex)..<end]), rest.first == ":" ? String(rest.dropFirst()) : nil
      )
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (text, nil)
  }

  /// 4 or 16 bytes; an IPv4 address written as IPv6 counts as IPv4.
  private static func address(_ text: String) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
    guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
    let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
    return isMapped ? Array(bytes.suffix(4)) : bytes
  }

  private static func isLoopback(_ address: [UInt8]) -> Bool {
    address.count == 4 ? address[0] == 127 : address.dropLast().allSatisfy { $0 == 0 } && address.last == 1
  }

  private static func isEqual(_ left: [UInt8], _ right: [UInt8], bits: Int) -> Bool {
    guard left.count == right.count else { return false }
    let whole = bits / 8
    guard left.prefix(whole) == right.prefix(whole) else { return false }
    let mask = UInt8(truncatingIfNeeded: 0xff00 >> (bits % 8))
    return mask == 0 || left[whole] & mask == right[whole] & mask
  }
}
