import CPosix
import Glibc
import Testing

@testable import EventLoop

/// Two connected descriptors that are closed at the end of the test.
final class Pipe {
  private(set) var reading: Int32 = -1
  private(set) var writing: Int32 = -1

  init() {
    #expect(pm_pipe(&reading, &writing) == 0)
  }

  deinit {
    close(reading)
    closeWriting()
  }

  func put(_ text: String) {
    #expect(write(writing, text, text.utf8.count) == text.utf8.count)
  }

  func take() -> String {
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = read(reading, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }
}

@Suite struct LoopTests {
  @Test func theMachinesClockFollowsOneThatIsFarAway() throws {
    let clock = SystemClock()
    let own = clock.wallTime.seconds
    #expect(clock.learn(wallSeconds: own + 2) == nil, "that is the way of the answer")
    let behind = try #require(clock.learn(wallSeconds: own + 300))
    #expect((298...300).contains(behind))
    #expect(clock.wallTime.seconds >= own + 300)
    #expect(clock.learn(wallSeconds: clock.wallTime.seconds) == nil)
    for nonsense in [Int64.min, -1, .max] { #expect(clock.learn(wallSeconds: nonsense) == nil) }
    // The machine's clock was right after all.
    #expect(clock.learn(wallSeconds: SystemClock().wallTime.seconds) != nil)
    #expect(abs(clock.wallTime.seconds - SystemClock().wallTime.seconds) <= 1)
  }

  @Test func timersFireInOrderOfTheirDueTimesAndOnlyWhenTheClockSaysSo() throws {
    let clock = ManualClock()
    let loop = try Loop(clock: clock)
    var fired: [String] = []
    loop.schedule(after: .seconds(2)) { fired.append("two") }
    loop.schedule(after: .seconds(1)) { fired.append("one") }
    loop.schedule(after: .seconds(1)) { fired.append("one again") }
    let cancelled = loop.schedule(after: .seconds(1)) { fired.append("cancelled") }
    loop.schedule(after: .milliseconds(-5)) { fired.append("now") }
    loop.cancel(cancelled)
    #expect(loop.runUntilIdle(limit: .seconds(5)))
    #expect(fired == ["now"])
    clock.advance(by: .milliseconds(999))
    #expect(!loop.turn(upTo: .zero))
    clock.advance(by: .milliseconds(1))
    #expect(loop.turn(upTo: nil))
    #expect(fired == ["now", "one", "one again"])
    clock.advance(by: .seconds(100))
    loop.turn(upTo: .zero)
    #expect(fired == ["now", "one", "one again", "two"])
    loop.cancel(cancelled)
  }

  @Test func aTimerThatSchedulesItselfAtOnceDoesNotHoldTheTurn() throws {
    let loop = try Loop(clock: ManualClock())
    var count = 0
    func again() {
      count += 1
      loop.schedule(after: .zero, again)
      loop.post { count += 1 }
    }
    again()
    loop.turn(upTo: nil)
    #expect(count == 3)
    loop.turn(upTo: nil)
    #expect(count == 5)
    #expect(!loop.runUntilIdle(limit: .milliseconds(1)))
  }

  @Test func manyCancelledTimersLeaveTheOthersInOrder() throws {
    let clock = ManualClock()
    let loop = try Loop(clock: clock)
    var fired: [Int] = []
    var state: UInt64 = 7
    var kept: [(due: Int, number: Int)] = []
    for number in 0..<2000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      let due = Int(state >> 40) % 50
      let timer = loop.schedule(after: .seconds(due)) { fired.append(number) }
      if state >> 33 & 7 == 0 { kept.append((due, number)) } else { loop.cancel(timer) }
    }
    clock.advance(by: .seconds(50))
    loop.turn(upTo: .zero)
    #expect(fired == kept.sorted { ($0.due, $0.number) < ($1.due, $1.number) }.map(\.number))
  }

  @Test func theSystemClockWakesASleepingTurn() throws {
    let loop = try Loop()
    let start = loop.clock.now
    var fired = false
    loop.schedule(after: .milliseconds(20)) { fired = true }
    #expect(loop.run(until: { fired }, limit: .seconds(10)))
    #expect(loop.clock.now - start >= .milliseconds(20))
  }

  @Test func aTurnWithNothingToDoSleeps() throws {
    let loop = try Loop()
    loop.schedule(after: .seconds(1000)) {}
    let start = loop.clock.now
    #expect(!loop.turn(upTo: .milliseconds(30)))
    #expect(loop.clock.now - start >= .milliseconds(30))
  }

  @Test func aReadyDescriptorCallsItsHandlerUntilItIsUnwatched() throws {
    let loop = try Loop()
    let pipe = Pipe()
    var read = ""
    loop.watch(pipe.reading, .readable) { ready in
      #expect(ready == .readable)
      read += pipe.take()
    }
    #expect(!loop.turn(upTo: .zero))
    pipe.put("a")
    #expect(loop.turn(upTo: nil))
    pipe.put("b")
    #expect(loop.turn(upTo: nil))
    loop.unwatch(pipe.reading)
    pipe.put("c")
    #expect(!loop.turn(upTo: .zero))
    #expect(read == "ab")
  }

  @Test func aHangUpCountsAsReady() throws {
    let loop = try Loop()
    let pipe = Pipe()
    var ready: Loop.Interest?
    loop.watch(pipe.reading, .readable) { ready = $0 }
    pipe.closeWriting()
    loop.turn(upTo: nil)
    #expect(ready == .readable)
    ready = nil
    loop.watch(pipe.reading, []) { ready = $0 }
    #expect(!loop.turn(upTo: .zero))
    #expect(ready == nil)
  }

  @Test func handlersMayUnwatchAndReplaceEachOtherWithinATurn() throws {
    let loop = try Loop()
    let pipes = [Pipe(), Pipe()]
    var calls: [String] = []
    for pipe in pipes {
      pipe.put("x")
      loop.watch(pipe.reading, .readable) { _ in
        calls.append("old")
        for other in pipes {
          loop.unwatch(other.reading)
          loop.watch(other.reading, .readable) { _ in
            calls.append("new")
            loop.unwatch(other.reading)
          }
        }
      }
    }
    loop.turn(upTo: nil)
    #expect(calls == ["old"])
    loop.turn(upTo: nil)
    #expect(calls == ["old", "new", "new"])
    #expect(!loop.turn(upTo: .zero))
  }

  @Test func postsRunInOrderAndThoseOfPostsInTheNextTurn() throws {
    let loop = try Loop()
    var order: [Int] = []
    loop.post {
      order.append(1)
      loop.post { order.append(3) }
    }
    loop.post { order.append(2) }
    #expect(order == [])
    loop.turn(upTo: nil)
    #expect(order == [1, 2])
    loop.turn(upTo: nil)
    #expect(order == [1, 2, 3])
  }

  @Test func runEndsWithStop() throws {
    let loop = try Loop()
    var count = 0
    loop.post {
      count += 1
      loop.stop()
      loop.post { count += 1 }
    }
    loop.run()
    #expect(count == 1)
    loop.stop()
    loop.run()
    #expect(count == 1)
  }

  @Test func aLoopIsReleasedWithItsThreads() throws {
    weak var released: Loop?
    do {
      let loop = try Loop()
      released = loop
      var result = 0
      loop.perform({ 1 }, then: { result = $0 })
      #expect(loop.runUntilIdle(limit: .seconds(10)))
      #expect(result == 1)
    }
    #expect(released == nil)
  }
}
