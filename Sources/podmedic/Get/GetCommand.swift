import ArgumentParser
import DataFiles
import Kube
import KubeClient
import PlainInterface

/// `podmedic get`: lists objects as kubectl does.
struct GetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Lists objects of any kind, like kubectl get.")

  @OptionGroup var connection: ConnectionFlags
  @OptionGroup var options: GetOptions

  @Argument(help: ArgumentHelp("Kinds and names: pods, deploy,svc, pod/web-0, nodes n1 n2, all.", valueName: "kind"))
  var words: [String] = []

  func run() throws {
    let format = try options.format(files: DiskFileSystem())
    if let raw = options.raw, !raw.isEmpty {
      let raw = try RawRead(raw, options: options, words: words)
      return try raw.run(try CommandContext(connection))
    }
    let context = try CommandContext(connection, names: .asGet)
    var run = try GetRun(context: context, options: options, format: format)
    try run.run(words)
    try context.finish()
  }
}

/// Options of `get` that are kubectl's.
struct GetOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Format: wide, json, yaml, kyaml, name, jsonpath=…, jsonpath-as-json=…, jsonpath-file=…, custom-columns=… or "
        + "custom-columns-file=….", valueName: "format"))
  var output: String?
  @Option(
    help: ArgumentHelp(
      "Ask the server for this path, such as /readyz?verbose, and print the answer as it is.", valueName: "path"))
  var raw: String?
  @Option(help: "The template for -o jsonpath and -o custom-columns without one.") var template: String?
  @Option(help: "Whether a template's missing field counts as empty; false makes it an error.")
  var allowMissingTemplateKeys = true
  @Option(name: [.customShort("l"), .long], help: "Label selector, such as app=web,tier!=db.") var selector = ""
  @Option(help: "Field selector, such as status.phase=Running.") var fieldSelector = ""
  @Option(help: "Sort by a field, such as .metadata.creationTimestamp.") var sortBy = ""
  @Flag(name: [.short, .long], help: "After listing, go on with changes.") var watch = false
  @Flag(help: "Only changes, no list.") var watchOnly = false
  @Flag(help: "With changes, say whether an object was added, modified or deleted.") var outputWatchEvents = false
  @Flag(help: "Without the line of headers.") var noHeaders = false
  @Flag(help: "With the kind before each name, as with several kinds: pod/web-0.") var showKind = false
  @Flag(help: "With all labels as the last column.") var showLabels = false
  @Option(name: [.customShort("L"), .long], parsing: .singleValue, help: "A column for a label; may be repeated.")
  var labelColumns: [String] = []
  @Flag(help: "No error when a named object does not exist.") var ignoreNotFound = false
  @Flag(help: "Keep managedFields in json and yaml.") var showManagedFields = false
  @Option(help: "Ask for lists in pages of this size; 0 for one page.") var chunkSize = 500

  /// Whether changes are wanted.
  var isWatching: Bool { watch || watchOnly }

  /// What `-o` and `--template` say, checked against the other options.
  func format(files: any FileSystem) throws(CommandFailure) -> OutputFormat {
    if showLabels, let output, output != "wide", !output.isEmpty {
      throw .asKubectl("--show-labels option cannot be used with \(output.prefix { $0 != "=" }) printer")
    }
    if outputWatchEvents, !isWatching {
      throw .asKubectl("--output-watch-events option can only be used with --watch or --watch-only")
    }
    if chunkSize < 0 { throw .usage("--chunk-size must not be negative") }
    return try OutputFormat(
      output ?? "", template: template, allowsMissingKeys: allowMissingTemplateKeys, files: files)
  }
}
