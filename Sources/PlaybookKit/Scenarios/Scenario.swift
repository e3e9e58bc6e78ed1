import ClusterState
import DataFiles
import Diagnosis
import Kube
import Remedies

/// A cluster in which a playbook must come to a given end.
public struct Scenario: Sendable {
  /// What it shows.
  public var name: String
  /// Where it stands in the file.
  public var position: DataPosition
  /// The moment.
  public var now: Timestamp
  /// The server's version; nil when it is not known.
  public var version: KubernetesVersion?
  /// What the cluster has.
  public var objects: [any KubeObject]
  /// What the playbook is run on; nil for playbooks without a subject.
  public var subject: ObjectReference?
  /// The container to look at; nil to let the run choose.
  public var container: String?
  /// Kinds that the server refuses to list.
  public var forbidden: [String]
  /// Kinds that the server does not serve.
  public var notServed: [String]
  /// What containers use; nil when metrics are not served.
  public var usage: [String: UsageRecord]?
  /// What is read, by step.
  public var readings: [(step: String, text: String)]
  /// What a person says, by step: an answer, or that the step is left out.
  public var answers: [(step: String, what: PlaybookRun.Contribution)]
  /// The steps that are taken, in order; nil when the test does not say.
  public var path: [String]?
  /// Verdicts by step, or the words `offered`, `waiting`, `not-reached`.
  public var verdicts: [(step: String, verdict: String)]
  /// Texts that the root cause must have; nil when the test does not say, empty when there must be none.
  public var cause: [String]?
  /// Remedies that must be offered on the way; nil when the test does not say.
  public var offers: [String]?

  /// The moment of tests that name none.
  public static let defaultTime = Timestamp(seconds: 1_767_268_800)  // 2026-01-01T12:00:00Z

  /// A cluster with these objects, all kinds read to the end but those that are not to be had.
  public func state() -> ClusterState {
    let state = ClusterState()
    for type in builtInKinds {
      let kind = type.resource.kind
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      if forbidden.contains(kind) {
        store.freshness = .forbidden("\(type.resource.plural) is forbidden")
      } else if notServed.contains(kind) {
        store.freshness = .notServed
      } else {
        store.freshness = .live
      }
      state.add(store)
    }
    for object in objects {
      let resource = type(of: object).resource
      guard let store = state.store(resource), store.freshness.isComplete else { continue }
      store.put(object)
    }
    return state
  }

  /// The run with everything that the scenario contributes, at its end.
  public func report(_ playbook: Playbook) -> RunReport {
    var run = PlaybookRun(playbook, subject: subject, container: container)
    for (step, text) in readings { run.add(.text(text), to: step, at: now) }
    for (step, what) in answers { run.add(what, to: step, at: now) }
    let state = state()
    let triage = Triage.diagnose(state, now: now)
    let usage: Lookup<[String: UsageRecord]> =
      usage.map { .found($0) } ?? .unknown(Doubt(.notServed, "metrics are not served"))
    return run.evaluate(
      run.facts(state, triage: triage, events: EventIndex(), usage: usage, version: version, now: now))
  }

  /// What came out differently than the scenario says, one sentence each; empty when all is as it should be.
  public func failures(_ playbook: Playbook) -> [String] {
    let report = report(playbook)
    var failures: [String] = []
    if let doubt = report.subjectDoubt { failures.append("the subject cannot be looked at: \(doubt.text)") }
    if let path, path != report.path {
      failures.append("took \(report.path.joined(separator: ", ")) instead of \(path.joined(separator: ", "))")
    }
    for (id, expected) in verdicts {
      guard let step = report.step(id) else { continue }
      let word = step.word == "not reached" ? "not-reached" : step.word
      if word != expected { failures.append("step \(id) is \(word) (\(step.sentence)) instead of \(expected)") }
    }
    if let cause {
      let found = report.causes.first?.text ?? ""
      if cause.isEmpty, !found.isEmpty { failures.append("found a cause although there is none: \(found)") }
      for text in cause where !found.contains(text) {
        failures.append("the cause does not say \"\(text)\": \(found.isEmpty ? "there is none" : found)")
      }
    }
    if let offers {
      let found = report.steps.filter(\.isReached).compactMap { step in
        if case .remedy(let offer)? = step.request { offer.order.name.rawValue } else { nil }
      }
      if found != offers {
        failures.append("offers \(found.joined(separator: ", ")) instead of \(offers.joined(separator: ", "))")
      }
    }
    return failures
  }
}
