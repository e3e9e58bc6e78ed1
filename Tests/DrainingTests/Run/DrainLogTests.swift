import Draining
import Kube
import Testing

/// The log of a drain, and the durations in it.
@Suite struct DrainLogTests {
  private var header: DrainHeader {
    get throws {
      var options = DrainOptions()
      options.force = true
      options.timeout = .milliseconds(90_500)
      options.podSelector = try LabelQuery(parsing: "app in (a,b),!x")
      options.gracePeriod = 7
      options.skipWaitForDeleteTimeout = 3
      options.chunkSize = 9
      var order = DrainOrder(
        nodes: [DrainOrder.Target(name: "n1", uid: "u1", isCordoned: true)], options: options)
      order.batch = 4
      order.waitsReady = true
      return DrainHeader(
        id: "i", time: Timestamp(seconds: 5), context: "c", cluster: "d", server: "https://e", user: "f", order: order)
    }
  }

  @Test func recordsAreReadAsTheyWereWritten() throws {
    let pod = PodKey(namespace: "a \"b\"\n", name: "p", uid: "u")
    var owner = OwnerReference()
    owner.kind = "ReplicaSet"
    owner.apiVersion = "apps/v1"
    owner.name = "r"
    owner.uid = "o"
    owner.controller = true
    let planned = try #require(
      DrainLog(
        text: DrainRecord.began(try header).line + "\n"
          + #"{"record":"planned","node":"n1","pods":[{"pod":{"namespace":"a","name":"p","uid":"u"},"action":"evict"}]}"#
      )?.nodes["n1"]?.plan)
    let records: [DrainRecord] = [
      .began(try header), .cordoning("n1"), .cordoned("n1"), .planned("n1", planned),
      .planned("n1", [PlannedPod(pod: pod, owner: owner, action: .delete, wasReady: false, wasFinished: true)]),
      .readyBefore("n1", ["o": 2]), .removing(pod), .skipped(pod),
      .nodeEnded("n1", problem: "bad"), .nodeEnded("n1", problem: nil), .ended("failed", "why"), .uncordoned("n1", nil),
      .uncordoned("n1", Timestamp(seconds: 1_780_000_000)),
    ]
    for record in records {
      #expect(!record.line.contains("\n"))
      #expect(DrainRecord(line: record.line) == record)
    }
  }

  @Test func drainsSinceTheCordonAreOneMaintenance() throws {
    func log(_ id: String, cordoned: Bool, uid: String = "u1", opened: Bool = false) throws -> DrainLog {
      let target = DrainOrder.Target(name: "n1", uid: uid, isCordoned: cordoned)
      let began = DrainHeader(
        id: id, time: Timestamp(seconds: 1_780_000_000 + (Int64(id) ?? 0)), context: "", cluster: "", server: "",
        user: "", order: DrainOrder(nodes: [target], options: DrainOptions()))
      let records = [DrainRecord.began(began)] + (opened ? [.uncordoned("n1", nil)] : [])
      return try #require(DrainLog(text: records.map(\.line).joined(separator: "\n")))
    }
    func chain(_ logs: DrainLog...) -> [String] {
      let node = DrainOrder.Target(name: "n1", uid: "u1", isCordoned: true)
      return DrainLog.maintenance(of: node, among: logs).map(\.header.id)
    }
    #expect(try chain(log("2", cordoned: true), log("1", cordoned: false)) == ["1", "2"])
    #expect(try chain(log("1", cordoned: false), log("2", cordoned: false), log("3", cordoned: true)) == ["2", "3"])
    #expect(try chain(log("1", cordoned: false, opened: true), log("2", cordoned: true)) == ["2"])
    #expect(try chain(log("1", cordoned: false, uid: "u0")) == [])
    #expect(try chain(log("1", cordoned: false, opened: true)) == ["1"], "until the next begins it is the last")
  }

  @Test func logsOfAnySortAreUnderstood() throws {
    #expect(DrainLog(text: "") == nil)
    #expect(DrainLog(text: "nonsense\n{\"record\":\"cordoned\",\"node\":\"n1\"}") == nil)
    let begun = DrainRecord.began(try header).line
    let log = try #require(DrainLog(text: begun + "\n{\"record\":\"cordon\n\0\n" + DrainRecord.cordoned("n1").line))
    #expect(log.nodes["n1"]?.isCordonedByRun == true && log.brokenLines == 2 && log.isResumable)
    for (word, isResumable) in [("interrupted", true), ("cancelled", true), ("failed", false), ("succeeded", false)] {
      let ended = try #require(DrainLog(text: begun + "\n" + DrainRecord.ended(word, "").line))
      #expect(ended.isResumable == isResumable)
    }
    let opened = try #require(DrainLog(text: begun + "\n" + DrainRecord.uncordoned("n1", nil).line))
    #expect(!opened.isResumable)
    for cut in stride(from: 0, to: begun.utf8.count, by: 7) {
      _ = DrainLog(text: String(decoding: begun.utf8.prefix(cut), as: UTF8.self))
    }
  }

  @Test(arguments: [
    ("0", "0s"), ("5s", "5s"), ("61s", "1m1s"), ("1h", "1h0m0s"), ("1h30m", "1h30m0s"), ("1.5s", "1.5s"),
    ("1500ms", "1.5s"), ("250ms", "250ms"), ("1us", "1µs"), ("-5s", "-5s"), ("+.5m", "30s"), ("100m", "1h40m0s"),
  ])
  func durationsAreGos(text: String, written: String) throws {
    #expect(GoDuration.text(try GoDuration.parse(text)) == written)
  }

  @Test(arguments: [
    ("abc", "time: invalid duration \"abc\""), ("", "time: invalid duration \"\""),
    ("5", "time: missing unit in duration \"5\""), ("5x", "time: unknown unit \"x\" in duration \"5x\""),
    ("-", "time: invalid duration \"-\""), (".s", "time: invalid duration \".s\""),
    ("999999999999h", "time: invalid duration \"999999999999h\""),
  ])
  func wrongDurationsAreSaidInGosWords(text: String, words: String) {
    #expect(throws: GoDurationFailure(message: words)) { try GoDuration.parse(text) }
  }
}
