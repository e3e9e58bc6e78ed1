import ClusterState
import Kube

/// Why the server refuses the pods that a controller wants to create.
public struct RefusedPods: Equatable, Sendable {
  /// Quota, or any other rule of admission.
  public let code: FindingCode
  /// `quota "team" exceeded: requests.cpu 600m requested, 0 of 500m used`, or `pods refused: ` and the reason.
  public let text: String
  /// The same without the word that it is pods that are refused.
  let reason: String
  /// The quota that has no room; "" when something else refuses.
  public let quota: String
  /// The quota that refuses, for whatever reason; "" when something else does.
  fileprivate let refuser: String
  /// The Service behind the webhook that did not answer; nil when something else refuses.
  let webhook: ObjectName?
  /// What a pod asks for of each resource that the quota bounds.
  let asked: [String: Quantity]

  /// How long after its last event a refusal still stands: controllers try again with pauses that grow to 1000 seconds.
  public static let memory: Duration = .seconds(1200)

  /// Reads the message of a ReplicaFailure condition or of a FailedCreate event.
  public init(_ message: String) {
    let whole = message
    let message = firstLine(message)
    webhook = Self.webhook(message)
    if let quota = message.firstRange(of: "exceeded quota: ") {
      let parts = message[quota.upperBound...].split(separator: ", ", maxSplits: 1)
      let numbers = parts.count > 1 ? ": " + Self.shortfall(parts[1]) : ""
      self.quota = parts.first.map(String.init) ?? ""
      refuser = self.quota
      asked = parts.count > 1 ? Self.asked(parts[1]) : [:]
      (code, reason) = (.workloadQuotaExceeded, "quota \"\(parts.first ?? "")\" exceeded\(numbers)")
      text = reason
    } else if let quota = message.firstRange(of: "failed quota: ") {
      (self.quota, asked) = ("", [:])
      refuser = String(message[quota.upperBound...].prefix { $0 != ":" })
      (code, reason) = (.workloadQuotaExceeded, "quota \(message[quota.upperBound...])")
      text = reason
    } else {
      (quota, refuser, asked) = ("", "", [:])
      // `Error creating: pods "web-5d8-" is forbidden: …`: the names differ from attempt to attempt.
      let cause = message.firstRange(of: " is forbidden: ").map { message[$0.upperBound...] } ?? Substring(message)
      reason = Self.expired(whole) ?? String(cause.hasPrefix("Error creating: ") ? cause.dropFirst(16) : cause)
      (code, text) = (.workloadPodsRefused, "pods refused: \(reason)")
    }
  }

  /// What is said of a webhook whose certificate is out of date; nil when something else refuses.
  private static func expired(_ message: String) -> String? {
    guard let call = message.firstRange(of: "failed calling webhook \""),
      let x509 = message.firstRange(of: "x509: certificate has expired or is not yet valid"),
      call.upperBound <= x509.lowerBound
    else { return nil }
    let name = message[call.upperBound...].prefix { $0 != "\"" }
    let owner = webhook(message).map { ", served by service/\($0.name) in namespace \($0.namespace)," } ?? ""
    let times = message[x509.upperBound...].drop { $0 == ":" || $0 == " " }
    return firstLine(
      "the certificate of webhook \"\(name)\"\(owner) has expired or is not yet valid"
        + (times.isEmpty ? "" : ": \(times)"))
  }

