import ArgumentParser
import KubeClient
import PlainInterface
import Session

/// `podmedic version`: podmedic's own and the server's.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Shows the versions of podmedic and of the server.")

  @OptionGroup var connection: ConnectionFlags
  @Flag(help: "Do not ask the server.") var client = false

  func run() throws {
    Output.write("podmedic: v\(Podmedic.version)\n")
    guard !client else { return }
    let context = try CommandContext(connection)
    let version = try context.serverVersion()
    Output.write("server: \(PlainText.line(version.gitVersion)) (\(PlainText.line(version.platform)))\n")
  }
}

extension CommandContext {
  /// Asks the server for its version.
  func serverVersion() throws(CommandFailure) -> ServerVersion {
    do throws(APIFailure) {
      let json = try answer { client.send(.version, $0) }.json()
      if let version = ServerVersion(json) { return version }
    } catch {
      throw CommandFailure(error)
    }
    throw CommandFailure(
      "error: the server's answer is not that of an API server",
      hint: "\"podmedic doctor\" shows which address is used and why.")
  }
}
