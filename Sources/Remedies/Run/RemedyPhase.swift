import Kube
import KubeClient

/// Where a run is.
public enum RemedyPhase: Sendable, Equatable {
  /// The objects are being read.
  case reading
  /// The server is asked whether the user may do it.
  case checkingAccess
  /// The server tries it without changing anything.
  case dryRunning
  /// A person is asked; `remedy`, `permissions` and `trial` are what to show.
  case confirming
  /// The journal is being written.
  case recording
  /// Requests are being sent; so many are done.
  case applying(Int)
  /// The answer of a request was lost, and it is being found out whether it was carried out.
  case verifying
  /// The change is made, and its condition is waited for.
  case waiting(WaitState)
  /// It is over.
  case finished(RemedyOutcome)
}

/// How a run ended.
public enum RemedyOutcome: Sendable, Equatable {
  /// It cannot be had. Nothing was changed.
  case refused(RemedyRefusal)
  /// The user may not do it. Nothing was changed.
  case forbidden(String)
  /// The server would not accept it. Nothing was changed.
  case rejected(String)
  /// The person did not want it. Nothing was changed.
  case declined
  /// The server has tried it without changing anything, as was asked.
  case tried
  /// The journal could not be written. Nothing was changed.
  case unrecorded(String)
  /// A request failed. Nothing was changed.
  case notApplied(String)
  /// Some requests were carried out, and then one failed.
  case partlyApplied(String)
  /// It cannot be told whether it was carried out.
  case unknown(String)
  /// Applied, and what it waits for has come about.
  case succeeded
  /// Applied, and what it waits for can no longer come about.
  case failed(String)
  /// Applied, and what it waits for has not come about in time.
  case timedOut(String)
  /// Applied, and the person did not wait for the end.
  case left(String)

  /// Whether the cluster was changed; nil when that is not known.
  public var changedCluster: Bool? {
    switch self {
    case .refused, .forbidden, .rejected, .declined, .tried, .unrecorded, .notApplied: false
    case .partlyApplied, .succeeded, .failed, .timedOut, .left: true
    case .unknown: nil
    }
  }

  /// One word for the journal.
  public var word: String {
    switch self {
    case .refused: "refused"
    case .forbidden: "forbidden"
    case .rejected: "rejected"
    case .declined: "declined"
    case .tried: "tried"
    case .unrecorded: "unrecorded"
    case .notApplied: "not-applied"
    case .partlyApplied: "partly-applied"
    case .unknown: "unknown"
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .timedOut: "timed-out"
    case .left: "not-awaited"
    }
  }

  /// A sentence for a person, without a full stop.
  public var sentence: String {
    switch self {
    case .refused(let refusal): refusal.message
    case .forbidden(let text): "nothing was changed: \(text)"
    case .rejected(let text): "nothing was changed: the server does not accept it: \(text)"
    case .declined: "nothing was changed"
    case .tried: "the server would accept it; nothing was changed"
    case .unrecorded(let text): "nothing was changed, because it cannot be recorded: \(text)"
    case .notApplied(let text): "nothing was changed: \(text)"
    case .partlyApplied(let text): "only a part was done: \(text)"
    case .unknown(let text): "unknown whether it was applied: \(text)"
    case .succeeded: "done"
    case .failed(let text): "applied, but it has not helped: \(text)"
    case .timedOut(let text): "applied, but not done in time: \(text)"
    case .left(let text): text.isEmpty ? "applied" : "applied; when it was left: \(text)"
    }
  }
}

/// A server's answer to one request.
public struct RemedyAnswer: Sendable {
  /// The body.
  public var json: JSONValue
  /// The texts of its warnings.
  public var warnings: [String]

  /// An answer.
  public init(json: JSONValue, warnings: [String] = []) {
    self.json = json
    self.warnings = warnings
  }
}

/// Whether the user may send a kind of request.
public struct RemedyPermission: Sendable, Equatable {
  /// Such as `patch deployments.apps in namespace shop`.
  public var request: String
  /// The server's answer; nil when it did not give one.
  public var isAllowed: Bool?
  /// Why, as far as the server tells.
  public var reason: String

  /// `allowed: patch deployments.apps in namespace shop`.
  public var line: String {
    let word = isAllowed.map { $0 ? "allowed" : "not allowed" } ?? "cannot tell"
    // Which binding allows it is of interest to nobody who is allowed.
    return "\(word): \(request)" + (reason.isEmpty || isAllowed == true ? "" : " (\(reason))")
  }
}

/// What the server made of a remedy when it tried it.
public struct RemedyTrial: Sendable, Equatable {
  /// What would differ, by the server's own answer.
  public var changes: [FieldChange] = []
  /// The server's warnings.
  public var warnings: [String] = []
  /// Why it could not be tried; nil when it was.
  public var notTried: String?
}

extension APIFailure {
  /// The sentence, with what the server or common sense says about another try.
  var advice: String {
    guard let wait = retryAfter else { return sentence }
    return "\(sentence) (the server asks to wait \(wait.human) before another try)"
  }
}
