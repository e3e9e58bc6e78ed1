import ClusterState
import Diagnosis
import Kube
import KubeClient
import Remedies
import Testing

@testable import PlaybookKit

/// What one step has found reaches the later ones, and what a cluster is too old for is unknown.
@Suite struct LaterStepTests {
  private func report(
    _ steps: String, _ objects: String = RunTests.pod, object: String = "pod/web", version: String? = nil,
    texts: [(String, String)] = []
  ) throws -> RunReport {
    let scenario = try Fixtures.scenario(objects, object: object)
    var run = PlaybookRun(try Fixtures.read(Fixtures.playbook(steps)), subject: scenario.subject)
    for (step, text) in texts { run.add(.text(text), to: step, at: Fixtures.now) }
    let state = scenario.state()
    return run.evaluate(
      run.facts(
        state, triage: Triage.diagnose(state, now: Fixtures.now), events: EventIndex(),
        version: version.flatMap { KubernetesVersion($0) }, now: Fixtures.now))
  }

  @Test func linesAndVerdictsAreThereForLaterSteps() throws {
    let steps = """
      steps:
        - { id: log, title: L, read: { from: logs, match: [{ pattern: "dial", verdict: problem }], otherwise: ok } }
        - { id: next, title: N, check: { problem: 'lines["log"].contains("5432")', say: 'it dialed: {lines["log"]}' }, cause: "because {said}" }
        - { id: never, title: X, when: 'verdicts["log"] != "problem"', check: { ok: "true" } }
      """
    let found = try report(steps, texts: [("log", "a\ndial 1.2.3.4:5432\nb")])
    #expect(found.step("next")?.sentence == "it dialed: dial 1.2.3.4:5432")
    #expect(found.causes.map(\.text) == ["because it dialed: dial 1.2.3.4:5432"])
    #expect(found.step("never")?.word == "not-applicable")
    let quiet = try report(steps, texts: [("log", "all is well")])
    #expect(quiet.step("next")?.verdict == .ok)
    #expect(quiet.step("never")?.verdict == .ok)
  }

  @Test func whatWasAnsweredStaysOnTheWay() throws {
    let steps = """
      steps:
        - { id: state, title: S, check: { problem: 'status.phase != "Running"' } }
        - id: work
          title: W
          when: '"work" in answers || verdicts["state"] == "problem"'
          else: '{metadata.name} runs'
          manual: { ask: Done?, yes: ok, no: warning }
      """
    let objects = "[{ kind: Pod, metadata: { name: web }, status: { phase: Running } }]"
    let before = try report(steps, objects)
    #expect(before.step("work")?.word == "not-applicable")
    #expect(before.step("work")?.sentence == "web runs")
    let scenario = try Fixtures.scenario(objects, object: "pod/web")
    var run = PlaybookRun(try Fixtures.read(Fixtures.playbook(steps)), subject: scenario.subject)
    run.add(.answer(false), to: "work", at: Fixtures.now)
    run.add(.answer(true), to: "work", at: Fixtures.now)
    run.add(.note("x"), to: "work", at: Fixtures.now)
    let state = scenario.state()
    func word(_ run: PlaybookRun) -> String? {
      let triage = Triage.diagnose(state, now: Fixtures.now)
      return run.evaluate(run.facts(state, triage: triage, events: EventIndex(), now: Fixtures.now)).step("work")?.word
    }
    #expect(word(run) == "ok")
    run.back()
    run.back()
    #expect(word(run) == "not-applicable")
  }

  @Test func whatIsSaidOtherwiseNeedsACondition() {
    let steps = #"steps: [{ id: a, title: A, else: never, check: { ok: "true" } }]"#
    #expect(Fixtures.problems(Fixtures.playbook(steps)).count { $0.contains(#""else" is said when"#) } == 1)
  }

  @Test func aCauseQuotesWhatTheCheckSays() throws {
    let found = try report(
      """
      steps: [{ id: a, title: A, check: { use: image-name, as: { warning: problem } }, cause: "bad image: {said}" }]
      """, "[{ kind: Pod, metadata: { name: web }, spec: { containers: [{ name: app, image: web }] } }]")
    let sentence = try #require(found.step("a")?.sentence)
    #expect(!sentence.isEmpty)
    #expect(found.causes.map(\.text) == ["bad image: \(sentence)"])
  }

