import Glibc

/// The time a `Loop` lives by. Values of one clock are only compared with each other.
public protocol LoopClock: AnyObject {
  /// Time since the clock's start; never goes back.
  var now: Duration { get }
  /// Time since 1970-01-01T00:00:00Z; may jump when the machine's clock is set.
  var wallTime: (seconds: Int64, nanoseconds: Int32) { get }
  /// Whether time passes while the loop sleeps. If not, timers fire only after somebody moves the clock.
  var passesByItself: Bool { get }
}

/// The machine's clock.
public final class SystemClock: LoopClock {
  private let start = SystemClock.monotonic()

  /// A clock that starts now.
  public init() {}

  /// Time since this clock was made; stands still while the machine is suspended.
  public var now: Duration { SystemClock.monotonic() - start }

  /// The machine's time of day.
  public var wallTime: (seconds: Int64, nanoseconds: Int32) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return (Int64(time.tv_sec), Int32(time.tv_nsec))
  }

  /// Always true.
  public var passesByItself: Bool { true }

  static func monotonic() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}

/// A clock that stands still until a test moves it.
public final class ManualClock: LoopClock {
  /// How far the clock was moved.
  public private(set) var now = Duration.zero
  private let startSeconds: Int64

  /// A clock whose wall time starts at `wallSeconds` (2024-01-01T00:00:00Z unless given).
  public init(wallSeconds: Int64 = 1_704_067_200) {
    startSeconds = wallSeconds
  }

  /// The wall time at the start plus how far the clock was moved.
  public var wallTime: (seconds: Int64, nanoseconds: Int32) {
    let passed = now.components
    return (startSeconds + passed.seconds, Int32(passed.attoseconds / 1_000_000_000))
  }

  /// Always false.
  public var passesByItself: Bool { false }

  /// Moves both times forward; negative durations are ignored, for time never goes back. Timers that became due fire
  /// in the loop's next turn.
  public func advance(by duration: Duration) {
    now += max(duration, .zero)
  }
}
