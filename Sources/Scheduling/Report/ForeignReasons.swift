/// What the scheduler says that none of its own filters says.
///
/// An extender, an additional plugin or a changed profile cannot be seen through the API; but its words stand in the
/// scheduler's message, and they are enough to know that the filters here are not all there is.
enum ForeignReasons {
  /// The reasons in a message of kube-scheduler that no filter of the default profile gives, in the message's order.
  static func of(_ message: String) -> [String] {
    guard message.utf8.count < 1 << 16, message.hasPrefix("0/"), let colon = message.firstRange(of: "are available: ")
    else { return [] }
    var text = message[colon.upperBound...]
    for tail in tails { if let end = text.firstRange(of: tail) { text = text[..<end.lowerBound] } }
    while text.hasSuffix(".") || text.hasSuffix(" ") { text.removeLast() }
    return reasons(text).filter { reason in !known.contains { reason.hasPrefix($0) } }
  }

  /// What follows the reasons: about preemption, and what DynamicResources adds to every message.
  private static let tails = [
    " preemption:", " no new claims to deallocate", " still not schedulable", ". not found",
  ]

  /// `3 one reason, 2 another`; a text without counts, which is that of an early failure, is one reason. Reasons of old
  /// versions have commas in them: what does not begin with a number belongs to what stands before it.
  private static func reasons(_ text: Substring) -> [String] {
    var reasons: [String] = []
    for part in text.split(separator: ",") {
      let part = part.drop { $0 == " " }
      let digits = part.prefix { $0.isASCII && $0.isNumber }
      let rest = part.dropFirst(digits.count)
      if !digits.isEmpty, rest.hasPrefix(" ") {
        reasons.append(String(rest.dropFirst()))
      } else if reasons.isEmpty {
        reasons.append(String(part))
      } else {
        reasons[reasons.count - 1] += ", \(part)"
      }
    }
    return reasons
  }

  /// How the reasons of the default profile's filters begin, from 1.20 to 1.36. A `scheduler-enforced` node affinity is
  /// not among them: that is a changed profile.
  private static let known = [
    "node(s) were unschedulable", "node(s) didn't match the requested", "node(s) had untolerated taint",
    "node(s) had taint", "node(s) didn't match Pod's node affinity", "node(s) didn't match node selector",
    "node(s) didn't match Pod's required features", "node(s) didn't satisfy plugin", "node(s) didn't have free ports",
    "Too many pods", "Insufficient ", "node(s) had no available disk", "node(s) unavailable due to",
    "node(s) exceed max volume count", "node(s) had volume node affinity conflict",
    "node(s) didn't match PersistentVolume's node affinity", "pvc(s) bound to non-existent pv(s)",
    "node(s) didn't find available persistent volumes to bind", "node(s) did not have enough free storage",
    "node(s) had no available volume zone", "node(s) didn't match pod topology spread constraints",
    "node(s) didn't match pod affinity", "node(s) didn't match pod anti-affinity",
    "node(s) didn't satisfy existing pods anti-affinity", "pod has unbound immediate PersistentVolumeClaims",
    "persistentvolumeclaim ", "persistentvolume ", "PVC ", "PersistentVolumeClaim ", "PersistentVolume ",
    "VolumeBindingMode not set", "waiting for ", "pod affinity terms conflict",
    // DynamicResources, which is not computed here and never passes.
    "cannot allocate all claims", "resourceclaim", "resource claim ", "cannot fit resource", "request ", "could not ",
  ]
}

extension PlacementReport {
  /// Reasons in the scheduler's message that no filter of its default profile gives; empty unless the pod waits for it.
  public var foreignReasons: [String] {
    guard situation == .waiting else { return [] }
    return hasSchedulerFailed ? [schedulerMessage] : ForeignReasons.of(schedulerMessage)
  }

  /// Whether the scheduler's last try ended with a mistake of its own, such as binding volumes that took too long: it may
  /// have found a node (kube-scheduler `schedule_one.go`, `handleSchedulingFailure`).
  public var hasSchedulerFailed: Bool { situation == .waiting && schedulerReason == "SchedulerError" }

  /// Whether nodes that pass the filters here may still refuse: others decide too, or somebody else alone.
  public var isAssumed: Bool {
    if case .otherScheduler = situation { true } else { !foreignReasons.isEmpty }
  }

  /// What to say of a node that every filter lets pass.
  public var passWords: String { isAssumed ? "passes the default scheduler's filters" : "takes the pod" }

  /// A sentence about `foreignReasons`; nil when there are none.
  public var foreignSentence: String? {
    let reasons = foreignReasons
    guard !reasons.isEmpty else { return nil }
    if hasSchedulerFailed {
      return
        "not modelled: it was no filter that refused, the scheduler itself failed: \"\(schedulerMessage)\"; whether its "
        + "next try succeeds cannot be told"
    }
    let words = reasons.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ")
    return
      "not modelled: the scheduler refuses nodes with \(words), which no filter of its default profile says: it has an "
      + "extender, another plugin or a changed profile"
  }
}
