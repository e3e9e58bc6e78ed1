import ArgumentParser
import Captures
import Kube
import PlainInterface

/// `podmedic record`: a cluster as files, to be looked at later with `--from`.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Writes a capture of the cluster, to be read later with --from.",
    discussion: """
      Writes a JSON List for each kind, logs of the pods that have findings, and capture.json with the time and the \
      server's version, of all namespaces unless -n names one. Values of Secrets are never written. Everything else \
      is, ConfigMaps and logs included: look at it before you hand it on.

      Exit status: 0 when everything was written, 1 when nothing was, 2 when some kinds could not be read; those are \
      named on standard error and in capture.json.
      """)

  @OptionGroup var connection: ConnectionFlags
  @Flag(
    help: ArgumentHelp(
      "Mask the values of environment variables and of arguments such as --password=…, and leave out kubectl's copy "
        + "of each object (last-applied-configuration)."))
  var redact = false
  @Option(help: "Last lines of each log; 0 for no logs.") var logs = 2000
  @Flag(help: "Logs of all pods, not only of those with findings.") var allLogs = false
  @Flag(help: "All kinds that the server can list, custom resources too.") var allKinds = false
  @Argument(help: ArgumentHelp("A new or empty folder, or a FILE.tar.gz.", valueName: "path")) var path: String

  func run() throws {
    guard connection.from.isEmpty else {
      throw CommandFailure.usage("record makes captures of clusters, not of captures")
    }
    guard logs >= 0 else { throw CommandFailure.usage("--logs must not be negative") }
    var connection = connection
    if connection.namespace == nil { connection.allNamespaces = true }
    let context = try CommandContext(connection)
    let writer = try CommandFailure.of { () throws(CaptureWriter.Failure) in try CaptureWriter(path) }
    var run = RecordRun(context: context, writer: writer, options: self)
    do throws(CommandFailure) {
      try run.run()
    } catch {
      writer.cancel()
      throw error
    }
    if !run.refusals.isEmpty { throw CommandFailure("", status: 2) }
  }
}

extension CommandFailure {
  /// What could not be written, as the failure of a command.
  static func of<Value>(_ body: () throws(CaptureWriter.Failure) -> Value) throws(CommandFailure) -> Value {
    do throws(CaptureWriter.Failure) { return try body() } catch { throw CommandFailure("error: \(error)") }
  }
}
