import ClusterState
import Kube

/// Keeps one kind in step with the server: list, then watch from the list's version, and again whenever the server
/// says that the version is gone. A value without IO: what happens comes in, what is to be done goes out.
///
/// Source of the rules: client-go `tools/cache/reflector.go`.
public struct ListWatch: Sendable {
  /// What has happened.
  public enum Input: Sendable {
    /// Begin, or try again at once because a person asked.
    case start
    /// A page of a list is complete.
    case page(ListMetadata, received: Int)
    /// A list, or one of its pages, failed.
    case listFailed(APIFailure)
    /// The server has accepted the watch.
    case watchOpened
    /// The watch told of a version.
    case version(String)
    /// The server ended the watch in good order, as it does every few minutes.
    case watchEnded
    /// The watch failed.
    case watchFailed(APIFailure)
    /// The server says nothing any more, so that the list or watch under way was given up.
    case connectionLost(APIFailure)
    /// The time of an earlier `wait` has passed.
    case waited
  }

  /// What is to be done.
  public enum Effect: Sendable, Equatable {
    /// Start listing anew: what the coming pages do not have is gone.
    case beginListing
    /// Ask for a page. `resourceVersion` is nil for a consistent read; `continueToken` is "" for the first page.
    case list(resourceVersion: String?, continueToken: String)
    /// All pages are there.
    case endListing
    /// Watch from this version.
    case watch(resourceVersion: String)
    /// Come back with `waited` after this time.
    case wait(Duration)
    /// The store is current again.
    case becameLive
    /// The store is no longer current, for this reason.
    case lost(APIFailure.Summary)
  }

  private enum Phase: Sendable {
    case idle, listing, opening, watching, waitingToList, waitingToWatch
  }

  private var phase = Phase.idle
  /// Version of the store; nil until a list was complete.
  private var version: String?
  /// Set when the server refused the version: the next list must be a consistent read.
  private var needsConsistentRead = false
  /// Whether the last watch, too, ended at once because its version was too old.
  private var hasListedAgain = false
  private var backoff = Backoff()
  private var watchOpenedAt: Duration?

  /// How often a refused kind is asked for again: rights change rarely, and a storm of refusals helps nobody.
  static let refusedInterval = Duration.seconds(300)
  /// A watch that ends sooner counts as a failure, so that a server that ends every watch at once is not hammered.
  static let shortestGoodWatch = Duration.seconds(1)

  /// Whatever a server asks for in `Retry-After`, it is asked again after so long.
  static let longestPause = Duration.seconds(300)

  /// Nothing asked for yet.
  public init() {}

  /// Takes what has happened at `now` (monotonic) and says what is to be done; `chance` is a random number in 0..<1.
  public mutating func handle(_ input: Input, now: Duration, chance: Double) -> [Effect] {
    switch (phase, input) {
    case (.idle, .start), (.waitingToList, .start), (.waitingToList, .waited):
      return list()
    case (.waitingToWatch, .start), (.waitingToWatch, .waited):
      return watch()
    case (.listing, .page(let metadata, _)):
      if !metadata.continueToken.isEmpty {
        return [.list(resourceVersion: nil, continueToken: metadata.continueToken)]
      }
      version = metadata.resourceVersion
      needsConsistentRead = false
      return [.endListing] + watch()
    case (.listing, .listFailed(let failure)), (.listing, .connectionLost(let failure)):
      return listFailed(failure, now: now, chance: chance)
    case (.opening, .watchOpened):
      phase = .watching
      watchOpenedAt = now
      return [.becameLive]
    case (.watching, .version(let new)):
      version = new
      return []
    case (.watching, .watchEnded), (.opening, .watchEnded):
      guard let watchOpenedAt, now - watchOpenedAt >= Self.shortestGoodWatch else {
        phase = .waitingToWatch
        return [.wait(backoff.delay(at: now, chance: chance))]
      }
      return watch()
    case (.watching, .watchFailed(let failure)), (.opening, .watchFailed(let failure)),
      (.watching, .connectionLost(let failure)), (.opening, .connectionLost(let failure)):
      return watchFailed(failure, now: now, chance: chance)
    default:
      return []  // a late answer to something that is no longer of interest
    }
  }

  private mutating func list() -> [Effect] {
    phase = .listing
    // "0" lets the server answer from its cache, which is many times cheaper; never older than what is already known.
    let resourceVersion = needsConsistentRead ? nil : version ?? "0"
    return [.beginListing, .list(resourceVersion: resourceVersion, continueToken: "")]
  }

  private mutating func watch() -> [Effect] {
    phase = .opening
    watchOpenedAt = nil
    return [.watch(resourceVersion: version ?? "0")]
  }

  private static func pause(_ failure: APIFailure) -> Duration? {
    failure.retryAfter.map { min($0, longestPause) }
  }

  private mutating func listFailed(_ failure: APIFailure, now: Duration, chance: Double) -> [Effect] {
    phase = .waitingToList
    let lost = Effect.lost(APIFailure.Summary(failure))
    if failure.isExpired || failure.isTooLargeVersion {
      if !needsConsistentRead {
        needsConsistentRead = true
        return list()
      }
      return [lost, .wait(backoff.delay(at: now, chance: chance))]
    }
    if failure.isForbidden || failure.isNotFound { return [lost, .wait(Self.refusedInterval)] }
    return [lost, .wait(Self.pause(failure) ?? backoff.delay(at: now, chance: chance))]
  }

  private mutating func watchFailed(_ failure: APIFailure, now: Duration, chance: Double) -> [Effect] {
    let lost = Effect.lost(APIFailure.Summary(failure))
    if failure.isExpired {
      needsConsistentRead = true
      let isQuick = watchOpenedAt.map { now - $0 < Self.shortestGoodWatch } ?? true
      // A server that has just come back forgets old versions and is asked at once, however long it was waited for; one
      // that forgets what it has just told is not hammered.
      defer { hasListedAgain = isQuick }
      guard isQuick, hasListedAgain else { return [lost] + list() }
      phase = .waitingToList
      return [lost, .wait(backoff.delay(at: now, chance: chance))]
    }
    if failure.isForbidden || failure.isNotFound {
      phase = .waitingToList
      return [lost, .wait(Self.refusedInterval)]
    }
    phase = .waitingToWatch
    return [lost, .wait(Self.pause(failure) ?? backoff.delay(at: now, chance: chance))]
  }
}

extension APIFailure {
  /// What a store needs to know of a failure.
  public enum Summary: Sendable, Equatable {
    /// The server refuses the kind to this user, in its own words.
    case forbidden(String)
    /// The server does not serve the kind.
    case notServed
    /// A capture in the place of a server cannot tell, for this reason.
    case notCaptured(String)
    /// Anything else, as a sentence.
    case failed(String)

    /// The summary of a failure.
    public init(_ failure: APIFailure) {
      switch failure {
      case .status(let status, _) where failure.isNotCaptured: self = .notCaptured(status.message)
      case .status(let status, _) where status.code == 403: self = .forbidden(status.message)
      case .status(let status, _) where status.code == 404 || status.code == 405: self = .notServed
      default: self = .failed(failure.sentence)
      }
    }
  }

  /// The server's cache has not reached the version yet (`Too large resource version`), as after a restart of etcd from
  /// an older backup.
  var isTooLargeVersion: Bool {
    guard case .status(let status, _) = self else { return false }
    return status.code == 504 && status.details?.causes.contains { $0.reason == "ResourceVersionTooLarge" } == true
  }
}
