import HTTPTransport
import Kube

extension APIFailure {
  /// The failure that an answer with an error status stands for; the body is a Status in JSON or protobuf, or anything.
  init(head: HTTPHead, body: [UInt8]) {
    var status = Self.status(head, body) ?? Status(code: head.status, reason: "", message: Self.plainText(head, body))
    if status.code == 0 { status.code = head.status }
    self = .status(status, retryAfter: head.first("retry-after").flatMap { Int($0) }.map { .seconds(max(0, $0)) })
  }

  private static func status(_ head: HTTPHead, _ body: [UInt8]) -> Status? {
    body.withUnsafeBytes { bytes in
      let pool = StringPool(capacity: 64)
      if let (kind, content) = Envelope.open(bytes, pool: pool) {
        return kind == "Status" ? Status(protobuf: content, pool: pool) : nil
      }
      var reader = JSONReader(bytes, pool: pool)
      guard let status = try? Status(json: &reader), !status.status.isEmpty else { return nil }
      return status
    }
  }

  /// What a server that is no API server says; the first line of a plain text is worth showing, a web page is not.
  private static func plainText(_ head: HTTPHead, _ body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(512), as: UTF8.self)
    let isPlain = head.first("content-type")?.hasPrefix("text/plain") ?? false
    if isPlain, let line = text.split(separator: "\n").first { return String(line) }
    return "the server answered with HTTP status \(head.status) and no details"
  }

  /// One sentence for a person, in kubectl's wording where kubectl has one; free of control characters.
  public var sentence: String {
    switch self {
    case .transport(let failure): failure.sentence
    case .status(let status, _):
      if status.code == 401 {
        "error: You must be logged in to the server (\(status.message.isEmpty ? "Unauthorized" : status.message))"
      } else if isNotCaptured {
        "error: \(status.message)"
      } else if status.reason.isEmpty || status.reason == "Unknown" {
        "Error from server: \(status.message)"
      } else {
        "Error from server (\(status.reason)): \(status.message)"
      }
    case .malformed(let reason): "error: \(reason)"
    case .credentials(let reason): "Unable to connect to the server: getting credentials: \(reason)"
    case .readOnly(let reason): "error: nothing was sent: \(reason)"
    }
  }

  /// What to do next where a server answers and is none of Kubernetes'.
  public static let otherServer = "Is the address that of a Kubernetes API server? \"podmedic doctor\" shows it."

  /// What to do next; nil when the sentence says it or nobody can know.
  public var hint: String? {
    switch self {
    case .transport(let failure): failure.hint
    case .status(let status, _):
      switch status.code {
      case 401: "The credentials are missing, wrong or expired; \"podmedic doctor\" shows which are used."
      case 403: "\"podmedic doctor\" shows what this user may do; an administrator of the cluster can grant more."
      case 429: "The server is busy; try again in a moment."
      case 500...599: "The server has a problem of its own; try again in a moment."
      // API servers say what is the matter in a Status object.
      default: status.reason.isEmpty ? Self.otherServer : nil
      }
    case .malformed: Self.otherServer
    case .credentials, .readOnly: nil
    }
  }
}

extension TransportFailure {
  /// The failure as kubectl words it.
  var sentence: String {
    switch self {
    case .refused(let address):
      "The connection to the server \(address) was refused - did you specify the right host or port?"
    case .couldNotResolve(let host): "Unable to connect to the server: dial tcp: lookup \(host): no such host"
    case .tls(.certificateExpired, _), .tls(.certificateNotYetValid, _):
      "Unable to connect to the server: x509: certificate has expired or is not yet valid (\(description))"
    case .tls(.unknownAuthority, _): "Unable to connect to the server: x509: certificate signed by unknown authority"
    case .tls(.wrongHost, let reason):
      "Unable to connect to the server: x509: certificate is valid for other names (\(reason))"
    default: "Unable to connect to the server: \(description)"
    }
  }

  /// What to do next.
  var hint: String? {
    switch self {
    case .refused, .unreachable: "Is the cluster running? \"podmedic doctor\" shows which address is used and why."
    case .couldNotResolve: "Check the server's name in the kubeconfig, the network and the VPN."
    case .timedOut: "The network or a firewall may be in the way, or a VPN is not connected."
    case .tls(.certificateExpired, _):
      "The cluster's own certificates must be renewed (kubeadm certs renew), or a clock is wrong."
    case .tls(.certificateNotYetValid, _): "Is the clock of this machine right?"
    case .tls(.unknownAuthority, _): "Check certificate-authority in the kubeconfig: is it that of this cluster?"
    case .tls(.wrongHost, _): "Set tls-server-name in the kubeconfig to a name that the certificate has."
    case .tls(.notTLS, _): "Write http:// in the kubeconfig if the server really has no encryption."
    case .tls(.other, _), .notHTTP, .closedEarly:
      "Is it http where it should be https, or the other way round? " + APIFailure.otherServer
    case .proxy: "Check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY."
    case .clientCertificate:
      "Check client-certificate and client-key in the kubeconfig: they must belong together and not have expired."
    default: nil
    }
  }
}
