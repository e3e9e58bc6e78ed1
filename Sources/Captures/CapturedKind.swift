import Kube

/// What a capture has of one kind.
struct CapturedKind: Sendable {
  var resource: Resource
  /// The objects by name; of an object that was found twice, the later state.
  var objects: [ObjectKey: CapturedObject] = [:]
  /// Whether there is a list that is of all namespaces, or of a kind that is in none.
  var hasWholeList = false
  /// Namespaces of which there is a list.
  var listedNamespaces: Set<String> = []
  /// Why there is less than a list would have: files that broke off, objects that cannot be read.
  var flaws: [String] = []
  /// Why the kind was not read when the capture was made, in the server's words.
  var refusal: String?

  /// Namespace and name.
  struct ObjectKey: Hashable, Comparable, Sendable {
    var namespace: String
    var name: String

    static func < (left: Self, right: Self) -> Bool { (left.namespace, left.name) < (right.namespace, right.name) }
  }

  init(_ resource: Resource) { self.resource = resource }

  /// Takes an object in; of two states the later one stays, of equal ones the first.
  mutating func add(_ object: CapturedObject) {
    let key = ObjectKey(namespace: resource.isNamespaced ? object.namespace : "", name: object.name)
    if let known = objects[key], !object.isNewer(than: known) { return }
    objects[key] = object
  }

  /// The objects of a namespace, or all, as a server orders them.
  func objects(in namespace: String?) -> [CapturedObject] {
    objects.filter { namespace == nil || $0.key.namespace == namespace }.sorted { $0.key < $1.key }.map(\.value)
  }
}
