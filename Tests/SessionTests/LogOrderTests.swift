import Testing

@testable import Session

@Suite struct LogOrderTests {
  private func line(_ source: Int, _ seconds: Int, _ text: String = "") -> LogEvent {
    let stamp = "2026-01-02T03:04:\(seconds < 10 ? "0" : "")\(seconds).5Z"
    return .line(
      LogLine(source: source, time: LogTime(stamp), timeText: stamp, text: text.isEmpty ? "\(source)@\(seconds)" : text)
    )
  }

  private func texts(_ events: [LogEvent]) -> [String] {
    events.map { event in
      switch event {
      case .line(let line): line.text
      case .gap(let source, _): "gap \(source)"
      case .ended(let source): "end \(source)"
      default: "?"
      }
    }
  }

  @Test func historiesAreMergedByTheirTimes() {
    var order = LogOrder(sources: 2, now: .zero)
    order.take([line(0, 1), line(0, 4), line(0, 5)], from: 0, now: .milliseconds(10))
    #expect(texts(order.release(now: .milliseconds(10))) == [], "the other log has not answered")
    order.take([line(1, 2), line(1, 3), line(1, 9)], from: 1, now: .milliseconds(900))
    #expect(texts(order.release(now: .milliseconds(900))) == ["0@1", "1@2", "1@3", "0@4", "0@5"])
    #expect(order.isHolding, "log 0 may still write something before 9")
    order.close(0)
    #expect(texts(order.release(now: .milliseconds(900))) == ["1@9"])
    #expect(!order.isHolding)
  }

  @Test func aQuietLogIsWaitedForAMoment() {
    var order = LogOrder(sources: 2, now: .zero)
    order.take([line(1, 1)], from: 1, now: .zero)
    order.take([line(0, 7)], from: 0, now: .seconds(10))
    #expect(texts(order.release(now: .seconds(10))) == ["1@1"])
    #expect(texts(order.release(now: .milliseconds(10_299))) == [])
    #expect(texts(order.release(now: .milliseconds(10_300))) == ["0@7"])
  }

  @Test func aLogThatIsBehindHoldsTheOthersUpForSecondsOnly() {
    var order = LogOrder(sources: 2, now: .zero)
    order.take([line(0, 50)], from: 0, now: .zero)
    for step in 1...29 {
      order.take([line(1, step)], from: 1, now: .milliseconds(step * 100))
      #expect(texts(order.release(now: .milliseconds(step * 100))) == ["1@\(step)"])
    }
    #expect(texts(order.release(now: .milliseconds(2_999))) == [])
    #expect(texts(order.release(now: .seconds(3))) == ["0@50"])
  }

  @Test func whatHappensToALogStaysBetweenItsLines() {
    var order = LogOrder(sources: 2, now: .zero)
    order.take([line(0, 5), .gap(0, reason: ""), line(0, 6)], from: 0, now: .zero)
    order.take([line(1, 5), line(1, 3, "late"), .ended(1)], from: 1, now: .zero)
    order.close(0)
    order.close(1)
    #expect(texts(order.release(now: .zero)) == ["0@5", "gap 0", "1@5", "late", "end 1", "0@6"])
  }

  @Test func noMoreIsHeldThanFits() {
    var order = LogOrder(sources: 2, now: .zero)
    order.take((0..<LogOrder.mostHeld + 5).map { _ in line(0, 9) }, from: 0, now: .zero)
    #expect(order.release(now: .zero).count == 5)
  }

  @Test func linesWithoutTimesDoNotWait() {
    var order = LogOrder(sources: 2, now: .zero)
    order.take([.line(LogLine(source: 0, time: nil, timeText: nil, text: "x"))], from: 0, now: .zero)
    #expect(texts(order.release(now: .zero)) == ["x"])
  }
}
