import Testing

@testable import Kube

@Suite struct JSONTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-1", "9223372036854775807", "1.5", "-2.5e-7", "\"\"", "\"a\"", "[]", "{}",
    "[1,[2,[]],{\"a\":null}]", "{\"a\":{\"b\":[true,false]},\"c\":\"d\"}", "\"\\\"\\\\\\n\\r\\t\\u0001\\u007f\"",
    "\"äöü€😀\"",
  ])
  func documentsReadBack(_ text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(value.text() == text)
    #expect(try JSONValue(parsing: value.text(indent: 2)) == value)
  }

  @Test(arguments: [
    (#""\u00e4""#, "ä"), (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00""#, "😀"), (#""\ud83d""#, "\u{fffd}"),
    (#""\ude00""#, "\u{fffd}"), (#""\ud83dx""#, "\u{fffd}x"), (#""\ud83d\u0041""#, "\u{fffd}A"),
    (#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"), (#""\/\b\f""#, "/\u{8}\u{c}"), (#""\u0000""#, "\u{0}"),
  ])
  func escapes(_ text: String, _ expected: String) throws {
    #expect(try JSONValue(parsing: text).string == expected)
  }

  @Test(arguments: [
    "", " ", "{", "[", "\"", "\"\\", "\"\\u", "\"\\u12\"", "\"\\x\"", "\"\\ud83d\\u\"", "{\"a\"}", "{\"a\":}",
    "{\"a\":1,}", "{a:1}", "{1:1}", "[1,]", "[1 2]", "[,]", "1 2", "tru", "nul", "falsee", "nulll", "-", "1-2", "1e",
    "+1", ".5", "'a'", "[1}", "{\"a\":1]", "}", "\u{feff}1", "{\"a\":1}}", "--1", "1.2.3",
  ])
  func malformedDocumentsAreRefused(_ text: String) {
    #expect(throws: DecodingFailure.self) { try JSONValue(parsing: text) }
  }

  @Test func nestingIsBounded() throws {
    let bearable = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect(try JSONValue(parsing: bearable).text() == bearable)
    for open in ["[", "{\"a\":"] {
      #expect(throws: DecodingFailure.self) { try JSONValue(parsing: String(repeating: open, count: 100_000)) }
      let text = "{\"x\":" + String(repeating: open, count: 100_000)
      #expect(throws: DecodingFailure.self) { try decoded(Pod.self, jsonBytes: Array(text.utf8)) }
    }
  }

  @Test func invalidUTF8IsRepaired() throws {
    let bytes: [UInt8] = [0x22, 0xff, 0x41, 0xc3, 0x22]
    let value = try bytes.withUnsafeBytes { try JSONValue(parsing: $0) }
    #expect(value.string == "\u{fffd}A\u{fffd}")
  }

  @Test func wholeNumbersMayHaveExponents() throws {
    func generation(_ number: String) throws -> Int {
      try decoded(Pod.self, jsonBytes: Array("{\"metadata\":{\"generation\":\(number)}}".utf8)).metadata.generation
    }
    #expect(try generation("1e3") == 1000)
    #expect(try generation("2.0") == 2)
    for text in ["1.5", "1e400", "\"1\"", "true", "99999999999999999999"] {
      #expect(throws: DecodingFailure.self) { try generation(text) }
    }
  }

  @Test func failuresSayWhere() {
    #expect { try JSONValue(parsing: "{\"a\": [1, x]}") } throws: { ($0 as? DecodingFailure)?.offset == 10 }
  }

  @Test func numbersThatJSONCannotWriteAreNull() {
    #expect(JSONValue.array([.double(.nan), .double(.infinity), .double(1)]).text() == "[null,null,1]")
  }

  @Test func jsonIsWrittenAsGoWritesIt() {
    let value: JSONValue = ["b": ["<a>&", 1, 1.5, true, nil], "a": [:], "c": []]
    #expect(
      value.text(.kubectl)
        == "{\n    \"a\": {},\n    \"b\": [\n        \"\\u003ca\\u003e\\u0026\",\n        1,\n        1.5,\n"
        + "        true,\n        null\n    ],\n    \"c\": []\n}")
  }

  /// What kubectl 1.37 printed for the same numbers with `-o json` and with `-o jsonpath`.
  @Test(arguments: [
    (1.5, "1.5", "1.5"), (1_234_567.5, "1234567.5", "1.2345675e+06"), (1e8, "100000000", "1e+08"),
    (1e21, "1e+21", "1e+21"), (123_456.5, "123456.5", "123456.5"), (0.0001, "0.0001", "0.0001"),
    (0.00001, "0.00001", "1e-05"), (1e-7, "1e-7", "1e-07"), (2, "2", "2"), (1e300, "1e+300", "1e+300"),
    (1.2345678901234567e19, "12345678901234567000", "1.2345678901234567e+19"), (-0.25, "-0.25", "-0.25"),
    (0, "0", "0"), (100_000, "100000", "100000"), (1e6, "1000000", "1e+06"),
  ])
  func fractionsAsGoWritesThem(_ value: Double, _ json: String, _ general: String) {
    #expect(JSONValue.double(value).text() == json)
    #expect(GoNumber.general(value) == general)
  }

  @Test func controlCharactersAreAlwaysEscaped() {
    let text: JSONValue = "a<\u{1B}\u{7F}\u{9B}\u{2028}\u{8}é"
    #expect(text.text() == "\"a<\\u001b\\u007f\\u009b\u{2028}\\bé\"")
    #expect(text.text(.goCompact) == "\"a\\u003c\\u001b\\u007f\\u009b\\u2028\\bé\"")
  }
}
