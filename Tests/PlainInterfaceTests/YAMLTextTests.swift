import Kube
import Testing

@testable import PlainInterface

/// What kubectl 1.37 prints.
@Suite struct YAMLTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("", "\"\""), ("true", "\"true\""), ("y", "\"y\""), ("1", "\"1\""), ("1e3", "\"1e3\""),
    ("0x1F", "\"0x1F\""), ("1.20", "\"1.20\""), ("1.20.2", "1.20.2"), ("null", "\"null\""), ("~", "\"~\""),
    ("2026-01-02T03:04:05Z", "\"2026-01-02T03:04:05Z\""), ("2026-01-02", "\"2026-01-02\""),
    ("12:30:45", "\"12:30:45\""),
    ("a: b", "'a: b'"), ("a:b", "a:b"), ("a #b", "'a #b'"), ("a#b", "a#b"), ("- a", "'- a'"), ("-a", "-a"),
    ("*", "'*'"), ("it's", "it's"), ("'", "''''"), ("{}", "'{}'"), ("a\tb", "\"a\\tb\""), ("\u{1B}[31m", "\"\\e[31m\""),
    (" a", "' a'"), ("a ", "'a '"), ("10Gi", "10Gi"), ("500m", "500m"), ("é", "é"), ("@x", "'@x'"), ("?", "'?'"),
  ])
  func texts(_ text: String, _ yaml: String) {
    #expect(YAMLText.text(["k": .string(text)]) == "k: \(yaml)\n")
  }

  @Test func severalLinesAreABlock() {
    #expect(YAMLText.text(["k": ["m": "a\n\n  b\n"]]) == "k:\n  m: |\n    a\n\n      b\n")
    #expect(YAMLText.text(["k": "a\nb"]) == "k: |-\n  a\n  b\n")
    #expect(YAMLText.text(["k": " a\nb\n\n"]) == "k: |2+\n   a\n  b\n\n")
  }

  @Test func listsAreNotIndented() {
    let value: JSONValue = ["b": [["x": 1, "a": [[1, 2], []]], "t"], "a": [:], "n": nil, "l": []]
    #expect(
      YAMLText.text(value)
        == "a: {}\nb:\n- a:\n  - - 1\n    - 2\n  - []\n  x: 1\n- t\nl: []\n\"n\": null\n")
  }
}

@Suite struct TextTests {
  @Test func columnsAreAsWideAsTheWidestCellAndThreeSpaces() {
    var table = TextTable()
    table.add(["NAME", "A", "LAST"])
    table.add(["longer-name", "é", "x"])
    #expect(table.takeLines() == "NAME          A     LAST\nlonger-name   é     x\n")
    table.add(["s", "b", "y"])
    #expect(table.takeLines() == "s             b     y\n", "widths stay")
  }

  @Test func nothingFromAClusterSteersTheTerminal() {
    #expect(PlainText.line("a\u{1B}[31mb\tc\u{7}\u{9B}\u{202E}") == "a^[[31mb c^G\\u{9b}\\u{202e}")
    #expect(PlainText.lines("a\nb\u{1B}") == "a\nb^[")
  }

  @Test func jsonIsWrittenAsGoWritesIt() {
    let value: JSONValue = ["b": ["<a>&", 1, 1.5, true, nil], "a": [:], "c": []]
    #expect(
      GoJSON.text(value)
        == "{\n    \"a\": {},\n    \"b\": [\n        \"\\u003ca\\u003e\\u0026\",\n        1,\n        1.5,\n"
        + "        true,\n        null\n    ],\n    \"c\": []\n}\n")
  }

  @Test func aTableIsPrintedAsKubectlPrintsIt() {
    var options = ServerTablePrinter.Options()
    options.withNamespace = true
    options.kindPrefix = "pod"
    options.labelColumns = ["example.com/tier"]
    var printer = ServerTablePrinter(options)
    var metadata = ObjectMeta()
    metadata.namespace = "a"
    metadata.labels = ["example.com/tier": "web"]
    printer.add(
      columns: [
        TableColumn(name: "Name", type: "string", priority: 0), TableColumn(name: "Node", type: "string", priority: 1),
        TableColumn(name: "Age", type: "string", priority: 0),
      ],
      rows: [TableRow(metadata: metadata, cells: ["x\ny", "n", "5s"])])
    #expect(printer.takeLines() == "NAMESPACE   NAME       AGE   TIER\na           pod/x...   5s    web\n")
  }
}
