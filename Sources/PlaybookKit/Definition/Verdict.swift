import Diagnosis

/// What a step of a playbook says.
public enum Verdict: String, Sendable, CaseIterable {
  /// Looked at, and nothing is wrong here.
  case ok
  /// This is what is wrong, or a part of it.
  case problem
  /// Not right, but not what breaks it now.
  case warning
  /// It cannot be told; a `Doubt` says why. Never the same as ok.
  case unknown
  /// The step does not concern this object.
  case notApplicable = "not-applicable"
}

/// Why something cannot be told.
public struct Doubt: Sendable, Hashable {
  /// What stands in the way.
  public enum Reason: String, Sendable, CaseIterable {
    /// The server refuses to show it (RBAC).
    case forbidden
    /// The server does not serve the kind or the endpoint.
    case notServed = "not-served"
    /// The cluster is too old to have it.
    case tooOld = "too-old"
    /// podmedic does not compute it.
    case notModelled = "not-modelled"
    /// It has not been read, or not to the end.
    case notRead = "not-read"
    /// Nobody has answered, read or run it yet: a person or the host of the run is asked.
    case notAnswered = "not-answered"
    /// It was tried and failed, or what came back does not say it.
    case failed
  }

  /// What stands in the way.
  public var reason: Reason
  /// In one short sentence, with the server's own words where it has some.
  public var text: String

  /// A doubt.
  public init(_ reason: Reason, _ text: String) {
    self.reason = reason
    self.text = text
  }
}

/// The verdict of a step with what it rests on.
public struct Judgement: Sendable, Hashable {
  /// The verdict.
  public var verdict: Verdict
  /// One sentence with the numbers in it; "" when the step's title says it all.
  public var sentence: String
  /// What the verdict rests on.
  public var evidence: [Evidence]
  /// Why it cannot be told; set exactly when the verdict is unknown.
  public var doubt: Doubt?

  /// A verdict that can be told.
  public init(_ verdict: Verdict, _ sentence: String = "", evidence: [Evidence] = []) {
    self.verdict = verdict
    self.sentence = sentence
    self.evidence = evidence
    doubt = verdict == .unknown ? Doubt(.failed, sentence) : nil
  }

  /// What cannot be told.
  public init(_ doubt: Doubt, evidence: [Evidence] = []) {
    verdict = .unknown
    sentence = doubt.text
    self.evidence = evidence
    self.doubt = doubt
  }
}
