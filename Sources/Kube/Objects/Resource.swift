/// A kind of object as an API server serves it: where it is in the API and what people call it.
public struct Resource: Hashable, Sendable, CustomStringConvertible {
  /// API group; "" is the core group.
  public var group: String
  /// Version within the group, such as `v1`.
  public var version: String
  /// Kind, such as `Pod`.
  public var kind: String
  /// Name in URLs, plural and lower case, such as `pods`.
  public var plural: String
  /// Name in the singular, lower case, such as `pod`.
  public var singular: String
  /// Abbreviations that kubectl knows, such as `po`.
  public var shortNames: [String]
  /// Whether objects live in namespaces.
  public var isNamespaced: Bool
  /// What can be done with it; empty when discovery has not said.
  public var verbs: Set<String>
  /// Groups of kinds that a person may name together, such as `all`; empty when discovery has not said.
  public var categories: Set<String>

  /// A kind of object.
  public init(
    group: String, version: String, kind: String, plural: String, singular: String? = nil, shortNames: [String] = [],
    isNamespaced: Bool = true, verbs: Set<String> = [], categories: Set<String> = []
  ) {
    self.group = group
    self.version = version
    self.kind = kind
    self.plural = plural
    self.singular = singular ?? kind.lowercased()
    self.shortNames = shortNames
    self.isNamespaced = isNamespaced
    self.verbs = verbs
    self.categories = categories
  }

  /// `v1` or `apps/v1`, as in an object's `apiVersion`.
  public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

  /// `/api/v1` or `/apis/apps/v1`.
  public var groupPath: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }

  /// `pods` or `deployments.apps`: names the kind whatever the version.
  public var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }

  /// The qualified name.
  public var description: String { qualifiedName }

  /// The URL path of a collection, of one object or of a subresource; every part is percent-escaped.
  ///
  /// A namespaced kind without a namespace means all namespaces.
  public func path(namespace: String?, name: String? = nil, subresource: String? = nil) -> String {
    var path = groupPath
    if isNamespaced, let namespace { path += "/namespaces/" + Self.escaped(namespace) }
    path += "/" + plural
    if let name { path += "/" + Self.escaped(name) }
    if let subresource { path += "/" + subresource }
    return path
  }

  /// `text` with every byte percent-escaped that has a meaning in a URL (RFC 3986 unreserved characters stay).
  public static func escaped(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }
}
