import CCurl

/// One transfer: an easy handle with its options, and what libcurl calls back about it.
final class CurlTransfer {
  let id: TransferID
  /// The pool it runs in.
  let pool: CurlPool
  let easy: UnsafeMutableRawPointer
  /// Where it goes.
  let target: RequestTarget
  /// `nil` once nothing may be reported any more.
  var handler: ((TransferEvent) -> Void)?
  /// Called before the head is reported.
  var answered: (() -> Void)?
  /// Whether the body is held back by the caller.
  var isPaused = false
  /// Whether libcurl was told to hold a body back, and waits to be told to go on.
  var isHeld = false

  private let usesProxy: Bool
  private let clientKey: PEM?
  private let mayCompress: Bool
  private var acceptsGzip = false
  private var headReader = HeadReader()
  private var ownFailure: TransportFailure?
  private let errorText: UnsafeMutablePointer<CChar>
  private var lists: [UnsafeMutablePointer<curl_slist>] = []

  init(
    id: TransferID, request: HTTPRequest, proxies: ProxyRules, pool: CurlPool,
    handler: @escaping (TransferEvent) -> Void
  ) throws(TransportFailure) {
    let target = try RequestTarget(url: request.url, tlsServerName: request.options.tlsServerName)
    try CurlTransfer.validate(request)
    guard let easy = curl_easy_init() else {
      throw .other(code: Int32(CURLE_OUT_OF_MEMORY.rawValue), text: "out of memory")
    }
    let proxy =
      request.options.proxyURL.flatMap { $0.isEmpty ? nil : $0 }
      ?? proxies.proxy(scheme: target.scheme, host: target.host, port: target.port)
    self.id = id
    self.target = target
    self.pool = pool
    self.easy = easy
    self.handler = handler
    usesProxy = proxy != nil
    clientKey = request.options.clientKey
    mayCompress = !request.options.disableCompression && !request.isUpgrade
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    // From here on `deinit` frees what was made.
    try setUp(request, proxy: proxy)
  }

  deinit {
    curl_easy_cleanup(easy)
    for list in lists { curl_slist_free_all(list) }
    errorText.deallocate()
  }

  /// Asks for compression, unless that is not wanted. To be called before the transfer starts.
  func acceptCompression() throws(TransportFailure) {
    guard mayCompress else { return }
    try set(CURLOPT_ACCEPT_ENCODING, "gzip")
    acceptsGzip = true
  }

  // MARK: Options

