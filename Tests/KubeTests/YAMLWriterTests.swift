import Kube
import Testing

/// What kubectl 1.37 prints.
@Suite struct YAMLWriterTests {
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
    #expect(YAMLWriter.text(["k": .string(text)]) == "k: \(yaml)\n")
  }

  @Test func severalLinesAreABlock() {
    #expect(YAMLWriter.text(["k": ["m": "a\n\n  b\n"]]) == "k:\n  m: |\n    a\n\n      b\n")
    #expect(YAMLWriter.text(["k": "a\nb"]) == "k: |-\n  a\n  b\n")
    #expect(YAMLWriter.text(["k": " a\nb\n\n"]) == "k: |2+\n   a\n  b\n\n")
  }

  @Test func kyaml() {
    let value: JSONValue = [
      "spec": ["list": [["a": 1], [:]], "words": ["x", nil, 1.5], "lists": [[1], []], "none": []],
      "a": "first\n  second \"q\" \\ b\n\nthird\ttab\n", "b": "\n\tx", "empty": [:],
    ]
    #expect(
      KYAMLWriter.text(value) == #"""
        ---
        {
          a: "\
             first\n\
            \  second \"q\" \\ b\n\
             \n\
             third\#("\t")tab\n\
            ",
          b: "\
             \n\
            \\#("\t")x\
            ",
          empty: {},
          spec: {
            list: [{
              a: 1,
            }, {}],
            lists: [[
              1,
            ], []],
            none: [],
            words: [
              "x",
              null,
              1.5,
            ],
          },
        }

        """#)
  }

  /// Keys that kubectl 1.37 quotes, and those that it does not.
  @Test func kyamlKeys() {
    let quoted = [
      "", "+1", "-", "-x", ".5", ".inf", "0", "0b1", "0o7", "0x1F", "1.", "1.5", "12", "12:30", "1_000", "1e3", "2020",
      "2020-01-01", "F", "False", "N", "OFF", "T", "Y", "a b", "a+", "a-", "a:b", "inf", "nan", "no", "null", "on", "t",
      "true", "yes", "~",
    ]
    let plain = ["1.2.3", "1a", "9e", "_", "a/b", "a/b.c-d", "abc_def", "e3", "k_", "é"]
    for key in quoted { #expect(KYAMLWriter.text([key: 1]) == "---\n{\n  \"\(key)\": 1,\n}\n") }
    for key in plain { #expect(KYAMLWriter.text([key: 1]) == "---\n{\n  \(key): 1,\n}\n") }
  }

  @Test func listsAreNotIndented() {
    let value: JSONValue = ["b": [["x": 1, "a": [[1, 2], []]], "t"], "a": [:], "n": nil, "l": []]
    #expect(
      YAMLWriter.text(value)
        == "a: {}\nb:\n- a:\n  - - 1\n    - 2\n  - []\n  x: 1\n- t\nl: []\n\"n\": null\n")
  }

  @Test func aPersonReadsTheDocumentsOrderAndUnbrokenLines() {
    let long = String(repeating: "word ", count: 40) + "end"
    let value: JSONValue = ["b": .string(long), "a": "x \n\ty", "c": ["x: y"]]
    #expect(
      YAMLWriter.text(value, style: .reading) == "b: \(long)\na: |-\n  x \n  \ty\nc:\n- 'x: y'\n")
    #expect(YAMLWriter.text(value).hasPrefix("a: \"x \\n\\ty\"\nb: word "))
    #expect(YAMLWriter.text(value).split(separator: "\n").allSatisfy { $0.count < 90 })
  }

  @Test func piecesSayWhatTheyAre() {
    var pieces: [String] = []
    YAMLWriter.write(["k": [1, nil]], style: .reading) { pieces.append("\($0) \($1)") }
    #expect(
      pieces == [
        "key k", "punctuation :", "lineEnd \n", "punctuation - ", "number 1", "lineEnd \n", "punctuation - ",
        "mark null", "lineEnd \n",
      ])
  }
}
