import ArgumentParser

/// Options that every command of kubectl takes and that mean nothing to podmedic. Those that have no effect on what a
/// command does are taken; of the others it is said why they are not.
struct KubectlOnlyFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Without effect: lines of the log are written at once.", visibility: .hidden))
  var logFlushFrequency: String?
  @Option(help: ArgumentHelp("Without effect: podmedic's log has no parts by file.", visibility: .hidden))
  var vmodule: String?
  @Option(help: ArgumentHelp("Only none: podmedic writes no profiles.", visibility: .hidden))
  var profile: String?
  @Option(help: ArgumentHelp("Without effect: podmedic writes no profiles.", visibility: .hidden))
  var profileOutput: String?
  @Option(help: ArgumentHelp("Refused: podmedic reads no preferences of kubectl.", visibility: .hidden))
  var kuberc: String?
  @Flag(help: ArgumentHelp("Refused: podmedic's version is none of Kubernetes.", visibility: .hidden))
  var matchServerVersion = false
  @Flag(help: ArgumentHelp("Refused: podmedic says what a server warns of and goes on.", visibility: .hidden))
  var warningsAsErrors = false

  /// Refuses what would change what a command does.
  func check() throws(CommandFailure) {
    if let kuberc, !kuberc.isEmpty {
      throw .usage("--kuberc is not supported: podmedic reads no preferences of kubectl; write them as flags")
    }
    if let profile, profile != "none" {
      throw .usage("--profile is not supported: podmedic writes no profiles")
    }
    if matchServerVersion {
      throw .usage("--match-server-version is not supported: podmedic's version is none of Kubernetes")
    }
    if warningsAsErrors {
      throw .usage("--warnings-as-errors is not supported: podmedic says what a server warns of and goes on")
    }
  }
}
