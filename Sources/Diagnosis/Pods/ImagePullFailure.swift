import Kube

/// Why an image could not be had, told from the runtime's error text.
enum ImagePullFailure: Equatable {
  case notFound, accessDenied, proxyDenied, rateLimited, plainHTTP, untrusted, wrongPlatform, noSpace, unreachable,
    unknown
  /// The registry, or a proxy before it, answers with this error of a server.
  case serverError(String)

  /// Classifies an error text about an image. The image's own name is not looked at, since it may look like anything,
  /// nor is the case, in which registries differ.
  init(_ message: String, image: String) {
    var text = image.isEmpty ? message : message.split(separator: image).joined(separator: " ")
    // Addresses of requests have the repository without registry and tag.
    let repository = Self.repository(of: image)
    if !repository.isEmpty { text = text.replacing("/" + repository, with: " ") }
    text = text.lowercased()
    let sign = Self.signs.first { sign in sign.texts.contains { text.contains($0) } }?.failure
    // What else the text says (a proxy's page, a name in an address) counts for less than the status, but for what the
    // node itself reports.
    switch (Self.status(in: text), sign) {
    case (_, .plainHTTP?), (_, .untrusted?), (_, .noSpace?), (_, .rateLimited?): self = sign ?? .unknown
    case (429?, _): self = .rateLimited
    case (let status?, _) where (500...599).contains(status): self = .serverError(Self.answer(status))
    default: self = sign ?? .unknown
    }
  }

  /// The HTTP status that a text in lower case names: `unexpected status from get request to https://…: 503 service
  /// unavailable` (containerd), `received unexpected http status: 502 bad gateway` and `error parsing http 429 response`
  /// (Docker), `invalid status code from registry 503 (service unavailable)`, `statuscode: 504, …` (CRI-O); nil when it
  /// names none.
  private static func status(in text: String) -> Int? {
    for phrase in ["unexpected status", "http status", "status code", "statuscode", "error parsing http", "http code"] {
      guard let start = text.firstRange(of: phrase) else { continue }
      // Numbers in addresses and tags stand between other signs.
      for word in text[start.upperBound...].prefix(1000).split(separator: " ").prefix(40) {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        let rest = word.dropFirst(digits.count)
        if digits.count == 3, let status = Int(digits), (400...599).contains(status),
          rest.allSatisfy({ ",.:;)]\"".contains($0) })
        {
          return status
        }
      }
    }
    let pages = ["429 too many", "500 internal server error", "502 bad gateway", "503 service", "504 gateway"]
    return pages.first { text.contains($0) }.flatMap { Int($0.prefix(3)) }
  }

  /// `503 Service Unavailable`.
  private static func answer(_ status: Int) -> String {
    let words = [
      500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
    ]
    return words[status].map { "\(status) \($0)" } ?? "\(status)"
  }

  /// `team/app` of `registry.example:5000/team/app:1@sha256:…`.
  private static func repository(of image: String) -> String {
    var parts = image.prefix { $0 != "@" }.split(separator: "/", omittingEmptySubsequences: false)
    guard let last = parts.popLast() else { return "" }
    parts.append(last.prefix { $0 != ":" })
    if parts.count > 1, parts[0].contains(".") || parts[0].contains(":") || parts[0] == "localhost" {
      parts.removeFirst()
    }
    return parts.joined(separator: "/")
  }

  /// What a message says besides that the pull failed; "" when nothing.
  static func detail(_ message: String) -> String {
    var text = Substring(firstLine(message))
    for start in ["ErrImagePull: ", " desc = "] {
      if let range = text.firstRange(of: start) { text = text[range.upperBound...] }
    }
    if text.hasPrefix("Back-off pulling image") { return "" }
    if text.hasPrefix("Failed to pull image") || text.hasPrefix("failed to pull and unpack image"),
      let end = text.firstRange(of: "\": ")
    {
      text = text[end.upperBound...]
    }
    return String(text)
  }

  /// In lower case. Order matters: platform errors also say `not found`, and refusals may come with network words.
  private static let signs: [(failure: ImagePullFailure, texts: [String])] = [
    (.rateLimited, ["toomanyrequests", "too many requests", "pull rate limit"]),
    (.proxyDenied, ["proxy authentication required"]),
    (.plainHTTP, ["server gave http response to https client"]),
    (.untrusted, ["x509:", "certificate"]),
    (
      .accessDenied,
      [
        "401 unauthorized", "403 forbidden", "pull access denied", "insufficient_scope", "authorization failed",
        "unauthorized", "no basic auth credentials", "status code 401", "status code 403", "access denied",
        "requested access to the resource is denied", "denied: denied", "token: denied", "denied: permission",
        "authorization token has expired",
      ]
    ),
    (.wrongPlatform, ["no match for platform", "no matching manifest", "no image found in"]),
    (.noSpace, ["no space left"]),
    (
      .unreachable,
      [
        "no such host", "dial tcp", "i/o timeout", "connection refused", "tls handshake timeout", "connection reset",
        "context deadline exceeded", "client.timeout", "server misbehaving", "no route to host",
        "network is unreachable", "unexpected eof", "proxyconnect",
      ]
    ),
    (.notFound, ["not found", "manifest unknown", "name unknown", "does not exist"]),
  ]

  /// What is wrong, without the image.
  var text: String {
    switch self {
    case .notFound: "image not found"
    case .accessDenied: "registry denies access to image"
    case .proxyDenied: "the node's proxy wants credentials (407 Proxy Authentication Required) for image"
    case .rateLimited: "registry rate limit reached for image"
    case .plainHTTP: "registry speaks plain HTTP where the node wants HTTPS, for image"
    case .untrusted: "registry certificate not trusted for image"
    case .wrongPlatform: "image has no variant for the node's platform"
    case .noSpace: "no disk space on the node for image"
    case .unreachable: "registry unreachable for image"
    case .serverError(let answer): "registry answers \(answer) for image"
    case .unknown: "image cannot be pulled"
    }
  }

  /// The code of the finding.
  var code: FindingCode {
    switch self {
    case .notFound: .podImageNotFound
    case .accessDenied: .podImageAccessDenied
    case .rateLimited: .podImageRateLimited
    case .plainHTTP, .untrusted: .podImageRegistryUntrusted
    case .wrongPlatform: .podImageWrongPlatform
    case .noSpace: .podImageNoSpace
    case .unreachable, .proxyDenied: .podImageRegistryUnreachable
    case .serverError: .podImageRegistryError
    case .unknown: .podImagePullFailed
    }
  }
}
