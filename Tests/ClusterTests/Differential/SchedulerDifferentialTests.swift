import Foundation
import TestSupport
import Testing

/// podmedic's verdicts are those of the real kube-scheduler, for clusters that nobody thought of.
///
/// `PODMEDIC_DIFFERENTIAL_PODS` and `PODMEDIC_DIFFERENTIAL_SEED` ask for more and for other clusters (`make
/// differential`).
@Suite(.requiresControlPlane, .serialized) struct SchedulerDifferentialTests {
  private func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  @Test func theSchedulerSaysTheSame() async throws {
    let (cluster, differential) = try await SchedulerDifferential.start()
    let started = ContinuousClock.now
    try await differential.run(
      seed: UInt64(setting("PODMEDIC_DIFFERENTIAL_SEED") ?? 1),
      pods: setting("PODMEDIC_DIFFERENTIAL_PODS") ?? 500)
    print(
      "differential: \(differential.refused) refused, \(differential.placed) placed, \(differential.waiting) waiting for volumes,"
        + " \(differential.retries) retries, \(differential.differences.count) differences in \(ContinuousClock.now - started)"
    )
    #expect(differential.differences.isEmpty, "\(differential.differences.joined(separator: "\n\n"))")
    #expect(differential.refused > 250, "clusters that refuse too little show too little")
    await cluster.end()
  }
}
