import Kube

/// What podmedic knows of one cluster: a store for every kind that something asked for.
///
/// Rules and screens only read it. Confined to the loop's thread.
public final class ClusterState {
  private var stores: [String: ObjectStore] = [:]
  private var tables: [String: ObjectStore] = [:]
  private var presences: [NamedObject: Presence] = [:]
  /// Grows with every answer about a single name that differs from the one before.
  public private(set) var presenceRevision = 0

  /// Nothing is known yet.
  public init() {}

  /// The store of a kind; nil when nobody has asked for the kind.
  public func store(_ resource: Resource) -> ObjectStore? { stores[resource.qualifiedName] }

  /// The store of a built-in kind, whatever version of it is served; nil when nobody has asked for the kind.
  public func store<Object: KubeObject>(of type: Object.Type) -> ObjectStore? {
    for resource in Object.resources { if let store = stores[resource.qualifiedName] { return store } }
    return nil
  }

  /// The same of a kind that is known at run time only.
  public func store(anyOf type: any KubeObject.Type) -> ObjectStore? { store(of: type) }

  /// Adds a store, replacing the one that the kind had.
  public func add(_ store: ObjectStore) { stores[store.resource.qualifiedName] = store }

  /// The rows of a built-in kind as the server prints them; nil when nobody has asked for them. Kinds without a type of
  /// their own have their rows in `store`.
  public func table(_ resource: Resource) -> ObjectStore? { tables[resource.qualifiedName] }

  /// Adds a store of rows beside that of the objects, replacing the one that the kind had.
  public func add(table store: ObjectStore) { tables[store.resource.qualifiedName] = store }

  /// Forgets a kind.
  public func remove(_ resource: Resource) { stores[resource.qualifiedName] = nil }

  /// Every store, by name of the kind.
  public var allStores: [ObjectStore] { stores.values.sorted { $0.resource.qualifiedName < $1.resource.qualifiedName } }

  // MARK: Single names

  /// Whether the server has an object, as far as that was asked by its name; nil when it was not.
  public func presence(of object: NamedObject) -> Presence? { presences[object] }

  /// Says what the server has answered about a name; nil forgets it.
  public func setPresence(_ presence: Presence?, of object: NamedObject) {
    guard presences[object] != presence else { return }
    presences[object] = presence
    presenceRevision += 1
  }

  // MARK: Typed reading

  /// Every object of a kind that has arrived.
  public func all<Object: KubeObject>(_ type: Object.Type) -> [Object] { store(of: type)?.objects(of: type) ?? [] }

  /// The object with a name; nil when it is not there or the kind is not read. `namespace` is "" for cluster-scoped
  /// kinds.
  public func get<Object: KubeObject>(_ type: Object.Type, namespace: String = "", name: String) -> Object? {
    store(of: type)?.object(namespace: namespace, name: name) as? Object
  }

  /// Whether there is an object with a name, for rules that ask it of every pod: cheaper than `get`.
  public func has<Object: KubeObject>(_ type: Object.Type, namespace: String = "", name: String) -> Bool {
    store(of: type)?.has(namespace: namespace, name: name) ?? false
  }

  /// The objects of a kind that have an owner with this uid, by namespace and name.
  public func owned<Object: KubeObject>(_ type: Object.Type, by uid: String) -> [Object] {
    store(of: type)?.objects(ownedBy: uid).compactMap { $0 as? Object } ?? []
  }

  /// Calls `body` with the objects of a kind that have an owner with this uid, in no particular order.
  public func forEach<Object: KubeObject>(_ type: Object.Type, ownedBy uid: String, _ body: (Object) -> Void) {
    store(of: type)?.forEach(ownedBy: uid) { if let object = $0 as? Object { body(object) } }
  }

  /// The pods bound to a node, by namespace and name.
  public func pods(onNode node: String) -> [Pod] {
    store(of: Pod.self)?.objects(onNode: node).compactMap { $0 as? Pod } ?? []
  }

  /// Whether the absence of an object means that the server has none: the kind has been read to the end and the
  /// namespace is within what was read.
  public func isConclusive<Object: KubeObject>(_ type: Object.Type, namespace: String = "") -> Bool {
    guard let store = store(of: type), store.freshness.isComplete else { return false }
    return !Object.resource.isNamespaced || store.coverage.includes(namespace: namespace)
  }

  /// The owner of an object, if it is among the kinds that are read.
  public func owner(_ reference: OwnerReference, namespace: String) -> (any ClusterObject)? {
    for store in stores.values where store.resource.kind == reference.kind {
      if let object = store.object(uid: reference.uid) { return object }
    }
    return nil
  }
}
