import ClusterState
import DataFiles
import Diagnosis
import Draining
import Kube
import KubeClient
import PlaybookKit
import Playbooks
import Remedies
import ScreenKit
import Screens
import Terminal

@testable import Interface

/// A cluster made of written objects and a dashboard on it, with a clock that stands still: what `Dashboard` does with a
/// session, done at once and without a network.
final class World {
  /// The moment that all cases happen at.
  static let start = Timestamp(seconds: 1_800_000_000)  // 2027-01-15T08:00:00Z

  static let library = ScreenLibrary(
    layers: [DataLayer(name: "embedded", source: .embedded(Screens.files.map { .init(path: $0.path, text: $0.text) }))],
    fileSystem: MemoryFileSystem(), types: .builtIn)

  static let playbooks = PlaybookLibrary(
    layers: [
      DataLayer(name: "embedded", source: .embedded(Playbooks.files.map { .init(path: $0.path, text: $0.text) }))
    ], fileSystem: MemoryFileSystem())

  final class Clock { var now = World.start }

  let clock = Clock()
  let state = ClusterState()
  let interface: Interface
  let terminal: VirtualTerminal
  /// Everything that was asked for, oldest first.
  private(set) var effects: [Effect] = []
  /// The remedies that were asked for, as command lines, oldest first.
  var orderedRemedies: [String] {
    effects.compactMap { if case .startRemedy(_, let order) = $0 { order.commandLine } else { nil } }
  }
  /// Whether quitting was asked for.
  var hasQuit: Bool { effects.contains(.quit) }
  /// Lines of logs by `pod/container`.
  var logs: [String: [String]] = [:]
  /// What the server says about this user's rights; nil for its refusal to say.
  var rules: JSONValue?
  /// Runs of playbooks that were kept, by name.
  var kept: [String: JSONValue] = [:]
  /// What reading an object answers when it fails, by `kind/namespace/name`.
  var failures: [String: String] = [:]

  /// Calls that the server does not allow, as `create pods/eviction in shop`.
  var deniedCalls: Set<String> = []
  /// Commands in containers.
  var commands = FakeCommands()
  /// The drain that goes on, or was the last.
  var drain = FakeDrain()

  private(set) var documents: [String: JSONValue] = [:]
  private var engine: TriageEngine
  /// Whether anything has happened since the last diagnosis.
  var isDirty = true

  init(size: Size = Size(columns: 80, rows: 24), namespace: String? = nil, ascii: Bool = false) {
    terminal = VirtualTerminal(size, frameLimit: 1)
    engine = TriageEngine(state)
    let clock = clock
    interface = Interface(
      cluster: state, catalog: .builtIn, tables: TableFactory(library: Self.library), namespace: namespace,
      glyphs: ascii ? .ascii : .unicode, clock: { clock.now })
    interface.playbooks = Self.playbooks
    interface.containerUsage = { _, _ in .unknown(Doubt(.notServed, "metrics are not served by this cluster")) }
    interface.session.context = "demo"
    interface.session.cluster = "demo"
    interface.session.user = "demo-admin"
    interface.session.serverVersion = "v1.36.2"
    interface.session.kubectlPrefix = "kubectl --context demo"
    interface.session.contexts = [
      .init(name: "demo", cluster: "demo", user: "demo-admin", namespace: ""),
      .init(name: "prod-eu", cluster: "prod-eu", user: "ops", namespace: "shop"),
    ]
    for type in builtInKinds {
      if state.store(type.resource) == nil {
        let store = ObjectStore(resource: type.resource, coverage: .cluster)
        store.freshness = .live
        state.add(store)
      }
    }
  }

  /// A dashboard on the objects of a file of `Tests/Cases`, on one of its screens.
  convenience init(_ objects: String, size: Size, open screen: String) throws {
    self.init(size: size)
    try load(objects)
    open(screen)
  }

  // MARK: The cluster

  /// Adds or replaces an object.
  func apply(_ json: JSONValue) throws {
    let kind = json["kind"]?.string ?? ""
    guard let found = builtInKind(apiVersion: json["apiVersion"]?.string ?? "", kind: kind) else {
      throw CaseProblem("no such kind: \(kind)")
    }
    let object = try Self.object(found.type, json)
    guard let store = state.store(found.resource) else { throw CaseProblem("no store of \(kind)") }
    store.put(object)
    isDirty = true
    documents["\(kind)/\(object.metadata.namespace)/\(object.metadata.name)"] = json
  }

