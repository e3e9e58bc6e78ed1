import Kube

/// A cluster to start with.
struct Scenario: Sendable {
  var name: String
  var description: String
  /// Makes the cluster as it is at a time, from a seed.
  var build: @Sendable (_ now: Timestamp, _ seed: UInt64) -> Simulation

  /// All scenarios, the default first.
  static let all: [Scenario] = [
    Scenario(
      name: "shop",
      description: "a web shop on five nodes where a dozen things are broken: the training ground",
      build: ShopScenario.build),
    Scenario(
      name: "calm", description: "a small healthy cluster: three nodes, nothing to find", build: CalmScenario.build),
  ]
}
