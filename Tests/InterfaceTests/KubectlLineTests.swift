import Kube
import Terminal
import Testing

@testable import Interface

/// `K`: the command that shows the same as the screen, which must exist and show the same.
@Suite struct KubectlLineTests {
  @Test(arguments: [
    ([":po<enter>"], "kubectl get pods -A"),
    ([":po shop<enter>"], "kubectl get pods -n shop"),
    ([":po shop app=web<enter>"], "kubectl get pods -n shop -l app=web"),
    ([":po<enter>", "/-l app in (web,db)<enter>"], "kubectl get pods -A -l 'app in (web,db)'"),
    // Other filters are a search through what kubectl prints.
    ([":po<enter>", "/web<enter>"], "kubectl get pods -A | grep -iE web"),
    ([":po<enter>", "/!web<enter>"], "kubectl get pods -A | grep -ivE web"),
    (
      [":po<enter>", "/^shop .*(running|pending)<enter>"], "kubectl get pods -A | grep -iE '^shop +.*(running|pending)'"
    ),
    ([":po<enter>", "/1/1 run<enter>"], "kubectl get pods -A | grep -iE '1/1 +run'"),
    (
      [":po<enter>", "/-l app=web /a{5}\\d*?$|bbb<enter>"],
      "kubectl get pods -A -l app=web | grep -iE 'a{5}[0-9]*$|bbb'"
    ),
    // Nodes are in kubectl's wide table.
    ([":po<enter>", "/node-a<enter>"], "kubectl get pods -A -o wide | grep -iE node-a"),
    // Whatever kubectl does not print, it cannot find: causes, letters in order.
    ([":po<enter>", "/oomkilled<enter>"], "kubectl get pods -A"),
    ([":po<enter>", "/-f wb<enter>"], "kubectl get pods -A"),
    // By themselves its rows come by namespace and name.
    ([":po<enter>", "P"], "kubectl get pods -A"),
    ([":po shop<enter>", "N"], "kubectl get pods -n shop"),
    ([":po shop<enter>", "NN"], "kubectl get pods -n shop --no-headers | tac"),
    ([":po<enter>", "N"], "kubectl get pods -A --sort-by=.metadata.name"),
    // The youngest comes first, and then the oldest.
    ([":po<enter>", "A"], "kubectl get pods -A --sort-by=.metadata.creationTimestamp --no-headers | tac"),
    ([":po<enter>", "AA", "/web<enter>"], "kubectl get pods -A --sort-by=.metadata.creationTimestamp | grep -iE web"),
    (
      [":po<enter>", "T"],
      "kubectl get pods -A --sort-by='.status.containerStatuses[0].restartCount' --no-headers | tac"
    ),
    ([":po<enter>", "S"], "kubectl get pods -A"),
    (
      [":deploy<enter>", "<shift-right><shift-right>"],
      "kubectl get deployments.apps -A --sort-by=.status.readyReplicas"
    ),
    ([":po<enter>", "<ctrl-w>"], "kubectl get pods -A -o wide"),
    ([":no<enter>"], "kubectl get nodes"),
    // From a node all its pods, whatever namespace is chosen.
    ([":ns shop<enter>", ":no<enter>", "<enter>"], "kubectl get pods -A --field-selector spec.nodeName=node-a"),
    ([":triage<enter>"], "podmedic check -A"),
    ([":ns shop<enter>", ":triage<enter>"], "podmedic check -n shop"),
    ([":pulses<enter>"], "podmedic -c pulses -A"),
    ([":xray deploy<enter>"], "podmedic -c 'xray deployments.apps' -A"),
    ([":ctx<enter>"], "kubectl config get-contexts"),
    // Logs as they are read now, not as they were when the page opened.
    (
      [":po /checkout<enter>", "l"],
      "kubectl logs checkout-5d8f-ccccc --all-containers -n shop --prefix -f --tail=1000"
    ),
    (
      [":po /checkout<enter>", "l", "p", "t"],
      "kubectl logs checkout-5d8f-ccccc --all-containers -n shop --prefix --previous --tail=1000 --timestamps"
    ),
    (
      [":po /checkout<enter>", "l", "a", "4"],
      "kubectl logs checkout-5d8f-ccccc -c app -n shop -f --since=15m"
    ),
    ([":deploy /web<enter>", "l"], "kubectl logs -l app=web -n shop --prefix -f --tail=1000"),
    ([":deploy /web<enter>", "l", "6"], "kubectl logs -l app=web -n shop --prefix -f --tail=-1 --since=1h"),
    (
      [":po /web-5<enter>", "<space>", "j", "<space>", "l"],
      """
      kubectl logs web-5d8f-aaaaa -c app -n shop -f --tail=1000
      kubectl logs web-5d8f-bbbbb -c app -n shop -f --tail=1000
      """
    ),
    ([":po /checkout<enter>", "<enter>"], "kubectl get pod checkout-5d8f-ccccc -n shop -o yaml"),
  ]) func linesOfScreens(keys: [String], line: String) throws {
    let world = World()
    try world.load("shop.yaml")
    world.open("triage")
    for key in keys { try world.press(key) }
    try world.press("K")
    let copied = world.effects.compactMap { if case .copy(let text, _) = $0 { text } else { nil } }
    #expect(copied.last?.replacing(" --context demo", with: "") == line)
  }

