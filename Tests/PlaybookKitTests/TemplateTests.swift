import Expressions
import Kube
import Testing

@testable import PlaybookKit

@Suite struct TemplateTests {
  @Test(arguments: [
    ("plain", "plain"), ("{1 + 1} pods", "2 pods"), ("{{x}}", "{x}"), ("a{\"}\"}b", "a}b"), ("{null}", "(not set)"),
    ("{1 / 0}", "(not known)"), ("{'a'}{'b'}", "ab"),
  ])
  func expressionsAreReplaced(source: String, text: String) throws {
    #expect(try Template(parsing: source).text(Bindings(), now: Timestamp(seconds: 0)) == text)
  }

  @Test(arguments: [("{a", 1), ("a}", 2), ("ab {1 +}", 8)])
  func mistakesHaveAPlace(source: String, column: Int) {
    let problem = #expect(throws: ExpressionProblem.self) { try Template(parsing: source) }
    #expect(problem?.column == column)
  }
}
