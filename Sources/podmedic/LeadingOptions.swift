/// kubectl takes its global options before the command's name too (`podmedic -n web get pods`); the argument parser
/// wants them behind it.
enum LeadingOptions {
  /// Options of `ConnectionOptions` that take a value, in kubectl's spelling.
  static let valued: Set<String> = [
    "--kubeconfig", "--context", "--cluster", "--user", "-n", "--namespace", "-s", "--server", "--token", "--username",
    "--password", "--proxy-url", "--as",
    "--as-group", "--as-uid", "--as-user-extra", "--client-certificate", "--client-key", "--certificate-authority",
    "--tls-server-name", "--request-timeout", "-v", "--from", "--at", "--server-version", "--cache-dir",
    "--kuberc", "--log-flush-frequency", "--profile", "--profile-output", "--vmodule",
  ]
  private static let flags: Set<String> = [
    "-A", "--all-namespaces", "--insecure-skip-tls-verify", "--disable-compression", "--match-server-version",
    "--warnings-as-errors",
  ]

  /// The arguments with the options before the name of a subcommand moved behind it; unchanged when there are others
  /// than global ones, or no subcommand.
  static func moved(_ arguments: [String], subcommands: Set<String>) -> [String] {
    var index = 0
    while index < arguments.count, arguments[index].hasPrefix("-") {
      let argument = arguments[index]
      if flags.contains(argument) {
        index += 1
      } else if valued.contains(argument) {
        index += 2
      } else if let equals = argument.firstIndex(of: "="), isGlobal(String(argument[..<equals])) {
        index += 1
      } else {
        return arguments
      }
    }
    guard index > 0, index < arguments.count, subcommands.contains(arguments[index]) else { return arguments }
    return [arguments[index]] + arguments[..<index] + arguments[(index + 1)...]
  }

  private static func isGlobal(_ name: String) -> Bool { valued.contains(name) || flags.contains(name) }
}
