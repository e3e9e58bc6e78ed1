import Kube
import Testing

@testable import PlainInterface

/// What needs no kubectl to be known; the comparison with kubectl is in CommandTests.
@Suite struct JSONPathTests {
  private static let list: JSONValue = [
    "kind": "List",
    "items": [
      ["name": "a", "n": 3, "tags": ["x", "y"], "nested": ["b": 2, "a": ["c": "<&>"]]],
      ["name": "b", "n": 1, "x": nil], ["name": "c", "tags": []],
    ],
  ]

  @Test(arguments: [
    ("{.items[*].name}", "a b c"), ("{.items[0].nested}", #"{"a":{"c":"\u003c\u0026\u003e"},"b":2}"#),
    ("{.items[?(@.n)].name}", "a b"), ("{.items[?(@.n>1)].name}", "a"),
    ("{.items[0].nested.*}", #"{"c":"\u003c\u0026\u003e"} 2"#),
    ("{..name}", "a b c"), ("{range .items[*]}[{.name}{range .tags[*]} {@}{end}]{end}", "[a x y][b][c]"),
    ("{.items[1].x}", "<nil>"), ("{.items[1].x.y}", ""), ("{.items[-1].name}{.items[:2].n}", "c3 1"), ("", ""),
  ])
  func templates(_ template: String, _ expected: String) throws {
    #expect(try JSONPath(template).text(for: Self.list) == expected)
  }

  @Test func everyTemplateEndsAndNoneTraps() throws {
    var random = SystemRandomNumberGenerator()
    let pieces = [
      "{", "}", "[", "]", "(", ")", "?(", "@", ".", "..", "*", "range ", "end", "name", "items", "'", "\"", "\\", ",",
      ":", "-1",
      "9999999999999999999999", "==", "<", "é", "\n", " ",
    ]
    for _ in 0..<20_000 {
      let template = (0..<Int.random(in: 1...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
      }
      .joined()
      _ = try? JSONPath(template).text(for: Self.list)
    }
  }

  @Test func theOrderOfASort() throws {
    func sorted(_ values: [JSONValue]) throws -> [JSONValue] {
      try ObjectOrder(by: "v").sorted(values) { $0 == .null ? [:] : ["v": $0] }
    }
    #expect(try sorted(["1Gi", "500Mi", "2", "x", "100m"]) == ["100m", "2", "500Mi", "1Gi", "x"])
    #expect(try sorted(["a10", "a9", nil, "a09"]) == [nil, "a09", "a10", "a9"], "those without come first")
    #expect(try sorted([3, 1.5, 2]) == [1.5, 2, 3])
    #expect(throws: JSONPathProblem.self) { try sorted([[1], [2]]) }
    #expect(throws: JSONPathProblem.self) { try sorted([nil, nil]) }
    #expect(throws: JSONPathProblem.self) { try ObjectOrder(by: "{.a}{.b}") }
  }
}
