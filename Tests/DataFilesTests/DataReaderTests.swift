import DataFiles
import Testing

private enum Align: String, CaseIterable { case start, end, middle }

private func node(_ text: String) throws -> DataNode {
  try #require(try YAMLFile.onlyDocument(Array(text.utf8), file: "s.yaml"))
}

@Suite struct DataReaderTests {
  @Test(
    arguments: [
      ("true", true), ("True", true), ("false", false), ("yes", nil), ("no", nil), ("on", nil), ("'true'", nil),
      ("1", nil),
    ] as [(String, Bool?)]) func bools(text: String, expected: Bool?) throws
  {
    #expect(try node(text).bool == expected)
  }

  @Test(
    arguments: [
      ("12", 12), ("-3", -3), ("+4", 4), ("0x1F", 31), ("0o17", 15), ("017", 17), ("'12'", nil), ("1.0", nil),
      ("1_000", nil),
      ("9223372036854775808", nil), ("0x-1", nil),
    ] as [(String, Int?)]) func integers(text: String, expected: Int?) throws
  {
    #expect(try node(text).integer == expected)
  }

  @Test(
    arguments: [
      ("1.5", 1.5), ("1e3", 1000), ("7", 7), (".inf", nil), ("inf", nil), ("nan", nil), ("0x1p3", nil), ("1e999", nil),
      ("'1'", nil),
    ] as [(String, Double?)]) func numbers(text: String, expected: Double?) throws
  {
    #expect(try node(text).number == expected)
  }

  @Test(arguments: [("~", true), ("null", true), ("'null'", false), ("none", false), ("\"\"", false)])
  func nulls(text: String, expected: Bool) throws {
    #expect(try node("a: " + text)["a"]?.isNull == expected)
    #expect(try node("a: " + text)["a"]?.text == (expected ? nil : String(text.filter { !"'\"".contains($0) })))
  }

  @Test func allProblemsAreFoundInOnePass() throws {
    let root = try node(
      """
      name: pods
      colour: red
      align: ednd
      width: 900
      wrap: yes
      keys: 3
      tags: [a, [b]]
      """)
    let reader = DataReader()
    let fields = try #require(
      reader.fields(
        root, known: ["name", "color", "align", "width", "wrap", "keys", "tags"], required: ["title"]))
    #expect(fields["name"].flatMap { reader.string($0) } == "pods")
    _ = fields["align"].flatMap { reader.choice($0, of: Align.self) }
    _ = fields["width"].flatMap { reader.integer($0, in: 1...200) }
    _ = fields["wrap"].flatMap { reader.bool($0) }
    _ = fields["keys"].flatMap { reader.mapping($0) }
    #expect(fields["tags"].flatMap { reader.strings($0) } == ["a"])
    #expect(
      reader.problems.map(\.description) == [
        "s.yaml:2:1: unknown key \"colour\"; did you mean \"color\"?",
        "s.yaml:1:1: the key \"title\" is missing",
        "s.yaml:3:8: unknown value \"ednd\"; did you mean \"end\"?",
        "s.yaml:4:8: 900 is out of range; a number from 1 to 200 is needed",
        "s.yaml:5:7: \"yes\" is not true or false; write true",
        "s.yaml:6:7: expected a mapping, found \"3\"",
        "s.yaml:7:11: expected text, found a list",
      ])
    #expect(throws: DataProblems.self) { try reader.finish("value") }
  }

  @Test func farOffChoicesAreListed() throws {
    let reader = DataReader()
    #expect(reader.choice(try node("zigzag"), of: Align.self) == nil)
    #expect(reader.problems.first?.message == "unknown value \"zigzag\"; one of \"start\", \"end\", \"middle\"")
    #expect(try DataReader().finish(3) == 3)
  }

  @Test(
    arguments: [
      ("colour", "color"), ("Colums", "columns"), ("tilte", "title"), ("nmae", "name"), ("ab", nil),
      ("severety", "severity"),
      ("x", nil), ("banana", nil), ("", nil), (String(repeating: "a", count: 100_000), nil),
    ] as [(String, String?)]) func suggestions(word: String, expected: String?)
  {
    let words = ["name", "title", "color", "columns", "severity", "sort", "y"]
    #expect(Suggestion.closest(to: word, among: words) == expected)
  }

  @Test func hostileTextCannotSteerTheTerminal() {
    #expect(Printable.quoted("a\u{1B}[2Jb\n\u{202E}") == "\"a^[[2Jb^J<U+202E>\"")
    #expect(Printable.quoted(String(repeating: "x", count: 61)).count == 63)
  }
}
