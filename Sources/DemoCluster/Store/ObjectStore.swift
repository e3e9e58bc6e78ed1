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
  private var collections: [String: StoredCollection] = [:]
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
    collections[storage]?.objects[Self.key(namespace: namespace, name: name)]
  }

  /// The objects of a collection sorted by namespace and name, as etcd's keys are.
  func list(_ storage: String, namespace: String? = nil) -> [JSONValue] {
    collections[storage]?.list(namespace: namespace) ?? []
  }

  /// The objects that a controller manages, sorted by namespace and name.
  func list(_ storage: String, controller uid: String) -> [JSONValue] {
    collections[storage]?.list(controller: uid) ?? []
  }

  /// The objects of a collection in no order.
  func unordered(_ storage: String) -> some Collection<JSONValue> { (collections[storage]?.objects ?? [:]).values }

  /// The objects as they were at a revision; nil when that is compacted or has not happened yet.
  func list(_ storage: String, namespace: String?, at revision: Int) -> [JSONValue]? {
    guard revision >= compactedRevision, revision <= self.revision else { return nil }
    var collection = collections[storage] ?? StoredCollection()
    for change in changes.reversed() {
      if change.revision <= revision { break }
      if change.storage == storage { collection.set(change.key, change.previous) }
    }
    return collection.list(namespace: namespace)
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
    let previous = collections[storage]?.objects[key]
    revision += 1
    var stored = object
    stored.set("metadata.resourceVersion", .string(String(revision)))
    collections[storage, default: StoredCollection()].set(key, stored)
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
    guard let previous = collections[storage]?.objects[key] else { return nil }
    collections[storage]?.set(key, nil)
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

/// The objects of one kind by `namespace/name`.
private struct StoredCollection: Sendable {
  private(set) var objects: [String: JSONValue] = [:]
  /// The keys in the order of their bytes.
  private var keys: [String] = []
  /// The keys of what each controller manages, by the controller's uid, in order.
  private var keysByController: [String: [String]] = [:]

  /// Puts an object, or with nil removes it.
  mutating func set(_ key: String, _ object: JSONValue?) {
    let old = objects[key]
    let isKnown = old != nil
    objects[key] = object
    let (oldOwner, newOwner) = (old?.controller?["uid"]?.string, object?.controller?["uid"]?.string)
    if oldOwner != newOwner {
      if let oldOwner { keysByController[oldOwner]?.removeAll { $0 == key } }
      if let newOwner {
        keysByController[newOwner, default: []].append(key)
        keysByController[newOwner]?.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      }
      if let oldOwner, keysByController[oldOwner]?.isEmpty == true { keysByController[oldOwner] = nil }
    }
    if isKnown != (object != nil) {
      let position = firstPosition(notBefore: key)
      if isKnown { keys.remove(at: position) } else { keys.insert(key, at: position) }
    }
  }

  func list(controller uid: String) -> [JSONValue] { (keysByController[uid] ?? []).compactMap { objects[$0] } }

  func list(namespace: String?) -> [JSONValue] {
    guard let namespace else { return keys.compactMap { objects[$0] } }
    let prefix = namespace + "/"
    return keys[firstPosition(notBefore: prefix)...].prefix { $0.hasPrefix(prefix) }.compactMap { objects[$0] }
  }

  private func firstPosition(notBefore key: String) -> Int {
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle].utf8.lexicographicallyPrecedes(key.utf8) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
