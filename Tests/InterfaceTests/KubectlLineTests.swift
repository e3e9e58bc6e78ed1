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
    // A filter of words is none of kubectl's.
    ([":po<enter>", "/web<enter>"], "kubectl get pods -A"),
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

  /// Whoever acts as somebody else sees it on every page.
  @Test func theHeaderSaysAsWhomItIs() throws {
    let world = World()
    try world.load("shop.yaml")
    world.interface.session.impersonated = "jane"
    world.open("pods")
    #expect(world.terminal.grid.text.contains("demo as jane"))
  }
}
