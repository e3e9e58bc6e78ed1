import Expressions
import Kube
import Testing

@testable import PlaybookKit

@Suite struct TemplateTests {
  @Test(arguments: [
    ("plain", "plain"), ("{1 + 1} pods", "2 pods"), ("{{x}}", "{x}"), ("a{\"}\"}b", "a}b"), ("{null}", "none"),
    ("{1 / 0}", "(not known)"), ("{'a'}{'b'}", "ab"),
  ])
  func expressionsAreReplaced(source: String, text: String) throws {
    #expect(try Template(parsing: source).text(Bindings(), now: Timestamp(seconds: 0)) == text)
  }

  /// What has no value goes, and with it the phrase that it belongs to; what a value says is never taken apart.
  @Test(arguments: [
    ("the limit is {'64Mi'}, the request {null}", "the limit is 64Mi"),
    ("the limit is {null}, the request {'32Mi'}", "the request 32Mi"),
    ("3 failed (Job: {5}, pod: {null})", "3 failed (Job: 5)"), ("3 failed (pod: {null})", "3 failed"),
    ("exit 127: {null}", "exit 127"), ("exit 127: {''}", "exit 127"),
    ("exit 127: {'no a, b (c): '}", "exit 127: no a, b (c): "),
    ("cannot run, exit {127}: {''}", "cannot run, exit 127"), ("{null}; {null}", "none"),
    ("class {null} is used", "class none is used"),
    ("said: {''}, seen", "said, seen"), ("{''}", ""), ("a (b", "a (b"),
    (") {null}", ") none"),
  ])
  func aPartThatIsNotSetIsNotRead(source: String, text: String) throws {
    #expect(try Template(parsing: source).text(Bindings(), now: Timestamp(seconds: 0)) == text)
  }

  @Test(arguments: [
    ("kubectl get pod {'web'}", "kubectl get pod web"), ("kubectl edit {null} {'web'}", nil),
    ("kubectl get pod {''}", nil),
    ("kubectl get {1 / 0}", nil), ("kubectl get pods{1 == 2 ? ' -A' : ''}", "kubectl get pods"),
  ])
  func aLineToTypeIsWholeOrNotThere(source: String, line: String?) throws {
    #expect(try Template(parsing: source).line(Bindings(), now: Timestamp(seconds: 0)) == line)
  }

  @Test(arguments: [("{a", 1), ("a}", 2), ("ab {1 +}", 8)])
  func mistakesHaveAPlace(source: String, column: Int) {
    let problem = #expect(throws: ExpressionProblem.self) { try Template(parsing: source) }
    #expect(problem?.column == column)
  }
}
