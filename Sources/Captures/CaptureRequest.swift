import HTTPTransport
import Kube

/// A request to an API server, taken apart.
struct CaptureRequest {
  let method: String
  /// The parts of the path, unescaped.
  let path: [String]
  let query: [String: String]
  let accept: String

  init(_ request: HTTPRequest) {
    method = request.method
    accept = request.headers.first { $0.name.lowercased() == "accept" }?.value ?? ""
    let parts = request.url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var path = parts.first ?? ""
    if let scheme = path.firstRange(of: "://") {
      path = path[scheme.upperBound...]
      path = path.firstIndex(of: "/").map { path[$0...] } ?? ""
    }
    self.path = path.split(separator: "/").map(Self.unescaped)
    var query: [String: String] = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let words = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[Self.unescaped(words[0])] = words.count > 1 ? Self.unescaped(words[1]) : ""
    }
    self.query = query
  }

  private static func unescaped(_ text: Substring) -> String {
    guard text.contains("%") else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: What is asked for

  /// Whether the server is asked to print.
  var wantsTable: Bool { accept.contains("as=Table") }
  /// Whether whoever asks keeps the kind and draws conclusions from what is not there.
  var isForConclusions: Bool { accept.contains(Envelope.mediaType) }
  var isWatch: Bool { query["watch"] == "true" || query["watch"] == "1" }

  /// A collection, an object or a subresource; nil for paths that are none.
  var target: Target? { Target(path) }

  struct Target {
    var group = ""
    var version = ""
    var plural = ""
    var namespace: String?
    var name: String?
    var subresource: String?

    init?(_ path: [String]) {
      var rest = path[...]
      switch rest.popFirst() {
      case "api": break
      case "apis":
        guard let group = rest.popFirst() else { return nil }
        self.group = group
      default: return nil
      }
      guard let version = rest.popFirst() else { return nil }
      self.version = version
      if rest.first == "namespaces", rest.count > 2 {
        namespace = rest.dropFirst().first
        rest = rest.dropFirst(2)
      }
      guard let plural = rest.popFirst() else { return nil }
      self.plural = plural
      name = rest.popFirst()
      subresource = rest.popFirst()
      guard rest.isEmpty else { return nil }
    }

    var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }
  }
}
