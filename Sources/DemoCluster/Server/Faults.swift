import Kube

/// Ways in which the demo's server can be made to misbehave, for tests and for training.
public struct Faults: Sendable {
  /// Nobody is answered: connections are closed at once.
  public var isDown = false
  /// How many of a thousand requests have their connection dropped in the middle of the answer.
  public var droppedPerMille = 0
  /// How many of a thousand requests are answered 500.
  public var errorsPerMille = 0
  /// How many of a thousand requests are answered 429 with `Retry-After: 1`.
  public var throttledPerMille = 0
  /// How many of a thousand lists and watches are answered 410.
  public var expiredPerMille = 0
  /// Every answer waits this long.
  public var delay = Duration.zero
  /// Seed of the choices above.
  public var seed: UInt64 = 1
  /// How long the `continue` token of a list is good for.
  public var listTokenLifetime = Duration.seconds(300)
  /// Kinds that nobody may touch, by plural (`secrets`) or qualified name (`deployments.apps`).
  public var forbiddenKinds: Set<String> = []
  /// Only these namespaces may be touched; cluster-scoped kinds (namespaces, nodes) are forbidden. nil: no limit.
  public var onlyNamespaces: Set<String>?
  /// Nobody may change anything.
  public var isReadOnly = false
  /// The bearer token without which requests are answered 401; nil: none is needed.
  public var token: String?
  /// A second bearer token, with which only reading is allowed.
  public var readOnlyToken: String?

  /// No faults.
  public init() {}
}

/// What the faults make of one request.
enum FaultVerdict: Sendable {
  case none
  case close
  /// The answer is cut off after this share of it.
  case truncate(Double)
  case answer(StatusError)
}

extension APIServer {
  /// Chooses by seed and order of requests.
  mutating func fault(for request: APIRequest) -> FaultVerdict {
    if faults.isDown { return .close }
    if faultRandom == nil || faultSeed != faults.seed {
      faultRandom = SeededRandom(seed: faults.seed)
      faultSeed = faults.seed
    }
    let total = faults.droppedPerMille + faults.errorsPerMille + faults.throttledPerMille + faults.expiredPerMille
    guard total > 0, var random = faultRandom else { return .none }
    defer { faultRandom = random }
    var drawn = random.below(1000)
    if drawn < faults.droppedPerMille { return .truncate(random.fraction()) }
    drawn -= faults.droppedPerMille
    if drawn < faults.errorsPerMille {
      return .answer(StatusError(500, "InternalError", "Internal error occurred: injected fault"))
    }
    drawn -= faults.errorsPerMille
    if drawn < faults.throttledPerMille {
      return .answer(
        StatusError(
          429, "TooManyRequests", "the server has received too many requests and has asked us to try again later",
          retryAfter: 1))
    }
    drawn -= faults.throttledPerMille
    if drawn < faults.expiredPerMille, request.method == "GET",
      request.query["watch"] != nil || request.query["continue"] != nil
    {
      return .answer(.expired("The resourceVersion for the provided watch is too old."))
    }
    return .none
  }
}
