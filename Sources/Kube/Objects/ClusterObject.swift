/// Anything that a server lists: objects of built-in kinds, rows of server-side tables, whole JSON objects.
public protocol ClusterObject: Sendable {
  /// Name, namespace, uid, version and so on.
  var metadata: ObjectMeta { get }
  /// Whether it has come to its end and only waits to be deleted: a pod that has succeeded or failed.
  var isOver: Bool { get }
  /// The node that a pod is bound to; "" for what is no pod, or not bound.
  var boundNode: String { get }
  /// The object itself when it is of a built-in kind: what `as? any KubeObject` answers, in a tenth of the time.
  var builtIn: (any KubeObject)? { get }
}

extension ClusterObject {
  /// Most objects have no end.
  public var isOver: Bool { false }
  /// Only pods are bound.
  public var boundNode: String { "" }
  /// Kinds without a type of their own are not built in.
  public var builtIn: (any KubeObject)? { nil }
}

/// An object of a kind without a type of its own, kept whole.
public struct DynamicObject: ClusterObject {
  /// Read out of `json`.
  public let metadata: ObjectMeta
  /// The whole object.
  public let json: JSONValue

  /// Wraps a JSON object; fails when its `metadata` is malformed.
  public init(_ json: JSONValue) throws(DecodingFailure) {
    self.json = json
    let bytes = (json["metadata"] ?? [:]).bytes()
    metadata = try bytes.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
      var reader = JSONReader(UnsafeRawBufferPointer(bytes), pool: StringPool(capacity: 64))
      return try ObjectMeta(json: &reader)
    }
  }
}

/// One row of a server-side table (meta/v1 Table): how the server itself would print the object.
public struct TableRow: ClusterObject {
  /// Of the object that the row stands for.
  public let metadata: ObjectMeta
  /// A value for each column.
  public let cells: [JSONValue]
  /// The whole object, where it was asked for.
  public let object: JSONValue?

  /// A row.
  public init(metadata: ObjectMeta, cells: [JSONValue], object: JSONValue? = nil) {
    self.metadata = metadata
    self.cells = cells
    self.object = object
  }
}

/// A column of a server-side table.
public struct TableColumn: Sendable, Equatable {
  /// Header, in the server's own capitals.
  public var name: String
  /// `string`, `integer`, `number`, `boolean` or `date`.
  public var type: String
  /// 0 is always shown; larger values only when there is room (`-o wide`).
  public var priority: Int

  /// A column.
  public init(name: String, type: String, priority: Int) {
    self.name = name
    self.type = type
    self.priority = priority
  }
}
