import Kube
import Testing

@testable import Expressions

@Suite struct ProblemTests {
  @Test(arguments: [
    ("", "1:1: the expression is empty"), ("count >", "1:8: expected a value or an operator, found the end"),
    ("count = 7", #"1:7: "=" is not an operator; write == to compare"#),
    ("isOn & isOn", #"1:6: "&" is not an operator; write && for "and""#),
    ("(1", #"1:3: expected ")" (the closing parenthesis), found the end"#),
    ("count > 5m", #"1:9: "5m" is not a number; write duration("5m") or quantity("5m")"#),
    ("1 < 2 < 3", "1:7: comparisons cannot follow each other; join them with &&"),
    ("'abc", "1:1: the text has no closing '"), ("count # 3", ##"1:7: unexpected "#""##),
    (#"name.matches("a(")"#, #"1:14: a "(" in the regular expression has no ")""#),
    ("name.matches(name)", #"1:14: matches takes a regular expression in quotes: x.matches(r"^web-")"#),
    ("duration('5 minutes')", #"1:10: "5 minutes" is not a duration such as "90s" or "1h30m""#),
    ("sise(words)", #"1:1: unknown function "sise"; did you mean "size"?"#),
    ("name.startswith('x')", #"1:6: unknown function "startswith"; did you mean "startsWith"?"#),
    ("startsWith(name, 'x')", "1:1: startsWith is written behind a dot: x.startsWith(…)"),
    ("started.age()", "1:9: age is written age(x)"), ("age()", "1:1: age takes 1 argument, not 0"),
    ("99999999999999999999", "1:1: the number is too large"),
    ("name\n  = 1", #"2:3: "=" is not an operator; write == to compare"#),
    // Types
    ("metadata.nam == 'x'", #"1:10: metadata has no field "nam"; did you mean "name"?"#),
    ("metadta.name", #"1:1: unknown name "metadta"; did you mean "metadata"?"#),
    ("count == 'x'", #"1:1: "==" cannot compare these: count is a whole number, 'x' is a text; leave the quotes out"#),
    (
      "age(started) > 5",
      #"1:1: ">" cannot compare these: age(started) is a duration, 5 is a whole number; write duration("5m")"#
    ),
    ("isOn > true", #"1:1: ">" cannot compare these: isOn is a truth value, true is a truth value"#),
    ("name + count", #"1:1: "+" does not work on a text and a whole number; write string(count)"#),
    ("parts.name", #"1:7: parts is a list; take an element ([0]) or ask exists(item, …) for "name""#),
    ("name && isOn", #"1:1: "&&" needs a condition, name is a text"#),
    ("age(name)", "1:5: age needs a time, this is a text"),
    ("count in ['a']", "1:1: count is a whole number, the list holds a text"),
    ("parts.exists(p, p.nam == 'x')", #"1:19: p has no field "nam"; did you mean "name"?"#),
  ])
  func messages(_ source: String, _ expected: String) {
    #expect {
      _ = try Expression(parsing: source).check(in: Sample.scope)
    } throws: {
      let found = "\($0)"
      if found != expected { Issue.record("found \(found)") }
      return found == expected
    }
  }

  @Test func conditionsAreTruthValues() throws {
    #expect(throws: ExpressionProblem.self) { try Expression(parsing: "name").checkCondition(in: Sample.scope) }
    try Expression(parsing: "anything.x").checkCondition(in: Sample.scope)
  }

  @Test(arguments: [
    String(repeating: "(", count: 5_000), String(repeating: "!", count: 4_000),
    String(repeating: "-", count: 4_000) + "1",
    "1" + String(repeating: "+1", count: 2_000), String(repeating: "a.", count: 2_000) + "a",
    String(repeating: "[", count: 4_000), "true" + String(repeating: "?true:false", count: 300),
    String(repeating: "x", count: 5_000),
  ])
  func hugeExpressionsAreRefused(_ source: String) {
    #expect(throws: ExpressionProblem.self) { try Expression(parsing: source) }
  }

  @Test func longChainsAreFine() throws {
    let chain = Array(repeating: "count == 7", count: 200).joined(separator: " && ")
    #expect(try Expression(parsing: chain).holds(Sample.bindings, now: Sample.now) == true)
  }
}
