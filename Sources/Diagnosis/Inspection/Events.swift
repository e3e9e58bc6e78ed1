import ClusterState
import Kube

/// Events by the object that they are about; follows the store of events. Confined to the loop's thread.
public final class EventIndex {
  /// Knows no events until it is brought up to date.
  public init() {}

  private var revision = 0
  private weak var store: ObjectStore?
  /// Event uids by the key of the object.
  private var uids: [String: Set<String>] = [:]
  /// Key of the object by event uid, since a removed event can no longer be asked.
  private var keys: [String: String] = [:]

  /// Brings the index up to date; returns the keys of the objects whose events changed.
  @discardableResult
  public func update(_ state: ClusterState) -> Set<String> {
    let current = state.store(of: Event.self)
    if current !== store {
      revision = 0
      uids = [:]
      keys = [:]
      store = current
    }
    guard let current, current.revision != revision else { return [] }
    var touched: Set<String> = []
    if revision > 0, let changes = current.changes(since: revision) {
      for uid in changes {
        if let key = keys[uid] { touched.insert(key) }
        forget(uid)
        if let event = current.object(uid: uid) as? Event { touched.insert(add(event)) }
      }
    } else {
      touched = Set(uids.keys)
      uids = [:]
      keys = [:]
      current.forEach { if let event = $0 as? Event { touched.insert(add(event)) } }
    }
    revision = current.revision
    return touched
  }

  private func add(_ event: Event) -> String {
    let object = event.involvedObject
    let key = Self.key(kind: object.kind, namespace: object.namespace, name: object.name)
    let uid = ObjectStore.identity(event.metadata)
    uids[key, default: []].insert(uid)
    keys[uid] = key
    return key
  }

  private func forget(_ uid: String) {
    guard let key = keys.removeValue(forKey: uid) else { return }
    uids[key]?.remove(uid)
    if uids[key]?.isEmpty == true { uids[key] = nil }
  }

  /// The events about an object, newest first. Events about an earlier object of the name are left out; kubelets give
  /// the node's name as its uid.
  public func events(kind: String, namespace: String, name: String, uid: String) -> [Event] {
    guard let store, let members = uids[Self.key(kind: kind, namespace: namespace, name: name)] else { return [] }
    return members.compactMap { store.object(uid: $0) as? Event }
      .filter {
        let about = $0.involvedObject.uid
        return about.isEmpty || uid.isEmpty || about == uid || about == name
      }
      .sorted { Self.order($0) > Self.order($1) }
  }

  private static func order(_ event: Event) -> (Int64, String) {
    (event.lastSeen?.microseconds ?? .min, event.metadata.name)
  }

  static func key(kind: String, namespace: String, name: String) -> String { "\(kind)/\(namespace)/\(name)" }
}

extension Event {
  /// When it last happened: events of the newer API have no `lastTimestamp`.
  public var lastSeen: Timestamp? {
    series?.lastObservedTime ?? eventTime ?? lastTimestamp ?? metadata.creationTimestamp
  }

  /// How often it happened; at least once.
  public var occurrences: Int { max(1, series?.count ?? count) }

  /// Whether it is about a container: the field path names it as `spec.containers{name}`.
  public func isAbout(container: String) -> Bool { involvedObject.fieldPath.hasSuffix("{\(container)}") }
}
