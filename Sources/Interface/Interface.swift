import ClusterState
import DataFiles
import Details
import Diagnosis
import Draining
import Expressions
import Kube
import PlaybookKit
import Scheduling
import Terminal

/// The dashboard as a state: input comes in, effects go out, frames are drawn. It never does IO and never waits.
///
/// Confined to the loop's thread; `handle` and `update` are its only writers.
public final class Interface {
  /// What is known of the cluster; read only.
  public internal(set) var cluster: ClusterState
  /// The kinds that can be opened.
  public var catalog: ResourceCatalog
  /// What is wrong, as of the last diagnosis.
  public var findings = FindingIndex()
  /// What an object uses, by kind, namespace, name and container; unknown with the reason while that is not known.
  public var usage: (RowObject) -> Outcome = { _ in .unknown("not read yet") }
  /// Grows whenever `usage` answers otherwise than before.
  public var usageRevision = 0
  /// The playbooks.
  public var playbooks = PlaybookLibrary(layers: [], fileSystem: MemoryFileSystem())
  /// What the containers of a pod, by namespace and name, use.
  public var containerUsage: (String, String) -> Lookup<[String: UsageRecord]> = { _, _ in
    .unknown(Doubt(.notRead, "metrics are not read"))
  }
  /// Words of the person's own for what can be typed behind `:`.
  public var aliases: [String: String] = [:]
  /// Keys of the person's own.
  public var hotkeys: [Hotkey] = []
  /// The words that podmedic explains.
  public var glossary = Glossary(layers: [])
  /// Facts about the connection.
  public var session = SessionFacts()
  /// The namespace that is shown; nil for all.
  public internal(set) var namespace: String?
  /// Sign set.
  public let glyphs: Glyphs
  /// Makes the tables.
  let tables: TableFactory
  /// Now, by the clock on the wall.
  let clock: () -> Timestamp

  /// When a run of a playbook was kept last, by the name it is kept under; nil when it was not.
  public var whenKept: (String) -> Timestamp? = { _ in nil }

  /// What is written down of the drains of a node that belong to one maintenance, the newest last.
  public var drains: (DrainOrder.Target) -> [DrainLog] = { _ in [] }

  var pages: [Page] = []
  var prompt: Prompt?
  var palette: Palette?
  var flash: Flash?
  /// Addresses of the screens opened so far, for `[`, `]` and `-`.
  var history: [String] = []
  var historyPlace = 0
  /// Namespaces for the keys 1 to 9, the latest first.
  var favourites: [String] = []
  var commandHistory: [String] = []
  var filterHistory: [String] = []
  /// How each screen was sorted last, by its title.
  var orders: [String: TableOrder] = [:]
  /// The place in the history that was left last, for `-`.
  var lastPlace: Int?
  /// Whether the lines above the table are there.
  public var showsHeader = true
  var showsCrumbs = true
  /// The row that was clicked last: a second click opens it.
  var clicked: String?
  var size = Size(columns: 80, rows: 24)
  /// Questions about this user's rights that are not answered yet.
  var askedRules: [Int: RulesAnswer] = [:]
  /// Runs of playbooks that can be come back to, by playbook and object, and their keys, the oldest first.
  var guidedRuns: [String: GuidedRun] = [:]
  var guidedOrder: [String] = []
  /// Runs that wait for a text, by the number of the request.
  var readings: [Int: GuidedRun] = [:]
  /// The steps that remedies were started from, by the number of the remedy.
  var remedyOrigins: [Int: (guided: GuidedRun, step: String)] = [:]
  /// The runs whose steps commands were started from, by the number of the command.
  var commandOrigins: [Int: GuidedRun] = [:]
  /// The events by object, for playbooks.
  var events = EventIndex()
  /// The drain that is going on, or was the last.
  var drain: DrainShow?
  /// The options of plans that were left, by their nodes.
  var drainTerms: [[String]: DrainTerms] = [:]
  /// Whether somebody who wants to quit has been told that a drain is going on.
  var hasWarnedOfDrain = false
  /// The cluster as the scheduler sees it, as of the last time that somebody asked.
  var snapshot: ClusterSnapshot?
  private var nextID = 1
  /// Places of the last frame, for the mouse: what answers to clicks beside the rows, and where the rows are.
  var clickTargets: [(area: Rect, target: ClickTarget)] = []
  var bodyArea = Rect(row: 0, column: 0, rows: 0, columns: 0)

  /// An interface that starts on the screen named `start`.
  public init(
    cluster: ClusterState, catalog: ResourceCatalog, tables: TableFactory, namespace: String?, glyphs: Glyphs,
    clock: @escaping () -> Timestamp
  ) {
    self.cluster = cluster
    self.catalog = catalog
    self.tables = tables
    self.namespace = namespace
    self.glyphs = glyphs
    self.clock = clock
  }

  var page: Page? { pages.last }

  /// Whether anything is open: nothing is when the screen to start on is not known.
  public var hasPage: Bool { page != nil }

  /// Now, by the clock on the wall.
  public var now: Timestamp { clock() }

  func freshID() -> Int {
    defer { nextID += 1 }
    return nextID
  }

  // MARK: What runs it needs to know

  /// The kinds to keep in step with the server now.
  public var needs: Set<Need> {
    var needs: Set<Need> = []
    for page in pages {
      needs.formUnion(page.table?.source.needs ?? [])
      needs.formUnion(page.remedy?.needs ?? [])
      if let playbook = page.playbook { needs.formUnion(self.needs(of: playbook)) }
    }
    // What a description reads besides must not widen what the tables read: that may be forbidden.
    let known = Set(needs.filter { !$0.asTable }.map(\.resource.qualifiedName))
    for page in pages {
      needs.formUnion(detailNeeds(of: page).filter { !known.contains($0.resource.qualifiedName) })
    }
    return needs
  }

