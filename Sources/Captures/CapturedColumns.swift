import Kube

/// What a server would print of the objects of a capture.
public protocol CapturedColumns {
  /// The columns of a kind, the first one the name.
  func columns(of resource: Resource) -> [TableColumn]
  /// The cells of an object, one for each column.
  func cells(of object: JSONValue, _ resource: Resource) -> [JSONValue]
}
