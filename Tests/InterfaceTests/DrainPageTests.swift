import ClusterState
import Draining
import Kube
import PlaybookKit
import Remedies
import Terminal
import Testing

@testable import Interface

/// Drains in the dashboard: that nothing begins without the person's word, and that the word reaches the drain.
@Suite struct DrainPageTests {
  private func world(_ screen: String) throws -> World {
    try World("maintenance.yaml", size: Size(columns: 120, rows: 36), open: screen)
  }

  private func begun(_ world: World) -> [DrainOrder] {
    world.effects.compactMap { if case .startDrain(_, let order) = $0 { order } else { nil } }
  }

  private func told(_ world: World) -> [DrainControl] {
    world.effects.compactMap { if case .tellDrain(_, let control) = $0 { control } else { nil } }
  }

  @Test func theNameBeginsItUnderTheFlagsThatWereChosen() throws {
    let world = try world("nodes")
    try world.press("rief")
    try world.press("p20<enter>t5m<enter>B2<enter>w")
    #expect(begun(world).isEmpty)
    try world.press("rnode-1<enter>")
    let order = try #require(begun(world).first)
    #expect(
      order.kubectl == "kubectl drain node-1 --force --ignore-daemonsets --delete-emptydir-data --grace-period=20"
        + " --timeout=5m0s")
    #expect(order.batch == 2 && order.waitsReady)
    #expect(order.nodes == [.init(name: "node-1", uid: "node-node-1", isCordoned: false)])
  }

  @Test(arguments: ["rief", "riefr", "riefrnode-2<enter>", "riefr<enter>", "riefrnode-1<esc>", "rirnode-1<enter>"])
  func nothingBeginsWithoutTheName(_ keys: String) throws {
    let world = try world("nodes")
    try world.press(keys)
    #expect(begun(world).isEmpty)
    #expect(world.drain.records.isEmpty)
  }

  @Test func nothingBeginsWhereNothingMayBeChanged() throws {
    let world = try world("nodes")
    world.interface.session.writeRefusal = "podmedic was started with --read-only"
    try world.press("riefr")
    #expect(world.interface.prompt == nil)
    #expect(world.terminal.grid.text.contains("--read-only"))
    try world.press("node-1<enter>")
    #expect(begun(world).isEmpty)
  }

  @Test func whatTheServerForbidsIsNotBegun() throws {
    let world = try world("nodes")
    world.deniedCalls = ["create pods/eviction in data"]
    try world.press("riefr")
    #expect(world.interface.prompt == nil)
    #expect(world.terminal.grid.text.contains("you may not create pods/eviction in data"))
  }

  @Test func markedNodesAreDrainedTogether() throws {
    let world = try world("nodes")
    try world.press("<space><space>rief")
    try world.press("rnode-1<enter>")
    #expect(begun(world).isEmpty, "their number is asked for")
    try world.press("r2 nodes<enter>")
    #expect(begun(world).first?.nodes.map(\.name) == ["node-1", "node-2"])
  }

  @Test func aBlockedPodIsLeftAloneAndTheRestIsDrained() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>")
    try world.happen("wait 20")
    #expect(world.terminal.grid.text.contains("never: PDB redis: 1 of 1 pods must"))
    #expect(world.drain.run?.outcome == nil)
    try world.press("jjs")
    #expect(told(world) == [.skip([PodKey(namespace: "data", name: "redis-6d9f-a", uid: "pod-redis-6d9f-a")])])
    #expect(world.drain.run?.outcome == .drained, "\(world.terminal.grid.text)")
    #expect(world.terminal.grid.text.contains("1 left alone"))
  }

  @Test func whatIsGoingCannotBeSkipped() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>")
    try world.press("/web<enter>s")
    #expect(told(world).isEmpty)
    #expect(world.terminal.grid.text.contains("cannot be called back"))
  }

  @Test func whoDoesNotWaitForDeadPodsSaysHowLong() throws {
    let world = try world("drain node-1")
    try world.press("iefW90<enter>rnode-1<enter>")
    #expect(begun(world).map(\.options.skipWaitForDeleteTimeout) == [90])
    let wrong = try self.world("drain node-1")
    try wrong.press("Wsoon<enter>")
    #expect(wrong.terminal.grid.text.contains("that is a number of seconds, not \"soon\""))
  }

  @Test(arguments: [
    ("app in (web, cart)", "app in (cart,web)", nil), (" app=web ", "app=web", nil),
    ("a b", "", "that is no label selector: \"a b\""),
  ])
  func aSelectorIsTakenAsItIsTyped(_ typed: String, _ selector: String, _ problem: String?) throws {
    let world = try world("drain node-1")
    try world.press("l\(typed.replacing(" ", with: "<space>"))<enter>")
    guard case .plan(let draft)? = world.interface.page?.drain else { return #expect(Bool(false)) }
    #expect(draft.terms.options.podSelector.description == selector)
    if let problem { #expect(world.terminal.grid.text.contains(problem), "\(world.terminal.grid.text)") }
  }

  @Test func pausedItAsksNoMorePods() throws {
    let world = try world("drain node-1")
    try world.press("iefB1<enter>rnode-1<enter>p")
    let asked = world.drain.records.count { if case .removing = $0 { true } else { false } }
    try world.happen("wait 40")
    #expect(told(world) == [.pause])
    #expect(world.drain.records.count { if case .removing = $0 { true } else { false } } == asked)
    #expect(world.terminal.grid.text.contains("paused"))
    try world.press("p")
    try world.happen("wait 40")
    #expect(told(world) == [.pause, .resume])
    #expect(world.drain.records.count { if case .removing = $0 { true } else { false } } > asked)
  }

  @Test func cancelledItOffersToOpenWhatItHasClosed() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>u")
    #expect(world.orderedRemedies.isEmpty, "not while it goes on")
    try world.press("x")
    #expect(world.drain.run?.outcome == .cancelled)
    #expect(world.terminal.grid.text.contains("this run has cordoned node-1: u uncordons it"))
    try world.press("u")
    #expect(world.orderedRemedies == ["uncordon node/node-1"])
  }

  @Test func roomIsMadeOnNodesThatTakeNoNewPods() throws {
    let world = try world("drain node-1")
    try world.press("ie/redis<enter>ja")
    #expect(world.orderedRemedies == ["cordon node/node-1"])
    try world.cordon("node-1")
    try world.press("<esc>a")
    #expect(world.orderedRemedies.last?.hasPrefix("rollout-restart deployment/redis") == true)
    #expect(world.journal.isEmpty && begun(world).isEmpty)
  }

  @Test func totalsGoOnAfterACancel() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>")
    try world.happen("wait 3")
    try world.press("x")
    #expect(world.terminal.grid.text.contains("0 of 4 gone, 3 going, 1 not evicted"), "\(world.terminal.grid.text)")
    try world.happen("wait 40")
    #expect(world.terminal.grid.text.contains("3 of 4 gone, 1 not evicted"), "\(world.terminal.grid.text)")
    #expect(world.terminal.grid.text.contains("not drained: 3 of 4 gone"))
    #expect(!world.terminal.grid.text.contains("going"))
  }

  @Test func anEarlierCordonIsNotTakenBack() throws {
    let world = try world("nodes")
    try world.cordon("node-1")
    try world.press("riefrnode-1<enter>xu")
    #expect(world.orderedRemedies.isEmpty)
    #expect(world.terminal.grid.text.contains("has cordoned nothing"))
  }

  @Test func theKeysOfADrainThatIsOverSaySo() throws {
    let world = try world("nodes")
    try world.press("riefrnode-1<enter>xp")
    #expect(
      world.terminal.grid.text.contains("this drain is over: cancelled; r makes a new plan, R goes on with it"),
      "\(world.terminal.grid.text)")
  }

  @Test func ownersAreNamedAsInThePlan() throws {
    let world = try world("drain node-1")
    try world.press("ief")
    #expect(world.terminal.grid.text.contains("deployment/redis"), "\(world.terminal.grid.text)")
    try world.press("rnode-1<enter>")
    let text = world.terminal.grid.text
    #expect(text.contains("deployment/redis") && !text.contains("replicaset/"), "\(text)")
  }

  /// No finding asks for maintenance: the nodes are offered.
  @Test func theMaintenancePlaybookOffersTheNodes() throws {
    let world = try world("nodes")
    try world.press(":playbook node-maintenance<enter>")
    #expect(world.interface.prompt == nil && world.terminal.grid.text.contains("node-2"))
    try world.press("j<enter>")
    #expect(world.interface.page?.playbook?.wish.object?.name == "node-2")
    #expect(world.interface.page?.crumb == "node-2 node-maintenance")
    try world.press(":nodes<enter>b")
    let offers = world.interface.page?.playbook?.offers ?? []
    #expect(Array(offers.prefix(2)) == ["node-lifecycle", "node-maintenance"])
    #expect(world.terminal.grid.text.contains("o opens the others: node-maintenance"))
    // Who was at work with one some hours ago goes on with that.
    for (hours, first) in [(25, "node-lifecycle"), (3, "node-maintenance")] {
      world.interface.whenKept = { name in
        name.hasPrefix("node-maintenance_") ? world.clock.now.advanced(by: .seconds(-3600 * hours)) : nil
      }
      try world.press("<esc>b")
      #expect(world.interface.page?.playbook?.guided?.playbook.name == first, "\(hours)")
    }
    #expect(
      world.terminal.grid.text.contains(
        "gone on with: node-maintenance, left 3h ago; o opens the others: node-lifecycle"))
    try world.press("o")
    let rows = world.interface.page?.table.map { table in (0..<2).map { table.row(at: $0) } }
    #expect(rows == ["node-maintenance", "node-lifecycle"], "what fits comes first")
  }

  /// Pasted elsewhere it must not drain a node of the same name in another cluster.
  @Test func theCommandNamesTheCluster() throws {
    let world = try world("drain node-1")
    try world.press("wK")
    let copied = world.effects.compactMap { if case .copy(let text, _) = $0 { text } else { nil } }
    #expect(copied.last?.hasPrefix("podmedic --context demo drain node-1 ") == true, "\(copied)")
    #expect(copied.last?.contains("--wait-ready") == true)
  }

  @Test func itGoesOnWhileSomebodyLooksElsewhere() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter><esc>:pods<enter>")
    #expect(world.terminal.grid.lines[0].contains("draining 0/4"), "\(world.terminal.grid.lines[0])")
    try world.happen("wait 20")
    #expect(world.terminal.grid.lines[0].contains("draining 3/4"), "\(world.terminal.grid.lines[0])")
    try world.press(":drain node-2<enter>")
    #expect(world.terminal.grid.text.contains("one drain at a time"))
    #expect(world.terminal.grid.text.contains("never: PDB redis"))
    #expect(begun(world).count == 1)
  }

  @Test func whoQuitsIsToldThatADrainGoesOn() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter><ctrl-c>")
    #expect(!world.hasQuit)
    #expect(world.terminal.grid.text.contains("a drain is going on"))
    try world.press(":ctx prod-eu<enter>")
    #expect(!world.effects.contains(.switchContext("prod-eu")))
    try world.press("<ctrl-c>")
    #expect(world.hasQuit)
  }

  @Test(arguments: [
    ("drain nope", "node nope does not exist"), ("drain node-1 nope", "node nope does not exist"),
    ("drain node-1 --force", "--force is no node: flags are keys on the page of the plan"),
    ("drain -l x=y", "-l is no node: flags are keys on the page of the plan"),
  ])
  func onlyNodesAreDrained(_ command: String, _ problem: String) throws {
    let world = try world("nodes")
    try world.press(":\(command.replacing(" ", with: "<space>"))<enter>")
    #expect(world.terminal.grid.text.contains(problem), "\(world.terminal.grid.text)")
    #expect(world.interface.page?.drain == nil)
  }

  /// Before the nodes are read a name may be any.
  @Test func aPlanOfANodeThatDoesNotExistCannotProceed() throws {
    let world = try world("drain node-1")
    try world.press("ief")
    try world.delete("nodes", namespace: "", name: "node-1")
    world.draw()
    #expect(world.terminal.grid.text.contains("None of the nodes exists."), "\(world.terminal.grid.text)")
    let two = try self.world("nodes")
    try two.press("<space><space>rief")
    try two.delete("nodes", namespace: "", name: "node-2")
    two.draw()
    #expect(two.terminal.grid.text.contains("node node-2 does not exist"), "\(two.terminal.grid.text)")
    #expect(!two.terminal.grid.text.contains("can proceed"))
  }

  @Test func wordsToTypeAreQuoted() throws {
    let world = try world("nodes")
    try world.press("<space><space>riefr")
    #expect(world.terminal.grid.text.contains("type \"2 nodes\" to drain them: "), "\(world.terminal.grid.text)")
  }

  @Test func aPausedDrainOffersToGoOn() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>")
    #expect(world.terminal.grid.text.contains("p pause"), "\(world.terminal.grid.text)")
    try world.press("p")
    #expect(world.terminal.grid.text.contains("p go on") && !world.terminal.grid.text.contains("p pause"))
  }

  @Test func aPlanThatIsLeftKeepsItsFlags() throws {
    let world = try world("drain node-1")
    try world.press("ie<esc>:drain node-1<enter>")
    let text = world.terminal.grid.text
    #expect(text.contains("--ignore-daemonsets") && text.contains("--delete-emptydir-data"), "\(text)")
    try world.press(":drain node-2<enter>")
    #expect(!world.terminal.grid.text.contains("--delete-emptydir-data on"), "\(world.terminal.grid.text)")
  }

  @Test func whatIsSaidAboutAnEarlierWordGoesWithTheNext() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-2<enter>")
    #expect(world.terminal.grid.text.contains("that is not \"node-1\""))
    try world.press("rnode-1<enter>")
    #expect(begun(world).count == 1 && !world.terminal.grid.text.contains("that is not"))
  }

  @Test func whoeverTakesTheQuorumSaysSo() throws {
    let world = try world("nodes")
    for (node, isReady) in [("node-1", "True"), ("node-2", "False")] {
      try world.apply([
        "apiVersion": "v1", "kind": "Pod",
        "metadata": [
          "name": .string("etcd-\(node)"), "namespace": "kube-system", "uid": .string("uid-etcd-\(node)"),
          "labels": ["component": "etcd"], "annotations": ["kubernetes.io/config.mirror": "x"],
        ],
        "spec": ["nodeName": .string(node), "containers": [["name": "etcd"]]],
        "status": ["phase": "Running", "conditions": [["type": "Ready", "status": .string(isReady)]]],
      ])
    }
    try world.press("rief")
    #expect(world.terminal.grid.text.contains("node-1 has a member of etcd: 0 of 2 stay"))
    try world.press("rnode-1<enter>")
    #expect(begun(world).isEmpty)
    try world.press("rnode-1 without quorum<enter>")
    #expect(begun(world).count == 1)
  }

  @Test func theBudgetsPlaybookIsOpened() throws {
    let world = try world("drain node-1")
    try world.press("iefrnode-1<enter>jjb")
    #expect(world.interface.page?.playbook?.wish.playbook == "pdb-blocked")
    #expect(world.interface.page?.playbook?.wish.object?.name == "redis")
    try world.press("<esc>gb")
    #expect(world.interface.page?.playbook?.wish.playbook == "node-maintenance")
  }

  /// Of two budgets the server names none.
  @Test func oneOfTwoBudgetsOfAPodIsOpened() throws {
    let world = try world("drain node-1")
    var twin = try #require(world.documents["PodDisruptionBudget/data/redis"])
    var metadata = twin["metadata"] ?? [:]
    metadata["name"] = "also-redis"
    metadata["uid"] = "also-redis"
    twin["metadata"] = metadata
    try world.apply(twin)
    try world.press("iefrnode-1<enter>")
    #expect(world.terminal.grid.text.contains("failed: error when evicting"), "\(world.terminal.grid.text)")
    try world.press("jjb")
    #expect(world.interface.page?.playbook?.wish.playbook == "pdb-blocked", "\(world.terminal.grid.text)")
    #expect(world.interface.page?.playbook?.wish.object?.name == "also-redis")
  }

  @Test func oneQuestionCordonsAllMarkedNodes() throws {
    let world = try world("nodes")
    try world.cordon("node-2")
    try world.press("<space><space><space>c")
    #expect(world.orderedRemedies == ["cordon node/node-1", "cordon node/node-2", "cordon node/node-3"])
    #expect(world.journal.isEmpty)
    #expect(world.terminal.grid.text.contains("y applies it to all 2"), "\(world.terminal.grid.text)")
    try world.press("y")
    #expect(world.journal.map(\.object.name) == ["node-1", "node-3"])
    try world.press("<esc>")
    #expect(world.effects.count { if case .closeRemedy = $0 { true } else { false } } == 3)
  }
}
