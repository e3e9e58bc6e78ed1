import ArgumentParser

/// The dashboard: what podmedic does when no command is named.
struct DashboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard", abstract: "Opens the dashboard (this is what happens without a command).")

  @OptionGroup(title: "Connection") var connection: ConnectionFlags
  @OptionGroup(title: "Dashboard") var dashboard: DashboardFlags

  func run() throws {
    if let captured = try CapturedCluster(connection) { return try DashboardProgram(dashboard).run(captured) }
    try DashboardProgram(dashboard).run(try connection.overrides())
  }
}
