import ArgumentParser
import DemoCluster
import Glibc
import Kube
import KubeConfig

/// The dashboard, or kubectl, on a simulated cluster.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Opens the dashboard on a simulated cluster with everything broken in it.",
    discussion: scenarios)

  @Argument(help: "Scenario.") var scenario = "shop"
  @Flag(help: "Only serve the cluster and print a kubeconfig for it; ctrl-c ends it.") var serve = false
  @Option(help: "Port to serve on; a free one when not given.") var port: UInt16?
  @Option(help: "Time at which the cluster stands still; it lives in the present when not given.") var at: String?
  @OptionGroup(title: "Dashboard") var dashboard: DashboardFlags

  private static var scenarios: String {
    "Scenarios:\n" + DemoCluster.scenarios.map { "  \($0.name): \($0.description)" }.joined(separator: "\n")
  }

  func run() throws {
    var clock = DemoClock.real
    if let at {
      guard let time = Timestamp(at) else { throw CommandFailure.invalidTime(at) }
      clock = .manual(time)
    }
    let cluster: DemoCluster
    do {
      cluster = try DemoCluster.start(scenario: scenario, port: port, clock: clock)
    } catch {
      throw CommandFailure("error: \(error)")
    }
    if serve {
      Output.write(cluster.kubeconfig())
      while true { pause() }
    }
    var overrides = ConnectionOverrides()
    overrides.allNamespaces = true
    try withExtendedLifetime(cluster) {
      try DashboardProgram(dashboard).run(overrides, kubeconfig: cluster.kubeconfig())
    }
  }
}
