import ClusterState
import Draining
import Kube
import Terminal
import Testing

@testable import Interface

/// Drains that nobody carries out any more, in the dashboard: cut off, cancelled, or of nodes that others have opened.
@Suite struct DrainCutOffPageTests {
  private func world(_ screen: String) throws -> World {
    try World("maintenance.yaml", size: Size(columns: 120, rows: 36), open: screen)
  }

  /// The next session of podmedic, which offers what the log of an earlier one has, before a single pod has been read.
  private func next(after world: World) throws -> World {
    let text = world.drain.records.map { $0.line + "\n" }.joined()
    let later = try self.world("nodes")
    later.interface.offerDrain(try #require(DrainLog(text: text)))
    return later
  }

  @Test func whatWasCutOffIsOffered() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>")
    let later = try next(after: world)
    later.draw()
    #expect(later.terminal.grid.text.contains("a drain of node-1 was cut off"))
    try later.press(":drain<enter>")
    #expect(later.terminal.grid.text.contains("cut off"), "\(later.terminal.grid.text)")
    #expect(later.terminal.grid.text.contains("shift-r resume"), "\(later.terminal.grid.text)")
    try later.press("R")
    #expect(later.effects.contains { if case .resumeDrain(_, "run", false) = $0 { true } else { false } })
  }

  /// The log does not say what has become of the pods since: the cluster does.
  @Test func whatWasCutOffIsShownAsTheClusterIsNow() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>")
    let later = try next(after: world)
    let asked = world.drain.run?.nodes.flatMap(\.pods).filter { $0.attempts > 0 } ?? []
    let web = try #require(asked.first { $0.pod.name.hasPrefix("web") }?.pod)
    try later.press(":drain<enter>")
    #expect(later.terminal.grid.text.contains("0 of 4 gone"), "\(later.terminal.grid.text)")
    #expect(later.terminal.grid.text.contains("asked to go, outcome not known"), "\(later.terminal.grid.text)")
    #expect(!later.terminal.grid.text.contains("waiting"), "\(later.terminal.grid.text)")
    let old = try #require(later.documents["Pod/\(web.namespace)/\(web.name)"])
    try later.delete("pods", namespace: web.namespace, name: web.name)
    func make(_ name: String, createdAfter seconds: Int64) throws {
      var json = old
      var metadata = json["metadata"] ?? [:]
      let created = try #require(world.drain.run).header.time.advanced(by: .seconds(seconds))
      metadata["name"] = .string(name)
      metadata["uid"] = .string(name)
      metadata["creationTimestamp"] = .string(created.description)
      json["metadata"] = metadata
      try later.apply(json)
    }
    try make("twin-of-before", createdAfter: -1200)
    later.draw()
    #expect(later.terminal.grid.text.contains("1 of 4 gone"), "\(later.terminal.grid.text)")
    #expect(later.terminal.grid.text.contains("not drained: 1 of 4 gone"), "\(later.terminal.grid.text)")
    let show = try #require(later.interface.drain)
    #expect(show.replacements(in: later.state).isEmpty)
    try make("made-since", createdAfter: 1)
    #expect(show.replacements(in: later.state).mapValues(\.metadata.name) == [web.uid: "made-since"])
  }

  @Test func whoNeedsTheNodeBackOpensWhatACutOffDrainHasCordoned() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>")
    let later = try next(after: world)
    try later.press(":drain<enter>")
    #expect(!later.terminal.grid.text.contains("u uncordon"), "\(later.terminal.grid.text)")
    try later.press("u")
    #expect(later.orderedRemedies.isEmpty && later.terminal.grid.text.contains("nothing that is still cordoned"))
    try later.cordon("node-1")
    later.draw()
    #expect(later.terminal.grid.text.contains("u uncordons it"), "\(later.terminal.grid.text)")
    try later.press("j")
    #expect(later.terminal.grid.lines.last?.contains("u uncordon ") == true, "\(later.terminal.grid.text)")
    try later.press("u")
    #expect(later.orderedRemedies == ["uncordon node/node-1"])
  }

  /// Gone on with, a drain of a node that somebody has opened asks first; what has gone is gone all the same.
  @Test(arguments: [80, 120])
  func whatHasGoneIsGoneAlsoWhileItIsAskedAboutTheNode(_ columns: Int) throws {
    let world = try World("maintenance.yaml", size: Size(columns: columns, rows: 30), open: "drain node-1")
    try world.press("iefrnode-1<enter>")
    try world.happen("wait 40")
    // As after a kill: the log ends here.
    try world.cordon("node-1", false)
    try world.press("xR")
    let lines = world.terminal.grid.lines
    #expect(lines.contains { $0.contains("R asks whether node-1 is cordoned again") }, "\(world.terminal.grid.text)")
    #expect(
      lines.contains { $0.contains("node node-1") && $0.contains("open again; not drained: 3 of 4 gone") },
      "\(world.terminal.grid.text)")
    #expect(world.interface.drain?.progress(in: world.state) == "3 of 4 gone, 1 asked to go, outcome not known")
  }

  @Test func aNodeThatIsOpenAgainIsNotSaidToBeCordoned() throws {
    let world = try world("nodes")
    try world.press("<space><space>riefr2 nodes<enter>x")
    #expect(world.terminal.grid.text.contains("cordoned, not begun"), "\(world.terminal.grid.text)")
    try world.cordon("node-2", false)
    world.draw()
    #expect(world.terminal.grid.text.contains("open again; not begun"), "\(world.terminal.grid.text)")
  }

  @Test func whatAPersonHadEndedIsNotSaidToBeCutOff() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>x")
    let later = try next(after: world)
    later.draw()
    #expect(later.terminal.grid.text.contains("a drain of node-1 was cancelled: :drain shows it, and R there goes on"))
    try later.press(":drain<enter>")
    #expect(!later.terminal.grid.text.contains("cut off"), "\(later.terminal.grid.text)")
  }

  @Test func aNodeThatSomebodyHasOpenedIsAskedAbout() throws {
    func resumed(_ world: World) -> [Bool] {
      world.effects.compactMap { if case .resumeDrain(_, _, let cordonsAgain) = $0 { cordonsAgain } else { nil } }
    }
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>x")
    try world.cordon("node-1", false)
    try world.press("R")
    #expect(world.terminal.grid.text.contains("somebody has uncordoned it since"), "\(world.terminal.grid.text)")
    #expect(world.state.get(Node.self, name: "node-1")?.spec.unschedulable == false)
    try world.press("Rnode-2<enter>R<esc>")
    #expect(resumed(world) == [false])
    try world.press("Rnode-1<enter>")
    #expect(resumed(world) == [false, true] && world.drain.run?.outcome == nil)
    #expect(world.state.get(Node.self, name: "node-1")?.spec.unschedulable == true)
  }

  @Test func aNodeThatIsDeletedMeanwhileIsNotOfferedToBeOpened() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>")
    try world.delete("nodes", namespace: "", name: "node-1")
    try world.press("x")
    #expect(world.terminal.grid.text.contains("no longer exists; not drained"), "\(world.terminal.grid.text)")
    #expect(!world.terminal.grid.text.contains("u uncordons"))
    try world.press("u")
    #expect(world.orderedRemedies.isEmpty)
  }
}
