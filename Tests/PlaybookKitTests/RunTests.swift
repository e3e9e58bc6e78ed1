import ClusterState
import Diagnosis
import Kube
import KubeClient
import Remedies
import Testing

@testable import PlaybookKit

/// A run is what the cluster says now and what persons and hosts have contributed.
@Suite struct RunTests {
  static let text = Fixtures.playbook(
    """
    steps:
      - { id: ready, title: "Is {metadata.name} ready?", check: { problem: status.phase != "Running" } }
      - id: log
        title: Log
        read: { from: logs, match: [{ pattern: "panic: (.*)", verdict: problem, say: "{line}", cause: "said {line}" }], otherwise: ok }
      - { id: person, title: Ask, manual: { ask: "Is {metadata.name} yours?" }, then: { problem: last }, cause: yours }
      - { id: shell, title: Run, run: { command: [cat, "/a b"], otherwise: ok } }
      - { id: last, title: Last, check: { use: node-room, resource: memory } }
      - { id: cure, title: Cure, remedy: { use: delete-pod, verify: ready } }
    """)

  static let pod =
    "[{ kind: Pod, metadata: { name: web }, spec: { nodeName: n, containers: [{ name: app }] }, status: { phase: Running } }]"

  private func report(_ run: PlaybookRun, _ state: ClusterState, now: Timestamp = Fixtures.now) -> RunReport {
    run.evaluate(
      run.facts(state, triage: Triage.diagnose(state, now: now), events: EventIndex(), now: now))
  }

  private func start() throws -> (run: PlaybookRun, state: ClusterState) {
    let scenario = try Fixtures.scenario(Self.pod, object: "pod/web")
    return (PlaybookRun(try Fixtures.read(Self.text), subject: scenario.subject), scenario.state())
  }

  private func words(_ report: RunReport) -> [String] { report.steps.map { "\($0.id) \($0.word)" } }

