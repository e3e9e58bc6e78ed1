import ClusterState
import Diagnosis
import Kube

/// Checks of what triage and events say.
let findingChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "finding",
    "problem when triage has one of these findings about the subject or what belongs to it (its pods, owners, node, "
      + "claims), with the finding's sentence and evidence; ok when it has none and could tell",
    parameters: [
      .init("codes", .codes, "the codes; without them those of the playbook's `for: findings`"),
      .init(
        "on", .word(["any", "subject"]),
        "`subject` looks only at findings about the subject itself; `any` (without it) also at what belongs to it"),
    ]
  ) { facts, arguments in
    let codes = arguments.codes("codes")
    let subject = facts.object?.metadata.uid
    let found = facts.findings.first { finding in
      codes.contains(finding.code) && (arguments.text("on") != "subject" || finding.object.uid == subject)
    }
    if let found {
      let place = found.object.uid == subject ? "" : "\(found.object.shortText): "
      return Judgement(
        found.severity == .notice ? .warning : .problem, place + found.summary(now: facts.now),
        evidence: found.evidence)
    }
    if let doubt = facts.state.doubts(about: codes, namespace: facts.namespace).first { return Judgement(doubt) }
    let needsEvents = codes.contains { $0.needsEvents }
    if needsEvents, let doubt = facts.ownEvents.doubt { return Judgement(doubt) }
    return Judgement(.ok, "nothing of this kind is found")
  },
  BuiltInCheck(
    "events",
    "problem when there is an event about the subject with one of the reasons, quoting the newest; ok when there is "
      + "none and events could be read (they are kept for an hour)",
    parameters: [
      .init("reasons", .texts, "reasons of events such as FailedMount; without them every Warning"),
      .init("contains", .texts, "only events whose text has one of these"),
      .init("of", .word(["subject", "owner", "node"]), "whose events; those of the subject without it"),
      .init("within", .duration, "only events of this last time"),
    ], reads: [Event.self, Node.self]
  ) { facts, arguments in
    let listed: Lookup<[Event]> =
      switch arguments.text("of") {
      case "owner": facts.workload.flatMap { facts.events(about: $0.object, kind: $0.facts.kind) }
      case "node": facts.node.flatMap { facts.events(about: $0, kind: "Node") }
      default: facts.ownEvents
      }
    guard let events = listed.value else {
      return listed.doubt.map { Judgement($0) } ?? Judgement(.notApplicable, "there is nothing that has events")
    }
    let matching = events.filter { event in
      if let reasons = arguments.texts("reasons") {
        guard reasons.contains(event.reason) else { return false }
      } else if event.type != "Warning" {
        return false
      }
      if let texts = arguments.texts("contains"), !texts.contains(where: { event.message.contains($0) }) {
        return false
      }
      guard let within = arguments.duration("within") else { return true }
      return event.lastSeen.map { facts.now.since($0) <= within } ?? false
    }
    guard let newest = matching.first else { return Judgement(.ok, "no such event") }
    let times = newest.occurrences
    let seen = newest.lastSeen.map { ", last \(max(facts.now.since($0), .zero).human) ago" } ?? ""
    return Judgement(
      .problem, "\(newest.reason)\(times > 1 ? " (\(times) times\(seen))" : seen): \(newest.message.firstLine)",
      evidence: matching.prefix(5).map { Evidence($0) })
  },
]

extension String {
  /// What stands before the first line break.
  var firstLine: String { String(prefix { !$0.isNewline }) }
}
