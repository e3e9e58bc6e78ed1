import Testing

@testable import Kube

@Suite struct QuantityTests {
  private static let unit: Int128 = 1_000_000_000

  @Test(
    arguments: [
      ("0", 0), ("1", unit), ("+1", unit), ("-1", -unit), ("1.5", unit * 3 / 2), (".5", unit / 2), ("1.", unit),
      ("100m", unit / 10), ("1u", 1000), ("1n", 1), ("0.5n", 1), ("-0.5n", -1), ("1.0000000001", unit + 1),
      ("1k", unit * 1000), ("1M", unit * 1_000_000), ("1G", unit * 1_000_000_000), ("1T", unit * 1_000_000_000_000),
      ("1P", unit * 1_000_000_000_000_000), ("1E", unit * 1_000_000_000_000_000_000),
      ("1Ki", unit * 1024), ("1Mi", unit * 1_048_576), ("1Gi", unit * 1_073_741_824), ("1Ti", unit << 40),
      ("1Pi", unit << 50), ("1Ei", unit << 60), ("1.5Gi", unit * 1_610_612_736), ("0.5Ki", unit * 512),
      ("1e3", unit * 1000), ("1E3", unit * 1000), ("1e-3", unit / 1000), ("1E+3", unit * 1000), ("1.5e3", unit * 1500),
      ("12345678901234567890", Int128(Int64.max) * unit), ("8Ei", Int128(Int64.max) * unit),
      ("-8Ei", -Int128(Int64.max) * unit), ("100E", Int128(Int64.max) * unit), ("0.1Ki", 102_400_000_000),
      ("0001", unit), ("1e40", Int128(Int64.max) * unit), ("1e-40", 1),
      ("170141183460469231731687303715884105728n", Int128(Int64.max) * unit),
      ("170141183460469231731687303715884105727.1n", Int128(Int64.max) * unit),
    ] as [(String, Int128)])
  func amounts(_ text: String, _ nanos: Int128) {
    #expect(Quantity(text).nanos == nanos)
  }

  @Test(arguments: [
    "", " 1", "1 ", "1.1.1", "1i", "1mi", "1ki", "1K", "aoeu", "1e", "1e1.5", "--1", "+-1", "1Kii", "1 Ki", "-", "+",
    "Ki", "0x10", "1,5", "NaN", "Infinity", "1e9223372036854775807", "1e-9223372036854775808",
    "1e99999999999999999999", "\u{0}", "١",
  ])
  func whatIsNoQuantity(_ text: String) {
    #expect(Quantity(text).nanos == nil)
    #expect(Quantity(text).value == nil)
  }

  @Test func numbersOfHostileLengthAreNoQuantity() {
    #expect(Quantity(String(repeating: "9", count: 100_000)).nanos == nil)
  }

  @Test(arguments: [
    ("1", 1, 1000), ("1m", 1, 1), ("1500m", 2, 1500), ("-1500m", -2, -1500), ("1u", 1, 1), ("-1n", -1, -1),
    ("0.1", 1, 100), ("100Mi", 104_857_600, 104_857_600_000), ("9E", 9_000_000_000_000_000_000, .max),
    ("-9E", -9_000_000_000_000_000_000, .min),
  ])
  func roundingIsAwayFromZero(_ text: String, _ value: Int, _ milli: Int) {
    #expect(Quantity(text).value == value)
    #expect(Quantity(text).milliValue == milli)
  }

  @Test func orderAndEqualityGoByAmount() {
    #expect(Quantity("1") == Quantity("1000m"))
    #expect(Quantity("1").hashValue == Quantity("1000m").hashValue)
    #expect(Quantity("1Ki") != Quantity("1k"))
    #expect(Quantity("x") == Quantity("x"))
    #expect(Quantity("x") != Quantity("y"))
    let ordered = ["x", "-1", "0", "1n", "1m", "1", "1k", "1Ki", "1Mi", "1G", "1Gi"].map { Quantity($0) }
    #expect(ordered.shuffled().sorted().map(\.text) == ordered.map(\.text))
  }

  @Test(
    arguments: [
      (0, "0"), (1, "1n"), (1000, "1u"), (1_500_000, "1500u"), (250_000_000, "250m"), (1_000_000_000, "1"),
      (1_500_000_000, "1500m"), (1_000_000_000_000, "1k"), (-250_000_000, "-250m"), (3_000_000_000_000_000_000, "3G"),
    ] as [(Int128, String)])
  func canonicalText(_ nanos: Int128, _ text: String) {
    #expect(Quantity(nanos: nanos).text == text)
    #expect(Quantity(text).nanos == nanos)
  }

  @Test func numbersInJSONAreAmounts() throws {
    let node = try decoded(Node.self, json: ["status": ["capacity": ["cpu": 4, "pods": "110", "x": 0.5]]])
    #expect(node.status.capacity["cpu"]?.value == 4)
    #expect(node.status.capacity["x"]?.milliValue == 500)
  }
}
