import ClusterState
import Kube
import Terminal
import Testing

@testable import Interface

/// Whatever is pressed, clicked and resized, and whatever the cluster does meanwhile, the dashboard goes on.
@Suite struct RandomInputTests {
  private static let keys: [Key] =
    Binding.all.flatMap(\.keys).filter { $0 != .control("c") }
    + [Key(.tab), Key(.delete), Key("w"), Key("e"), Key("b"), Key("日"), Key("("), Key("\\"), Key(" ")]

  private func world(_ seed: UInt64) throws -> World {
    let world = World(size: Size(columns: 80, rows: 24))
    try world.load("shop.yaml")
    try world.load("hostile.yaml")
    world.logs = ["checkout-5d8f-ccccc/app": ["one", "{\"level\":\"error\"", "\u{1b}[2J", "長い行長い行長い行"]]
    world.open("triage")
    return world
  }

  private func event(_ random: inout SeededRandom) -> InputEvent {
    switch Int.random(in: 0..<20, using: &random) {
    case 0:
      return .resize(
        Size(columns: Int.random(in: 1...140, using: &random), rows: Int.random(in: 1...50, using: &random)))
    case 1, 2:
      let position = Position(
        row: Int.random(in: 0...50, using: &random), column: Int.random(in: 0...140, using: &random))
      let kind: [Mouse.Kind] = [.press, .release, .wheelUp, .wheelDown]
      return .mouse(Mouse(kind.randomElement(using: &random) ?? .press, .left, at: position))
    case 3: return .paste(["po shop /web", "\u{1b}[31m", "-l a=b", "((", ""].randomElement(using: &random) ?? "")
    default: return .key(Self.keys.randomElement(using: &random) ?? Key(.enter))
    }
  }

  private func check(_ world: World, _ what: @autoclosure () -> String) {
    let grid = world.terminal.grid
    #expect(grid.size == world.terminal.size, "\(what())")
    if let cursor = world.terminal.cursor { #expect(grid.bounds.contains(cursor), "\(what()): cursor at \(cursor)") }
    for line in grid.lines {
      #expect(textWidth(line) <= grid.columns, "\(what())")
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }, "\(what())")
    }
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func anythingGoes(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let world = try world(seed)
    for step in 0..<150 {
      let event = event(&random)
      world.take(event)
      check(world, "seed \(seed), step \(step): \(event)")
      if step % 25 == 24 {
        let name = "extra-\(Int.random(in: 0..<5, using: &random))"
        try world.apply([
          "apiVersion": "v1", "kind": "Pod",
          "metadata": ["name": .string(name), "namespace": "shop", "uid": .string("uid-\(name)-\(step)")],
        ])
      }
    }
    world.take(.resize(Size(columns: 80, rows: 24)))
    for _ in 0..<40 { world.take(.key(Key(.escape))) }
    #expect(world.interface.page?.address == "triage", "seed \(seed): esc leads home")
    let isNamed = world.terminal.grid.lines.prefix(2).contains { $0.hasPrefix(" triage") }
    #expect(isNamed || !world.interface.showsCrumbs, "seed \(seed)")
    world.take(.key(Key("q")))
    #expect(world.hasQuit, "seed \(seed): q quits from home")
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func cursorAndMarksStayOnTheirObjects(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let world = World(size: Size(columns: 120, rows: 12))
    var next = 0
    var alive: [String: JSONValue] = [:]
    func add() throws {
      let uid = "uid-\(next)"
      let name = "pod-\(Int.random(in: 0..<100_000, using: &random))-\(next)"
      next += 1
      let pod: JSONValue = [
        "apiVersion": "v1", "kind": "Pod",
        "metadata": ["name": .string(name), "namespace": "shop", "uid": .string(uid)],
        "status": ["phase": "Running"],
      ]
      alive[uid] = pod
      try world.apply(pod)
    }
    for _ in 0..<30 { try add() }
    world.open("pods")
    try world.press("jjj<space>jj<space>j")
    let table = try #require(world.interface.page?.table)
    let marks = table.marks
    #expect(marks.count == 2)
    for step in 0..<60 {
      let current = try #require(table.current)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: try add()
      case 1:
        let victims = alive.keys.filter { $0 != current && !marks.contains($0) }.sorted()
        if let victim = victims.randomElement(using: &random), let pod = alive.removeValue(forKey: victim) {
          try world.delete("pods", namespace: "shop", name: pod[path: "metadata", "name"]?.string ?? "")
        }
      case 2:
        let uid = alive.keys.sorted().randomElement(using: &random) ?? ""
        if var pod = alive[uid] {
          pod["status"] = ["phase": Bool.random(using: &random) ? "Failed" : "Pending"]
          alive[uid] = pod
          try world.apply(pod)
        }
      default: try world.press(["N", "S", "A", "O", "<shift-right>"].randomElement(using: &random) ?? "N")
      }
      world.draw()
      #expect(table.current == current, "seed \(seed), step \(step): the cursor stays on its object")
      #expect(table.marks == marks, "seed \(seed), step \(step): marks stay on their objects")
      #expect(table.rows.count == alive.count, "seed \(seed), step \(step)")
      let cursor = try #require(world.terminal.cursor)
      let name = alive[current]?[path: "metadata", "name"]?.string ?? ""
      #expect(
        world.terminal.grid.lines[cursor.row].contains(name), "seed \(seed), step \(step): the cursor is in sight")
    }
  }

  @Test func theCursorRestsOnTheWorstRowUntilSomebodyMoves() throws {
    let world = World()
    world.open("pods")
    try world.load("shop.yaml")
    world.draw()
    #expect(world.interface.page?.table?.current == "pod-checkout-5d8f-ccccc")
    try world.press("j")
    #expect(world.interface.page?.table?.current == "pod-report-5d8f-ddddd")
  }

  @Test func aCursorWhoseObjectGoesStaysInPlace() throws {
    let world = World()
    try world.load("shop.yaml")
    world.open("pods")
    try world.press("jj")
    let table = try #require(world.interface.page?.table)
    let gone = try #require(table.current)
    #expect(gone == "pod-coredns-0")
    try world.delete("pods", namespace: "kube-system", name: "coredns-0")
    world.draw()
    #expect(table.current == "pod-web-5d8f-aaaaa")
  }
}
