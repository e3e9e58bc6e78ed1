import DataFiles
import Testing

@testable import ScreenKit

@Suite struct LibraryTests {
  private let shipped = ["pods.yaml": Fixtures.screen(Fixtures.column + "\naliases: [po]\nempty: none")]

  @Test func aFileOfTheUserReplacesTheShippedOne() throws {
    let library = Fixtures.library(
      user: ["p.yaml": Fixtures.screen("columns: [{ id: uid, header: UID, value: metadata.uid }]")], embedded: shipped)
    let screen = try #require(library["pods"])
    #expect(screen.columns.map(\.id) == ["uid"])
    #expect(screen.empty == "")
    #expect(library["po"] == nil)
    #expect(library.entries.first?.path == "/user/p.yaml")
    #expect(library.entries.first?.shadowed == ["embedded:pods.yaml"])
    #expect(library.problems == [])
  }

  @Test func filesOfTheUserAreCheckedWhateverIsTrusted() {
    let wrong = "columns: [{ id: uid, header: UID, value: metadata.nope }]"
    let ofUser = Fixtures.library(
      user: ["p.yaml": Fixtures.screen(wrong)], embedded: shipped, trustsEmbedded: true)
    #expect(ofUser.problems.count == 1)
    #expect(ofUser["pods"]?.columns.map(\.id) == ["name"])
    let embedded = ["pods.yaml": Fixtures.screen(wrong)]
    #expect(Fixtures.library(user: [:], embedded: embedded).problems.count == 1)
    #expect(Fixtures.library(user: [:], embedded: embedded, trustsEmbedded: true).problems == [])
  }

  @Test func aFileOfTheUserExtendsTheShippedOne() throws {
    let text = "name: pods\nextends: pods\ncolumns+: [{ id: uid, header: UID, value: metadata.uid }]\nempty: nichts"
    let library = Fixtures.library(user: ["p.yaml": text], embedded: shipped)
    let screen = try #require(library["po"])
    #expect(screen.columns.map(\.id) == ["name", "uid"])
    #expect(screen.empty == "nichts")
    #expect(library.problems == [])
  }

  @Test func aBrokenFileLeavesTheShippedScreen() throws {
    let library = Fixtures.library(user: ["p.yaml": Fixtures.screen("colums: []")], embedded: shipped)
    #expect(library["pods"]?.columns.map(\.id) == ["name"])
    #expect(
      library.problems.map(\.description) == [
        "/user/p.yaml:6:1: unknown key \"colums\"; did you mean \"columns\"?"
      ])
  }

  @Test func screensAreFoundByKind() {
    let library = Fixtures.library(user: [:], embedded: shipped)
    #expect(library.screen(group: "", kind: "Pod")?.name == "pods")
    #expect(library.screen(group: "apps", kind: "Pod") == nil)
    #expect(library.names == ["po", "pods"])
  }
}
