import Base64Text
import Kube

/// GET of objects and collections.
extension APIServer {
  func get(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    let object = try existing(target)
    return try answer(object, request, target)
  }

  /// The object that a request names.
  func existing(_ target: RequestTarget) throws(StatusError) -> JSONValue {
    let name = target.name ?? ""
    guard let object = cluster.store.object(target.served.storage, namespace: target.namespace ?? "", name: name) else {
      throw .notFound(target.resource, name)
    }
    return object
  }

  /// One object in the form that the request asks for.
  func answer(
    _ object: JSONValue, _ request: APIRequest, _ target: RequestTarget, code: Int = 200
  ) throws(StatusError) -> APIAnswer {
    // Protobuf here has the fields that podmedic keeps; who looks at one object (kubectl describe) wants all of it.
    var encoder = try encoder(request, target)
    if encoder.format == .protobuf, ObjectFormat.negotiated(request, hasProtobuf: false) == .json {
      encoder.format = .json
    }
    return .bytes(code, encoder.format.contentType, encoder.object(Self.converted(object, to: target.served)))
  }

  func encoder(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> ObjectEncoder {
    let hasProtobuf = ProtobufEnvelope.type(of: target.resource) != nil
    guard let format = ObjectFormat.negotiated(request, hasProtobuf: hasProtobuf) else {
      throw StatusError(
        406, "NotAcceptable",
        "only the following media types are accepted: application/json, application/vnd.kubernetes.protobuf")
    }
    return ObjectEncoder(format: format, served: target.served, now: cluster.now)
  }

  func list(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    let encoder = try encoder(request, target)
    let selection = try Selection(request, target)
    var revision = cluster.store.revision
    var after = ""
    if let token = request.query["continue"], !token.isEmpty {
      guard let parsed = ListToken(token) else { throw .badRequest("continue key is not valid: \(token)") }
      if cluster.now.since(parsed.created) > faults.listTokenLifetime {
        throw .expired(
          "The provided continue parameter is too old to display a consistent list result. You can start a new list "
            + "without the continue parameter.")
      }
      (revision, after) = (parsed.revision, parsed.after)
    } else if let wanted = request.query["resourceVersion"], !wanted.isEmpty, wanted != "0" {
      guard let number = Int(wanted), number >= 0 else {
        throw .badRequest("Invalid value: \"\(wanted)\": resourceVersion is not a number")
      }
      if number > revision {
        throw StatusError(504, "Timeout", "Too large resource version: \(number), current: \(revision)", retryAfter: 1)
      }
      if request.query["resourceVersionMatch"] == "Exact" { revision = number }
    }
    guard let all = cluster.store.list(target.served.storage, namespace: target.namespace, at: revision) else {
      throw .expired("The resourceVersion for the provided list is too old.")
    }
    var objects = all.filter { selection.matches($0) }
    if !after.isEmpty {
      objects.removeAll { !after.utf8.lexicographicallyPrecedes(Self.listKey($0).utf8) }
    }
    var metadata: JSONValue = ["resourceVersion": .string(String(revision))]
    if let limit = request.int("limit"), limit > 0, objects.count > limit {
      let remaining = objects.count - limit
      objects.removeLast(remaining)
      let last = objects.last.map { Self.listKey($0) } ?? ""
      metadata["continue"] = .string(ListToken(revision: revision, after: last, created: cluster.now).text)
      // With selectors the real server cannot tell without reading on, and leaves the count out.
      if selection.isEverything { metadata["remainingItemCount"] = .int(remaining) }
    }
    let shown = objects.map { Self.converted($0, to: target.served) }
    return .bytes(200, encoder.format.contentType, encoder.list(shown, metadata: metadata))
  }

  private static func listKey(_ object: JSONValue) -> String {
    ObjectStore.key(namespace: object.namespace, name: object.name)
  }

  /// An object in the version that was asked for; all versions share their fields, but for the events' two groups.
  static func converted(_ object: JSONValue, to served: ServedResource) -> JSONValue {
    var shown = object
    shown["apiVersion"] = .string(served.resource.apiVersion)
    shown["kind"] = .string(served.resource.kind)
    return served.resource.group == "events.k8s.io" ? EventView.events(shown) : shown
  }
}

/// What a LIST or WATCH selects.
struct Selection: Sendable {
  var namespace: String?
  var name: String?
  var labels: LabelMatcher
  var fields: FieldMatcher

  init(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) {
    namespace = target.namespace
    name = target.name
    labels = try LabelMatcher(query: request.query["labelSelector"] ?? "")
    fields = try FieldMatcher(query: request.query["fieldSelector"] ?? "", storage: target.served.storage)
  }

  var isEverything: Bool { labels.requirements.isEmpty && fields.requirements.isEmpty }

  func matches(_ object: JSONValue) -> Bool {
    (namespace == nil || object.namespace == namespace) && (name == nil || object.name == name)
      && labels.matches(object.labels) && fields.matches(object)
  }
}

/// The opaque token that continues a list: where it was, at which revision, and when it was given.
struct ListToken {
  var revision: Int
  var after: String
  var created: Timestamp

  init(revision: Int, after: String, created: Timestamp) {
    self.revision = revision
    self.after = after
    self.created = created
  }

  init?(_ text: String) {
    guard let bytes = Base64.decodeURL(text) else { return nil }
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 2)
    guard parts.count == 3, let revision = Int(parts[0]), let created = Int64(parts[1]) else { return nil }
    self.init(revision: revision, after: String(parts[2]), created: Timestamp(microseconds: created))
  }

  var text: String { Base64.encodeURL(Array("\(revision) \(created.microseconds) \(after)".utf8)) }
}
