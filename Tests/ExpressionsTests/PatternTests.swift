import Testing

@testable import Expressions

@Suite struct PatternTests {
  @Test(arguments: [
    ("abc", "xabcx", true), ("^abc", "xabc", false), ("abc$", "abcx", false), ("a.c", "a\nc", false),
    ("a.c", "aüc", true),
    ("a*b", "b", true), ("a+b", "b", false), ("a?b$", "aab", true), ("^a?b$", "aab", false), ("(a|bc)d", "xbcd", true),
    ("(?:a|b|c){3}", "cab", true), ("^(a|b|c){3}$", "ab", false), ("a{2,3}", "a", false), ("^a{2,3}$", "aaaa", false),
    ("^a{2,}$", "aaaaa", true), ("a{,2}", "a{,2}", true), ("[a-c]+$", "xxabc", true), ("[^a-c]", "abc", false),
    ("[]x]", "]", true), ("[a-]", "-", true), (#"[\d_]+"#, "__7", true), (#"^\d+$"#, "12x", false),
    (#"\bweb\b"#, "a web b", true), (#"\bweb\b"#, "cobweb", false), (#"\w\W\s"#, "a- ", true),
    ("(?i)OoM", "xoOm", true),
    ("(?i)[a-z]Ü", "Bü", true), (#"a\.b"#, "axb", false), ("", "anything", true), ("a|", "b", true),
    ("(a*)*b", "aaab", true),
    ("(a*)*$", "aaab", true), ("x*?y", "xxy", true), ("^$", "", true), ("日本", "今日本", true), ("(|a)+b", "aab", true),
    ("a||b", "b", true), ("^(ab|a)(c|bcd)$", "abcd", true),
  ])
  func matching(_ pattern: String, _ text: String, _ expected: Bool) throws {
    #expect(try Pattern(pattern).matches(text) == expected)
  }

  @Test(arguments: [
    "(", ")", "a)", "[a", "*a", "a**", "a{3,2}", "(?=a)", "(?P<x>a)", #"\1"#, #"\"#, "[b-a]", "a{1000}",
    "(((((((a{50}){50}){50}){50}){50}){50}){50})", "((((((((({0}){200}){200}){200}){200}){200}){200}){200}){200})",
    String(repeating: "(", count: 10_000), String(repeating: "a", count: 2_000),
  ])
  func refused(_ pattern: String) {
    #expect(throws: PatternProblem.self) { try Pattern(pattern) }
  }

  @Test func theTimeIsLinear() throws {
    // Takes 2^5000 steps in a matcher that tries one way after the other.
    let pattern = try Pattern("^(a|aa)+(a*)*$")
    #expect(!pattern.matches(String(repeating: "a", count: 5_000) + "b"))
  }
}
