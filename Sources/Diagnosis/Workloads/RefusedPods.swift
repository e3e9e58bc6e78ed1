import ClusterState
import Kube

/// Why the server refuses the pods that a controller wants to create.
public struct RefusedPods: Equatable, Sendable {
  /// Quota, or any other rule of admission.
  public let code: FindingCode
  /// `quota "team" exceeded: requests.cpu 600m requested, 0 of 500m used`.
  public let text: String

  /// How long after its last event a refusal still stands: controllers try again with pauses that grow to 1000 seconds.
  public static let memory: Duration = .seconds(1200)

  /// Reads the message of a ReplicaFailure condition or of a FailedCreate event.
  public init(_ message: String) {
    let message = firstLine(message)
    if let quota = message.firstRange(of: "exceeded quota: ") {
      let parts = message[quota.upperBound...].split(separator: ", ", maxSplits: 1)
      let numbers = parts.count > 1 ? ": " + Self.shortfall(parts[1]) : ""
      (code, text) = (.workloadQuotaExceeded, "quota \"\(parts.first ?? "")\" exceeded\(numbers)")
    } else if let quota = message.firstRange(of: "failed quota: ") {
      (code, text) = (.workloadQuotaExceeded, "quota \(message[quota.upperBound...])")
    } else {
      // `Error creating: pods "web-5d8-" is forbidden: …`: the names differ from attempt to attempt.
      let cause = message.firstRange(of: " is forbidden: ").map { message[$0.upperBound...] } ?? Substring(message)
      let trimmed = cause.hasPrefix("Error creating: ") ? cause.dropFirst(16) : cause
      (code, text) = (.workloadPodsRefused, "pods refused: \(trimmed)")
    }
  }

  /// `requests.cpu 600m requested, 0 of 500m used` out of
  /// `requested: requests.cpu=600m, used: requests.cpu=0, limited: requests.cpu=500m`, and so for each resource; other
  /// texts stay as they are.
  private static func shortfall(_ text: Substring) -> String {
    guard let used = text.firstRange(of: ", used: "), let limited = text.firstRange(of: ", limited: "),
      used.upperBound <= limited.lowerBound, text.hasPrefix("requested: ")
    else { return String(text) }
    let asked = amounts(text[..<used.lowerBound].dropFirst(11))
    let spent = amounts(text[used.upperBound..<limited.lowerBound])
    let limits = amounts(text[limited.upperBound...])
    let parts = asked.compactMap { name, amount -> String? in
      guard let spent = spent.first(where: { $0.name == name }), let limit = limits.first(where: { $0.name == name })
      else { return nil }
      return "\(name) \(amount) requested, \(spent.amount) of \(limit.amount) used"
    }
    return parts.isEmpty || parts.count != asked.count ? String(text) : parts.joined(separator: "; ")
  }

  /// `a=1,b=2` taken apart.
  private static func amounts(_ text: Substring) -> [(name: Substring, amount: Substring)] {
    text.split(separator: ",").compactMap { part in
      part.lastIndex(of: "=").map { (part[..<$0], part[part.index(after: $0)...]) }
    }
  }
}

extension Inspection {
  /// Reports that a controller cannot create pods, from a condition of its own.
  mutating func reportRefusedPods(_ object: some KubeObject, _ failure: some StatusCondition) {
    let refused = RefusedPods(failure.message)
    report(
      refused.code, object, since: failure.lastTransitionTime, "\(refused.text)",
      evidence: [
        Evidence(
          object.reference, "status.conditions[\(failure.type)]", failure.message, at: failure.lastTransitionTime)
      ])
  }

  /// Reports that pods of a Deployment are refused, from what is known of its ReplicaSets.
  mutating func reportRefusedPods(below deployment: Deployment) {
    for set in state.owned(ReplicaSet.self, by: deployment.metadata.uid)
    where set.status.replicas < (set.spec.replicas ?? 1) {
      if let failure = set.status.conditions.condition("ReplicaFailure"), failure.isTrue {
        return reportRefusedPods(set, failure)
      }
      if reportRefusedPods(set) { return }
    }
  }

  /// Reports that a controller cannot create pods, from its events; false when there is no such event.
  mutating func reportRefusedPods(_ object: some KubeObject) -> Bool {
    guard let event = events(of: object).first(where: { $0.reason == "FailedCreate" }),
      !hasPassed(RefusedPods.memory, since: event.lastSeen)
    else { return false }
    let refused = RefusedPods(event.message)
    report(
      refused.code, object, since: event.firstTimestamp ?? event.eventTime ?? event.lastSeen, "\(refused.text)",
      evidence: [Evidence(event)], count: event.occurrences)
    return true
  }
}