  /// What the command lacks is said with it.
  @Test(arguments: [
    ([":po<enter>", "S"], "all but the sort by STATUS: kubectl get pods -A"),
    (
      [":po<enter>", "/oomkilled<enter>", "<ctrl-z>"],
      "all but the filter and only rows with trouble: kubectl get pods -A"
    ),
    ([":pulses<enter>", "/pods<enter>"], "all but the filter: podmedic -c pulses -A"),
  ]) func whatTheLineLacks(keys: [String], said: String) throws {
    let world = World()
    try world.load("shop.yaml")
    world.open("triage")
    for key in keys + ["K"] { try world.press(key) }
    let told = world.effects.compactMap { if case .copy(_, let what) = $0 { what } else { nil } }
    #expect(told.last?.replacing(" --context demo", with: "") == said)
  }

  /// The order of `--sort-by` is another one where several containers restart, or where a value is missing.
  @Test func ordersThatKubectlDoesNotHave() throws {
    let world = World()
    try world.load("shop.yaml")
    var pod = try #require(world.documents["Pod/shop/checkout-5d8f-ccccc"])
    var status = try #require(pod["status"])
    guard case .array(let found)? = status["containerStatuses"] else { throw CaseProblem("no containers") }
    var containers = found
    for index in containers.indices { containers[index]["restartCount"] = 3 }
    status["containerStatuses"] = .array(containers)
    pod["status"] = status
    try world.apply(pod)
    world.open("pods")
    try world.press("TK")
    let told = world.effects.compactMap { if case .copy(_, let what) = $0 { what } else { nil } }
    #expect(told.last == "all but the sort by RESTARTS: kubectl --context demo get pods -A")
  }

  @Test(
    arguments: [
      ("a\\.b", "a\\.b"), ("\\d+", "[0-9]+"), ("(?:a|b){2,3}?", "(a|b){2,3}"), ("a  b", "a +b"), ("[^a-z]x", "[^a-z]x"),
      ("a\\-b", "a-b"), ("\\bweb\\b", "\\bweb\\b"),
      // What grep reads otherwise or not at all.
      ("[\\d]", nil), ("(?i)a", nil), ("\\pL", nil), ("a{,3}", nil), ("x\\", nil), ("[a", nil), ("\\<a", nil),
    ] as [(String, String?)]) func patternsForGrep(typed: String, grep: String?)
  {
    #expect(GrepPattern.of(pattern: typed) == grep)
  }

  /// Whoever acts as somebody else sees it on every page.
  @Test func theHeaderSaysAsWhomItIs() throws {
    let world = World()
    try world.load("shop.yaml")
    world.interface.session.impersonated = "jane"
    world.open("pods")
    #expect(world.terminal.grid.text.contains("demo as jane"))
  }
}
