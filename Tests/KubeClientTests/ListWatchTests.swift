import HTTPTransport
import Kube
import Testing

@testable import KubeClient

@Suite struct ListWatchTests {
  static func status(_ code: Int, _ reason: String = "", retryAfter: Duration? = nil) -> APIFailure {
    .status(Status(code: code, reason: reason, message: "no"), retryAfter: retryAfter)
  }

  static func page(_ version: String, next: String = "") -> ListWatch.Input {
    var metadata = ListMetadata()
    metadata.resourceVersion = version
    metadata.continueToken = next
    return .page(metadata, received: 1)
  }

  /// Runs inputs with times in seconds; returns the effects of the last.
  static func effects(_ inputs: [(Int, ListWatch.Input)]) -> [ListWatch.Effect] {
    var machine = ListWatch()
    var last: [ListWatch.Effect] = []
    for (second, input) in inputs { last = machine.handle(input, now: .seconds(second), chance: 0) }
    return last
  }

  static let watching: [(Int, ListWatch.Input)] = [(0, .start), (0, page("7")), (0, .watchOpened)]
  static let firstWait = ListWatch.Effect.wait(.milliseconds(800))

  @Test func startsWithTheServersCache() {
    #expect(Self.effects([(0, .start)]) == [.beginListing, .list(resourceVersion: "0", continueToken: "")])
  }

  @Test func readsAllPagesThenWatchesFromTheListsVersion() {
    let more = Self.effects([(0, .start), (0, Self.page("7", next: "t"))])
    #expect(more == [.list(resourceVersion: nil, continueToken: "t")])
    let end = Self.effects([(0, .start), (0, Self.page("7", next: "t")), (0, Self.page("7"))])
    #expect(end == [.endListing, .watch(resourceVersion: "7")])
    #expect(Self.effects(Self.watching) == [.becameLive])
  }

  @Test func goesOnFromTheLatestVersionWhenAWatchEnds() {
    let end = Self.effects(Self.watching + [(9, .version("9")), (300, .watchEnded)])
    #expect(end == [.watch(resourceVersion: "9")])
  }

  @Test func doesNotHammerAServerThatEndsEveryWatchAtOnce() {
    #expect(Self.effects(Self.watching + [(0, .watchEnded)]) == [Self.firstWait])
    #expect(Self.effects(Self.watching + [(0, .watchEnded), (1, .waited)]) == [.watch(resourceVersion: "7")])
  }

  @Test func listsAnewWithAConsistentReadWhenTheVersionIsGone() {
    let anew: [ListWatch.Effect] = [
      .lost(.failed("Error from server (Expired): no")), .beginListing, .list(resourceVersion: nil, continueToken: ""),
    ]
    let expired = ListWatch.Input.watchFailed(Self.status(410, "Expired"))
    #expect(Self.effects(Self.watching + [(60, expired)]) == anew)
    // As after a restart: the data are not called live until they have been read again, however long the outage was.
    let refused = ListWatch.Input.watchFailed(Self.status(503))
    let outage: [(Int, ListWatch.Input)] =
      Self.watching + [
        (60, refused), (61, .waited), (61, refused), (63, .waited), (63, refused), (70, .waited), (70, .watchOpened),
      ]
    #expect(Self.effects(outage + [(70, expired)]) == anew)
    // One that forgets what it has just told is not hammered.
    let again = Self.effects(
      Self.watching + [(0, expired), (0, Self.page("8")), (0, .watchOpened), (0, expired)])
    #expect(again == [anew[0], Self.firstWait])
  }

  @Test func startsTheListOverWhenItsPagesExpire() {
    let inputs: [(Int, ListWatch.Input)] = [
      (0, .start), (0, Self.page("7", next: "t")), (1, .listFailed(Self.status(410, "Expired"))),
    ]
    #expect(Self.effects(inputs) == [.beginListing, .list(resourceVersion: nil, continueToken: "")])
    let again = Self.effects(inputs + [(2, .listFailed(Self.status(410, "Expired")))])
    #expect(again == [.lost(.failed("Error from server (Expired): no")), Self.firstWait])
  }

  @Test(arguments: [403, 404, 405])
  func leavesARefusedKindAlone(code: Int) {
    let list = Self.effects([(0, .start), (0, .listFailed(Self.status(code)))])
    #expect(list.last == .wait(.seconds(300)))
    #expect(list.first == .lost(code == 403 ? .forbidden("no") : .notServed))
    let watch = Self.effects(Self.watching + [(60, .watchFailed(Self.status(code)))])
    #expect(watch.last == .wait(.seconds(300)))
    // And asks again with a list: what was allowed before may be gone.
    let waited = Self.effects(Self.watching + [(60, .watchFailed(Self.status(code))), (400, .waited)])
    #expect(waited.first == .beginListing)
  }

  @Test func waitsAsLongAsTheServerAsks() {
    let busy = Self.status(429, "TooManyRequests", retryAfter: .seconds(17))
    #expect(Self.effects([(0, .start), (0, .listFailed(busy))]).last == .wait(.seconds(17)))
    #expect(Self.effects(Self.watching + [(60, .watchFailed(busy))]).last == .wait(.seconds(17)))
    // But not for days.
    let closed = Self.status(429, "TooManyRequests", retryAfter: .seconds(86_400))
    #expect(Self.effects([(0, .start), (0, .listFailed(closed))]).last == .wait(ListWatch.longestPause))
  }

  @Test func aBrokenWatchGoesOnFromWhereItWas() {
    let broken = APIFailure.transport(.closedEarly(reason: "x"))
    let lost = Self.effects(Self.watching + [(60, .version("8")), (61, .watchFailed(broken))])
    #expect(lost.last == Self.firstWait)
    let next = Self.effects(Self.watching + [(60, .version("8")), (61, .watchFailed(broken)), (62, .waited)])
    #expect(next == [.watch(resourceVersion: "8")])
  }

  @Test func aPersonNeedNotWait() {
    let failed: [(Int, ListWatch.Input)] = [(0, .start), (0, .listFailed(Self.status(500)))]
    #expect(Self.effects(failed + [(0, .start)]).first == .beginListing)
    #expect(Self.effects(Self.watching + [(0, .watchEnded), (0, .start)]) == [.watch(resourceVersion: "7")])
  }

  @Test func lateAnswersAreIgnored() {
    #expect(Self.effects(Self.watching + [(1, Self.page("1"))]).isEmpty)
    #expect(Self.effects(Self.watching + [(1, .start)]).isEmpty)
    #expect(Self.effects([(0, .start), (0, .watchEnded)]).isEmpty)
    #expect(Self.effects([(0, .waited)]).isEmpty)
  }
}

@Suite struct BackoffTests {
  @Test func doublesUpToHalfAMinuteAndForgets() {
    var backoff = Backoff()
    let waits = (0..<7).map { _ in backoff.delay(at: .seconds(1), chance: 0) }
    #expect(
      waits == [
        .milliseconds(800), .milliseconds(1600), .milliseconds(3200), .milliseconds(6400),
        .milliseconds(12_800), .milliseconds(25_600), .seconds(30),
      ])
    #expect(backoff.delay(at: .seconds(122), chance: 0.5) == .milliseconds(1200))
    #expect(backoff.delay(at: .seconds(122), chance: 0.999) <= .milliseconds(3200))
  }
}
