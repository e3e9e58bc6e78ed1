import Foundation
import Testing

/// Runs the scenario bank: every fault is found first and alone, with its facts; no healed twin and no decoy says
/// anything.
@Suite struct AccuracyTests {
  @Test func theBankHasFaults() {
    #expect(Bank.names.count >= 60)
  }

  @Test(arguments: Bank.names)
  func aFaultByItself(name: String) throws {
    let surroundings = Surroundings("alone", try Bank.objects("cluster.yaml"))
    let scenario = try Bank.scenario(name)
    #expect(!scenario.expectations.isEmpty && !scenario.fault.isEmpty && !scenario.healed.isEmpty)
    #expect(Measurement(surroundings, [scenario]).failures == [])
  }

  /// The table that `make accuracy` prints goes to the file that `PODMEDIC_ACCURACY` names.
  @Test func theWholeBank() throws {
    let bank = try Bank.read()
    let measurements = [
      Measurement(Surroundings("alone", bank.cluster), bank.scenarios),
      Measurement(Surroundings("with decoys", bank.cluster + bank.decoys), bank.scenarios),
      Measurement(
        Surroundings("in 5,000 pods", bank.cluster + bank.decoys + healthyPods(5000)), bank.scenarios),
    ]
    let failures = measurements.flatMap(\.failures)
    if let path = ProcessInfo.processInfo.environment["PODMEDIC_ACCURACY"], !path.isEmpty {
      let list = failures.map { "\n" + $0 }.joined()
      try "\(bank.scenarios.count) faults\n\(Measurement.table(measurements))\n\(list)"
        .write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(failures == [])
  }
}
