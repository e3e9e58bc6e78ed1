import Glibc
import Terminal
import Testing

@testable import Interface

/// The screens of `Tests/Cases`, cell by cell. `RECORD_SNAPSHOTS=1` writes them anew and fails once, so that a recording
/// is looked at before it is believed.
@Suite struct ScreenCaseTests {
  private static let records = getenv("RECORD_SNAPSHOTS") != nil

  @Test(arguments: ScreenCase.all) func screen(_ screenCase: ScreenCase) throws {
    let world = try screenCase.played()
    let grid = world.terminal.grid
    if Self.records {
      try screenCase.write("screen", grid.text)
      if screenCase.text("style") != nil { try screenCase.write("style", grid.styleMap) }
      Issue.record("recorded \(screenCase)")
      return
    }
    let wanted = try #require(screenCase.text("screen"), "\(screenCase) has no screen; record it")
    if grid.text != wanted {
      Issue.record("\(screenCase) expected\n\(wanted)\ngot\n\(grid.text)")
    }
    if let style = screenCase.text("style") { #expect(grid.styleMap == style, "\(screenCase): style") }
    for line in grid.lines {
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }, "\(screenCase)")
    }
  }

  @Test func casesAreFound() { #expect(ScreenCase.all.count >= 30) }
}
