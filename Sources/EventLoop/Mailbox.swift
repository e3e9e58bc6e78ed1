import CPosix
import Glibc
import Synchronization

/// How other threads reach a loop.
public final class Mailbox: Sendable {
  enum Letter {
    case run(@Sendable () -> Void)
    case finished(job: UInt64)
  }

  let descriptor: Int32
  private let letters = Mutex<[Letter]>([])

  init() throws(LoopFailure) {
    descriptor = try LoopFailure.check("eventfd", pm_wake_descriptor())
  }

  deinit {
    close(descriptor)
  }

  /// Has the loop's thread run `body` in its next turn, after what was sent before. From any thread; wakes the loop.
  /// Bodies sent to a loop that never turns again are dropped with it.
  public func send(_ body: @escaping @Sendable () -> Void) {
    put(.run(body))
  }

  func put(_ letter: Letter) {
    letters.withLock { $0.append(letter) }
    // It fails only when the counter is full, and then the loop is awake already.
    _ = pm_counter_add(descriptor, 1)
  }

  /// On the loop's thread.
  func takeAll() -> [Letter] {
    // Forget the wake-ups first: one that comes between the two costs an empty turn, the other order would lose it.
    _ = pm_counter_take(descriptor)
    return letters.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }

  var isEmpty: Bool { letters.withLock { $0.isEmpty } }
}