  private func detailNeeds(of page: Page) -> [Need] {
    guard case .text(let text) = page.content, case .details(let object) = text.subject else { return [] }
    let own = object.resource.kind == "Namespace" ? object.name : object.namespace
    return ObjectDetails.sources(of: object.resource).compactMap { catalog.served($0) }.map { resource in
      Need(resource: resource, namespace: !resource.isNamespaced ? nil : own.isEmpty ? namespace : own)
    }
  }

  /// Whether a person is in the middle of typing a command or a filter.
  public var isTyping: Bool { prompt != nil || palette != nil }

  /// Whether the page waits for an object, for the first lines of a log, or for what this user may do.
  public var isWaiting: Bool {
    switch page?.content {
    case .text(let text): text.fetchID != nil
    case .logs(let logs): logs.buffer.count == 0 && !logs.openSources.isEmpty
    case .remedy(let remedy): remedy.isWorking
    case .playbook(let playbook): isWaiting(playbook)
    case .table: !askedRules.isEmpty || isAskingAboutDrain
    case nil: !askedRules.isEmpty
    }
  }

  /// Whether something on the screen shows what objects use.
  public var needsUsage: Bool {
    page?.table?.source.showsUsage ?? page?.playbook?.guided?.playbook.wantsUsage ?? false
  }

  /// Whether something on the screen changes by itself with time (ages, countdowns), so that it must be drawn again
  /// every second even when nothing happens.
  public var showsTime: Bool { page?.table != nil || flash != nil }

  /// Replaces the cluster after a switch of context; pages start again.
  public func setCluster(_ cluster: ClusterState, catalog: ResourceCatalog, namespace: String?) {
    self.cluster = cluster
    self.catalog = catalog
    self.namespace = namespace
    findings = FindingIndex()
    askedRules = [:]
    guidedRuns = [:]
    guidedOrder = []
    readings = [:]
    remedyOrigins = [:]
    commandOrigins = [:]
    drain = nil
    events = EventIndex()
    pages = []
    history = []
    historyPlace = 0
  }

  /// Brings what is on the screen in step with the cluster. Cheap when nothing has changed.
  public func update() {
    let now = clock()
    if let flash, now > flash.until { self.flash = nil }
    page?.table?.update(now: now)
    if let guided = page?.playbook?.guided { evaluate(guided) }
    if let page, case .text(let text) = page.content, case .details = text.subject {
      // Once more of what the page tells has come.
      let read = detailNeeds(of: page).count { cluster.store($0.resource)?.freshness.isComplete == true }
      if text.sourcesRead != read, text.object != nil { rewrite(text) }
      text.sourcesRead = read
    }
  }

  /// Does a part of what a filter of the table will need, about `rows` rows of it, or goes on with filter and search of
  /// the log; answers whether more is left to do.
  public func prepareFilter(rows: Int) -> Bool {
    // Looking at a line of a log is many times cheaper than making the texts of a table's row.
    if let logs = page?.logs { return logs.work(limit: rows * 20) }
    return page?.table?.prepare(limit: rows, now: clock()) ?? false
  }

  /// Whether the log on the screen is still being filtered or searched.
  public var isSearchingLog: Bool { page?.logs?.hasWork ?? false }

  // MARK: Answers to effects

  /// A whole object has been read, or not.
  public func fetched(id: Int, _ result: Result<JSONValue, FetchFailure>) {
    for page in pages {
      guard let text = page.text, text.fetchID == id else { continue }
      text.fetchID = nil
      switch result {
      case .success(let json):
        text.object = json
        text.failure = nil
      case .failure(let failure): text.failure = failure.message
      }
      rewrite(text)
    }
  }

  /// The server has said what this user may do, as the whole review, or it has not.
  public func rulesAnswered(id: Int, _ result: Result<JSONValue, FetchFailure>) {
    askedRules.removeValue(forKey: id)?.take(result)
  }

  /// Something has happened to the logs of a request.
  public func logEvents(id: Int, _ changes: [LogChange]) {
    guard let view = logView(id) else { return }
    view.append(
      changes.map { change in
        switch change {
        case .line(let line): return line
        case .remark(let source, let text, let isOver):
          if isOver { view.openSources.remove(source) }
          let name = view.request.sources.indices.contains(source) ? view.prefix(source) : ""
          let rule = String(repeating: glyphs.horizontal, count: 2)
          return LogRow(source: nil, time: nil, text: "\(rule) \(name): \(text)")
        }
      })
  }

  private func logView(_ id: Int) -> LogView? {
    for page in pages { if let logs = page.logs, logs.request.id == id { return logs } }
    return nil
  }

  /// Shows a message in the bottom line for a few seconds.
  public func show(_ message: String, role: Role = .notice) {
    flash = Flash(text: message, role: role, until: clock().advanced(by: .seconds(6)))
  }

  /// The message in the bottom line.
  public var message: String? { flash?.text }

  /// What became of a copy.
  public func copied(_ what: String, _ result: ClipboardResult) {
    switch result {
    case .copied(let via, let bytes): show("copied \(what) (\(bytes) bytes, \(via))", role: .ok)
    case .tooLarge(let bytes, let limit):
      show("\(what) not copied: \(bytes) bytes, the terminal takes at most \(limit)", role: .warning)
    case .unavailable(let reason): show("\(what) not copied: \(reason)", role: .warning)
    }
  }
}

/// Why an object could not be read, as a sentence.
public struct FetchFailure: Error, Sendable, Equatable {
  /// For a person.
  public var message: String

  /// A failure.
  public init(message: String) { self.message = message }
}

/// A message in the bottom line.
struct Flash {
  var text: String
  var role: Role
  var until: Timestamp
}
