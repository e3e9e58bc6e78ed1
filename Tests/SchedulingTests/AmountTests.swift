import Kube
import Scheduling
import Testing

/// Amounts as people read them, which never contradict the verdict beside them.
@Suite struct AmountTests {
  struct Row: Sendable {
    var amount: Int64
    var free: String
    var needed: String
    var exact: String
  }

  @Test(arguments: [
    Row(amount: 0, free: "0", needed: "0", exact: "0"), Row(amount: 1 << 30, free: "1Gi", needed: "1Gi", exact: "1Gi"),
    Row(amount: 2_500_000_000, free: "2500M", needed: "2500M", exact: "2500M"),
    Row(amount: 2_499_000_000, free: "2499M", needed: "2499M", exact: "2499M"),
    Row(amount: 2_499_999_999, free: "2.3Gi", needed: "2.4Gi", exact: "2499999999"),
    Row(amount: 3 << 29, free: "1.5Gi", needed: "1.5Gi", exact: "1536Mi"),
    Row(amount: (2 << 30) - 1, free: "1.9Gi", needed: "2Gi", exact: "2147483647"),
    Row(amount: (16 << 30) + 1, free: "16Gi", needed: "17Gi", exact: "17179869185"),
    Row(amount: 16_393_244 << 10, free: "15Gi", needed: "16Gi", exact: "16393244Ki"),
    Row(amount: 100_000, free: "100k", needed: "100k", exact: "100k"),
    Row(amount: 7, free: "7", needed: "7", exact: "7"),
    Row(amount: -1 << 29, free: "-512Mi", needed: "-512Mi", exact: "-512Mi"),
    Row(amount: .max, free: "8388607Ti", needed: "8388608Ti", exact: "9223372036854775807"),
  ]) func bytes(_ row: Row) {
    #expect(Amount.text(row.amount, of: "memory") == row.free)
    #expect(Amount.neededText(row.amount, of: "memory") == row.needed)
    #expect(Amount.exactText(row.amount, of: "memory") == row.exact)
  }

  /// What does not fit never looks as if it did, and what is proposed is enough.
  @Test(arguments: [
    ("2499M", "2500M", "requested 2500M, free 2499M, used 0 of 2499M: the node is too small"),
    ("2469606195", "2500000001", "requested 2.4Gi, free 2.2Gi, used 0 of 2.2Gi: the node is too small"),
    ("1073741824", "1073741825", "requested 1.1Gi, free 1Gi, used 0 of 1Gi: the node is too small"),
  ]) func neverAlike(offered: String, wanted: String, says: String) {
    let small = node("a") { $0.status.allocatable["memory"] = Quantity(offered) }
    let wanting = requesting(["memory": "\(wanted)"])
    let report = cluster([small]).explain(wanting)
    #expect(report.nodes[0].reasons.first?.evidence.description == says)
    let requested = says.dropFirst("requested ".count).prefix { $0 != "," }
    #expect(report.requestText == "memory \(requested)")
    let texts = cluster([small]).suggestions(for: wanting).map(\.text)
    #expect(texts.contains("add a node with at least memory \(requested)"))
    #expect(!texts.contains { $0.hasPrefix("lower the request of memory from \(requested) to \(requested)") })
  }
}
