import Glibc

/// The time a `Loop` lives by. Values of one clock are only compared with each other.
public protocol LoopClock: AnyObject {
  /// Time since the clock's start; never goes back.
  var now: Duration { get }
  /// Time since 1970-01-01T00:00:00Z; may jump when the machine's clock is set.
  var wallTime: (seconds: Int64, nanoseconds: Int32) { get }
  /// Whether time passes while the loop sleeps. If not, timers fire only after somebody moves the clock.
  var passesByItself: Bool { get }
  /// Hears what time it is elsewhere, in seconds since 1970, where the times come from that this clock's is compared
  /// with. Answers by how many seconds this clock was behind if it follows from now on; negative when it was ahead.
  func learn(wallSeconds: Int64) -> Int64?
}

extension LoopClock {
  /// Keeps its own time.
  public func learn(wallSeconds: Int64) -> Int64? { nil }
}

/// The machine's clock; the other side's, once it has turned out to be another.
public final class SystemClock: LoopClock {
  private let start = SystemClock.monotonic()
  /// Seconds by which the machine's time of day is behind.
  private var behind: Int64 = 0
  /// Differences below this are the way of an answer, and seconds that were cut off.
  static let tolerance: Int64 = 5

  /// A clock that starts now.
  public init() {}

  /// Time since this clock was made; stands still while the machine is suspended.
  public var now: Duration { SystemClock.monotonic() - start }

  /// The machine's time of day, or that of the other side.
  public var wallTime: (seconds: Int64, nanoseconds: Int32) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return (Int64(time.tv_sec) + behind, Int32(time.tv_nsec))
  }

  /// Follows a time that is further away than answers are under way.
  public func learn(wallSeconds: Int64) -> Int64? {
    guard (0..<253_402_300_800).contains(wallSeconds) else { return nil }
    let difference = wallSeconds - wallTime.seconds
    guard abs(difference) >= Self.tolerance else { return nil }
    behind += difference
    if abs(behind) < Self.tolerance { behind = 0 }
    return difference
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
