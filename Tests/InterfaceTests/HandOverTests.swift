import Kube
import Remedies
import Terminal
import Testing

@testable import Interface

/// Keys that hands know from k9s: what kubectl does is copied, with the names of the row; what podmedic does it shows first.
@Suite struct HandOverTests {
  @Test(arguments: [
    (":po shop /checkout<enter>", "e", "kubectl edit pods/checkout-5d8f-ccccc -n shop"),
    (":po shop /checkout<enter>", "s", "kubectl exec -it checkout-5d8f-ccccc -n shop -- sh"),
    (":po shop /checkout<enter>", "a", "kubectl attach -it checkout-5d8f-ccccc -n shop"),
    (":po shop /checkout<enter>", "t", "kubectl cp shop/checkout-5d8f-ccccc:PATH ."),
    (":po shop /checkout<enter>", "F", "kubectl port-forward pods/checkout-5d8f-ccccc -n shop LOCAL:REMOTE"),
    (":po shop /checkout<enter><enter>", "s", "kubectl exec -it checkout-5d8f-ccccc -n shop -c app -- sh"),
    (":deploy shop /web<enter>", "i", "kubectl set image deployments.apps/web -n shop app=registry.example/web:1"),
    (":deploy shop /web<enter>", "F", "kubectl port-forward deployments.apps/web -n shop LOCAL:REMOTE"),
    (":svc shop /web<enter>", "F", "kubectl port-forward services/web -n shop 80:80"),
    (":ctx<enter>G", "<ctrl-d>", "kubectl config delete-context prod-eu"),
    (":ctx<enter>G", "r", "kubectl config rename-context prod-eu NEW-NAME"),
    (":no /node-a<enter>", "s", "kubectl debug node/node-a -it --image=busybox"),
  ]) func kubectlsCommandIsCopied(command: String, key: String, line: String) throws {
    let world = World()
    try world.load("shop.yaml")
    world.open("triage")
    try world.press(command + key)
    let copied = world.effects.compactMap { if case .copy(let text, _) = $0 { text } else { nil } }
    #expect(copied.last?.replacing(" --context demo", with: "") == line)
  }

  /// Keys whose work podmedic does otherwise, or leaves to others, say so.
  @Test(arguments: [
    (":po<enter>f", "shift-f copies the kubectl port-forward"), (":svc<enter>f", "podmedic keeps no port-forwards"),
    (":po shop /checkout<enter><enter>f", "podmedic keeps no port-forwards"),
    (":po shop /checkout<enter>lL", "columns stay where left and right put them"),
    (":po shop /checkout<enter>dr", "asking the server again"),
    (":pf<enter>", "shift-f on a pod or service copies"), (":sd<enter>", "ctrl-s saves tables"),
  ]) func keysThatDoNothingTellWhatDoes(keys: String, sentence: String) throws {
    let world = World(size: Size(columns: 160, rows: 24))
    try world.load("shop.yaml")
    world.open("triage")
    try world.press(keys)
    #expect(world.interface.message?.contains(sentence) == true, "\(world.interface.message ?? "")")
  }

  @Test func aDescriptionIsReadAgain() throws {
    let world = World()
    try world.load("shop.yaml")
    world.open("pods")
    try world.press("dr<esc>yr")
    #expect(world.effects.count { if case .fetch = $0 { true } else { false } } == 4)
  }

  @Test(arguments: [
    (":cj<enter>t", ["trigger-cronjob nightly"]), (":cj<enter>s", ["suspend-cronjob nightly"]),
    (":cj<enter>G<up>s", ["resume-cronjob paused"]),
    (":po shop /checkout<enter><ctrl-k>", ["delete-pod checkout-5d8f-ccccc"]),
    (":rs shop /web-5d8f<enter><ctrl-l>", ["rollout-undo web 3"]),
    // Nothing tells which revision that is.
    (":rs shop /checkout<enter><ctrl-l>", []),
  ]) func whatPodmedicDoesItShowsFirst(keys: String, wanted: [String]) throws {
    let world = World()
    try world.load("shop.yaml")
    for (name, isSuspended) in [("nightly", false), ("paused", true), ("weekly", false)] {
      try world.apply([
        "apiVersion": "batch/v1", "kind": "CronJob",
        "metadata": ["name": .string(name), "namespace": "shop", "uid": .string(name)],
        "spec": ["schedule": "0 3 * * *", "suspend": .bool(isSuspended)],
      ])
    }
    try world.apply([
      "apiVersion": "apps/v1", "kind": "ReplicaSet",
      "metadata": [
        "name": "web-5d8f", "namespace": "shop", "uid": "rs-web",
        "annotations": ["deployment.kubernetes.io/revision": "3"],
        "ownerReferences": [
          ["apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "dep-web", "controller": true]
        ],
      ],
    ])
    world.open("triage")
    try world.press(keys)
    let orders = world.effects.compactMap { (effect) -> String? in
      guard case .startRemedy(_, let order) = effect else { return nil }
      return ([order.name.rawValue, order.object.name] + order.parameters.values.sorted()).joined(separator: " ")
    }
    #expect(orders == wanted)
    #expect(world.journal.isEmpty)
  }
}
