import Kube

/// Why an image could not be had, told from the runtime's error text.
enum ImagePullFailure: Equatable {
  case notFound, accessDenied, rateLimited, plainHTTP, untrusted, wrongPlatform, noSpace, unreachable, unknown
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
    self = Self.signs.first { sign in sign.texts.contains { text.contains($0) } }?.failure ?? .unknown
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
    (.rateLimited, ["toomanyrequests", "429 too many", "pull rate limit"]),
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
    (.serverError("500 Internal Server Error"), ["500 internal server error"]),
    (.serverError("502 Bad Gateway"), ["502 bad gateway"]),
    (.serverError("503 Service Unavailable"), ["503 service unavailable"]),
    (.serverError("504 Gateway Timeout"), ["504 gateway"]),
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
    case .unreachable, .serverError: .podImageRegistryUnreachable
    case .unknown: .podImagePullFailed
    }
  }
}