  private static func validate(_ request: HTTPRequest) throws(TransportFailure) {
    let isToken: (UInt8) -> Bool = { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }
    guard !request.method.isEmpty, request.method.utf8.allSatisfy(isToken) else {
      throw .invalidRequest(reason: "method")
    }
    // A line break would smuggle in another header.
    for (name, value) in request.headers {
      guard !name.isEmpty, name.utf8.allSatisfy(isToken),
        !value.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 })
      else { throw .invalidRequest(reason: "header") }
    }
    guard !request.url.utf8.contains(0) else { throw .invalidRequest(reason: "URL") }
  }

  private func check(_ code: CURLcode) throws(TransportFailure) {
    guard code == CURLE_OK else {
      throw .other(code: Int32(code.rawValue), text: String(cString: curl_easy_strerror(code)))
    }
  }

  private func set(_ option: CURLoption, _ value: Int) throws(TransportFailure) {
    try check(pm_set_long(easy, option, value))
  }

  private func set(_ option: CURLoption, _ value: String?) throws(TransportFailure) {
    try check(pm_set_string(easy, option, value))
  }

  private func set(_ option: CURLoption, _ value: PEM?) throws(TransportFailure) {
    guard let value else { return }
    try check(value.bytes.withUnsafeBytes { pm_set_blob(easy, option, $0.baseAddress, $0.count) })
  }

  private func set(_ option: CURLoption, list texts: [String]) throws(TransportFailure) {
    var list: UnsafeMutablePointer<curl_slist>?
    for text in texts {
      guard let longer = curl_slist_append(list, text) else {
        curl_slist_free_all(list)
        throw .other(code: Int32(CURLE_OUT_OF_MEMORY.rawValue), text: "out of memory")
      }
      list = longer
    }
    guard let list else { return }
    lists.append(list)
    try check(pm_set_list(easy, option, list))
  }

  private func setUp(_ request: HTTPRequest, proxy: String?) throws(TransportFailure) {
    try check(pm_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
    try check(pm_set_pointer(easy, CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque()))
    try check(
      pm_set_data_functions(
        easy, { CurlTransfer.of($3)?.readHeader($0, $1 * $2) ?? 0 },
        { CurlTransfer.of($3)?.readBody($0, $1 * $2) ?? 0 },
        Unmanaged.passUnretained(self).toOpaque()))
    try check(pm_set_keep_alive(easy))
    try set(CURLOPT_NOSIGNAL, 1)
    try set(CURLOPT_PROTOCOLS_STR, "http,https")
    try set(CURLOPT_FOLLOWLOCATION, 0)
    try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    try set(CURLOPT_PATH_AS_IS, 1)
    try set(CURLOPT_BUFFERSIZE, 64 << 10)
    // Many watches share one connection: a transfer rather waits to see whether HTTP/2 is spoken than opens its own.
    try set(CURLOPT_HTTP_VERSION, Int(request.isUpgrade ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS))
    let isAlone = request.isAlone || request.isUpgrade
    try set(CURLOPT_PIPEWAIT, isAlone ? 0 : 1)
    if isAlone {
      try set(CURLOPT_FRESH_CONNECT, 1)
      try set(CURLOPT_FORBID_REUSE, 1)
    }
    if let timeout = request.timeout { try set(CURLOPT_TIMEOUT_MS, CurlTransfer.milliseconds(timeout)) }
    try set(CURLOPT_CONNECTTIMEOUT_MS, CurlTransfer.milliseconds(request.connectTimeout))
    try set(CURLOPT_URL, target.url)
    if let connectTo = target.connectTo { try set(CURLOPT_CONNECT_TO, list: [connectTo]) }
    try setTLS(request.options)
    // An empty proxy keeps libcurl from reading the environment, as does the empty list of exceptions.
    try set(CURLOPT_PROXY, proxy.map(ProxyRules.curlProxy) ?? "")
    try set(CURLOPT_NOPROXY, "")
    try setMethodAndHeaders(request)
  }

  private func setTLS(_ options: ConnectionOptions) throws(TransportFailure) {
    try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    try set(CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if options.insecureSkipTLSVerify {
      for option in [
        CURLOPT_SSL_VERIFYPEER, CURLOPT_SSL_VERIFYHOST, CURLOPT_PROXY_SSL_VERIFYPEER, CURLOPT_PROXY_SSL_VERIFYHOST,
      ] { try set(option, 0) }
    }
    if options.ca != nil {
      // Without this the folder of the machine's authorities would be trusted as well. Go trusts an https proxy by the
      // same rules as the server.
      try set(CURLOPT_CAPATH, nil as String?)
      try set(CURLOPT_PROXY_CAPATH, nil as String?)
      try set(CURLOPT_CAINFO_BLOB, options.ca)
      try set(CURLOPT_PROXY_CAINFO_BLOB, options.ca)
    }
    try set(CURLOPT_SSLCERT_BLOB, options.clientCertificate)
    try set(CURLOPT_SSLKEY_BLOB, options.clientKey)
    // OpenSSL would ask for an encrypted key's password on the terminal; with an empty one it fails instead.
    if options.clientKey != nil { try set(CURLOPT_KEYPASSWD, "") }
  }

  private func setMethodAndHeaders(_ request: HTTPRequest) throws(TransportFailure) {
    let body = request.body ?? (["POST", "PUT", "PATCH"].contains(request.method) ? [] : nil)
    if let body {
      try set(CURLOPT_POST, 1)
      try check(body.withUnsafeBytes { pm_set_body(easy, $0.baseAddress ?? UnsafeRawPointer(errorText), $0.count) })
    }
    if request.method == "HEAD" {
      try set(CURLOPT_NOBODY, 1)
    } else {
      try set(CURLOPT_CUSTOMREQUEST, request.method)
    }
    let names = Set(request.headers.map { $0.name.lowercased() })
    // A semicolon in place of the colon is libcurl's way to write a header without value.
    var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    if let host = target.hostHeader, !names.contains("host") { lines.append("Host: \(host)") }
    // Headers that libcurl would make up.
    for name in ["Accept", "Content-Type", "Expect"] where !names.contains(name.lowercased()) {
      lines.append("\(name):")
    }
    try set(CURLOPT_HTTPHEADER, list: lines)
  }

  private static func milliseconds(_ duration: Duration) -> Int {
    // 0 would mean libcurl's default; a month is as good as for ever.
    let (seconds, attoseconds) = max(.milliseconds(1), min(duration, .seconds(30 * 86_400))).components
    return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }

  // MARK: Called back

  private static func of(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Returns how many bytes were taken; another number than `count` has libcurl end the transfer.
  private func readHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard handler != nil else { return 0 }
    switch headReader.read(UnsafeRawBufferPointer(start: bytes, count: count)) {
    case .goOn: break
    case .complete:
      answered?()
      answered = nil
      handler?(.head(reportedHead()))
    case .tooLarge:
      ownFailure = .tooLarge
      return 0
    }
    return handler == nil ? 0 : count
  }

  /// What libcurl has decompressed is reported as if it had never been compressed.
  private func reportedHead() -> HTTPHead {
    var head = headReader.head
    if head.first("content-encoding")?.lowercased() == "gzip", acceptsGzip {
      head.headers.removeAll { $0.name == "content-encoding" || $0.name == "content-length" }
    }
    return head
  }

  private func readBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard handler != nil else { return 0 }
    if isPaused {
      isHeld = true
      return Int(CURL_WRITEFUNC_PAUSE)
    }
    handler?(.body(UnsafeRawBufferPointer(start: bytes, count: count)))
    return handler == nil ? 0 : count
  }

  // MARK: The end

  /// The last event, from libcurl's code.
  func end(_ code: CURLcode) -> TransferEvent {
    if let ownFailure { return .failed(ownFailure) }
    if code == CURLE_OK {
      // libcurl is content with a connection that ends within the headers.
      return headReader.isDone ? .finished : .failed(.closedEarly(reason: "within the headers"))
    }
    return .failed(TransportFailure(facts(code)))
  }

  /// What the connection told that was made for this transfer; nil when it used one that was there.
  var nearness: Nearness? {
    guard number(CURLINFO_NUM_CONNECTS) > 0 else { return nil }
    var address: UnsafeMutablePointer<CChar>?
    guard pm_get_string(easy, CURLINFO_PRIMARY_IP, &address) == CURLE_OK, let address else { return nil }
    let handshake = microseconds(CURLINFO_APPCONNECT_TIME_T) - microseconds(CURLINFO_CONNECT_TIME_T)
    return Nearness(address: String(cString: address), handshake: Int64(max(0, handshake)), usesProxy: usesProxy)
  }

  private func number(_ info: CURLINFO) -> Int {
    var value = 0
    return pm_get_long(easy, info, &value) == CURLE_OK ? value : 0
  }

  private func microseconds(_ info: CURLINFO) -> curl_off_t {
    var value: curl_off_t = 0
    return pm_get_offset(easy, info, &value) == CURLE_OK ? value : 0
  }

  private func facts(_ code: CURLcode) -> CurlFacts {
    let text = String(cString: errorText)
    return CurlFacts(
      code: code, text: text.isEmpty ? String(cString: curl_easy_strerror(code)) : text, address: target.address,
      host: target.host, usesProxy: usesProxy, systemError: Int32(truncatingIfNeeded: number(CURLINFO_OS_ERRNO)),
      connectStatus: number(CURLINFO_HTTP_CONNECTCODE), verifyResult: number(CURLINFO_SSL_VERIFYRESULT),
      isConnected: microseconds(CURLINFO_PRETRANSFER_TIME_T) > 0, key: clientKey)
  }
}
