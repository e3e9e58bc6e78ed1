import Kube

/// One change of one object.
struct StoreChange: Sendable {
  enum Kind: String, Sendable {
    case added = "ADDED"
    case modified = "MODIFIED"
    case deleted = "DELETED"
  }
  var revision: Int
  var storage: String
  var key: String
  var kind: Kind
  /// The object after the change; for a deletion its last state, with the revision of the deletion.
  var object: JSONValue
  /// The object before the change.
  var previous: JSONValue?
}

/// All objects of the cluster with the latest changes, as etcd keeps them: one revision counter for everything.
struct ObjectStore: Sendable {
  /// Revision of the latest change.
  private(set) var revision: Int
  /// Changes that watches can still be answered from, oldest first.
  private(set) var changes: [StoreChange] = []
  /// Changes that watches have not been told yet.
  private(set) var unpublished: [StoreChange] = []
  private var collections: [String: [String: JSONValue]] = [:]
  /// The newest revision whose changes are forgotten.
  private var compactedRevision: Int
  private let longestHistory: Int

  init(revision: Int, longestHistory: Int = 8192) {
    self.revision = revision
    compactedRevision = revision
    self.longestHistory = longestHistory
  }

  static func key(namespace: String, name: String) -> String { namespace + "/" + name }

  func object(_ storage: String, namespace: String = "", name: String) -> JSONValue? {
    collections[storage]?[Self.key(namespace: namespace, name: name)]
  }

  /// The objects of a collection sorted by namespace and name, as etcd's keys are.
  func list(_ storage: String, namespace: String? = nil) -> [JSONValue] {
    Self.sorted(collections[storage] ?? [:], namespace: namespace)
  }

  /// The objects of a collection in no order.
  func unordered(_ storage: String) -> some Collection<JSONValue> { (collections[storage] ?? [:]).values }

  private static func sorted(_ collection: [String: JSONValue], namespace: String?) -> [JSONValue] {
    let prefix = namespace.map { $0 + "/" }
    return collection.filter { entry in prefix.map { entry.key.hasPrefix($0) } ?? true }
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
  }

  /// The objects as they were at a revision; nil when that is compacted or has not happened yet.
  func list(_ storage: String, namespace: String?, at revision: Int) -> [JSONValue]? {
    guard revision >= compactedRevision, revision <= self.revision else { return nil }
    var collection = collections[storage] ?? [:]
    for change in changes.reversed() {
      if change.revision <= revision { break }
      if change.storage == storage { collection[change.key] = change.previous }
    }
    return Self.sorted(collection, namespace: namespace)
  }

  /// The changes after a revision; nil when some of them are compacted.
  func changes(after revision: Int) -> ArraySlice<StoreChange>? {
    guard revision >= compactedRevision else { return nil }
    let start = changes.firstIndex { $0.revision > revision } ?? changes.endIndex
    return changes[start...]
  }

  /// Writes an object, new or changed, and answers it with its new resourceVersion.
  @discardableResult
  mutating func put(_ storage: String, _ object: JSONValue) -> JSONValue {
    let key = Self.key(namespace: object.namespace, name: object.name)
    let previous = collections[storage]?[key]
    revision += 1
    var stored = object
    stored.set("metadata.resourceVersion", .string(String(revision)))
    collections[storage, default: [:]][key] = stored
    record(
      StoreChange(
        revision: revision, storage: storage, key: key, kind: previous == nil ? .added : .modified, object: stored,
        previous: previous))
    return stored
  }

  /// Removes an object; answers its last state.
  @discardableResult
  mutating func remove(_ storage: String, namespace: String, name: String) -> JSONValue? {
    let key = Self.key(namespace: namespace, name: name)
    guard let previous = collections[storage]?.removeValue(forKey: key) else { return nil }
    revision += 1
    var last = previous
    last.set("metadata.resourceVersion", .string(String(revision)))
    record(
      StoreChange(
        revision: revision, storage: storage, key: key, kind: .deleted, object: last, previous: previous))
    return last
  }

  /// Forgets all changes so far, as etcd's compaction does: older watches and list tokens expire.
  mutating func compact() {
    changes.removeAll()
    compactedRevision = revision
  }

  /// Takes the changes that watches have not been told yet.
  mutating func takeUnpublished() -> [StoreChange] {
    defer { unpublished.removeAll() }
    return unpublished
  }

  private mutating func record(_ change: StoreChange) {
    changes.append(change)
    unpublished.append(change)
    if changes.count > longestHistory {
      let dropped = longestHistory / 4
      compactedRevision = changes[dropped - 1].revision
      changes.removeFirst(dropped)
    }
  }
}
