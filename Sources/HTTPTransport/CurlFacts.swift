import CCurl
import Glibc

/// What libcurl tells about a failed transfer.
struct CurlFacts {
  var code: CURLcode
  var text: String
  var address = ""
  var host = ""
  var usesProxy = false
  /// `errno` of the last failed system call.
  var systemError: Int32 = 0
  /// The proxy's answer to CONNECT, 0 when there was none.
  var connectStatus = 0
  /// OpenSSL's X509_V_ERR number, 0 when the chain was in order.
  var verifyResult = 0
  /// Whether the connection was made, TLS included.
  var isConnected = false
  /// The key that was to be used.
  var key: PEM?
}

extension TransportFailure {
  init(_ facts: CurlFacts) {
    let text = facts.text
    switch facts.code {
    case CURLE_COULDNT_RESOLVE_HOST: self = .couldNotResolve(host: facts.host)
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: self = .proxy(reason: text)
    case CURLE_COULDNT_CONNECT: self = .init(connecting: facts)
    case CURLE_OPERATION_TIMEDOUT: self = .timedOut(connecting: !facts.isConnected)
    case CURLE_PEER_FAILED_VERIFICATION:
      self = .tls(TLSProblem(verifyResult: facts.verifyResult, text: text), reason: text)
    case CURLE_SSL_CERTPROBLEM: self = .clientCertificate(reason: TransportFailure.ownProblem(facts))
    case CURLE_SSL_CACERT_BADFILE: self = .tls(.unreadableAuthority, reason: text)
    case CURLE_SSL_CONNECT_ERROR: self = .init(handshake: text)
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: self = .notHTTP(reason: text)
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      if facts.usesProxy && facts.connectStatus >= 300 {
        self = .proxy(reason: text)
      } else if TransportFailure.isAboutClientCertificate(text) {
        self = .clientCertificate(reason: text)
      } else {
        self = .closedEarly(reason: text)
      }
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_HTTP2, CURLE_HTTP2_STREAM: self = .closedEarly(reason: text)
    default: self = .other(code: Int32(facts.code.rawValue), text: text)
    }
  }

  private init(connecting facts: CurlFacts) {
    if facts.usesProxy {
      self = .proxy(reason: facts.text)
    } else if facts.systemError == ECONNREFUSED {
      self = .refused(address: facts.address)
    } else {
      self = .unreachable(address: facts.address, reason: facts.text)
    }
  }

  private init(handshake text: String) {
    if text.contains("wrong version number") || text.contains("packet length too long")
      || text.contains("http request")
    {
      self = .tls(.notTLS, reason: text)
    } else if TransportFailure.isAboutClientCertificate(text) {
      self = .clientCertificate(reason: text)
    } else {
      self = .tls(.other, reason: text)
    }
  }

  /// What is wrong with our certificate or its key, found before anything was sent: libcurl's words speak of its options
  /// and of files where there are none, and are the same for all that can be wrong with a key.
  private static func ownProblem(_ facts: CurlFacts) -> String {
    let text = facts.text
    guard text.contains("does not match") || text.contains("private key") else {
      return text.contains("client certificate") ? "there is no certificate in it that can be read" : text
    }
    let key = String(decoding: facts.key?.bytes ?? [], as: UTF8.self)
    if key.contains("ENCRYPTED") { return "the key is encrypted, and there is nobody to ask for its password" }
    if !key.contains("PRIVATE KEY-----") { return "there is no private key where the key should be" }
    return "the key does not belong to the certificate, or is damaged"
  }

  /// The server's verdict on our certificate comes as a TLS alert: with TLS 1.3 only after our handshake was done, as
  /// the answer to the request.
  private static func isAboutClientCertificate(_ text: String) -> Bool {
    text.contains("alert") && (text.contains("certificate") || text.contains("unknown ca"))
  }
}

extension TransportFailure.TLSProblem {
  /// From OpenSSL's X509_V_ERR numbers; libcurl compares the names itself, once the chain was found in order, and
  /// leaves the number at 1, "unspecified".
  init(verifyResult: Int, text: String) {
    switch verifyResult {
    case 62, 64: self = .wrongHost
    case 0, 1: self = text.contains(" name ") ? .wrongHost : .other
    case 9: self = .certificateNotYetValid
    case 10: self = .certificateExpired
    case 2, 18, 19, 20, 21, 24: self = .unknownAuthority
    default: self = .other
    }
  }
}
