import Kube

/// Objects as `application/vnd.kubernetes.protobuf`: the kind's message inside a runtime.Unknown behind four bytes.
///
/// Objects are kept as JSON here, so they are read into the Kube type of their kind and written from there; fields
/// that podmedic does not keep are not in the answer.
enum ProtobufEnvelope {
  /// The type of a kind; nil when it is answered as JSON only.
  static func type(of resource: Resource) -> (any KubeObject.Type)? {
    builtInKind(apiVersion: resource.apiVersion, kind: resource.kind)?.type
  }

  /// The bytes of one object; nil when the kind has no type.
  static func object(_ object: JSONValue, of resource: Resource) -> [UInt8]? {
    guard let type = type(of: resource), let message = message(object, type) else { return nil }
    return enveloped(message, kind: resource.kind, apiVersion: resource.apiVersion)
  }

  /// The bytes of a list: `metadata` = 1, `items` = 2 in every list type.
  static func list(_ objects: [JSONValue], metadata: JSONValue, of resource: Resource) -> [UInt8]? {
    guard let type = type(of: resource) else { return nil }
    var writer = ProtobufWriter()
    writer.message(1) { writer in
      writer.string(2, metadata.text(at: "resourceVersion"))
      if let token = metadata["continue"]?.string { writer.string(3, token) }
      if let remaining = metadata["remainingItemCount"]?.int { writer.int(4, remaining) }
    }
    for object in objects {
      guard let message = message(object, type) else { return nil }
      writer.bytes(2, message)
    }
    return enveloped(writer.bytes, kind: resource.kind + "List", apiVersion: resource.apiVersion)
  }

  /// A frame of a watch stream: length, then a WatchEvent whose object is a RawExtension; without a resource the
  /// object is a `Status`.
  static func frame(_ type: String, _ object: JSONValue, of resource: Resource?) -> [UInt8] {
    let body: [UInt8]
    if let resource {
      body = self.object(object, of: resource) ?? []
    } else {
      body = enveloped(status(object), kind: "Status", apiVersion: "v1")
    }
    var event = ProtobufWriter()
    event.string(1, type)
    event.message(2) { $0.bytes(1, body) }
    let length = UInt32(event.bytes.count).bigEndian
    return withUnsafeBytes(of: length) { Array($0) } + event.bytes
  }

  /// Why an object is none of its kind, in the words of the JSON reader; nil when it is, and for kinds without a type.
  static func problem(_ object: JSONValue, of resource: Resource) -> String? {
    guard let type = type(of: resource) else { return nil }
    let text = object.bytes()
    return text.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: StringPool(capacity: 64))
      do {
        _ = try type.init(json: &reader)
        return nil
      } catch {
        return "\(error)"
      }
    }
  }

  private static func message(_ object: JSONValue, _ type: any KubeObject.Type) -> [UInt8]? {
    let text = object.bytes()
    return text.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: StringPool(capacity: 64))
      return (try? type.init(json: &reader))?.protobuf
    }
  }

  private static func enveloped(_ message: [UInt8], kind: String, apiVersion: String) -> [UInt8] {
    var unknown = ProtobufWriter()
    unknown.message(1) { writer in
      writer.string(1, apiVersion)
      writer.string(2, kind)
    }
    unknown.bytes(2, message)
    unknown.string(3, "")
    unknown.string(4, "")
    return [0x6b, 0x38, 0x73, 0x00] + unknown.bytes
  }

  private static func status(_ status: JSONValue) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.bytes(1, [])
    writer.string(2, status.text(at: "status"))
    writer.string(3, status.text(at: "message"))
    writer.string(4, status.text(at: "reason"))
    if let seconds = status.int(at: "details.retryAfterSeconds") { writer.message(5) { $0.int(5, seconds) } }
    writer.int(6, status.int(at: "code") ?? 0)
    return writer.bytes
  }
}
