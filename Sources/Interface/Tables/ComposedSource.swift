import ClusterState
import Diagnosis
import Kube
import Remedies
import ScreenKit
import Terminal

/// Rows that are worked out from several kinds together, in an order of their own: who uses an object, what hangs below
/// one, how many there are of each kind.
final class ComposedSource: TableSource {
  struct Row {
    var id: String
    /// A text for each column.
    var cells: [String]
    var severity = RowSeverity.none
    /// How the cell that tells the state is drawn where it is no matter of severity.
    var role: Role?
    var object: RowObject?
    var drill: Drill?
    /// What can be done about it, and the words for why not where a person may expect it.
    var offer: Offer?
    /// What a filter finds beside the cells.
    var context = ""
    /// When its object was made, for the column AGE.
    var created: Timestamp?
    /// What its READY is sorted by.
    var readyCount: Int?
    /// Whether WHY is what is worst about its object now, whenever that is.
    var tellsVerdict = false
  }

  /// A change that a row stands for.
  enum Offer {
    /// These remedies, one after the other.
    case remedies([RemedyOrder])
    /// None, for this reason.
    case none(String)
  }

  /// What makes the table what it is.
  struct Recipe {
    var title: String
    var columns: [TableViewColumn]
    var contexts: [KeyContext] = []
    /// Whether keys mean what they mean in the table of the row's kind.
    var followsKinds = false
    /// The kinds that it is made from, in the versions that the server serves.
    var kinds: [any KubeObject.Type]
    /// Others that are read for what is wrong with those.
    var readsToo: [any KubeObject.Type] = []
    var namespace: String?
    /// The place of the column in which a kind that could not be read is named.
    var unreadColumn = 0
    /// How many lines tell the whole cause of the row under the cursor.
    var causeRows = 1
    /// What to say when there is no row though everything is known.
    var empty: String
    /// What else the rows depend on; grows when that changes.
    var stamp: () -> Int = { 0 }
    /// What stands in the way beside the stores; nil when nothing does.
    var condition: () -> TableCondition? = { nil }
    /// What Enter does on rows that do not say it themselves; nil from it describes the object.
    var drill: (RowObject) -> Drill? = { _ in nil }
    var rows: (Timestamp) -> [Row]
  }

  private let recipe: Recipe
  private unowned let interface: Interface
  private var rows: [String: Row] = [:]
  private var places: [String: Int] = [:]
  /// Ids of the rows whose branches are hidden. The id of what hangs below a row begins with the row's.
  private var folded: Set<String> = []
  /// What the rows were made from: what is known at all, and in which state.
  private var known: [Int]?
  private var revisions: [Int] = []
  private var madeAt: Timestamp?
  /// Rows are not worked out more often than this while the cluster changes all the time.
  private static let pause = Duration.seconds(1)

  init(_ recipe: Recipe, interface: Interface) {
    self.recipe = recipe
    self.interface = interface
  }

  var title: String { recipe.title }
  var columns: [TableViewColumn] { recipe.columns }
  var contexts: [KeyContext] { recipe.contexts }
  var causeRows: Int { recipe.causeRows }
  let defaultSort = (column: "", descending: false)

  /// Asked anew each time: which versions the server serves is learned while this is shown.
  var needs: [Need] {
    (recipe.kinds + recipe.readsToo).compactMap { interface.catalog.served($0) }.map {
      Need(resource: $0, namespace: $0.isNamespaced ? recipe.namespace : nil)
    }
  }

  private var stores: [(resource: Resource, store: ObjectStore?)] {
    recipe.kinds.compactMap { interface.catalog.served($0) }.map { ($0, interface.cluster.store($0)) }
  }

  /// What keys mean on these rows; nil where that is the same on all.
  func contexts(of ids: [String]) -> [KeyContext]? {
    guard recipe.followsKinds else { return nil }
    let kinds = Set(ids.compactMap { rows[$0]?.object?.resource.kind }).map(KeyContext.all)
    guard let first = kinds.first else { return nil }
    // A key that not all of them have would do something else than it says.
    return first.filter { context in kinds.allSatisfy { $0.contains(context) } }
  }

