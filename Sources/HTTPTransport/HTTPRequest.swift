/// Certificates or a key as PEM text. They stay in memory and are never printed.
public struct PEM: Sendable, Hashable, CustomStringConvertible {
  /// The text as it was configured.
  public let bytes: [UInt8]

  /// PEM text; whether it can be used is found out when a connection is made.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Only the size.
  public var description: String { "PEM (\(bytes.count) bytes)" }
}

/// How a server is reached and trusted. Requests with equal options share connections.
public struct ConnectionOptions: Sendable, Hashable {
  /// The only authorities that may vouch for the server; `nil`: those of the machine.
  public var ca: PEM?
  /// The certificate, with its intermediates, that proves who is asking.
  public var clientCertificate: PEM?
  /// The private key of the certificate; not encrypted.
  public var clientKey: PEM?
  /// Accept any server, whatever its certificate.
  public var insecureSkipTLSVerify: Bool
  /// The name to ask for and to verify instead of the URL's host. The `Host` header stays the URL's.
  public var tlsServerName: String?
  /// An http, https or socks5 proxy (host names are then resolved by the proxy). It beats the environment's, NO_PROXY
  /// included; `nil`: as the environment says.
  public var proxyURL: String?
  /// Do not ask for gzip.
  public var disableCompression: Bool

  /// The machine's authorities, no client certificate, the environment's proxies, gzip: unless changed.
  public init(
    ca: PEM? = nil, clientCertificate: PEM? = nil, clientKey: PEM? = nil, insecureSkipTLSVerify: Bool = false,
    tlsServerName: String? = nil, proxyURL: String? = nil, disableCompression: Bool = false
  ) {
    self.ca = ca
    self.clientCertificate = clientCertificate
    self.clientKey = clientKey
    self.insecureSkipTLSVerify = insecureSkipTLSVerify
    self.tlsServerName = tlsServerName
    self.proxyURL = proxyURL
    self.disableCompression = disableCompression
  }
}

/// One HTTP request.
public struct HTTPRequest: Sendable {
  /// GET, POST and so on.
  public var method: String
  /// An absolute http or https URL, percent-encoded, without user name. It is sent as it is: dots in its path stay.
  public var url: String
  /// Sent in this order; a name may come more than once. Nothing is added that tells who asks.
  public var headers: [(name: String, value: String)]
  /// `nil` and empty differ only in that the latter says so with `Content-Length: 0`.
  public var body: [UInt8]?
  /// For the whole transfer, to the last byte of the answer; `nil`: for ever (watches, logs).
  public var timeout: Duration?
  /// For name, connection, proxy and TLS together.
  public var connectTimeout: Duration
  /// Whether it has a connection of its own, that is closed afterwards: a load balancer then chooses a server anew.
  public var isAlone = false
  /// Whether it asks, in its own headers, to go on with another protocol. It is sent over HTTP/1.1 and `isAlone`; after
  /// the head with status 101 all bytes of the other side are the body, until the connection ends.
  public var isUpgrade = false
  /// How the server is reached.
  public var options: ConnectionOptions

  /// A GET without time limit that connects within 10 s, unless changed.
  public init(
    method: String = "GET", url: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
    timeout: Duration? = nil, connectTimeout: Duration = .seconds(10), options: ConnectionOptions = ConnectionOptions()
  ) {
    self.method = method
    self.url = url
    self.headers = headers.map { (name: $0.0, value: $0.1) }
    self.body = body
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.options = options
  }
}
