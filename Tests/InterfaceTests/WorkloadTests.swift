import Kube
import Remedies
import Terminal
import Testing

@testable import Interface

/// `:wk`: all workloads in one table, whose rows behave as in the table of their kind.
@Suite struct WorkloadTests {
  private func world() throws -> World {
    let world = try World("shop.yaml", size: Size(columns: 120, rows: 36), open: "triage")
    try world.load("workloads.yaml")
    try world.press(":wk<enter>")
    return world
  }

  private func names(_ world: World) -> [String] {
    guard let table = world.interface.page?.table else { return [] }
    return table.rows.map { table.source.object($0)?.name ?? "" }
  }

  @Test func podsAndSetsThatAnotherRowStandsForHaveNone() throws {
    let all = try names(world())
    #expect(Set(all).isDisjoint(with: ["web-5d8f", "web-5d8f-aaaaa", "checkout-5d8f-ccccc"]))
    #expect(Set(["debug", "etcd-node-a", "canary-7f9", "left-5c6", "clean-up-1"]).isSubset(of: all))
  }

  @Test(arguments: [
    ("/deployment.*web<enter>", "pods", 2), ("/clean-up<enter>g", "jobs", 1), ("/pod.*debug<enter>", "containers", 1),
    ("/statefulset<enter>", "pods", 0), ("/service.*web<enter>", "pods", 2),
  ]) func enterDoesWhatItDoesInTheTableOfTheKind(keys: String, title: String, count: Int) throws {
    let world = try world()
    try world.press(keys + "<enter>")
    let table = try #require(world.interface.page?.table)
    #expect(table.source.title == title)
    #expect(table.count == count)
  }

  @Test(arguments: [
    // A letter means what it means on the row's kind.
    ("/pod.*debug<enter>", "s", "kubectl exec -it debug -n shop -- sh"),
    ("/clean-up<enter>g", "s", "resume-cronjob clean-up"), ("/statefulset<enter>", "r", "rollout-restart db"),
    ("/service.*web<enter>", "F", "kubectl port-forward services/web -n shop 80:80"),
    // Of marked rows, what all of them have.
    ("/ db |deployment.*web<enter>g<space><space>", "r", "rollout-restart web, rollout-restart db"),
    ("/gpu-agent|debug<enter>g<space><space>", "r", ""),
    ("/gpu-agent|debug<enter>g<space><space>", "<ctrl-d>", "delete-object gpu-agent, delete-pod debug"),
  ]) func keysFollowTheKindOfTheRow(filter: String, key: String, wanted: String) throws {
    let world = try world()
    try world.press(filter + key)
    let done = world.effects.compactMap { effect -> String? in
      switch effect {
      case .copy(let text, _): text.replacing(" --context demo", with: "")
      case .startRemedy(_, let order): "\(order.name.rawValue) \(order.object.name)"
      default: nil
      }
    }
    #expect(done.joined(separator: ", ") == wanted, "\(world.terminal.grid.text)")
  }

  @Test func logsAndPlaybooksAreThoseOfTheObject() throws {
    let world = try world()
    try world.press("/deployment.*web<enter>l")
    #expect(world.interface.page?.logs?.request.sources.count == 2)
    try world.press("<esc>db")
    #expect(world.interface.page?.playbook != nil)
    try world.press("<esc><esc>y")
    #expect(world.terminal.grid.text.contains("kind: Deployment"))
  }

  @Test func itFollowsTheClusterAndTheClock() throws {
    let world = try world()
    try world.press("/debug<enter>")
    #expect(world.terminal.grid.text.contains("60m"))
    try world.happen("wait 3600")
    #expect(world.terminal.grid.text.contains("120m"))
    try world.happen("delete pods shop/debug")
    try world.happen("wait 2")
    #expect(world.terminal.grid.text.contains("None of the"))
  }

  @Test func itIsSortedByNumbersAndTimes() throws {
    let world = try world()
    try world.press("A")
    #expect(names(world).first == "clean-up-1" || names(world).first == "debug")
    try world.press("A")
    #expect(names(world).last == "debug")
    try world.press("<shift-left><shift-left><shift-left>")
    #expect(world.interface.page?.table?.sortColumn == "ready")
    #expect(["db", "web"].contains(names(world).last { !$0.isEmpty } ?? ""), "\(names(world))")
  }

  @Test func anotherKindMayHaveTheName() throws {
    let world = try world()
    var kueue = Resource(group: "kueue.x-k8s.io", version: "v1beta1", kind: "Workload", plural: "workloads")
    kueue.isNamespaced = true
    world.interface.catalog = ResourceCatalog(groups: [world.interface.catalog.resources.map { [$0] }, [[kueue]]])
    try world.press(":workloads<enter>")
    #expect(world.interface.page?.table?.source is ServerTableSource)
    try world.press(":wk<enter>")
    #expect(world.interface.page?.table?.source is ComposedSource)
  }
}
