import Kube
import Screens
import Testing

@testable import ScreenKit

/// `Screens/schema.json` and the reader know the same keys and words.
@Suite struct SchemaTests {
  private let schema: JSONValue

  init() throws { schema = try JSONValue(parsing: Screens.schema) }

  private func definition(_ name: String) throws -> JSONValue { try #require(schema[path: "$defs", name]) }

  private func keys(_ object: JSONValue) -> Set<String> { Set(object["properties"]?.object?.keys ?? []) }

  private func words(_ value: JSONValue?) -> Set<String> { Set(value?["enum"]?.array?.compactMap(\.string) ?? []) }

  private func required(_ value: JSONValue?) -> Set<String> {
    Set(value?["required"]?.array?.compactMap(\.string) ?? [])
  }

  @Test func keysAgree() throws {
    // "extends" is taken out before a screen is read.
    #expect(keys(schema) == Set(ScreenKeys.screen + ["extends"]))
    #expect(required(schema["anyOf"]?[0]) == Set(ScreenKeys.requiredOfScreen))
    let resource = try definition("resource")
    #expect(keys(resource) == Set(ScreenKeys.resource))
    #expect(required(resource) == Set(ScreenKeys.requiredOfResource))
    let column = try definition("column")
    #expect(keys(column) == Set(ScreenKeys.column))
    #expect(required(column) == Set(ScreenKeys.requiredOfColumn))
    let rule = try definition("rule")
    #expect(keys(rule) == Set(ScreenKeys.rule))
    #expect(required(rule) == Set(ScreenKeys.rule))
    #expect(keys(try #require(try definition("action")["anyOf"]?[1])) == Set(ScreenKeys.action))
  }

  @Test func wordsAgree() throws {
    let column = try definition("column")
    #expect(words(schema[path: "properties", "rows"]) == Set(ScreenDefinition.Rows.allCases.map(\.rawValue)))
    #expect(
      words(schema[path: "properties", "details", "items"]) == Set(DetailSection.allCases.map(\.rawValue)))
    #expect(
      words(column[path: "properties", "format"]) == Set(ColumnDefinition.Format.allCases.map(\.rawValue)))
    #expect(
      words(column[path: "properties", "align"]) == Set(ColumnDefinition.Alignment.allCases.map(\.rawValue)))
    #expect(words(try definition("rule")[path: "properties", "level"]) == Set(SeverityWord.allCases.map(\.rawValue)))
    #expect(words(try definition("command")) == Set(RowCommand.allCases.map(\.rawValue)))
    let action = try #require(try definition("action")["anyOf"]?[1])
    #expect(words(action[path: "properties", "by"]) == Set(ScreenKeys.relations))
  }
}
