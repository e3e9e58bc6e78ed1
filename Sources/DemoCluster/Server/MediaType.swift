import Kube

/// The forms in which objects are answered.
enum ObjectFormat: Sendable, Equatable {
  case json
  /// `k8s\0` and a runtime.Unknown with the kind's message inside.
  case protobuf
  /// Columns and cells chosen by the server, as `kubectl get` asks for.
  case table(includeObject: String)
  /// `metadata` only.
  case metadata

  var contentType: String { self == .protobuf ? "application/vnd.kubernetes.protobuf" : "application/json" }

  /// The first form of an `Accept` header that can be had; nil when there is none.
  static func negotiated(_ request: APIRequest, hasProtobuf: Bool) -> ObjectFormat? {
    guard let accept = request.headers["accept"], !accept.isEmpty else { return .json }
    for entry in accept.split(separator: ",") {
      let parts = entry.split(separator: ";").map { String($0).trimmed }
      let conversion = parts.dropFirst().first { $0.hasPrefix("as=") }?.dropFirst(3)
      let version = parts.dropFirst().first { $0.hasPrefix("v=") }?.dropFirst(2)
      switch parts.first ?? "" {
      case "application/json", "*/*", "application/*":
        switch conversion {
        case nil: return .json
        case "Table" where version == "v1":
          return .table(includeObject: request.query["includeObject"] ?? "Metadata")
        case "PartialObjectMetadataList", "PartialObjectMetadata": return .metadata
        default: continue
        }
      case "application/vnd.kubernetes.protobuf" where conversion == nil && hasProtobuf: return .protobuf
      default: continue
      }
    }
    return nil
  }
}

/// Writes objects, lists and watch events in one form.
struct ObjectEncoder: Sendable {
  var format: ObjectFormat
  var served: ServedResource
  /// For the ages in tables.
  var now: Timestamp

  /// One object as it is answered to GET, POST, PUT and PATCH.
  func object(_ object: JSONValue) -> [UInt8] {
    switch format {
    case .json: object.bytes() + [0x0a]
    case .metadata: partial(object).bytes() + [0x0a]
    case .table: table([object], metadata: ["resourceVersion": object[at: "metadata.resourceVersion"] ?? ""]).bytes()
    case .protobuf: ProtobufEnvelope.object(object, of: served.resource) ?? []
    }
  }

  /// A list with its own metadata.
  func list(_ objects: [JSONValue], metadata: JSONValue) -> [UInt8] {
    switch format {
    case .table: return table(objects, metadata: metadata).bytes()
    case .metadata:
      return JSONValue.object([
        ("kind", "PartialObjectMetadataList"), ("apiVersion", "meta.k8s.io/v1"), ("metadata", metadata),
        ("items", .array(objects.map { partial($0) })),
      ]).bytes()
    case .protobuf: return ProtobufEnvelope.list(objects, metadata: metadata, of: served.resource) ?? []
    case .json:
      return JSONValue.object([
        ("kind", .string(served.resource.kind + "List")), ("apiVersion", .string(served.resource.apiVersion)),
        ("metadata", metadata), ("items", .array(objects)),
      ]).bytes()
    }
  }

  /// One event of a watch, with the frame around it.
  func event(_ type: String, _ object: JSONValue) -> [UInt8] {
    let shown: JSONValue
    switch format {
    case .protobuf: return ProtobufEnvelope.frame(type, object, of: type == "ERROR" ? nil : served.resource)
    case .metadata where type != "ERROR": shown = partial(object)
    case .table where type == "BOOKMARK":
      shown = table([], metadata: ["resourceVersion": object[at: "metadata.resourceVersion"] ?? ""])
    case .table where type != "ERROR":
      shown = table([object], metadata: ["resourceVersion": object[at: "metadata.resourceVersion"] ?? ""])
    default: shown = object
    }
    return JSONValue.object([("type", .string(type)), ("object", shown)]).bytes() + [0x0a]
  }

  private func partial(_ object: JSONValue) -> JSONValue {
    .object([
      ("kind", "PartialObjectMetadata"), ("apiVersion", "meta.k8s.io/v1"), ("metadata", object["metadata"]),
    ])
  }

  private func table(_ objects: [JSONValue], metadata: JSONValue) -> JSONValue {
    let columns = TableColumn.columns(of: served)
    let includeObject = if case .table(let include) = format { include } else { "Metadata" }
    let rows = objects.map { object in
      JSONValue.object([
        ("cells", .array(columns.map { $0.cell(object, now) })),
        ("object", includeObject == "None" ? nil : includeObject == "Object" ? object : partial(object)),
      ])
    }
    return .object([
      ("kind", "Table"), ("apiVersion", "meta.k8s.io/v1"), ("metadata", metadata),
      ("columnDefinitions", .array(columns.map(\.definition))), ("rows", .array(rows)),
    ])
  }
}
