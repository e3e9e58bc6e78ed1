import Foundation
import TestSupport
import Testing

/// podmedic's arithmetic of disruption budgets is that of the real eviction endpoint, for budgets and pods that nobody
/// thought of.
///
/// `PODMEDIC_DIFFERENTIAL_EVICTIONS` (rounds of 28 evictions) and `PODMEDIC_DIFFERENTIAL_SEED` ask for more and for
/// others.
@Suite(.requiresControlPlane, .serialized) struct EvictionDifferentialTests {
  private func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  @Test func theEvictionEndpointSaysTheSame() async throws {
    let (cluster, differential) = try await EvictionDifferential.start()
    let started = ContinuousClock.now
    try await differential.run(
      seed: UInt64(setting("PODMEDIC_DIFFERENTIAL_SEED") ?? 1),
      rounds: setting("PODMEDIC_DIFFERENTIAL_EVICTIONS") ?? 40)
    print("evictions: \(differential.answers) in \(ContinuousClock.now - started)")
    #expect(differential.differences.isEmpty, "\(differential.differences.joined(separator: "\n\n"))")
    for code in [201, 429, 500] {
      #expect(differential.answers[code, default: 0] > 20, "too few answers \(code) show too little")
    }
    await cluster.end()
  }
}
