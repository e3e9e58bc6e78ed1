import ArgumentParser
import DataFiles
import Session

/// Whether podmedic may change the cluster.
struct WritingFlags: ParsableArguments {
  @Flag(name: [.customLong("read-only"), .customLong("readonly")], help: "Never change anything in the cluster.")
  var readOnly = false
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Context that the configuration protects and that may be changed all the same; may be repeated.",
      valueName: "context"))
  var unlock: [String] = []

  /// What holds for a context.
  func policy(context: String, environment: [String: String]) -> WritePolicy {
    let configuration = Configuration(environment: environment, fileSystem: DiskFileSystem())
    return WritePolicy(
      context: context, readOnly: readOnly, configuration: configuration, unlocked: Set(unlock))
  }
}
