import Kube
import Terminal
import Testing

@testable import Interface

@Suite struct SavedTableTests {
  @Test func tablesAreSavedAsShown() throws {
    let world = World()
    try world.load("shop.yaml")
    world.open("configmaps")
    try world.press("<ctrl-s>")
    #expect(
      world.effects.last
        == .save(name: "all_configmaps.csv", text: "NAMESPACE,NAME,DATA,AGE\r\nshop,settings,2,5d\r\n"))
  }

  @Test func textsThatASpreadsheetWouldRunOrSplitAreQuoted() throws {
    let world = World()
    try world.apply([
      "apiVersion": "v1", "kind": "ConfigMap",
      "metadata": ["name": "=cmd|'/c calc'!A0", "namespace": "a,\"b\"\n", "uid": "1"],
    ])
    world.open("configmaps")
    let csv = try #require(world.interface.page?.table?.csv(now: World.start))
    #expect(csv.hasPrefix("NAMESPACE,NAME,DATA,AGE\r\n\"a,\"\"b\"\"\n\",'=cmd|'/c calc'!A0,0,"))
  }
}
