import Kube
import KubeClient

/// What a server says about itself (`GET /version`).
public struct ServerVersion: Sendable, Hashable, CustomStringConvertible {
  /// Such as `v1.31.2` or `v1.30.4-gke.1348000`.
  public var gitVersion: String
  /// Such as `linux/amd64`; "" when it does not say.
  public var platform: String
  /// Such as 1; nil when it does not say.
  public var major: Int?
  /// Such as 31; a `+` behind it is left out.
  public var minor: Int?

  /// Reads the answer; nil when it is not that of an API server.
  public init?(_ json: JSONValue) {
    guard let gitVersion = json["gitVersion"]?.string, !gitVersion.isEmpty else { return nil }
    self.gitVersion = gitVersion
    platform = json["platform"]?.string ?? ""
    major = json["major"]?.string.flatMap(Self.number)
    minor = json["minor"]?.string.flatMap(Self.number)
  }

  private static func number(_ text: String) -> Int? { Int(text.prefix { $0.isASCII && $0.isNumber }) }

  /// The version with the `v`.
  public var description: String { gitVersion }
}

extension APIRequest {
  /// Asks for the server's version.
  public static var version: APIRequest {
    var request = APIRequest(path: "/version")
    request.timeout = .seconds(30)
    return request
  }
}
