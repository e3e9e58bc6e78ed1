import Draining
import KubeClient
import KubeConfig
import PlainInterface
import Session

extension CommandContext {
  /// Fails when the cluster may not be changed, and says how it may. What only pretends is no change: on the client it
  /// sends nothing, and a protected cluster lets the server be asked what it would do. `--read-only` lets nothing pass
  /// but reads.
  func checkMayWrite(_ dryRun: DrainOptions.DryRun = .none) throws(CommandFailure) {
    switch (session.writePolicy, dryRun) {
    case (.open, _), (_, .client): return
    case (.locked, .server): client.sendsDryRuns = true
    case (.locked(let reason), .none):
      let name = session.connection.contextName
      throw CommandFailure("error: \(reason)\(name.isEmpty ? "" : " with --unlock \(PlainText.line(name))")")
    case (.readOnly(let reason), _): throw CommandFailure("error: \(reason)")
    }
  }
}
