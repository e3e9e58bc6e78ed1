import Kube
import Testing

@testable import Expressions

@Suite struct EvaluationTests {
  @Test(arguments: [
    // Literals and paths
    ("12", "12"), ("0x1f", "31"), ("1.5", "1.5"), ("1e3", "1000"), ("-3", "-3"), ("'a\\n\"'", #""a^J"""#),
    (#"r"\d""#, #""\d""#), ("true", "true"), ("null", "not set"), ("name", #""web-1""#), ("metadata.name", #""""#),
    ("parts[1].name", #""side""#), ("parts[7].name", "not set"), ("parts[0 - 1].name", "not set"),
    (#"labels["app"]"#, #""web""#), ("labels.tier", #""front""#), ("labels.nope", "not set"), ("limit", "not set"),
    ("anything.x", "1"), ("anything.y.z", "not set"), ("anything.x.y", "unknown: a whole number has no field y"),
    // Logic
    ("isOn || count == 7", "true"), ("isOn && usage > 1", "false"), ("count == 7 || usage > 1", "true"),
    ("usage > 1 || count == 7", "true"), ("usage > 1 && count == 7", "unknown: metrics are not served"),
    ("usage > 1 && isOn", "false"), ("!isOn", "true"), ("limit > 3 || true", "true"),
    ("count > 3 ? 'many' : 'few'", #""many""#), ("limit > 3 ? 'many' : 'few'", #""few""#),
    // Comparisons
    ("count > 3", "true"), ("count <= 7", "true"), ("count != 7", "false"), ("limit > 3", "false"),
    ("limit < 3", "false"), ("limit == null", "true"), ("count == null", "false"), ("name < 'x'", "true"),
    ("memory > quantity('500Mi')", "true"), ("memory == quantity('0.5Gi')", "true"), ("memory < 1000", "false"),
    ("1.5 > 1", "true"), ("1 == 1.0", "true"), ("ratio >= 0.5", "true"), ("wait > duration('1m')", "true"),
    ("age(started) == duration('5m')", "true"), ("started < timestamp('2100-01-01T00:00:00Z')", "true"),
    ("port == 'http'", "true"), ("port == 80", "false"), ("words == ['a', 'b', 'ü']", "true"),
    // Arithmetic
    ("7 / 2", "3"), ("7 % 2", "1"), ("7 / 2.0", "3.5"), ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("2 - 3 - 4", "-5"),
    ("1 / 0", "unknown: division by zero"), ("9223372036854775807 + 1", "unknown: the number is too large"),
    ("name + '!'", #""web-1!""#), ("memory + memory", "1073741824"), ("memory / quantity('1Gi')", "0.5"),
    ("memory * 2 == quantity('1Gi')", "true"), ("wait + wait", "3m"), ("wait * 2", "3m"), ("wait / 2", "45s"),
    ("limit + 1", "not set"), ("started - duration('1h') < started", "true"),
    ("words + ['c']", #"["a", "b", "ü", "c"]"#),
    // Lists and maps
    ("'b' in words", "true"), ("'app' in labels", "true"), ("3 in [1, 2]", "false"), ("size(words)", "3"),
    ("words.size()", "3"), ("size('ü')", "1"), ("size(limit == null ? words : words)", "3"),
    ("parts.exists(p, p.restarts > 3)", "true"), ("parts.all(p, p.restarts > 3)", "false"),
    ("parts.filter(p, p.restarts > 3).map(p, p.name)", #"["side"]"#), ("parts.map(p, p.restarts * 2)", "[4, 10]"),
    ("labels.exists(k, k == 'app')", "true"), ("words.first()", #""a""#), ("[].last()", "not set"),
    ("parts.exists(p, parts.all(q, q.restarts <= p.restarts))", "true"), ("words.join('+')", #""a+b+ü""#),
    ("words.join()", #""a,b,ü""#), ("parts.exists(p, p.restarts / 0 == 1 || p.name == 'side')", "true"),
    ("parts.all(p, p.restarts / 0 == 1)", "unknown: division by zero"),
    // Texts
    ("name.startsWith('web')", "true"), ("name.endsWith('-1')", "true"), ("name.contains('b-')", "true"),
    ("words.contains('b')", "true"), (#"name.matches(r"^web-\d+$")"#, "true"), ("'AbÜ'.lowerAscii()", #""abÜ""#),
    ("labels.nope.startsWith('x')", "false"),
    // Conversions
    ("string(count)", #""7""#), ("string(wait)", #""90s""#), ("string(limit)", #""""#), ("string(memory)", #""512Mi""#),
    ("int('42')", "42"), ("int('x')", #"unknown: "x" is no whole number"#), ("int(memory)", "536870912"),
    ("int(1.9)", "1"), ("double('2.5')", "2.5"), ("quantity(labels.app)", #"unknown: "web" is no quantity"#),
    ("duration('1h30m') == duration('90m')", "true"), ("duration('1d') == duration('24h')", "true"),
    ("has(limit)", "false"), ("has(metadata.deletionTimestamp)", "false"), ("has(started)", "true"),
    ("age(null)", "not set"),
  ])
  func values(_ source: String, _ expected: String) throws { #expect(try evaluated(source) == expected) }

  @Test func stepsAreLimited() throws {
    let nested =
      "words.map(a, words.map(b, words.map(c, words.map(d, words.map(e, words.map(f, words.map(g, words.map(h, 1))))))))"
    let expression = try Expression(parsing: nested)
    var sample = Sample()
    sample.words = ["1", "2", "3", "4", "5"]
    guard case .unknown = expression.evaluate(Bindings(object: .record(sample)), now: Sample.now) else {
      Issue.record("five to the power of eight steps were taken")
      return
    }
  }

  @Test func aLimitInsideAnOrEndsTheEvaluation() throws {
    let expression = try Expression(parsing: "words.all(a, words.all(b, words.all(c, a + b + c != 'x'))) || false")
    var sample = Sample()
    sample.words = (0..<100).map { "word\($0)" }
    #expect(expression.holds(Bindings(object: .record(sample)), now: Sample.now) == nil)
  }

  @Test func futureTimesHaveNegativeAges() throws {
    let expression = try Expression(parsing: "age(started) < duration('0s')")
    var sample = Sample()
    sample.started = Sample.now.advanced(by: .seconds(5))
    #expect(expression.holds(Bindings(object: .record(sample)), now: Sample.now) == true)
  }
}

@Suite struct ExplanationTests {
  @Test(arguments: [
    ("count > 3", ["count 7 > 3"]), ("metadata.name == 'x'", [#"name "" == "x""#]),
    ("count > 3 && name == 'web-1'", ["count 7 > 3", #"name "web-1""#]),
    ("name != null && limit == null", [#"name "web-1""#, "limit not set"]),
    ("limit != null", ["limit not set != not set"]),
    ("isOn && count > 3", ["isOn false"]), ("isOn || count > 3", ["count 7 > 3"]),
    ("isOn || count > 30", ["isOn false", "count 7 > 30"]), ("!(count > 30)", ["count 7 > 30"]),
    ("parts.exists(p, p.restarts > 3)", ["restarts 5 > 3"]), ("parts.all(p, p.restarts > 3)", ["restarts 2 > 3"]),
    ("parts.exists(p, p.restarts > 30)", ["none of 2 parts: p.restarts > 30"]),
    ("usage > 1", ["usage unknown (metrics are not served) > 1"]), ("has(limit)", ["limit is not set"]),
    ("age(started) > duration('2m')", ["age(started) 5m > 2m"]), ("limit > 3", ["limit not set > 3"]),
    ("name.matches(r'^web')", [#"name "web-1" matches ^web"#]),
    ("name in ['a', 'b']", [#"name "web-1" in ["a", "b"]"#]),
    ("count > 3 ? name : 'none'", ["count 7 > 3", #"name "web-1""#]),
  ])
  func facts(_ source: String, _ expected: [String]) throws {
    let explanation = try Expression(parsing: source).explain(Sample.bindings, now: Sample.now)
    #expect(explanation.facts.map(\.text) == expected)
  }

  @Test func factsSayWhetherTheyHold() throws {
    let explanation = try Expression(parsing: "count > 3 && usage > 1").explain(Sample.bindings, now: Sample.now)
    #expect(explanation.facts.map(\.holds) == [nil])
    #expect(explanation.outcome.bool == nil)
  }
}
