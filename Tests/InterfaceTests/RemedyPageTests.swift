import Foundation
import Kube
import Remedies
import Terminal
import Testing

@testable import Interface

/// Remedies in the dashboard: which keys ask for which, and that nothing is sent without the person's word.
@Suite struct RemedyPageTests {
  private func world(_ screen: String) throws -> World {
    try World("shop.yaml", size: Size(columns: 100, rows: 30), open: screen)
  }

  private func replies(_ world: World) -> [String] {
    world.effects.compactMap { if case .replyToRemedy(_, let text) = $0 { text } else { nil } }
  }

  @Test(arguments: [
    ("deployments", "r", "rollout-restart deployment/"), ("deployments", "<ctrl-d>", "delete-object deployment/"),
    ("deployments", "s7<enter>", "scale deployment/"), ("pods", "<ctrl-d>", "delete-pod pod/"),
    ("nodes", "c", "cordon node/"), ("nodes", "u", "uncordon node/"),
  ])
  func keysOfK9sAskForRemedies(_ screen: String, _ keys: String, _ order: String) throws {
    let world = try world(screen)
    try world.press(keys)
    #expect(world.orderedRemedies.count == 1)
    #expect(world.orderedRemedies.first?.hasPrefix(order) == true, "\(world.orderedRemedies)")
    #expect(replies(world).isEmpty)
    #expect(world.journal.isEmpty)
  }

  @Test func whatWasNotDoneIsNotOfferedToBeTakenBack() throws {
    let world = try world("deployments")
    try world.press("rn")
    #expect(!world.terminal.grid.text.contains("z undo"), "\(world.terminal.grid.text)")
  }

  @Test func aNumberThatIsNoneAsksForNothing() throws {
    let world = try world("deployments")
    try world.press("s<ctrl-q>many<enter>")
    #expect(world.orderedRemedies.isEmpty)
    #expect(world.terminal.grid.text.contains("replicas must be a whole number"))
  }

  /// One plan with every object, one word for all of it, and an entry in the journal for each.
  @Test(arguments: [
    ("pods", "/web<enter><space><space><ctrl-d>", "delete-pod", 2),
    ("deployments", "<space>j<space>r", "rollout-restart", 2),
    ("deployments", "<space>j<space>js<ctrl-q>5<enter>", "scale", 2),
  ])
  func whatIsMarkedIsChangedTogether(_ screen: String, _ keys: String, _ name: String, _ count: Int) throws {
    let world = try world(screen)
    try world.press(keys)
    let orders = world.orderedRemedies
    #expect(orders.count == count && orders.allSatisfy { $0.hasPrefix(name + " ") }, "\(orders)")
    #expect(Set(orders).count == count)
    let text = world.terminal.grid.text
    for order in orders {
      let object = order.split(separator: " ")[1]
      #expect(text.contains("object      \(object)"), "\(text)")
    }
    #expect(text.components(separatedBy: "cluster     demo").count == 2, "it is said once: \(text)")
    #expect(replies(world).isEmpty && world.journal.isEmpty)
    try world.press("y")
    #expect(replies(world) == Array(repeating: "y", count: count))
    #expect(world.journal.filter { $0.moment == .began }.map(\.remedy) == Array(repeating: name, count: count))
  }

  /// What wants its name typed is not done with one word for several.
  @Test func severeOnesOfSeveralWantEachName() throws {
    let world = try world("deployments")
    try world.press("<space>j<space><ctrl-d>")
    let names = world.orderedRemedies.map { String($0.split(separator: "/").last ?? "") }
    #expect(names.count == 2)
    try world.press("y\(names[0])<enter>")
    #expect(world.journal.map(\.object.name) == [names[0]])
    try world.press("y\(names[0])<enter>")
    #expect(world.journal.count == 1, "the name of another one does not count")
    try world.press("y\(names[1])<enter>")
    #expect(world.journal.map(\.object.name) == names)
  }

  @Test func severeOnesWantTheNameTyped() throws {
    let world = try world("deployments")
    try world.press("<ctrl-d>")
    #expect(world.terminal.grid.text.contains("to agree"), "\(world.terminal.grid.text)")
    try world.press("y")
    #expect(replies(world).isEmpty)
    try world.press("wrong<enter>")
    #expect(replies(world) == ["wrong"])
    #expect(world.journal.isEmpty)
    #expect(world.terminal.grid.text.contains("that is not"))
    try world.press("n")
    #expect(world.terminal.grid.text.contains("nothing was changed"))
    #expect(world.journal.isEmpty)
  }

