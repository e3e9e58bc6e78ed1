import CCurl

/// Where a request goes: its URL taken apart, and put together again for `tls-server-name`.
struct RequestTarget: Equatable {
  /// What libcurl is told to get.
  let url: String
  /// `http` or `https`.
  let scheme: String
  /// The URL's host, without brackets.
  let host: String
  /// The URL's port, or the scheme's.
  let port: String
  /// "Connect there instead" for libcurl.
  let connectTo: String?
  /// The `Host` header, when it is not that of `url`.
  let hostHeader: String?

  /// `host:port`, as `connect` messages have it.
  var address: String { "\(RequestTarget.bracketed(host)):\(port)" }

  /// Whether it is a server on this machine, or a tunnel that ends here.
  var isTLSOnLoopback: Bool {
    scheme == "https" && (host == "localhost" || host == "::1" || host.hasPrefix("127."))
  }

  init(url text: String, tlsServerName: String?) throws(TransportFailure) {
    guard let handle = curl_url() else {
      throw .other(code: Int32(CURLE_OUT_OF_MEMORY.rawValue), text: "out of memory")
    }
    defer { curl_url_cleanup(handle) }
    let flags = UInt32(CURLU_PATH_AS_IS) | UInt32(CURLU_DISALLOW_USER)
    try RequestTarget.check(curl_url_set(handle, CURLUPART_URL, text, flags))
    scheme = try RequestTarget.part(handle, CURLUPART_SCHEME)
    guard scheme == "https" || scheme == "http" else {
      throw .invalidRequest(reason: "the scheme \(scheme) is neither https nor http")
    }
    let writtenHost = try RequestTarget.part(handle, CURLUPART_HOST)
    host = writtenHost.hasPrefix("[") ? String(writtenHost.dropFirst().dropLast()) : writtenHost
    port = try RequestTarget.part(handle, CURLUPART_PORT, flags: UInt32(CURLU_DEFAULT_PORT))
    // libcurl takes the name for SNI and for the check from the URL, so the URL gets that name, and the real address is
    // where it is told to connect to.
    guard let tlsServerName, !tlsServerName.isEmpty, scheme == "https", tlsServerName != host else {
      url = text
      connectTo = nil
      hostHeader = nil
      return
    }
    let name = RequestTarget.bracketed(tlsServerName)
    try RequestTarget.check(curl_url_set(handle, CURLUPART_HOST, name, 0))
    url = try RequestTarget.part(handle, CURLUPART_URL)
    connectTo = "\(name):\(port):\(writtenHost):\(port)"
    hostHeader = port == "443" ? writtenHost : "\(writtenHost):\(port)"
  }

  private static func bracketed(_ host: String) -> String {
    host.utf8.contains(UInt8(ascii: ":")) && !host.hasPrefix("[") ? "[\(host)]" : host
  }

  private static func check(_ code: CURLUcode) throws(TransportFailure) {
    guard code == CURLUE_OK else {
      throw .invalidRequest(reason: "URL: \(String(cString: curl_url_strerror(code)))")
    }
  }

  private static func part(
    _ handle: OpaquePointer, _ part: CURLUPart, flags: UInt32 = 0
  ) throws(TransportFailure) -> String {
    var text: UnsafeMutablePointer<CChar>?
    try check(curl_url_get(handle, part, &text, flags))
    guard let text else { throw .invalidRequest(reason: "URL") }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
