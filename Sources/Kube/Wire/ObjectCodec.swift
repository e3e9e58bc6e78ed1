/// How objects of one kind are asked for and decoded.
public struct ObjectCodec: Sendable {
  /// `Accept` of lists and single objects.
  public let accept: String
  /// `Accept` of watches.
  public let acceptWatch: String
  let decodeProtobuf: (@Sendable (UnsafeRawBufferPointer, StringPool) -> (any ClusterObject)?)?
  let decodeJSON: @Sendable (inout JSONReader) throws(DecodingFailure) -> [any ClusterObject]

  /// Objects of a built-in kind, in one of its versions: protobuf where the server has it and the numbers are the
  /// schema's, else JSON, into the type's fields.
  public static func typed<Object: KubeObject>(
    _ type: Object.Type, version: String = Object.resource.version
  ) -> ObjectCodec {
    let hasProtobuf = !Object.jsonOnlyVersions.contains(version)
    let json = "application/json"
    let decode: @Sendable (UnsafeRawBufferPointer, StringPool) -> (any ClusterObject)? = { bytes, pool in
      Object(protobuf: bytes, pool: pool)
    }
    return ObjectCodec(
      accept: hasProtobuf ? "\(Envelope.mediaType), \(json)" : json,
      acceptWatch: hasProtobuf ? "\(Envelope.mediaType);stream=watch, \(json)" : json,
      decodeProtobuf: hasProtobuf ? decode : nil,
      decodeJSON: { (reader) throws(DecodingFailure) in [try Object(json: &reader)] })
  }

  /// Rows as the server itself prints them; works for every kind.
  public static let table = table(keepsObjects: false)

  /// Rows with the objects that they stand for, for a request that has `includeObject=Object`.
  public static let tableWithObjects = table(keepsObjects: true)

  private static func table(keepsObjects: Bool) -> ObjectCodec {
    let accept =
      "application/json;as=Table;v=v1;g=meta.k8s.io, application/json;as=Table;v=v1beta1;g=meta.k8s.io, application/json"
    return ObjectCodec(
      accept: accept, acceptWatch: accept, decodeProtobuf: nil,
      decodeJSON: { (reader) throws(DecodingFailure) in
        // In a list a row comes alone; in a watch it comes inside a Table of one row.
        let value = try JSONValue(json: &reader)
        if let rows = value["rows"]?.array {
          return try rows.map { (row) throws(DecodingFailure) in try TableRow(row, keepsObject: keepsObjects) }
        }
        return [try TableRow(value, keepsObject: keepsObjects)]
      })
  }

  /// Whole JSON objects.
  public static let dynamic = ObjectCodec(
    accept: "application/json", acceptWatch: "application/json", decodeProtobuf: nil,
    decodeJSON: { (reader) throws(DecodingFailure) in [try DynamicObject(JSONValue(json: &reader))] })
}

extension TableRow {
  /// A row of a Table document; an object instead of a row (a server without tables) becomes a row with its name only.
  init(_ json: JSONValue, keepsObject: Bool) throws(DecodingFailure) {
    let object = json["cells"] == nil ? json : json["object"] ?? [:]
    let metadata = try DynamicObject(object).metadata
    self.init(
      metadata: metadata, cells: json["cells"]?.array ?? [.string(metadata.name)], object: keepsObject ? object : nil)
  }
}