  /// `guard` in the namespace `platform` out of
  /// `failed calling webhook "w": failed to call webhook: Post "https://guard.platform.svc:443/check?timeout=10s": …`.
  private static func webhook(_ message: String) -> ObjectName? {
    guard let call = message.firstRange(of: "failed calling webhook "),
      let scheme = message[call.upperBound...].firstRange(of: "\"https://")
    else { return nil }
    let host = message[scheme.upperBound...].prefix { $0 != ":" && $0 != "/" && $0 != "\"" }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 3, labels[2] == "svc" else { return nil }
    return ObjectName(namespace: String(labels[1]), name: String(labels[0]))
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

  /// What stands under `requested: `.
  private static func asked(_ text: Substring) -> [String: Quantity] {
    guard let used = text.firstRange(of: ", used: "), text.hasPrefix("requested: ") else { return [:] }
    let amounts = amounts(text[..<used.lowerBound].dropFirst(11))
    return Dictionary(amounts.map { (String($0.name), Quantity(String($0.amount))) }, uniquingKeysWith: { $1 })
  }

  /// What to say instead when the quota that refused pods has room for one by now, or is gone: events and conditions stay as they are
  /// until the controller has tried again. nil when it would refuse again, and when that cannot be told.
  public func overcome(in state: ClusterState, namespace: String) -> String? {
    guard !refuser.isEmpty else { return nil }
    guard let present = state.get(ResourceQuota.self, namespace: namespace, name: refuser) else {
      guard state.isConclusive(ResourceQuota.self, namespace: namespace) else { return nil }
      return "\(text); the quota is gone by now: the controller tries again, after pauses that grow to 17 minutes"
    }
    guard !asked.isEmpty else { return nil }
    // The server compares with the bounds in the status, which follow those of the spec. It may bound more by now than
    // what the refusal was about: of that a pod asks for something, but nobody has said how much.
    for (name, hard) in present.status.hard.entries {
      let isOfPods =
        ["pods", "count/pods", "cpu", "memory", "ephemeral-storage"].contains(name)
        || name.hasPrefix("requests.") || name.hasPrefix("limits.")
      guard let more = asked[name].map(\.nanos) ?? (isOfPods ? 1 : 0), let most = hard.nanos,
        let used = (present.status.used[name] ?? Quantity("0")).nanos,
        case let (sum, overflow) = used.addingReportingOverflow(more), !overflow, more == 0 || sum <= most
      else { return nil }
    }
    return
      "quota \"\(quota)\" refused pods and has room now: the controller tries again, after pauses that grow to 17 minutes"
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
    reportRefusedPods(
      object, failure.message, since: failure.lastTransitionTime, count: 1,
      evidence: Evidence(
        object.reference, "status.conditions[\(failure.type)]", failure.message, at: failure.lastTransitionTime))
  }

  private mutating func reportRefusedPods(
    _ object: some KubeObject, _ message: String, since: Timestamp?, count: Int, evidence: Evidence
  ) {
    let refused = RefusedPods(message)
    if let overcome = refused.overcome(in: state, namespace: object.metadata.namespace) {
      // Room can be seen; whether nothing else refuses once a quota is gone, cannot.
      let isThere = state.has(ResourceQuota.self, namespace: object.metadata.namespace, name: refused.refuser)
      report(
        refused.code, object, severity: isThere ? .notice : .warning, since: since, "\(overcome)", evidence: [evidence],
        count: count)
      return
    }
    if !refused.quota.isEmpty {
      refusers[ObjectName(namespace: object.metadata.namespace, name: refused.quota)] = object.metadata.uid
    }
    // What is wrong with the Service of a webhook is why it does not answer, and has to be mended first.
    let webhook = refused.webhook.flatMap { state.get(Service.self, namespace: $0.namespace, name: $0.name) }
    report(
      refused.code, object, since: since, "\(refused.text)", causedBy: webhook.map { [$0.metadata.uid] } ?? [],
      evidence: [evidence], count: count)
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

  /// Reports that a controller cannot create pods, from its events; false when there is no such event, or when it has
  /// succeeded since.
  mutating func reportRefusedPods(_ object: some KubeObject) -> Bool {
    guard let event = events(of: object).first(where: { $0.reason == "FailedCreate" }),
      !hasPassed(RefusedPods.memory, since: event.lastSeen), !hasCreated(object, since: event)
    else { return false }
    reportRefusedPods(
      object, event.message, since: event.firstTimestamp ?? event.eventTime ?? event.lastSeen, count: event.occurrences,
      evidence: Evidence(event))
    return true
  }

  /// Whether a controller has created what it failed to create when the event was written: a pod of it is younger, or
  /// another event says so. Of the same second the failure counts, since a controller that is refused in the middle of
  /// several pods has just created the first of them.
  func hasCreated(_ object: some KubeObject, since event: Event) -> Bool {
    guard let failed = event.lastSeen else { return false }
    let created = events(of: object).first { $0.reason == "SuccessfulCreate" }?.lastSeen
    if let created, created.seconds > failed.seconds { return true }
    return state.pods(ofOwner: object.metadata.uid).contains {
      ($0.metadata.creationTimestamp?.seconds ?? .min) > failed.seconds
    }
  }
}
