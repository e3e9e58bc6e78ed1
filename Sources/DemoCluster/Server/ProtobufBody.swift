import Kube

/// Request bodies in protobuf, which kubectl sends for what its typed clients create. Only the few kinds that it sends
/// so are known here; everything else has to be JSON.
enum ProtobufBody {
  private indirect enum Shape {
    case string
    case bool
    case int
    case strings
    case stringMap
    case message([Int: (name: String, shape: Shape)])
  }

  private static let metadata = Shape.message([
    1: ("name", .string), 2: ("generateName", .string), 3: ("namespace", .string), 5: ("uid", .string),
    6: ("resourceVersion", .string), 11: ("labels", .stringMap), 12: ("annotations", .stringMap),
    14: ("finalizers", .strings),
  ])

  private static let deleteOptions: [Int: (name: String, shape: Shape)] = [
    1: ("gracePeriodSeconds", .int),
    2: ("preconditions", .message([1: ("uid", .string), 2: ("resourceVersion", .string)])),
    4: ("propagationPolicy", .string), 5: ("dryRun", .strings),
  ]

  private static let resourceAttributes = Shape.message([
    1: ("namespace", .string), 2: ("verb", .string), 3: ("group", .string), 4: ("version", .string),
    5: ("resource", .string), 6: ("subresource", .string), 7: ("name", .string),
  ])

  private static let kinds: [String: [Int: (name: String, shape: Shape)]] = [
    "DeleteOptions": deleteOptions,
    "Eviction": [1: ("metadata", metadata), 2: ("deleteOptions", .message(deleteOptions))],
    "Binding": [
      1: ("metadata", metadata),
      2: ("target", .message([1: ("kind", .string), 2: ("namespace", .string), 3: ("name", .string)])),
    ],
    "SelfSubjectAccessReview": [
      1: ("metadata", metadata),
      2: (
        "spec",
        .message([
          1: ("resourceAttributes", resourceAttributes),
          2: ("nonResourceAttributes", .message([1: ("path", .string), 2: ("verb", .string)])),
        ])
      ),
    ],
    "SelfSubjectRulesReview": [1: ("metadata", metadata), 2: ("spec", .message([1: ("namespace", .string)]))],
    "Namespace": [1: ("metadata", metadata)],
    "ConfigMap": [1: ("metadata", metadata), 2: ("data", .stringMap)],
    "ServiceAccount": [1: ("metadata", metadata)],
  ]

  /// Reads a body with its envelope.
  static func object(_ body: [UInt8]) throws(StatusError) -> JSONValue {
    guard body.starts(with: [0x6b, 0x38, 0x73, 0x00]) else {
      throw .badRequest("the protobuf body does not start with the prefix of Kubernetes")
    }
    let parsed = body.withUnsafeBytes { bytes in
      parse(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(4)))
    }
    return try parsed.get()
  }

  private static func parse(_ bytes: UnsafeRawBufferPointer) -> Result<JSONValue, StatusError> {
    var reader = ProtobufReader(bytes, pool: StringPool(capacity: 64))
    var (apiVersion, kind) = ("", "")
    var raw: [UInt8] = []
    while let field = reader.nextField() {
      switch field {
      case 1:
        reader.message { message in
          while let field = message.nextField() {
            switch field {
            case 1: apiVersion = message.string()
            case 2: kind = message.string()
            default: message.skip()
            }
          }
        }
      case 2: raw = Array(reader.bytes())
      default: reader.skip()
      }
    }
    guard let fields = kinds[kind] else {
      return .failure(.unsupported("the demo cluster reads \(kind) as JSON only"))
    }
    var object = raw.withUnsafeBytes { bytes -> JSONValue? in
      var inner = ProtobufReader(bytes, pool: StringPool(capacity: 64))
      let object = read(&inner, fields)
      return inner.isMalformed ? nil : object
    }
    guard object != nil, !reader.isMalformed else { return .failure(.badRequest("the protobuf body is malformed")) }
    object?["kind"] = .string(kind)
    object?["apiVersion"] = .string(apiVersion)
    return .success(object ?? .null)
  }

  private static func read(_ reader: inout ProtobufReader, _ fields: [Int: (name: String, shape: Shape)]) -> JSONValue {
    var object = JSONValue.emptyObject
    while let number = reader.nextField() {
      guard let field = fields[number] else {
        reader.skip()
        continue
      }
      switch field.shape {
      case .string:
        let text = reader.string()
        // Go writes unset texts as empty ones.
        if !text.isEmpty { object[field.name] = .string(text) }
      case .bool: object[field.name] = .bool(reader.int() != 0)
      case .int: object[field.name] = .int(reader.int())
      case .strings: object[field.name] = .array((object[field.name]?.array ?? []) + [.string(reader.string())])
      case .stringMap:
        var (key, value) = ("", "")
        reader.message { entry in
          while let part = entry.nextField() {
            switch part {
            case 1: key = entry.string()
            case 2: value = entry.string()
            default: entry.skip()
            }
          }
        }
        object.set([field.name, key], .string(value))
      case .message(let inner):
        var value = JSONValue.emptyObject
        reader.message { value = read(&$0, inner) }
        object[field.name] = value
      }
    }
    return object
  }
}