  @Test func atFirstThatIsAskedForWhichTheClusterDoesNotTell() throws {
    let (run, state) = try start()
    let report = report(run, state)
    #expect(
      words(report) == [
        "ready ok", "log waiting", "person waiting", "shell waiting", "last not-applicable", "cure offered",
      ])
    #expect(report.waiting?.id == "log")
    #expect(report.steps[0].title == "Is web ready?")
    guard case .read(.logs(let namespace, let pod, let container, let previous, let tail))? = report.steps[1].request
    else {
      Issue.record("no log is asked for")
      return
    }
    #expect([namespace, pod, container, "\(previous)", "\(tail)"] == ["default", "web", "app", "false", "200"])
    #expect(report.steps[3].commands == ["kubectl exec -n default web -c app -- cat '/a b'"])
    #expect(report.verdict == .ok)
  }

  /// An answer that does not stand any more belongs to an earlier round, and so does all that was said before it.
  @Test func aRoundThatIsOverIsForgotten() throws {
    let text = Fixtures.playbook(
      """
      steps:
        - { id: first, title: First, manual: { ask: "First?" } }
        - { id: work, title: Work, stands: "!(metadata.creationTimestamp > answered)", manual: { ask: "Done?" } }
        - { id: last, title: Last, manual: { ask: "Last?" } }
      """)
    let now = Fixtures.now
    func words(after seconds: Int64) throws -> [String] {
      let began = now.advanced(by: .seconds(seconds))
      let pod = "[{ kind: Pod, metadata: { name: web, creationTimestamp: \"\(began)\" } }]"
      let scenario = try Fixtures.scenario(pod, object: "pod/web")
      var run = PlaybookRun(try Fixtures.read(text), subject: scenario.subject)
      run.add(.skip, to: "first", at: now.advanced(by: .seconds(-30)))
      run.add(.note("mine"), to: "first", at: now.advanced(by: .seconds(-25)))
      run.add(.skip, to: "work", at: now.advanced(by: .seconds(-20)))
      run.add(.answer(true), to: "last", at: now.advanced(by: .seconds(-10)))
      let report = report(run, scenario.state())
      #expect(report.steps[0].notes.map(\.text) == ["mine"])
      // What was left out can still be answered.
      if case .ask? = report.steps[1].request {} else { Issue.record("nothing is asked") }
      // Forgotten for good, it does not come back when its condition holds again.
      let facts = run.facts(
        scenario.state(), triage: Triage.diagnose(scenario.state(), now: now), events: EventIndex(), now: now)
      #expect(run.forgetEarlierRounds(facts) == (seconds == -19) && run.journal.count == (seconds == -19 ? 2 : 4))
      return self.words(report)
    }
    let early = try words(after: -21)
    let late = try words(after: -19)
    #expect(early == ["first skipped", "work skipped", "last problem"])
    #expect(late == ["first waiting", "work waiting", "last problem"])
  }

  @Test func whatIsContributedDecidesAndCanBeTakenBack() throws {
    var (run, state) = try start()
    run.add(.text("a\npanic: token=abc\nb"), to: "log", at: Fixtures.now)
    run.add(.answer(true), to: "person", at: Fixtures.now)
    run.add(.note("seen before"), to: "person", at: Fixtures.now)
    run.add(.answer(true), to: "nothing", at: Fixtures.now)
    let after = report(run, state)
    #expect(after.path == ["ready", "log", "person", "last", "cure"])
    #expect(after.causes.map(\.text) == ["said panic: token=(hidden)", "yours"])
    #expect(after.steps[2].notes.map(\.text) == ["seen before"])
    #expect(after.verdict == .problem)
    #expect(run.back() == "person")
    #expect(report(run, state).path == ["ready", "log", "person", "shell", "last", "cure"])
    run.add(.skip, to: "log", at: Fixtures.now)
    #expect(report(run, state).steps[1].word == "skipped")
    #expect(report(run, state).causes.isEmpty)
  }

  @Test func whatCannotBeReadIsUnknownWithItsReason() throws {
    var (run, state) = try start()
    run.add(.noText(Doubt(.forbidden, "pods/log is forbidden")), to: "log", at: Fixtures.now)
    let step = try #require(report(run, state).step("log"))
    #expect(step.verdict == .unknown)
    #expect(step.doubt == Doubt(.forbidden, "pods/log is forbidden"))
    #expect(report(run, state).verdict == .unknown)
  }

  /// `otherwise: ok` of the step must not make a failed command proof of anything.
  @Test(arguments: [
    (CommandOutput(text: "fine", end: .exited(0)), Verdict.ok, "nothing of the kind in 1 line"),
    (CommandOutput(text: "cat: no such file", end: .exited(1)), .unknown, "it ended with exit status 1"),
    (CommandOutput(text: "half", end: .timedOut(.seconds(30))), .unknown, "it had not ended after 30s"),
    (CommandOutput(text: "", end: .failed("no such program")), .unknown, "it did not end by itself: no such program"),
    (CommandOutput(text: "BAD", end: .exited(1)), .problem, "BAD"),
  ])
  func onlyACommandThatEndsWellShowsThatNothingIsWrong(_ output: CommandOutput, _ verdict: Verdict, _ says: String)
    throws
  {
    let playbook = try Fixtures.read(
      Fixtures.playbook(
        """
        steps:
          - id: shell
            title: Run
            run: { command: [cat, /x], match: [{ pattern: BAD, verdict: problem, say: "{line}" }], otherwise: ok }
        """))
    let scenario = try Fixtures.scenario(Self.pod, object: "pod/web")
    var run = PlaybookRun(playbook, subject: scenario.subject)
    run.add(CommandOutcome.ran(output).contribution, to: "shell", at: Fixtures.now)
    let step = try #require(report(run, scenario.state()).step("shell"))
    #expect(step.verdict == verdict)
    #expect(step.sentence.hasPrefix(says), "\(step.sentence)")
    #expect(!run.saved.text().contains("BAD"))
  }

  @Test func anObjectThatVanishesEndsTheRun() throws {
    let (run, state) = try start()
    let gone = try #require(state.get(Pod.self, namespace: "default", name: "web"))
    state.store(of: Pod.self)?.remove(gone)
    let report = report(run, state)
    #expect(report.subjectDoubt?.text == "pod/web does not exist any more")
    #expect(report.verdict == .unknown)
    #expect(report.path.isEmpty)
    state.store(of: Pod.self)?.freshness = .forbidden("no")
    #expect(self.report(run, state).subjectDoubt == Doubt(.forbidden, "pods: no"))
  }

  @Test func aNamesakeIsAnotherObject() throws {
    let (run, state) = try start()
    var other = try #require(state.get(Pod.self, namespace: "default", name: "web"))
    other.metadata.uid = "new"
    state.store(of: Pod.self)?.put(other)
    #expect(report(run, state).subjectDoubt != nil)
  }

  @Test func aRunIsKeptWithoutTextsAndTakenUpAgain() throws {
    var (run, state) = try start()
    run.container = "app"
    run.add(.text("panic: secret"), to: "log", at: Fixtures.now)
    run.add(.answer(true), to: "person", at: Fixtures.now)
    run.add(.note("n"), to: "person", at: Fixtures.now)
    run.add(.applied(true, "deleted"), to: "cure", at: Fixtures.now)
    let text = run.saved.text(indent: 2)
    #expect(!text.contains("secret"))
    let saved = try JSONValue(parsing: text)
    #expect(PlaybookRun.playbookName(of: saved) == "own")
    let again = try #require(PlaybookRun(saved: saved, run.playbook))
    #expect(again.subject == run.subject)
    #expect(again.container == "app")
    #expect(
      words(report(again, state)) == [
        "ready ok", "log waiting", "person problem", "shell not reached", "last not-applicable", "cure ok",
      ])
    #expect(PlaybookRun(saved: [:], run.playbook) == nil)
  }

  @Test func remediesOfOtherObjectsAndWhatTheyLack() throws {
    let playbook = try Fixtures.read(
      Fixtures.playbook(
        """
        steps:
          - { id: a, title: A, remedy: { use: uncordon, on: "Node/{spec.nodeName}" } }
          - { id: b, title: B, remedy: { use: set-resources, with: { memory-limit: "{container.memoryLimit * 2}" } } }
          - { id: c, title: C, remedy: { use: cordon, on: "Node/{status.nominatedNodeName}" } }
        """))
    let scenario = try Fixtures.scenario(Self.pod, object: "pod/web")
    let report = report(PlaybookRun(playbook, subject: scenario.subject), scenario.state())
    guard case .remedy(let first)? = report.steps[0].request, case .remedy(let second)? = report.steps[1].request else {
      Issue.record("nothing is offered")
      return
    }
    #expect(first.order.commandLine == "uncordon node/n")
    #expect(first.problem == nil)
    #expect(second.problem == "memory-limit is not known here")
  }
}

@Suite struct RedactionTests {
  @Test(arguments: [
    ("password=abc x", "password=(hidden) x"), ("db_password: abc", "db_password: (hidden)"),
    (#"{"token":"abc"}"#, #"{"token":"(hidden)"}"#), ("Authorization: Bearer abc", "Authorization: Bearer (hidden)"),
    ("postgres://u:p@h/d", "postgres://u:(hidden)@h/d"), ("eyJhbGciOiJIUzI1NiJ9.x.y", "(hidden)"),
    ("tokens left: 5", "tokens left: 5"), ("exit 1", "exit 1"),
  ])
  func secretsAreHidden(text: String, shown: String) { #expect(LineRedaction.line(text) == shown) }
}