  func refresh(now: Timestamp) -> Set<String>? {
    let stores = stores
    let known = stores.map { Self.knowledge($0.store) } + [recipe.stamp()]
    let revisions = stores.map { $0.store?.revision ?? -1 } + [interface.findings.revision]
    if known == self.known {
      guard revisions != self.revisions else { return [] }
      if let madeAt, now > madeAt, now < madeAt.advanced(by: Self.pause) { return [] }
    }
    self.known = known
    self.revisions = revisions
    madeAt = now
    let made = withoutFolded(recipe.rows(now)) + unread(stores)
    rows = Dictionary(made.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    places = Dictionary(made.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    return nil
  }

  // MARK: Folding

  /// The rows without what hangs below folded ones, each of which says how much that is and how bad.
  private func withoutFolded(_ rows: [Row]) -> [Row] {
    guard !folded.isEmpty else { return rows }
    var shown: [Row] = []
    var hidden = 0
    var top: String?
    func close() {
      if top != nil, hidden > 0, let last = shown.indices.last { shown[last].cells[0] += "  (+\(hidden))" }
      (top, hidden) = (nil, 0)
    }
    for row in rows {
      if let top, row.id.hasPrefix(top + "/") {
        hidden += 1
        let last = shown.count - 1
        // A filter that finds what is hidden finds the row that hides it.
        shown[last].context += " " + row.cells.joined(separator: " ")
        if row.severity > shown[last].severity {
          shown[last].severity = row.severity
          if let cause = row.cells.last, !cause.isEmpty { shown[last].cells[row.cells.count - 1] = cause }
        }
        continue
      }
      close()
      shown.append(row)
      if folded.contains(row.id) { top = row.id }
    }
    close()
    return shown
  }

  /// Hides what hangs below a row, or shows it again; false when nothing does.
  func fold(_ id: String) -> Bool {
    if folded.remove(id) == nil {
      guard rows.keys.contains(where: { $0.hasPrefix(id + "/") }) else { return false }
      folded.insert(id)
    }
    known = nil
    return true
  }

  /// Leaves the roots only, or shows everything again.
  func foldAll() {
    if folded.isEmpty {
      var root: String?
      for id in rows.keys.sorted(by: { places[$0, default: 0] < places[$1, default: 0] }) {
        if let root, id.hasPrefix(root + "/") { continue }
        root = id
        folded.insert(id)
      }
    } else {
      folded = []
    }
    known = nil
  }

  /// Whether a kind is not read yet (0), known (1), or cannot be known (2).
  private static func knowledge(_ store: ObjectStore?) -> Int {
    switch store?.freshness {
    case nil, .unread, .loading: 0
    case .live, .stale: 1
    case .forbidden, .notServed, .notCaptured, .failed: 2
    }
  }

  /// What could not be read stands below what was found: not knowing is not the same as there being nothing.
  private func unread(_ stores: [(resource: Resource, store: ObjectStore?)]) -> [Row] {
    stores.compactMap { resource, store in
      let reason: String
      switch store?.freshness {
      case .forbidden(let message): reason = "forbidden: \(message)"
      case .notCaptured(let text), .failed(let text): reason = text
      default: return nil
      }
      var cells = recipe.columns.map { _ in "" }
      cells[recipe.unreadColumn] = resource.plural
      // The cause is what has room.
      cells[recipe.columns.firstIndex { $0.id == "why" } ?? cells.count - 1] = "not known: \(reason)"
      return Row(id: "unknown \(resource.qualifiedName)", cells: cells, role: .unknown)
    }
  }

  var ids: [String] { Array(rows.keys) }
  func contains(_ id: String) -> Bool { rows[id] != nil }

  private func text(_ id: String, _ column: String) -> String {
    guard let row = rows[id], let index = recipe.columns.firstIndex(where: { $0.id == column }) else { return "" }
    return row.cells.indices.contains(index) ? row.cells[index] : ""
  }

  func cell(_ id: String, column: String, now: Timestamp) -> TableCell {
    let isLoud = column == "why" || column == "status"
    return TableCell(
      text(id, column, now: now), rows[id].flatMap { $0.role ?? (isLoud ? $0.severity.role : nil) } ?? .text)
  }

  /// The text of a cell; those that change with time are made when they are looked at.
  private func text(_ id: String, _ column: String, now: Timestamp) -> String {
    if let row = rows[id] {
      if column == "age", let created = row.created { return now.since(created).human }
      if column == "why", row.tellsVerdict, let object = row.object {
        return interface.verdict(uid: object.uid, now: now).why
      }
    }
    return text(id, column)
  }

  func sortKey(_ id: String, column: String) -> SortKey {
    if column.isEmpty { return .number(Int128(places[id] ?? 0)) }
    // The youngest is the smallest.
    if column == "age", let created = rows[id]?.created { return .number(-Int128(created.microseconds)) }
    if column == "ready", let count = rows[id]?.readyCount { return .number(Int128(count)) }
    let text = text(id, column)
    return Int128(text).map { .number($0) } ?? .text(text)
  }

  func severity(_ id: String) -> RowSeverity { rows[id]?.severity ?? .none }

  func searchText(_ id: String, now: Timestamp) -> String {
    rows[id].map { ($0.cells + [$0.context]).joined(separator: " ").lowercased() } ?? ""
  }

  func labels(_ id: String) -> SmallMap<String> {
    guard let object = rows[id]?.object else { return [:] }
    return interface.cluster.store(object.resource)?.object(uid: object.uid)?.metadata.labels ?? [:]
  }

  func object(_ id: String) -> RowObject? { rows[id]?.object }
  /// What can be done about a row; nil for rows that stand for no change.
  func offer(_ id: String) -> Offer? { rows[id]?.offer }
  func drill(_ id: String) -> Drill? {
    rows[id].flatMap { row in row.drill ?? row.object.map { recipe.drill($0) ?? .details($0) } }
  }

  var condition: TableCondition {
    if let own = recipe.condition() { return own }
    let now = interface.clock()
    let stores = stores
    var reading = 0
    var unknown = 0
    for (resource, store) in stores {
      switch store?.freshness {
      case .stale: return TableCondition(store, resource: resource, now: now)
      case nil, .unread, .loading: reading += 1
      case .forbidden, .notCaptured, .failed: unknown += 1
      case .live, .notServed: break
      }
    }
    if reading > 0 {
      return TableCondition(
        word: "reading", role: .progressing,
        explanation: "Reading the cluster: \(reading) of \(stores.count) kinds to go \(interface.glyphs.ellipsis)")
    }
    return TableCondition(
      word: unknown == 0 ? "live" : "live, \(unknown) not known", role: unknown == 0 ? .ok : .unknown,
      explanation: unknown == 0 ? recipe.empty : "Nothing is here of what could be read; not all could.")
  }
}

extension Interface {
  /// The row of an object that a reference names; nil when the server does not list its kind.
  func rowObject(_ reference: ObjectReference) -> RowObject? {
    let group = reference.apiVersion.contains("/") ? String(reference.apiVersion.prefix { $0 != "/" }) : ""
    return catalog.resources.first { $0.kind == reference.kind && $0.group == group }.map {
      RowObject(resource: $0, namespace: reference.namespace, name: reference.name, uid: reference.uid)
    }
  }

  /// What is worst about an object, as a row's severity and cause.
  func verdict(uid: String, now: Timestamp) -> (severity: RowSeverity, why: String) {
    guard !uid.isEmpty, let severity = findings.severity(uid: uid) else { return (.none, "") }
    return (RowSeverity(severity), findings.summary(uid: uid, now: now)?.summary ?? "")
  }
}
