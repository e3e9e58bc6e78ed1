import DataFiles
import PlaybookKit
import Terminal
import Testing

@testable import Interface

/// `:glossary` lists the words, Enter and `:glossary TERM` explain one.
@Suite struct GlossaryPageTests {
  private func world() throws -> World {
    let world = World()
    try world.load("shop.yaml")
    let text = """
      apiVersion: podmedic.dev/v1
      kind: Glossary
      name: glossary
      terms:
        - { name: cordon, aliases: [no new pods], text: Keeps new pods away. Old ones stay., see: [{ term: taint }, { playbook: drain }] }
        - { name: taint, text: A mark on a node. }
      """
    world.interface.glossary = Glossary(layers: [
      DataLayer(name: "embedded", source: .embedded([.init(path: "glossary.yaml", text: text)]))
    ])
    world.open("pods")
    return world
  }

  private func lines(_ world: World) -> [String] {
    (world.interface.page?.text?.view.lines ?? []).map { $0.map(\.text).joined() }
  }

  @Test func listThenText() throws {
    let world = try world()
    try world.press(":glossary<enter>")
    let table = try #require(world.interface.page?.table)
    #expect(table.source.title == "glossary")
    #expect(table.source.ids.sorted() == ["cordon", "taint"])
    try world.press("/new<enter>")
    try world.press("<enter>")
    #expect(
      lines(world)
        == [
          "cordon", "also: no new pods", "", "Keeps new pods away. Old ones stay.", "", "See also", "  :glossary taint",
          "  :playbook drain",
        ])
    try world.press("<esc>")
    #expect(world.interface.page?.table?.source.title == "glossary")
  }

  @Test func oneTermByAnyOfItsWords() throws {
    let world = try world()
    try world.press(":glossary No-New pods<enter>")
    #expect(lines(world).first == "cordon")
    try world.press("<esc>")
    #expect(world.interface.page?.table?.source.title == "pods")
  }

  @Test func unknownTermsAreSaidWithTheLikelySpelling() throws {
    let world = try world()
    try world.press(":glossary tiant<enter>")
    #expect(world.interface.page?.table?.source.title == "pods")
    #expect(world.interface.flash?.text == "the glossary has no term \"tiant\"; did you mean :glossary taint?")
  }
}