  private static func object<Object: KubeObject>(_ type: Object.Type, _ json: JSONValue) throws -> Object {
    try Array(json.text().utf8).withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: StringPool())
      return try Object(json: &reader)
    }
  }

  /// Takes an object away.
  func delete(_ word: String, namespace: String, name: String) throws {
    guard let store = try? store(word), let object = store.object(namespace: namespace, name: name) else {
      throw CaseProblem("nothing to delete: \(word) \(namespace)/\(name)")
    }
    store.remove(object)
    isDirty = true
  }

  /// The store of a kind.
  func store(_ word: String) throws -> ObjectStore {
    guard let kind = builtInKind(named: word), let store = state.store(kind.resource) else {
      throw CaseProblem("no such kind: \(word)")
    }
    return store
  }

  // MARK: What a person does

  /// Opens the first screen.
  func open(_ command: String) {
    perform(interface.open(command))
    draw()
  }

  /// Takes an event, carries out what it asks for, and draws.
  func take(_ event: InputEvent) {
    if case .resize(let size) = event { terminal.resize(to: size) }
    perform(interface.handle(event))
    draw()
  }

  /// Presses the keys of a line such as `:pods<enter>jj`.
  func press(_ line: String) throws {
    guard let keys = Key.keys(line) else { throw CaseProblem("no keys: \(line)") }
    for key in keys { take(.key(key)) }
  }

  private func perform(_ wanted: [Effect]) {
    effects += wanted
    for effect in wanted {
      switch effect {
      case .copy(let text, let what): interface.copied(what, terminal.copyToClipboard(text))
      case .fetch(let fetch):
        let name = "\(fetch.resource.kind)/\(fetch.namespace)/\(fetch.name)"
        if let failure = failures[name] {
          interface.fetched(id: fetch.id, .failure(FetchFailure(message: failure)))
        } else if let json = documents[name] {
          interface.fetched(id: fetch.id, .success(json))
        }
      case .askRules(let id, let namespace):
        interface.rulesAnswered(
          id: id,
          rules.map { .success($0) }
            ?? .failure(FetchFailure(message: "selfsubjectrulesreviews is forbidden in \(namespace)")))
      case .openLogs(let query):
        var changes: [LogChange] = []
        for (index, source) in query.sources.enumerated() {
          for (number, line) in (logs["\(source.pod)/\(source.container)"] ?? []).enumerated() {
            let time = Self.start.advanced(by: .seconds(Int64(number - 60)))
            changes.append(.line(LogRow(source: index, time: time, text: line)))
          }
          if query.previous { changes.append(.remark(source: index, "end of the log", isOver: true)) }
        }
        interface.logEvents(id: query.id, changes)
      case .readText(let id, let target): perform(interface.textRead(id: id, contribution(target)))
      case .keepRun(let name, let run): kept[name] = run
      case .recallRun(let id, let name): perform(interface.runRecalled(id: id, kept[name]))
      case .save(let name, _): interface.show("saved \(name)", role: .ok)
      case .quit, .suspend, .closeLogs, .switchContext, .refresh, .closeRemedy, .unlock: break
      case .startRemedy(let id, let order):
        let place = RemedyRun.Place(context: "demo", cluster: "demo", user: "demo-admin")
        var run = RemedyRun(order, place: place, id: "run")
        carryOut(run.start(in: scene), &run)
        tell(id, run)
      case .replyToRemedy(let id, let text): handle(.reply(text), id)
      case .leaveRemedy(let id): handle(.leave, id)
      case .readDrainFacts(let id, _, let calls):
        let access = calls.map { call in
          var call = call
          call.answer = deniedCalls.contains(call.text) ? .denied : .allowed
          return call
        }
        perform(interface.drainFactsRead(id: id, DrainFacts(access: access)))
      case .startCommand(let id, let order):
        perform(interface.commandChanged(id: id, commands.start(id, order)))
      case .replyToCommand(let id, let text):
        if let run = commands.reply(id, text) { perform(interface.commandChanged(id: id, run)) }
      case .startDrain(let id, let order): startDrain(id, order)
      case .tellDrain(let id, let control): tellDrain(id, control)
      case .resumeDrain(let id, _, let cordonsAgain): resumeDrain(id, cordonsAgain: cordonsAgain)
      case .readHistory:
        interface.showHistory(.success(JournalHistory(text: journal.map { $0.line + "\n" }.joined())))
      }
    }
  }

  /// What reading a text for a playbook answers.
  private func contribution(_ target: ReadTarget) -> PlaybookRun.Contribution {
    switch target {
    case .logs(_, let pod, let container, let previous, _):
      guard let lines = logs["\(pod)/\(container)\(previous ? "/previous" : "")"] else {
        return .noText(Doubt(.notServed, "previous terminated container \"\(container)\" in pod \"\(pod)\" not found"))
      }
      return .text(lines.joined(separator: "\n"))
    case .object(let object):
      guard let json = documents["\(object.kind)/\(object.namespace)/\(object.name)"] else {
        return .noText(Doubt(.notServed, "\(object.name) not found"))
      }
      return .text(YAMLWriter.text(json))
    case .metrics, .path, .repeated:
      return .noText(Doubt(.notServed, "the server could not find the requested resource"))
    }
  }

  // MARK: Remedies

  /// What was written down.
  private(set) var journal: [JournalEntry] = []
  private var remedies: [Int: RemedyRun] = [:]
  private var scene: RemedyScene { RemedyScene(state: state, catalog: .builtIn, now: clock.now) }

  /// Hands something to a run and shows it.
  private func handle(_ input: RemedyRun.Input, _ id: Int) {
    guard var run = remedies[id] else { return }
    carryOut(run.handle(input, in: scene, at: .zero), &run)
    tell(id, run)
  }

  private func tell(_ id: Int, _ run: RemedyRun) {
    remedies[id] = run
    _ = interface.remedyChanged(id: id, run)
  }

  /// A server that allows everything and whose answers are the objects as they are.
  private func carryOut(_ effects: [RemedyRun.Effect], _ run: inout RemedyRun) {
    for effect in effects {
      switch effect {
      case .send(let number, let request):
        let parts = request.path.split(separator: "/").suffix(2).map(String.init)
        let kind = builtInKind(named: parts.first ?? "")?.resource.kind ?? ""
        let document = documents.first { $0.key.hasPrefix(kind + "/") && $0.key.hasSuffix("/" + (parts.last ?? "")) }
        let answer: JSONValue =
          request.path.hasSuffix("accessreviews") ? ["status": ["allowed": true]] : document?.value ?? [:]
        let input = RemedyRun.Input.answered(number, .success(RemedyAnswer(json: answer)))
        carryOut(run.handle(input, in: scene, at: .zero), &run)
      case .record(var entry):
        entry.time = clock.now
        journal.append(entry)
        carryOut(run.handle(.recorded(.success(())), in: scene, at: .zero), &run)
      case .look: break
      }
    }
  }

  /// What a drain wants to have done may follow from what happens.
  func look() {
    if let due = drain.due, clock.now >= due { lookAtDrain() }
  }

  /// Diagnoses when something has happened, and draws a frame.
  func draw() {
    if isDirty {
      isDirty = false
      interface.findings = FindingIndex(engine.diagnose(now: clock.now), after: interface.findings)
      perform(interface.diagnosed())
    }
    interface.update()
    let frame = interface.draw(terminal.size)
    terminal.present(frame.grid, cursor: frame.cursor)
  }
}

/// What is wrong with a case itself.
struct CaseProblem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension JSONValue {
  /// What a YAML document says, with YAML's reading of plain words.
  init(_ node: DataNode) {
    if let entries = node.entries {
      self = .object(SmallMap(uniquing: entries.map { ($0.key, JSONValue($0.value)) }))
    } else if let elements = node.elements {
      self = .array(elements.map(JSONValue.init))
    } else if node.isNull {
      self = .null
    } else if let bool = node.bool {
      self = .bool(bool)
    } else if let integer = node.integer {
      self = .int(integer)
    } else {
      self = .string(node.text ?? "")
    }
  }
}