  @Test(
    arguments: [
      ("v1.32.4", Verdict.unknown), ("1.33", .ok), ("v1.36.0-gke.1", .ok), ("2.0", .ok), (nil, .ok),
    ] as [(String?, Verdict)])
  func whatTheClusterIsTooOldForIsUnknown(version: String?, verdict: Verdict) throws {
    let found = try report(
      #"steps: [{ id: a, title: A, since: "1.33", check: { ok: "true" } }]"#, version: version)
    #expect(found.step("a")?.verdict == verdict)
    #expect(found.step("a")?.doubt?.reason == (verdict == .unknown ? .tooOld : nil))
  }

  private let repeated =
    "steps: [{ id: a, title: A, read: { from: server, path: /api/v1/nodes, repeat: 3 }, cause: \"{said}\" }]"

  private func list(_ names: String...) -> String {
    "{\"items\":[" + names.map { "{\"metadata\":{\"name\":\"\($0)\"}}" }.joined(separator: ",") + "]}"
  }

  @Test func repeatedAnswersAreCompared() throws {
    let same = list("n1", "n2")
    #expect(try report(repeated, texts: [("a", same), ("a", same)]).step("a")?.word == "waiting")
    let well = try report(repeated, texts: [("a", same), ("a", list("n2", "n1")), ("a", same)])
    #expect(well.step("a")?.verdict == .ok)
    #expect(well.step("a")?.sentence == "3 times the same: 2 objects")
    let torn = try report(repeated, texts: [("a", same), ("a", list("n1", "n3")), ("a", same)])
    #expect(torn.step("a")?.verdict == .problem)
    #expect(torn.causes.first?.text.contains("without n2, with n3") == true, "\(torn.causes)")
    guard case .read(.repeated(let path))? = torn.step("a")?.request else {
      Issue.record("nothing is read")
      return
    }
    #expect(path == "/api/v1/nodes")
    guard case .success(let request) = ReadTarget.repeated(path).request else {
      Issue.record("nothing is sent")
      return
    }
    #expect(request.isAlone)
  }

  @Test func textsThatAreNoListsAreComparedByLines() throws {
    let torn = try report(repeated, texts: [("a", "x\ny"), ("a", "y\nx"), ("a", "x")])
    #expect(torn.step("a")?.sentence.contains("answer 3 of 3 differs from the first: without y") == true)
  }

  private func offered(_ steps: String, _ objects: String, object: String) throws -> String? {
    let step = try report("steps: [\(steps)]", objects, object: object).step("a")
    guard case .remedy(let offer)? = step?.request else { return step?.word }
    return offer.order.commandLine
  }

  private let set = """
    [{ kind: StatefulSet, metadata: { name: db }, spec: { replicas: 0 } },
     { kind: Pod, metadata: { name: db-0, ownerReferences: [{ kind: StatefulSet, name: db }] }, spec: { containers: [{ name: app }] } }]
    """

  @Test func remediesAreForWhatReallyChanges() throws {
    let resources = "{ id: a, title: A, remedy: { use: set-resources, with: { container: app, memory-limit: 1Gi } } }"
    #expect(
      try offered(resources, set, object: "pod/db-0")
        == "set-resources statefulset/db container=app memory-limit=1Gi")
    #expect(
      try offered(resources, RunTests.pod, object: "pod/web") == "set-resources pod/web container=app memory-limit=1Gi")
  }

  @Test func theKindOfARemedysObjectMayBeWorkedOut() throws {
    let scale =
      "{ id: a, title: A, remedy: { use: scale, on: '{owner.kind}/{owner.name}', with: { replicas: \"1\" } } }"
    #expect(try offered(scale, set, object: "pod/db-0") == "scale statefulset/db replicas=1")
    let daemons =
      "[{ kind: DaemonSet, metadata: { name: d } }, { kind: Pod, metadata: { name: p, ownerReferences: [{ kind: DaemonSet, name: d }] } }]"
    #expect(try offered(scale, daemons, object: "pod/p") == "not-applicable")
  }

  @Test(arguments: [
    (#"{ id: b, title: B, since: new, check: { ok: "true" } }"#, "expected a version of Kubernetes"),
    (#"{ id: b, title: B, check: { use: address-in-line, step: c } }"#, "there is no earlier step \"c\""),
    (#"{ id: b, title: B, check: { use: address-in-line, step: b } }"#, "there is no earlier step \"b\""),
    (#"{ id: b, title: B, read: { from: logs, repeat: 3 } }"#, "only \"server\" is read several times"),
    (#"{ id: b, title: B, check: { problem: "true" }, cause: "{line}" }"#, "line"),
    (#"{ id: b, title: B, remedy: { use: delete-pod, on: "{metadata.name}" } }"#, "expected KIND/NAME"),
  ])
  func lintFindsWhatIsWrong(step: String, words: String) {
    let problems = Fixtures.problems(
      Fixtures.playbook("steps: [\(step), { id: c, title: C, check: { ok: \"true\" } }]"))
    #expect(problems.contains { $0.contains(words) }, "\(problems)")
  }
}