  @Test func theClusterIsNamedBeforeTheWord() throws {
    let world = try world("deployments")
    try world.press("r")
    for part in [
      "cluster     demo (context demo, user demo-admin)", "Apply it to cluster demo?", "kubectl rollout restart",
    ] {
      #expect(world.terminal.grid.text.contains(part), "\(world.terminal.grid.text)")
    }
    try world.press("y")
    #expect(replies(world) == ["y"])
    #expect(world.journal.map(\.remedy) == ["rollout-restart"])
    try world.press(":history<enter>")
    let text = world.terminal.grid.text
    #expect(text.contains("restart all pods") && text.contains("never ended"), "\(text)")
    try world.press("z")
    #expect(world.terminal.grid.text.contains("a restart cannot be taken back"))
    try world.press("<enter>")
    #expect(world.terminal.grid.text.contains("kubectl  kubectl rollout restart"), "\(world.terminal.grid.text)")
  }

  /// Whatever asks for a change is refused at once where nothing may be changed, not after a number has been typed.
  @Test(arguments: [
    ("deployments", "s"), ("deployments", "r"), ("deployments", "<ctrl-d>"), ("pods", "<ctrl-d>"), ("nodes", "c"),
    ("nodes", "u"),
  ])
  func nothingIsAskedWhereNothingMayBeChanged(_ screen: String, _ key: String) throws {
    let world = try world(screen)
    world.interface.session.writeRefusal = "this is a capture: nothing can be changed in it"
    try world.press(key)
    #expect(world.orderedRemedies.isEmpty)
    #expect(world.interface.prompt == nil)
    #expect(world.terminal.grid.text.contains("nothing can be changed in it"), "\(world.terminal.grid.text)")
  }

  @Test func historyTakesBackWhatAnEarlierSessionHasDone() throws {
    let world = try world("nodes")
    var entry = JournalEntry()
    entry.id = "a"
    entry.time = Timestamp(seconds: 1_780_000_000)
    entry.context = world.interface.session.context
    entry.cluster = world.interface.session.cluster
    entry.object.kind = "Node"
    entry.object.apiVersion = "v1"
    entry.object.name = "node-1"
    entry.title = "cordon node-1"
    entry.outcome = "succeeded"
    let line =
      entry.line.dropLast() + #","back":{"undone":"cordon node-1","restores":["#
      + #"{"path":[{"member":"spec"},{"member":"unschedulable"}],"checked":[{"member":"spec"},{"member":"unschedulable"}]}]}}"#
    world.interface.showHistory(.success(JournalHistory(text: String(line))))
    try world.press("z")
    #expect(world.orderedRemedies == ["undo node/node-1"])
    entry.context = "elsewhere"
    world.interface.showHistory(.success(JournalHistory(text: entry.line)))
    try world.press("z")
    #expect(world.orderedRemedies.count == 1)
    #expect(world.terminal.grid.text.contains("this was done in elsewhere"))
  }

  @Test func theHistoryIsReadAnewWhenSomethingHasBeenTakenBack() throws {
    let world = try world("nodes")
    try world.press(":history<enter>")
    let before = world.effects.count { $0 == .readHistory }
    try world.press(":nodes<enter>c<esc><esc>")
    try world.press(":history<enter><enter><esc>")
    #expect(world.effects.count { $0 == .readHistory } > before)
    var entry = JournalEntry()
    entry.id = "b"
    entry.title = "cordon node-9"
    world.interface.showHistory(.success(JournalHistory(text: entry.line)))
    world.draw()
    #expect(world.terminal.grid.text.contains("cordon node-9"), "\(world.terminal.grid.text)")
    #expect(world.interface.pages.count { $0.table?.source is HistorySource } == 1)
  }

  @Test func aPageThatIsLeftIsClosed() throws {
    let world = try world("nodes")
    try world.press("c<esc>")
    #expect(world.effects.contains { if case .closeRemedy = $0 { true } else { false } })
    #expect(world.journal.isEmpty)
  }

  @Test func unlockingWantsTheContextsName() throws {
    let world = try world("nodes")
    try world.press(":unlock<enter>")
    try world.press(":unlock prod<enter>")
    #expect(!world.effects.contains { if case .unlock = $0 { true } else { false } })
    try world.press(":unlock demo<enter>")
    #expect(world.effects.contains(.unlock("demo")))
  }
}
