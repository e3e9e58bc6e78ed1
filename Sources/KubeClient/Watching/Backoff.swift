/// Waiting times between failing tries: client-go's reflector numbers (0.8 s doubled up to 30 s, up to twice as long by
/// chance so that many clients do not come back at once, forgotten after two minutes without failure).
public struct Backoff: Sendable {
  private var next = Backoff.first
  private var lastFailure: Duration?
  private static let first = Duration.milliseconds(800)
  private static let largest = Duration.seconds(30)
  private static let forgottenAfter = Duration.seconds(120)

  /// No failure yet.
  public init() {}

  /// How long to wait after a failure at `now`; `chance` is a random number in 0..<1.
  public mutating func delay(at now: Duration, chance: Double) -> Duration {
    if let lastFailure, now - lastFailure > Self.forgottenAfter { next = Self.first }
    lastFailure = now
    let delay = next
    next = min(next * 2, Self.largest)
    return min(delay + delay * chance, Self.largest)
  }
}
