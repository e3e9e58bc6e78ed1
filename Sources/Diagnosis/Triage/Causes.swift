import ClusterState
import Kube

/// Which of the findings of a diagnosis are causes, and which cause each of the others follows from.
///
/// A finding follows from another in two ways. What only counts (missing replicas, a rollout that is stuck) follows from
/// a cause under the same workload. And what names the objects that it depends on (`Finding.causedBy`) follows from
/// their findings, if all of them have one; if only some have, something else is wrong too and it stands for itself.
struct Causes {
  /// What has one cause: the object to be mended, and what is wrong with it.
  struct Key: Hashable {
    var root: ObjectReference
    var code: FindingCode
    var cause: String

    init(_ finding: Finding) {
      root = finding.root.identity
      code = finding.root.kind == "Node" && finding.code == .podNodeNotReady ? .nodeNotReady : finding.code
      if finding.code.onlyCounts { code = .workloadReplicasMissing }
      // A node has one reason for not being ready; its pods only show it.
      cause = code == .nodeNotReady || finding.code.onlyCounts ? "" : finding.cause
    }
  }

  private let findings: [Finding]
  /// For each finding the one that it follows from; nil for causes.
  private var reasons: [Int?] = []

  /// Longer chains than Service, pod, node do not exist; the limit guards against circles.
  private static let longestChain = 8

  /// Relates findings to each other. They are in the order of `Finding.precedes`, so that the first is the worst.
  init(_ findings: [Finding], state: ClusterState) {
    self.findings = findings
    var ofObject: [String: Int] = [:]
    var ofOwner: [String: Int] = [:]
    var causeOfRoot: [ObjectReference: Int] = [:]
    var isLeftWithoutPods: [String: Bool] = [:]
    for (index, finding) in findings.enumerated() {
      // A pod that is on its way out is not ready for just that reason, whatever becomes of its workload.
      guard finding.code.explainsAbsence || finding.object.kind == "Pod" else { continue }
      if ofObject[finding.object.uid] == nil { ofObject[finding.object.uid] = index }
      var explains = finding.code.explainsAbsence
      if finding.code.isEndOfAPod, finding.owner.uid != finding.object.uid {
        // Another pod gets over such an end; where no other is left, it is why there is none.
        let uid = finding.owner.uid
        explains = isLeftWithoutPods[uid] ?? (state.unfinishedPods(ofOwner: uid) == 0)
        isLeftWithoutPods[uid] = explains
      }
      guard explains else { continue }
      if ofOwner[finding.owner.uid] == nil { ofOwner[finding.owner.uid] = index }
      // What a dead webhook refuses is not there for that reason, whoever is to blame for the webhook.
      guard !finding.code.onlyCounts, finding.causedBy.isEmpty || finding.code == .workloadPodsRefused else { continue }
      if causeOfRoot[finding.root.identity] == nil { causeOfRoot[finding.root.identity] = index }
    }
    reasons = findings.indices.map { index in
      let finding = findings[index]
      if finding.code.onlyCounts, let cause = causeOfRoot[finding.root.identity] { return cause }
      var worst: Int?
      for uid in finding.causedBy {
        guard let reason = ofObject[uid] ?? Self.workload(of: uid, state).flatMap({ ofOwner[$0] }), reason != index
        else { return nil }
        worst = min(worst ?? reason, reason)
      }
      return worst
    }
    // A webhook whose own pods it refuses: the refusal is then where it begins.
    for index in findings.indices where findings[index].code == .workloadPodsRefused && leadsBack(to: index) {
      reasons[index] = nil
    }
  }

  /// Whether the reasons of a finding lead back to it.
  private func leadsBack(to index: Int) -> Bool {
    var last = index
    for _ in 0..<Self.longestChain {
      guard let reason = reasons[last] else { return false }
      if reason == index { return true }
      last = reason
    }
    return false
  }

  /// Whether the finding only follows from another, or counts what is missing and nothing says why.
  func isConsequence(_ index: Int) -> Bool { reasons[index] != nil || findings[index].code.onlyCounts }

  /// The cause at the end of the chain of reasons.
  func key(of index: Int) -> Key {
    var last = index
    for _ in 0..<Self.longestChain {
      guard let reason = reasons[last] else { break }
      last = reason
    }
    return Key(findings[last])
  }

  /// The uid of the workload to which a pod belongs; that of an object of another kind itself.
  private static func workload(of uid: String, _ state: ClusterState) -> String? {
    guard let pod = state.store(of: Pod.self)?.object(uid: uid) as? Pod else { return uid }
    return state.topOwner(of: pod).uid
  }
}

extension FindingCode {
  /// Whether it only counts what is missing, and something else is the cause.
  fileprivate var onlyCounts: Bool { self == .workloadReplicasMissing || self == .workloadRolloutStuck }

  /// Whether it is about how a pod ended, which stays behind while the workload makes another one.
  fileprivate var isEndOfAPod: Bool {
    switch self {
    case .podEvicted, .podRejected, .podFailed, .podDeadlineExceeded: true
    default: false
    }
  }

  /// Whether pods can be missing or not ready because of it: not for what a workload gets over by itself with another
  /// pod, and not for what someone wants so.
  fileprivate var explainsAbsence: Bool {
    switch self {
    case .podEvicted, .podRejected, .podFailed, .podDeadlineExceeded, .podStuckTerminating, .workloadPaused,
      .workloadMisscheduled, .budgetBlocked, .budgetFailed, .serviceLoadBalancerPending, .autoscalerAtLimit,
      .autoscalerUnable, .objectStuckTerminating:
      false
    default: true
    }
  }
}

extension ObjectReference {
  /// Kind, namespace, name and uid alone, so that two references to an object are equal.
  var identity: ObjectReference {
    var identity = ObjectReference()
    identity.kind = kind
    identity.namespace = namespace
    identity.name = name
    identity.uid = uid
    return identity
  }
}
