import ArgumentParser
import ClusterState
import DataFiles
import Kube
import KubeClient
import KubeConfig
import PlainInterface
import Session

/// `podmedic events`: what happened, the latest last.
struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Lists events, the latest last, like kubectl events.")

  @OptionGroup var connection: ConnectionFlags
  @Option(name: .customLong("for"), help: ArgumentHelp("Only those about this object.", valueName: "kind/name"))
  var object: String?
  @Option(help: "Only of these types: Normal, Warning; comma-separated.") var types: String?
  @Flag(name: [.short, .long], help: "Go on with events as they happen.") var watch = false
  @Flag(help: "Without the line of headers.") var noHeaders = false
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Whole events as json, yaml, name, jsonpath=…, jsonpath-as-json=… or jsonpath-file=….", valueName: "format"))
  var output: String?
  @Option(help: "The template for -o jsonpath without one.") var template: String?
  @Flag(help: "Keep managedFields in json and yaml.") var showManagedFields = false

  func run() throws {
    var documents: EventDocuments?
    if let output, !output.isEmpty {
      let format = try OutputFormat(output, template: template, allowsMissingKeys: true, files: DiskFileSystem())
      documents = try EventDocuments(output, format, showsManagedFields: showManagedFields)
    }
    let context = try CommandContext(connection, names: .asGet)
    let filter = try EventFilter(object: object, types: types, context: context)
    if let documents { return try print(documents, filter, context) }
    try context.readAll([Event.self])
    guard let store = context.session.state.store(of: Event.self), store.freshness.isComplete else {
      throw CommandFailure(context.refusal(of: Event.self))
    }
    var printer = EventTable(withNamespace: context.namespace == nil, noHeaders: noHeaders)
    let events = store.objects(of: Event.self).filter(filter.matches).sorted(by: EventTable.precedes)
    for event in events { printer.add(event, now: context.now) }
    if events.isEmpty, !watch { return try sayNothingFound(context) }
    Output.write(printer.takeLines())
    guard watch, !context.isCapture else { return try context.finish() }
    var seen = store.revision
    context.waitForRequest {
      guard store.revision != seen else { return false }
      for uid in (store.changes(since: seen) ?? []).sorted() {
        if let event = store.object(uid: uid) as? Event, filter.matches(event) { printer.add(event, now: context.now) }
      }
      seen = store.revision
      Output.write(printer.takeLines())
      return false
    }
  }
}

extension EventsCommand {
  private func sayNothingFound(_ context: CommandContext) throws(CommandFailure) {
    Output.message("No events found" + (context.namespace.map { " in \($0) namespace." } ?? "."))
    try context.finish()
  }

  /// Prints whole events: as one list, or one by one and then as they happen.
  private func print(
    _ documents: EventDocuments, _ filter: EventFilter, _ context: CommandContext
  ) throws(CommandFailure) {
    var documents = documents
    let options = ListOptions(namespace: context.namespace)
    let events: [JSONValue]
    let version: String
    do throws(APIFailure) {
      (events, version) = try context.readList(
        .list(Event.resource, options, codec: .dynamic, resourceVersion: nil, continueToken: ""), Event.resource)
    } catch {
      throw CommandFailure(error)
    }
    let wanted = events.filter(filter.matches)
    guard watch, !context.isCapture else {
      if wanted.isEmpty { return try sayNothingFound(context) }
      Output.write(try documents.text(list: wanted))
      return try context.finish()
    }
    func show(_ event: JSONValue) {
      // The next event may have what a template wants.
      do throws(CommandFailure) { Output.write(try documents.text(event)) } catch { Output.error(error) }
    }
    for event in EventDocuments.sorted(wanted) { show(event) }
    let known = Set(events.compactMap { $0[path: "metadata", "uid"]?.string })
    let changes = ChangeWatch(context.client, Event.resource, options, codec: .dynamic, known: known) {
      change, object in
      // Events are deleted when they are an hour old: that is no news.
      guard change != "DELETED", let event = (object as? DynamicObject)?.json, filter.matches(event) else { return }
      show(event)
    }
    if let failure = context.failure({ changes.start(from: version, $0) }) { throw CommandFailure(failure) }
  }
}

/// Which events are wanted.
struct EventFilter {
  private var kind: String?
  private var name: String?
  private var types: Set<String>?

  init(object: String?, types: String?, context: CommandContext) throws(CommandFailure) {
    if let object {
      let parts = object.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw .usage("--for must be in resource/name form, such as pod/web-0")
      }
      kind = try KindWords(context: context).resource(parts[0]).kind
      name = parts[1]
    }
    if let types {
      let words = types.split(separator: ",").map { $0.lowercased() }
      if let wrong = words.first(where: { $0 != "normal" && $0 != "warning" }) {
        throw .usage("valid --types are Normal or Warning, not \"\(PlainText.line(wrong))\"")
      }
      self.types = Set(words)
    }
  }

  func matches(_ event: Event) -> Bool {
    matches(kind: event.involvedObject.kind, name: event.involvedObject.name, type: event.type)
  }

  func matches(_ event: JSONValue) -> Bool {
    let object = event["involvedObject"]
    return matches(
      kind: object?["kind"]?.string ?? "", name: object?["name"]?.string ?? "", type: event["type"]?.string ?? "")
  }

  private func matches(kind: String, name: String, type: String) -> Bool {
    (self.kind ?? kind) == kind && (self.name ?? name) == name && (types?.contains(type.lowercased()) ?? true)
  }
}
