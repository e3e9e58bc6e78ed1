import Foundation
import TestSupport
import Testing

/// After a drain on the real scheduler each replacement is on a node where it was said to fit, or Pending in the words
/// that were predicted.
///
/// `PODMEDIC_DIFFERENTIAL_DRAINS` and `PODMEDIC_DIFFERENTIAL_SEED` ask for more and for others.
@Suite(.requiresControlPlane, .serialized) struct PlacementAfterDrainTests {
  private func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  @Test func replacementsGoWhereThePlanSaysTheyFit() async throws {
    let (cluster, drains) = try await PlacementAfterDrain.start()
    let started = ContinuousClock.now
    try await drains.run(
      seed: UInt64(setting("PODMEDIC_DIFFERENTIAL_SEED") ?? 1), rounds: setting("PODMEDIC_DIFFERENTIAL_DRAINS") ?? 12)
    print(
      "drains: \(drains.placed) placed, \(drains.pending) pending, \(drains.hasty.count) hasty in "
        + "\(ContinuousClock.now - started)")
    #expect(drains.differences.isEmpty, "\(drains.differences.joined(separator: "\n\n"))")
    #expect(drains.placed > 10 && drains.pending > 3, "too few of one kind show too little")
    #expect(drains.hasty.count < 3, "that is no accident: \(drains.hasty)")
    await cluster.end()
  }

  @Test func aWholeDrainEndsAsItsPlanSays() async throws {
    let (cluster, drains) = try await PlacementAfterDrain.start()
    let started = ContinuousClock.now
    try await drains.runWhole(
      seed: UInt64(setting("PODMEDIC_DIFFERENTIAL_SEED") ?? 1), rounds: setting("PODMEDIC_DIFFERENTIAL_DRAINS") ?? 6)
    print("whole drains: \(drains.placed) placed, \(drains.pending) pending in \(ContinuousClock.now - started)")
    #expect(drains.differences.isEmpty, "\(drains.differences.joined(separator: "\n\n"))")
    #expect(drains.placed > 8 && drains.pending > 4, "too few of one kind show too little")
    await cluster.end()
  }
}
