import Foundation
import TestSupport
import Testing

/// podmedic drains as the real kubectl does, on the real API server, for nodes and flags that nobody thought of.
///
/// `PODMEDIC_DRAINS` and `PODMEDIC_DIFFERENTIAL_SEED` ask for more and for others (`make differential`). A difference
/// names its seed.
@Suite(.requiresControlPlane, .serialized, .enabled(if: TestCluster.currentKubectl != nil, "no current kubectl"))
struct DrainDifferentialTests {
  private func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  @Test func kubectlDrainsTheSame() async throws {
    let (cluster, differential) = try await DrainDifferential.start()
    let started = ContinuousClock.now
    let cases = setting("PODMEDIC_DRAINS") ?? 64
    try await differential.run(seed: UInt64(setting("PODMEDIC_DIFFERENTIAL_SEED") ?? 1), cases: cases)
    print(
      "drains: \(differential.cases) compared, \(differential.refused) refused, \(differential.failed) failed, "
        + "\(differential.retries) retries, \(differential.differences.count) differences in "
        + "\(ContinuousClock.now - started)")
    #expect(differential.differences.isEmpty, "\(differential.differences.joined(separator: "\n\n"))")
    #expect(differential.refused > cases / 8, "drains that are refused too seldom show too little")
    #expect(differential.cases - differential.failed > cases / 8, "drains that fail too often show too little")
    await cluster.end()
  }
}
