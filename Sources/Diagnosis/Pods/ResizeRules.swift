import Kube

extension Inspection {
  /// Whether new requests or limits of a running pod are put into effect; the kubelet tells by conditions (1.33).
  mutating func inspectResize(_ pod: Pod) {
    for condition in pod.status.conditions where PodResize.isOne(condition) {
      guard let (words, severity, patience) = PodResize.trouble(condition),
        hasPassed(patience, since: condition.lastTransitionTime)
      else { continue }
      let message = firstLine(condition.message)
      report(
        .podResizePending, pod, severity: severity, since: condition.lastTransitionTime,
        message.isEmpty ? Sentence(words) : "\(words): \(message)", cause: words,
        evidence: [
          Evidence(
            pod.reference, "status.conditions[\(condition.type)]", "\(condition.reason): \(condition.message)",
            at: condition.lastTransitionTime)
        ])
    }
  }
}

/// The conditions of a pod that is resized in place.
enum PodResize {
  static func isOne(_ condition: Condition) -> Bool {
    condition.isTrue && (condition.type == "PodResizePending" || condition.type == "PodResizeInProgress")
  }

  /// What is wrong with a resize, how bad that is, and for how long it may be so; nil when it takes its course.
  static func trouble(_ condition: Condition) -> (words: String, severity: Severity, patience: Duration)? {
    switch (condition.type, condition.reason) {
    case ("PodResizePending", "Infeasible"): ("its node can never give it what was set", .warning, .seconds(30))
    case ("PodResizePending", "Deferred"): ("its node has no room yet for what was set", .notice, .seconds(300))
    case ("PodResizeInProgress", "Error"): ("what was set cannot be put into effect", .warning, .seconds(60))
    default: nil
    }
  }
}
