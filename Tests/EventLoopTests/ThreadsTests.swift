import CPosix
import Glibc
import Synchronization
import Testing

@testable import EventLoop

@Suite struct ThreadsTests {
  @Test func performWorksElsewhereAndAnswersHere() throws {
    let loop = try Loop()
    let here = UInt(pthread_self())
    var answers: [Int] = []
    for number in 0..<200 {
      loop.perform({ (number, UInt(pthread_self())) }) { answer in
        #expect(answer.1 != here)
        #expect(UInt(pthread_self()) == here)
        answers.append(answer.0)
      }
    }
    #expect(answers.isEmpty)
    #expect(loop.runUntilIdle(limit: .seconds(30)))
    #expect(answers.sorted() == Array(0..<200))
  }

  @Test func twoJobsRunAtTheSameTime() throws {
    let loop = try Loop()
    let (first, second) = (Pipe(), Pipe())
    // Each waits for the other's byte: with one thread this would never end.
    let (firstReading, firstWriting) = (first.reading, first.writing)
    let (secondReading, secondWriting) = (second.reading, second.writing)
    var done = 0
    let exchange: @Sendable (Int32, Int32) -> Bool = { writing, reading in
      var byte: UInt8 = 1
      return write(writing, &byte, 1) == 1 && read(reading, &byte, 1) == 1
    }
    loop.perform({ exchange(firstWriting, secondReading) }, then: { done += $0 ? 1 : 0 })
    loop.perform({ exchange(secondWriting, firstReading) }, then: { done += $0 ? 1 : 0 })
    #expect(loop.run(until: { done == 2 }, limit: .seconds(30)))
  }

  @Test func anOptionalResultArrivesEvenWhenItIsNil() throws {
    let loop = try Loop()
    var arrived: [Int?] = []
    loop.perform({ nil as Int? }, then: { arrived.append($0) })
    #expect(loop.runUntilIdle(limit: .seconds(30)))
    #expect(arrived == [nil])
  }

  @Test func theMailboxWakesASleepingLoopAndKeepsTheOrder() throws {
    let loop = try Loop()
    let received = Shared<[Int]>([])
    let mailbox = loop.mailbox
    let started = startThread {
      for number in 0..<1000 {
        mailbox.send { received.value.withLock { $0.append(number) } }
      }
    }
    #expect(started)
    #expect(loop.run(until: { received.value.withLock { $0.count } == 1000 }, limit: .seconds(30)))
    #expect(received.value.withLock { $0 } == Array(0..<1000))
  }

  @Test func signalsArriveAsEventsAndWorkersDoNotTakeThem() throws {
    let loop = try Loop()
    var received: [Int32] = []
    try loop.onSignals([SIGUSR1, SIGUSR2]) { received.append($0) }
    // To this thread, not the process: the test runner's own threads do not block them.
    pthread_kill(pthread_self(), SIGUSR1)
    pthread_kill(pthread_self(), SIGUSR2)
    pthread_kill(pthread_self(), SIGUSR2)
    #expect(loop.run(until: { received.count >= 2 }, limit: .seconds(10)))
    #expect(received.sorted() == [SIGUSR1, SIGUSR2])
    var blocked: [Int32]?
    let numbers = [SIGUSR1, SIGTERM, SIGINT, SIGSEGV, SIGABRT]
    loop.perform({
      var mask = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &mask)
      return numbers.filter { sigismember(&mask, $0) == 1 }
    }) { blocked = $0 }
    #expect(loop.run(until: { blocked != nil }, limit: .seconds(10)))
    #expect(blocked == [SIGUSR1, SIGTERM, SIGINT])
  }

  @Test func anImpossibleSignalIsAnError() throws {
    let loop = try Loop()
    #expect(throws: LoopFailure(operation: "signalfd", code: EINVAL)) { try loop.onSignals([4000]) { _ in } }
  }
}

/// A lock that closures sent to other threads can share.
final class Shared<Value: Sendable>: Sendable {
  let value: Mutex<Value>
  init(_ value: Value) { self.value = Mutex(value) }
}
