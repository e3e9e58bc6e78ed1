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

  /// One sentence for a person, in kubectl's wording where kubectl has one.
  public var sentence: String {
    switch self {
    case .transport(let failure): failure.description
    case .status(let status, _):
      if status.code == 401 {
        "error: You must be logged in to the server (\(status.message.isEmpty ? "Unauthorized" : status.message))"
      } else if status.reason.isEmpty {
        "Error from server: \(status.message)"
      } else {
        "Error from server (\(status.reason)): \(status.message)"
      }
    case .malformed(let reason): reason
    case .credentials(let reason): reason
    }
  }
}
