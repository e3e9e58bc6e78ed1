import Diagnosis
import Kube

/// What is wrong with the cluster, by object and by owner, as of the last diagnosis.
public struct FindingIndex: Sendable {
  /// Grows with every diagnosis that differs from the one before.
  public let revision: Int
  /// Findings that have one owner and one cause, worst first.
  public let groups: [FindingGroup]
  /// What could not be told.
  public let unknowns: [Unknown]
  /// The whole diagnosis; nil before the first.
  public let report: TriageReport?
  /// The objects whose worst finding is another one than in the diagnosis before.
  private var changed: Set<String> = []
  private var byUID: [String: [Finding]] = [:]
  private var byOwner: [String: [Finding]] = [:]
  /// The worst group by the object that has to be mended.
  private var groupByOwner: [String: FindingGroup] = [:]

  /// Nothing has been looked at yet.
  public init() {
    revision = 0
    groups = []
    unknowns = []
    report = nil
  }

  /// The index of a diagnosis that came after `previous`.
  public init(_ report: TriageReport, after previous: FindingIndex) {
    revision = previous.revision + 1
    groups = report.groups
    unknowns = report.unknowns
    self.report = report
    for finding in report.findings {
      byUID[finding.object.uid, default: []].append(finding)
      if finding.owner.uid != finding.object.uid { byOwner[finding.owner.uid, default: []].append(finding) }
    }
    for group in groups where !group.owner.uid.isEmpty && groupByOwner[group.owner.uid] == nil {
      groupByOwner[group.owner.uid] = group
    }
    for (uid, group) in groupByOwner where group != previous.groupByOwner[uid] { changed.insert(uid) }
    for uid in previous.groupByOwner.keys where groupByOwner[uid] == nil { changed.insert(uid) }
    for (uid, findings) in byUID where findings.first != previous.worst(uid: uid) { changed.insert(uid) }
    for uid in previous.byUID.keys where byUID[uid] == nil { changed.insert(uid) }
  }

  /// The uids of the objects whose worst finding has changed after `revision`; nil when that is too long ago to tell.
  public func changes(since revision: Int) -> Set<String>? {
    switch revision {
    case self.revision: []
    case self.revision - 1: changed
    default: nil
    }
  }

  /// Everything found about an object, worst first.
  public func all(uid: String) -> [Finding] { byUID[uid] ?? [] }

  /// Everything found about an object and about what it owns, its own first.
  public func all(about uid: String) -> [Finding] { (byUID[uid] ?? []) + (byOwner[uid] ?? []) }

  /// What to say about an object in a row of its own: the cause of the trouble that has to be mended there, which may be
  /// that of its pods, else the worst finding about it.
  public func summary(uid: String, now: Timestamp) -> FindingSummary? {
    guard let group = groupByOwner[uid], let first = group.findings.first else {
      return worst(uid: uid).map { FindingSummary($0, now: now) }
    }
    var summary = FindingSummary(first, now: now)
    summary.code = group.code.rawValue
    summary.severity = group.severity.description
    summary.summary = group.summary(now: now)
    return summary
  }

  /// The same for an owner in between, such as a ReplicaSet: Triage names the Deployment above it, but the pods are its
  /// own. `pods` are their uids.
  public func summary(ofPods pods: [String], now: Timestamp) -> FindingSummary? {
    guard
      let (worst, sentence) = FindingGroup.sentence(
        ofPods: pods.compactMap { self.worst(uid: $0) }, total: pods.count)
    else { return nil }
    var summary = FindingSummary(worst, now: now)
    summary.summary = sentence.text(now: now)
    return summary
  }

  /// What to say about a container of the pod with this uid: the worst finding about the container itself, else, where
  /// the container does not work, what keeps the whole pod from it.
  public func summary(uid: String, container: ContainerSummary, now: Timestamp) -> FindingSummary? {
    let findings = all(uid: uid)
    if let own = findings.first(where: { $0.container == container.name }) {
      return FindingSummary(besideContainer: own, now: now)
    }
    guard let common = findings.first(where: \.container.isEmpty) else { return nil }
    // What a lost node said last about its containers is no longer known to be so.
    let isLost = common.code == .podNodeNotReady || common.code == .podNodeGone
    let isWell = container.ready || container.exitCode == 0 && container.state == "Completed"
    return isLost || !isWell ? FindingSummary(common, now: now) : nil
  }

  /// How bad what `summary` tells is; nil when there is nothing to tell.
  public func severity(uid: String) -> Severity? { groupByOwner[uid]?.severity ?? worst(uid: uid)?.severity }

  /// The worst finding about an object.
  public func worst(uid: String) -> Finding? { byUID[uid]?.first }
}
