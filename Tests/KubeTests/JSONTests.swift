import Testing

@testable import Kube

@Suite struct JSONTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-1", "9223372036854775807", "1.5", "-2.5e-07", "\"\"", "\"a\"", "[]", "{}",
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
    #expect(JSONValue.array([.double(.nan), .double(.infinity), .double(1)]).text() == "[null,null,1.0]")
  }
}
