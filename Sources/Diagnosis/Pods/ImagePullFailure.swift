import Kube

/// Why an image could not be had, told from the runtime's error text.
enum ImagePullFailure: Equatable {
  case notFound, accessDenied, rateLimited, untrusted, wrongPlatform, noSpace, unreachable, unknown

  /// Classifies an error text about an image. The image's own name is not looked at: tags may look like anything.
  init(_ message: String, image: String) {
    let text = image.isEmpty ? message : message.split(separator: image).joined(separator: " ")
    self = Self.signs.first { sign in sign.texts.contains { text.contains($0) } }?.failure ?? .unknown
  }

  /// Order matters: platform errors also say `not found`, and refusals may come with network words.
  private static let signs: [(failure: ImagePullFailure, texts: [String])] = [
    (.rateLimited, ["toomanyrequests", "429 Too Many", "pull rate limit"]),
    (.untrusted, ["x509:", "certificate", "server gave HTTP response to HTTPS client"]),
    (
      .accessDenied,
      [
        "401 Unauthorized", "403 Forbidden", "pull access denied", "insufficient_scope", "authorization failed",
        "unauthorized", "no basic auth credentials", "status code 401", "status code 403", "access denied",
        "requested access to the resource is denied",
      ]
    ),
    (.wrongPlatform, ["no match for platform", "no matching manifest"]),
    (.noSpace, ["no space left"]),
    (
      .unreachable,
      [
        "no such host", "dial tcp", "i/o timeout", "connection refused", "TLS handshake timeout", "connection reset",
        "context deadline exceeded", "Client.Timeout", "server misbehaving", "503 Service Unavailable",
        "502 Bad Gateway",
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
    case .untrusted: "registry certificate not trusted for image"
    case .wrongPlatform: "image has no variant for the node's platform"
    case .noSpace: "no disk space on the node for image"
    case .unreachable: "registry unreachable for image"
    case .unknown: "image cannot be pulled"
    }
  }

  /// The code of the finding.
  var code: FindingCode {
    switch self {
    case .notFound: .podImageNotFound
    case .accessDenied: .podImageAccessDenied
    case .rateLimited: .podImageRateLimited
    case .untrusted: .podImageRegistryUntrusted
    case .wrongPlatform: .podImageWrongPlatform
    case .noSpace: .podImageNoSpace
    case .unreachable: .podImageRegistryUnreachable
    case .unknown: .podImagePullFailed
    }
  }
}
