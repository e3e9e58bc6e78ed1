import Kube

/// The objects of one kind, as the server last told them, with the look-ups that screens and rules need.
///
/// Objects are kept by uid: a namesake created later is another object. Confined to the loop's thread.
public final class ObjectStore {
  /// The kind.
  public let resource: Resource
  /// Which part of the kind is here.
  public let coverage: Coverage
  /// How far the contents can be trusted.
  public var freshness: Freshness = .unread
  /// Columns of the server-side table, when the objects are its rows.
  public var columns: [TableColumn] = []
  /// Grows by one with every object that is put in, changed or removed.
  public private(set) var revision = 0

  private var slots: [Slot] = []
  private var freeSlots: [Int] = []
  private var slotByUID: [String: Int] = [:]
  private var slotByName: [ObjectName: Int] = [:]
  private var slotsByOwner: [String: Set<Int>] = [:]
  private var slotsByNode: [String: Set<Int>] = [:]
  private var listing = 0
  /// The latest changes, oldest first, for `changes(since:)`; the first has revision `revision - changeLog.count + 1`.
  private var changeLog: [String] = []
  /// Who is further behind than this reads everything again, which costs less than replaying.
  private static let changeLogLimit = 16_384
  /// So many changes are handed out however few objects there are.
  private static let worthReplaying = 64

  private struct Slot {
    var object: (any ClusterObject)?
    /// What `identity` says of the object, and its name: metadata are large, and copied whenever they are asked for.
    var uid: String
    var name: ObjectName
    /// The number of the list that last had the object.
    var listing: Int
  }

  /// An empty store.
  public init(resource: Resource, coverage: Coverage) {
    self.resource = resource
    self.coverage = coverage
  }

  /// The number of objects.
  public var count: Int { slotByUID.count }

  // MARK: Reading

  /// Every object, in no particular order.
  public func forEach(_ body: (any ClusterObject) -> Void) {
    for slot in slots { if let object = slot.object { body(object) } }
  }

  /// Every object with its `identity`, in no particular order.
  public func forEachIdentified(_ body: (String, any ClusterObject) -> Void) {
    for slot in slots { if let object = slot.object { body(slot.uid, object) } }
  }

  /// Every object of the given type, in no particular order.
  public func objects<Object: KubeObject>(of type: Object.Type) -> [Object] {
    slots.compactMap { $0.object as? Object }
  }

  /// The object with a uid.
  public func object(uid: String) -> (any ClusterObject)? { slotByUID[uid].flatMap { slots[$0].object } }

  /// The object with a name; `namespace` is "" for cluster-scoped kinds.
  public func object(namespace: String, name: String) -> (any ClusterObject)? {
    slotByName[ObjectName(namespace: namespace, name: name)].flatMap { slots[$0].object }
  }

  /// Whether there is an object with a name; `namespace` is "" for cluster-scoped kinds.
  public func has(namespace: String, name: String) -> Bool {
    slotByName[ObjectName(namespace: namespace, name: name)] != nil
  }

  /// The objects that have an owner with this uid, by namespace and name.
  public func objects(ownedBy uid: String) -> [any ClusterObject] { sorted(slotsByOwner[uid]) }

  /// Calls `body` with the objects that have an owner with this uid, in no particular order.
  public func forEach(ownedBy uid: String, _ body: (any ClusterObject) -> Void) {
    for slot in slotsByOwner[uid] ?? [] { if let object = slots[slot].object { body(object) } }
  }

  /// The pods bound to a node, by namespace and name.
  public func objects(onNode node: String) -> [any ClusterObject] { sorted(slotsByNode[node]) }

  /// Calls `body` with the objects bound to a node, in no particular order.
  public func forEach(onNode node: String, _ body: (any ClusterObject) -> Void) {
    for slot in slotsByNode[node] ?? [] { if let object = slots[slot].object { body(object) } }
  }

