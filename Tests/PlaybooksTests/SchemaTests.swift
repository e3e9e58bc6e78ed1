import Kube
import Playbooks
import Testing

@testable import PlaybookKit

/// `Playbooks/schema.json` and the reader know the same keys and words.
@Suite struct SchemaTests {
  private let schema: JSONValue

  init() throws { schema = try JSONValue(parsing: Playbooks.schema) }

  private func definition(_ name: String) throws -> JSONValue { try #require(schema[path: "$defs", name]) }

  private func keys(_ object: JSONValue?) -> Set<String> { Set(object?["properties"]?.object?.keys ?? []) }

  private func required(_ value: JSONValue?) -> Set<String> {
    Set(value?["required"]?.array?.compactMap(\.string) ?? [])
  }

  @Test func keysAgree() throws {
    // "extends" is taken out before a playbook is read.
    #expect(keys(schema) == Set(PlaybookKeys.playbook + ["extends"]))
    #expect(required(schema["anyOf"]?[0]) == Set(PlaybookKeys.requiredOfPlaybook))
    #expect(keys(schema[path: "properties", "for"]) == Set(PlaybookKeys.scope))
    let expected: [(JSONValue?, [String], [String])] = [
      (try definition("step"), PlaybookKeys.step, PlaybookKeys.requiredOfStep),
      (try definition("check")["anyOf"]?[1], PlaybookKeys.check, ["use"]),
      (try definition("check")["anyOf"]?[2], PlaybookKeys.test, []),
      (try definition("read")["anyOf"]?[1], PlaybookKeys.read, ["from"]),
      (try definition("run"), PlaybookKeys.run, ["command"]),
      (try definition("match"), PlaybookKeys.match, PlaybookKeys.requiredOfMatch),
      (try definition("manual"), PlaybookKeys.manual, ["ask"]),
      (try definition("remedy"), PlaybookKeys.remedy, ["use"]),
      (try definition("reference"), PlaybookKeys.reference, []),
      (try definition("test"), PlaybookKeys.scenario, PlaybookKeys.requiredOfScenario),
      (try definition("test")[path: "properties", "expect"], PlaybookKeys.expectation, []),
    ]
    for (object, known, needed) in expected {
      #expect(keys(object) == Set(known))
      #expect(required(object) == Set(needed))
    }
  }

  @Test func wordsAgree() throws {
    let words = try definition("verdict")["enum"]?.array?.compactMap(\.string)
    #expect(words == Verdict.allCases.map(\.rawValue))
    let actions = try definition("step")["oneOf"]?.array?.compactMap { $0["required"]?[0]?.string }
    #expect(actions == PlaybookKeys.actions)
  }
}
