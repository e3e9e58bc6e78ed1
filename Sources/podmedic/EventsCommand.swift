import ArgumentParser
import ClusterState
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

  func run() throws {
    let context = try CommandContext(connection)
    let filter = try EventFilter(object: object, types: types, context: context)
    try context.readAll([Event.self])
    guard let store = context.session.state.store(of: Event.self), store.freshness.isComplete else {
      throw CommandFailure(context.refusal(of: Event.self))
    }
    var printer = EventTable(withNamespace: context.namespace == nil, noHeaders: noHeaders)
    let events = store.objects(of: Event.self).filter(filter.matches).sorted(by: EventTable.precedes)
    for event in events { printer.add(event, now: context.now) }
    if events.isEmpty, !watch {
      Output.message("No events found" + (context.namespace.map { " in \($0) namespace." } ?? "."))
      return try context.finish()
    }
    Output.write(printer.takeLines())
    guard watch, !context.isCapture else { return try context.finish() }
    var seen = store.revision
    while true {
      context.wait { store.revision != seen }
      for uid in (store.changes(since: seen) ?? []).sorted() {
        if let event = store.object(uid: uid) as? Event, filter.matches(event) { printer.add(event, now: context.now) }
      }
      seen = store.revision
      Output.write(printer.takeLines())
    }
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
    (kind.map { $0 == event.involvedObject.kind } ?? true) && (name.map { $0 == event.involvedObject.name } ?? true)
      && (types?.contains(event.type.lowercased()) ?? true)
  }
}