  private func sorted(_ members: Set<Int>?) -> [any ClusterObject] {
    guard let members else { return [] }
    return members.sorted { slots[$0].name < slots[$1].name }.compactMap { slots[$0].object }
  }

  /// The uids that changed after `revision`, each once; nil when that is so long ago that everything must be read.
  public func changes(since revision: Int) -> Set<String>? {
    let behind = self.revision - revision
    guard behind <= changeLog.count, behind <= max(Self.worthReplaying, count / 2) else { return nil }
    return Set(changeLog.suffix(max(0, behind)))
  }

  // MARK: Writing

  /// Starts a list: objects that are not put in before `endListing()` are gone on the server.
  public func beginListing() { listing += 1 }

  /// Ends a list and removes what it did not have.
  public func endListing() {
    for slot in slots where slot.listing != listing {
      if slot.object != nil { remove(uid: slot.uid) }
    }
  }

  /// Puts an object in, replacing an earlier state of it, and a namesake with another uid.
  public func put(_ object: any ClusterObject) {
    let metadata = object.metadata
    let uid = Self.identity(metadata)
    let name = ObjectName(metadata)
    if let other = slotByName[name], slots[other].uid != uid { remove(uid: slots[other].uid) }
    let slot = Slot(object: object, uid: uid, name: name, listing: listing)
    let index: Int
    if let known = slotByUID[uid] {
      index = known
      if let previous = slots[known].object { unindex(previous, at: known) }
      slots[known] = slot
    } else if let free = freeSlots.popLast() {
      index = free
      slots[free] = slot
    } else {
      index = slots.count
      slots.append(slot)
    }
    slotByUID[uid] = index
    slotByName[name] = index
    for owner in metadata.ownerReferences { slotsByOwner[owner.uid, default: []].insert(index) }
    let node = object.boundNode
    if !node.isEmpty { slotsByNode[node, default: []].insert(index) }
    note(uid)
  }

  /// Takes an object out; nothing happens when it is not there.
  public func remove(_ object: any ClusterObject) { remove(uid: Self.identity(object.metadata)) }

  /// Takes the object with a uid out; nothing happens when it is not there.
  public func remove(uid: String) {
    guard let index = slotByUID.removeValue(forKey: uid), let object = slots[index].object else { return }
    unindex(object, at: index)
    slots[index].object = nil
    freeSlots.append(index)
    note(uid)
  }

  private func unindex(_ object: any ClusterObject, at index: Int) {
    let name = slots[index].name
    if slotByName[name] == index { slotByName[name] = nil }
    for owner in object.metadata.ownerReferences { Self.remove(index, from: &slotsByOwner, at: owner.uid) }
    Self.remove(index, from: &slotsByNode, at: object.boundNode)
  }

  private static func remove(_ slot: Int, from index: inout [String: Set<Int>], at key: String) {
    index[key]?.remove(slot)
    if index[key]?.isEmpty == true { index[key] = nil }
  }

  private func note(_ uid: String) {
    revision += 1
    changeLog.append(uid)
    if changeLog.count > Self.changeLogLimit { changeLog.removeFirst(Self.changeLogLimit / 2) }
  }

  /// The uid, or namespace and name for objects of captures and tables that have none.
  public static func identity(_ metadata: ObjectMeta) -> String {
    metadata.uid.isEmpty ? "\(metadata.namespace)/\(metadata.name)" : metadata.uid
  }
}

/// Namespace and name of an object.
public struct ObjectName: Hashable, Comparable, Sendable {
  /// Empty for cluster-scoped kinds.
  public var namespace: String
  /// Unique within kind and namespace.
  public var name: String

  /// The name of an object.
  public init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
  }

  /// The name in the given metadata.
  public init(_ metadata: ObjectMeta) {
    self.init(namespace: metadata.namespace, name: metadata.name)
  }

  /// By namespace, then by name.
  public static func < (left: Self, right: Self) -> Bool {
    (left.namespace, left.name) < (right.namespace, right.name)
  }
}
