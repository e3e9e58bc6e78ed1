import DataFiles
import Testing

@testable import PlaybookKit

/// Every mistake is refused at its place, with the likely spelling.
@Suite struct LintTests {
  static let step = "steps: [{ id: a, title: A, check: finding }]"

  @Test func aGoodPlaybookHasNoProblems() {
    #expect(Fixtures.problems(Fixtures.playbook(Self.step)) == [])
  }

  @Test(arguments: [
    ("steps: []", "7:8 at least one step is needed"),
    ("steps: [{ id: a, title: A }]", #"7:9 one of "check", "read", "run", "manual", "remedy" is needed"#),
    ("steps: [{ id: a, titel: A, check: finding }]", #"7:18 unknown key "titel"; did you mean "title"?"#),
    (
      #"steps: [{ id: a, title: "What is {lines[\"log\"]}?", check: finding }]"#,
      #"7:25 a title is made before earlier steps are: it cannot quote "lines"; "say" and "cause" can"#
    ),
    ("steps: [{ id: a, title: A, check: findng }]", #"7:35 there is no check "findng"; did you mean "finding"?"#),
    (
      "steps: [{ id: a, title: A, check: { use: finding, codes: [pod.oomkilled] } }]",
      #"7:59 unknown finding "pod.oomkilled"; did you mean "pod.oom-killed"?"#
    ),
    (
      "steps: [{ id: a, title: A, check: { use: exit-code, is: oomkilled } }]",
      #"7:57 unknown value "oomkilled"; did you mean "oom-killed"?"#
    ),
    (
      "steps: [{ id: a, title: A, check: { use: node-room, needs: 1Gb } }]",
      #"7:60 expected a quantity such as 1Gi, found "1Gb""#
    ),
    (
      "steps: [{ id: a, title: A, check: { problem: spec.nodName == \"x\" } }]",
      #"7:51 spec has no field "nodName"; did you mean "nodeName"?"#
    ),
    ("steps: [{ id: a, title: A, check: { problem: spec.nodeName } }]", "7:46 a condition is needed, this is a text"),
    (
      "steps: [{ id: a, title: A, check: { problem: contaner.name == 1 } }]",
      #"7:46 unknown name "contaner"; did you mean "container"?"#
    ),
    (
      "steps: [{ id: a, title: \"{spec.nodName}\", check: finding }]",
      #"7:32 spec has no field "nodName"; did you mean "nodeName"?"#
    ),
    (
      "steps: [{ id: a, title: A, check: finding, then: { problme: end } }]",
      #"7:52 "problme" cannot be the verdict here; did you mean "problem"?"#
    ),
    (
      "steps: [{ id: a, title: A, check: finding, then: seconds }, { id: second, title: B, check: finding }]",
      #"7:50 there is no step "seconds"; did you mean "second"?"#
    ),
    (
      "steps: [{ id: a, title: A, check: finding, then: end }, { id: b, title: B, check: finding }]",
      #"7:63 no step leads to "b""#
    ),
    (
      "steps: [{ id: a, title: A, check: finding }, { id: b, title: B, check: finding, then: a }]",
      #"7:87 step "a" does not come after this one: steps only lead forward, so that a run ends"#
    ),
    (
      "steps: [{ id: a, title: A, check: finding, then: a }]",
      #"7:50 step "a" does not come after this one: steps only lead forward, so that a run ends"#
    ),
    (
      "steps: [{ id: a, title: A, check: finding, then: playbook/owm }]",
      #"7:50 there is no playbook "owm"; did you mean "own"?"#
    ),
    (
      "steps: [{ id: a, title: A, check: finding }, { id: a, title: B, check: finding }]",
      #"7:52 a step "a" is already there"#
    ),
    (
      "steps: [{ id: a, title: A, remedy: { use: scael } }]",
      #"7:43 there is no remedy "scael"; did you mean "scale"?"#
    ),
    (
      "steps: [{ id: a, title: A, remedy: { use: set-image } }]",
      #"7:36 the key "image" is missing"#
    ),
    (
      "steps: [{ id: a, title: A, remedy: { use: uncordon } }]",
      #"7:43 the remedy "uncordon" is for Node, not Pod; say "on""#
    ),
    (
      "steps: [{ id: a, title: A, remedy: { use: uncordon, on: \"Nodde/{spec.nodeName}\" } }]",
      #"7:57 expected KIND/NAME such as Node/{spec.nodeName}, found "Nodde/{spec.nodeName}"; did you mean "Node"?"#
    ),
    ("steps: [{ id: a, title: A, read: lgos }]", #"7:34 cannot read "lgos"; did you mean "logs"?"#),
    (
      "steps: [{ id: a, title: A, read: { from: logs, match: [{ pattern: \"(\", verdict: ok }] } }]", nil
    ),
    ("steps: [{ id: end, title: A, check: finding }]", nil),
    (
      "\(step)\ntests: [{ name: n, object: pod/x, objects: [{ kind: Pood }], expect: { path: [a] } }]",
      #"8:53 unknown kind "Pood"; did you mean "Pod"?"#
    ),
    (
      "\(step)\ntests: [{ name: n, object: pod/x, expect: { path: [b] } }]", #"8:52 there is no step "b""#
    ),
  ])
  func mistakesHaveAPlace(lines: String, problem: String?) {
    let problems = Fixtures.problems(Fixtures.playbook(lines))
    if let problem { #expect(problems.contains(problem), "\(problems)") } else { #expect(!problems.isEmpty) }
  }

  @Test func aTestThatFailsIsAProblemAtItsPlace() {
    let problems = Fixtures.problems(
      Fixtures.playbook(
        "\(Self.step)\ntests: [{ name: n, object: pod/x, objects: [{ kind: Pod, metadata: { name: x } }], expect: { verdicts: { a: problem } } }]"
      ))
    #expect(problems == [#"8:9 test "n": step a is ok (nothing of this kind is found) instead of problem"#])
  }

  @Test func whatFitsOneKindOnlyMustSaySo() {
    let text = Fixtures.playbook("steps: [{ id: a, title: A, check: { problem: spec.paused } }]")
      .replacing("kinds: [Pod]", with: "kinds: [Deployment, StatefulSet]")
    #expect(Fixtures.problems(text).first?.contains("of a StatefulSet: ") == true)
    #expect(Fixtures.problems(text.replacing("title: A,", with: "title: A, kinds: [Deployment],")) == [])
  }

  @Test func aBrokenFileOfTheUserDoesNotTakeThePlaybookAway() throws {
    let good = Fixtures.playbook(Self.step)
    let library = Fixtures.library(
      user: ["own.yaml": Fixtures.playbook("steps: []")], embedded: ["own.yaml": good])
    #expect(library["own"]?.steps.count == 1)
    #expect(library.problems.map(\.file) == ["/user/own.yaml"])
  }

  @Test func aFileOfTheUserExtends() throws {
    let library = Fixtures.library(
      user: ["own.yaml": "name: own\nextends: own\nsteps+: [{ id: b, title: B, check: finding }]"],
      embedded: ["own.yaml": Fixtures.playbook(Self.step)])
    #expect(library.problems == [])
    #expect(library["own"]?.steps.map(\.id) == ["a", "b"])
  }
}
