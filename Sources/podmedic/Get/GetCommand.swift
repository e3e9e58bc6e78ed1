import ArgumentParser
import Kube
import KubeClient
import PlainInterface

/// `podmedic get`: lists objects as kubectl does.
struct GetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Lists objects of any kind, like kubectl get.")

  @OptionGroup var connection: ConnectionFlags
  @OptionGroup var options: GetOptions

  @Argument(help: ArgumentHelp("Kinds and names: pods, deploy,svc, pod/web-0, nodes n1 n2.", valueName: "kind"))
  var words: [String] = []

  func run() throws {
    let context = try CommandContext(connection)
    var run = GetRun(context: context, options: options)
    try run.run(words)
    try context.finish()
  }
}

/// Options of `get` that are kubectl's.
struct GetOptions: ParsableArguments {
  @Option(name: [.short, .long], help: ArgumentHelp("Format: wide, json, yaml or name.", valueName: "format"))
  var output: OutputFormat?
  @Option(name: [.customShort("l"), .long], help: "Label selector, such as app=web,tier!=db.") var selector = ""
  @Option(help: "Field selector, such as status.phase=Running.") var fieldSelector = ""
  @Flag(name: [.short, .long], help: "After listing, go on with changes.") var watch = false
  @Flag(help: "Only changes, no list.") var watchOnly = false
  @Flag(help: "Without the line of headers.") var noHeaders = false
  @Flag(help: "With all labels as the last column.") var showLabels = false
  @Option(name: [.customShort("L"), .long], parsing: .singleValue, help: "A column for a label; may be repeated.")
  var labelColumns: [String] = []
  @Flag(help: "No error when a named object does not exist.") var ignoreNotFound = false
  @Flag(help: "Keep managedFields in json and yaml.") var showManagedFields = false
  @Option(help: "Ask for lists in pages of this size; 0 for one page.") var chunkSize = 500
}

/// How objects are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case wide, json, yaml, name
}
