import ClusterState
import Kube
import Scheduling
import Testing

/// What would place a pod: the least first, and nothing that the filters do not confirm.
@Suite struct SuggestionTests {
  private func texts(_ snapshot: ClusterSnapshot, _ pod: Pod) -> [String] {
    snapshot.suggestions(for: pod).map(\.text)
  }

  private func replica(_ name: String, _ cpu: String, on node: String, priority: Int = 0) -> Pod {
    requesting(["cpu": cpu], name: name, on: node) {
      $0.spec.priority = priority
      var owner = OwnerReference()
      (owner.kind, owner.name, owner.uid, owner.controller) = ("ReplicaSet", "web", "uid-web", true)
      $0.metadata.ownerReferences = [owner]
    }
  }

  @Test func uncordon() {
    let snapshot = cluster([node("a") { $0.spec.unschedulable = true }])
    let first = snapshot.suggestions(for: requesting(["cpu": "1"]))[0]
    #expect(first.changes == [.uncordon(node: "a")])
    #expect(first.places == ["a"])
    #expect(first.kubectl == ["kubectl uncordon a"])
  }

  @Test func uncordoningTakesTheTaintAlong() {
    let snapshot = cluster([
      node("a") {
        $0.spec.unschedulable = true
        $0.spec.taints = [taint("node.kubernetes.io/unschedulable")]
      }
    ])
    #expect(texts(snapshot, requesting(["cpu": "1"])).first == "uncordon node a")
  }

  /// The pod has tolerations that admission gave it; its template has none, so that nothing can be appended there.
  @Test func aTemplatesTolerationsAreWrittenAsAWhole() {
    let snapshot = cluster([node("a") { $0.spec.taints = [taint("k")] }])
    let pod = requesting(["cpu": "1"]) {
      $0.spec.tolerations = [
        toleration("node.kubernetes.io/not-ready", "Exists", effect: "NoExecute"), toleration("own", "Exists"),
      ]
    }
    func command(_ kind: String) -> String {
      snapshot.suggestions(for: pod, origin: PodOrigin(kind: kind, name: "web", namespace: "shop"))[0].kubectl[0]
    }
    let added =
      #"{"key":"own","operator":"Exists"},{"key":"k","operator":"Equal","value":"","effect":"NoSchedule"}]}]'"#
    #expect(
      command("deployment")
        == "kubectl -n shop patch deployment web --type=json -p "
        + #"'[{"op":"add","path":"/spec/template/spec/tolerations","value":["# + added)
    #expect(command("pod").contains("not-ready"))
  }

  @Test func tolerateATaintThatSomebodySetButRepairWhatKubernetesTainted() {
    let dedicated = cluster([node("a") { $0.spec.taints = [taint("dedicated", "gpu")] }])
    let first = dedicated.suggestions(
      for: requesting(["cpu": "1"]), origin: PodOrigin(kind: "deployment", name: "web", namespace: "shop"))[0]
    #expect(first.text == "tolerate taint dedicated=gpu:NoSchedule")
    #expect(
      first.kubectl == [
        "kubectl -n shop patch deployment web --type=json -p "
          + #"'[{"op":"add","path":"/spec/template/spec/tolerations","value":[{"key":"dedicated","operator":"Equal","value":"gpu","effect":"NoSchedule"}]}]'"#
      ])
    let broken = cluster([node("a") { $0.spec.taints = [taint("node.kubernetes.io/disk-pressure")] }])
    #expect(
      texts(broken, requesting(["cpu": "1"])).allSatisfy { !$0.contains("tolerate") })
    #expect(
      texts(broken, requesting(["cpu": "1"])).first
        == "repair node a: it is short of disk space (node.kubernetes.io/disk-pressure)")
  }

  @Test func lowerTheRequestToWhatIsFreeOrMoveWhoIsThere() {
    var pods = [replica("web-1", "1", on: "a"), replica("web-2", "1500m", on: "a")]
    for index in pods.indices { own(&pods[index]) }
    let small = node("b") { $0.status.allocatable["cpu"] = Quantity("1") }
    let suggestions = cluster([node("a"), small], pods).suggestions(
      for: requesting(["cpu": "2"]), knowing: known(pods))
    #expect(
      suggestions.map(\.text).prefix(2) == [
        "lower the request of cpu from 2 to 1500m", "move shop/web-1 away from node a",
      ])
    #expect(
      suggestions[0].kubectl == [
        "kubectl -n shop patch pod new --subresource resize -p "
          + #"'{"spec":{"containers":[{"name":"app","resources":{"requests":{"cpu":"1500m"}}}]}}'"#
      ])
    #expect(
      suggestions[1].kubectl == [
        "kubectl cordon a", "kubectl -n shop delete pod web-1",
        "kubectl -n shop wait --for=condition=PodScheduled --timeout=60s pod -l app=web", "kubectl uncordon a",
      ])
    #expect(suggestions.contains { if case .addNode = $0.changes[0] { true } else { false } })
  }

  private func first(_ rules: SchedulerRules, _ kind: String, _ pod: Pod) -> Suggestion {
    cluster(rules, [node("a")]).suggestions(
      for: pod, origin: PodOrigin(kind: kind, name: kind == "pod" ? pod.metadata.name : "web", namespace: "shop"))[0]
  }

  /// `kubectl set resources` on a pod is refused by every server: what can be done depends on what makes the pod.
  @Test func howRequestsAreLowered() {
    let large = requesting(["cpu": "5"])
    let again = "this cannot be changed in a pod that exists: it is deleted and created anew"
    let local = "kubectl set resources --local -f - -c app --requests=cpu=4 -o yaml | kubectl replace --force -f -"
    let old = first(.kubernetes120, "pod", large)
    #expect(old.kubectl == ["kubectl -n shop get pod new -o yaml | " + local])
    #expect(old.remarks == [again])
    let job = first(.current, "job", large)
    #expect(
      job.kubectl == [
        "kubectl -n shop get job web -o yaml | kubectl patch --local -f - --type=merge -p "
          + #"'{"spec":{"selector":null,"template":{"metadata":{"labels":{"controller-uid":null,"#
          + #""batch.kubernetes.io/controller-uid":null}}}}}' -o yaml | "# + local
      ])
    let set = first(.current, "statefulset", large)
    #expect(
      set.kubectl == [
        "kubectl -n shop set resources statefulset/web -c app --requests=cpu=4", "kubectl -n shop delete pod new",
      ])
    #expect(set.replaced == [ObjectName(namespace: "shop", name: "new")])
    let rollout = first(.current, "rollout", large)
    #expect(rollout.kubectl == [])
    #expect(rollout.remarks == ["to be changed in rollout web, whose controller makes the pod"])
    #expect(rollout.lowered.map { "\($0.container) \($0.resource) \($0.amount)" } == ["app cpu 4"])
  }

  @Test func aGuaranteedPodKeepsItsQuality() {
    func guaranteed(_ cpu: String, _ memory: String) -> Pod {
      requesting(["cpu": cpu, "memory": memory]) {
        $0.spec.containers[0].resources.limits = amounts(["cpu": cpu, "memory": memory])
      }
    }
    #expect(
      first(.current, "pod", guaranteed("5", "1Gi")).kubectl[0].hasSuffix(
        #"[{"name":"app","resources":{"requests":{"cpu":"4"},"limits":{"cpu":"4"}}}]}}'"#))
    // A limit of memory can be lowered from 1.34 on.
    #expect(first(SchedulerRules(minor: 34), "pod", guaranteed("1", "9Gi")).kubectl[0].contains("--subresource resize"))
    #expect(first(SchedulerRules(minor: 33), "pod", guaranteed("1", "9Gi")).kubectl[0].contains("replace --force"))
    let initial = requesting(["cpu": "1"]) {
      $0.spec.initContainers = [$0.spec.containers[0]]
      $0.spec.initContainers[0].name = "first"
      $0.spec.initContainers[0].resources.requests = amounts(["cpu": "5"])
    }
    #expect(first(.current, "pod", initial).kubectl[0].contains("replace --force"))
  }

  @Test func whatATaintMeansDecides() {
    func first(_ key: String) -> Suggestion {
      cluster([node("a") { $0.spec.taints = [taint(key)] }]).suggestions(for: requesting(["cpu": "1"]))[0]
    }
    let states = [
      "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/memory-pressure",
      "node.kubernetes.io/out-of-service", "node.kubernetes.io/something-new", "ToBeDeletedByClusterAutoscaler",
      "karpenter.sh/disrupted", "node.cilium.io/agent-not-ready", "node.cloudprovider.kubernetes.io/uninitialized",
    ]
    for key in states {
      #expect(first(key).changes == [.repair(node: "a", taint: key)])
      #expect(
        !texts(cluster([node("a") { $0.spec.taints = [taint(key)] }]), pod("p")).contains { $0.hasPrefix("tolerate") })
    }
    #expect(first("dedicated").changes == [.tolerate(key: "dedicated", value: "", effect: "NoSchedule")])
    let master = first("node-role.kubernetes.io/control-plane")
    #expect(master.remarks[0].hasPrefix("the node runs the control plane"))
  }

  /// A toleration is one workload's; a label of a node is seen by every pod that asks for it.
  @Test func inTheOrderInWhichAnOperatorWouldTry() {
    let snapshot = cluster([
      node("a") {
        $0.metadata.labels["disk"] = "ssd"; $0.spec.taints = [taint("dedicated")]
      }, node("b"),
      node("c") {
        $0.metadata.labels["disk"] = "ssd"; $0.spec.unschedulable = true
      },
      node("d") {
        $0.metadata.labels["disk"] = "ssd"; $0.status.allocatable["cpu"] = Quantity("2")
      },
      node("e") {
        $0.metadata.labels["disk"] = "ssd"; $0.status.allocatable["cpu"] = Quantity("100m")
      },
    ])
    let wanting = requesting(["cpu": "3"]) { $0.spec.nodeSelector = ["disk": "ssd"] }
    #expect(
      texts(snapshot, wanting) == [
        "uncordon node c", "lower the request of cpu from 3 to 2", "tolerate taint dedicated:NoSchedule",
        "label node b disk=ssd", "ask no longer for node label disk", "remove taint dedicated:NoSchedule from node a",
        "add a node with at least cpu 3 and label disk=ssd",
      ])
  }

  /// Names come from the cluster, or from a capture that somebody sent.
  @Test func whatANodeIsCalledIsNoCommand() {
    let hostile = node("a; rm -rf ~") { $0.spec.unschedulable = true }
    #expect(cluster([hostile]).suggestions(for: pod("p"))[0].kubectl == ["kubectl uncordon 'a; rm -rf ~'"])
  }

  @Test func nobodyMoreImportantAndNoDaemonIsMoved() {
    var daemon = replica("daemon", "2", on: "a")
    daemon.metadata.ownerReferences[0].kind = "DaemonSet"
    let snapshot = cluster([node("a")], [daemon, replica("vip", "1", on: "a", priority: 9)])
    #expect(texts(snapshot, requesting(["cpu": "2"])).allSatisfy { !$0.contains("move") })
  }

  @Test func severalReasonsNeedSeveralChanges() {
    let snapshot = cluster([
      node("a") {
        $0.spec.unschedulable = true
        $0.spec.taints = [taint("k"), taint("l")]
      }
    ])
    let first = snapshot.suggestions(for: requesting(["cpu": "1"])).filter { $0.changes.count > 1 }[0]
    #expect(first.changes.count == 3)
    #expect(Set(first.changes).contains(.uncordon(node: "a")))
    #expect(first.places == ["a"])
  }

  /// Lists are written as a whole: the second command must not undo the first.
  @Test func everyCommandStartsFromWhatTheOnesBeforeItLeave() {
    let tainted = cluster([node("a") { $0.spec.taints = [taint("k"), taint("l")] }])
    let both = tainted.suggestions(for: requesting(["cpu": "1"])).first {
      $0.changes.allSatisfy { if case .tolerate = $0 { true } else { false } }
    }
    #expect(both?.changes.count == 2)
    #expect(both?.kubectl.last?.contains(#""key":"k""#) == true && both?.kubectl.last?.contains(#""key":"l""#) == true)
    let apart = pod("p") {
      $0.metadata.labels = ["app": "web"]
      $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]), by: "x"), term(selector(["app": "web"]))])
    }
    let old = pod("old", on: "a") { $0.metadata.labels = ["app": "web"] }
    let labelled = cluster([node("a") { $0.metadata.labels["x"] = "1" }], [old])
    let drop = labelled.suggestions(
      for: apart, origin: PodOrigin(kind: "deployment", name: "web", namespace: "shop")
    ).first { suggestion in
      suggestion.changes.count == 2
        && suggestion.changes.allSatisfy { if case .dropPodAntiAffinity = $0 { true } else { false } }
    }
    // With the first term gone the second one has its number.
    #expect(drop?.kubectl.allSatisfy { $0.contains("DuringExecution/0") } == true)
  }

  @Test func aLabelIsReplacedKnowinglyAndNeverOneThatSaysWhichNodeItIs() {
    let wanting = pod("p") { $0.spec.nodeSelector = ["disk": "ssd"] }
    let snapshot = cluster([node("a") { $0.metadata.labels["disk"] = "hdd" }])
    let label = snapshot.suggestions(for: wanting).first { $0.text == "label node a disk=ssd" }
    #expect(label?.kubectl == ["kubectl label node a disk=ssd --overwrite"])
    #expect(label?.remarks.first == "pods that need disk=hdd can then not be placed on node a any more")
    for key in [
      "kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "kubernetes.io/arch",
      "failure-domain.beta.kubernetes.io/zone", "kubernetes.io/os", "node.kubernetes.io/instance-type",
    ] {
      let selecting = pod("p") { $0.spec.nodeSelector = SmallMap(uniquing: [(key, "other")]) }
      let affine = pod("p") { $0.spec.affinity = nodeAffinity([[requirement(key, "In", "other")]]) }
      for pod in [selecting, affine] {
        #expect(!texts(cluster([node("a")]), pod).contains { $0.hasPrefix("label") }, "\(key)")
      }
    }
  }

  @Test func whatNobodyMakesAgainIsDeletedLast() {
    let web = pod("p") {
      $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]))])
    }
    let bare = pod("bare", on: "a") { $0.metadata.labels = ["app": "web"] }
    let last = cluster([node("a")], [bare]).suggestions(for: web).last
    #expect(last?.text == "delete shop/bare on node a")
    #expect(last?.remarks == ["pod shop/bare has no controller: deleted, it is gone for ever"])
    var daemon = replica("daemon", "1", on: "a")
    daemon.metadata.ownerReferences[0].kind = "DaemonSet"
    daemon.metadata.labels = ["app": "web"]
    #expect(!texts(cluster([node("a")], [daemon]), web).contains { $0.contains("shop/daemon") })
  }

  @Test func labelTheNodeOrAskForLess() {
    let snapshot = cluster([node("a")])
    let wanting = pod("p") { $0.spec.nodeSelector = ["example.com/disk": "ssd"] }
    let suggestions = snapshot.suggestions(for: wanting)
    #expect(suggestions[0].kubectl == ["kubectl label node a example.com/disk=ssd"])
    #expect(
      suggestions.map(\.kubectl).contains([
        "kubectl -n shop get pod p -o yaml | kubectl patch --local -f - --type=json -p "
          + #"'[{"op":"remove","path":"/spec/nodeSelector/example.com~1disk"}]' -o yaml | kubectl replace --force -f -"#
      ]))
    let affine = pod("p") { $0.spec.affinity = nodeAffinity([[requirement("disk", "In", "ssd", "nvme")]]) }
    #expect(
      texts(snapshot, affine).prefix(2) == ["label node a disk=ssd", "require nothing of the node (node affinity)"])
  }

  @Test func aTaintedZoneThatDefinesTheMinimumNeedNotCount() {
    let nodes = [
      node("a") { $0.metadata.labels["zone"] = "1" },
      node("b") {
        $0.metadata.labels["zone"] = "2"
        $0.spec.taints = [taint("node.kubernetes.io/not-ready")]
      },
    ]
    let old = pod("x", on: "a") { $0.metadata.labels = ["app": "web"] }
    let new = pod("p") {
      $0.metadata.labels = ["app": "web"]
      $0.spec.topologySpreadConstraints = [spread("zone", selector(["app": "web"]))]
    }
    #expect(
      texts(cluster(nodes, [old]), new).first
        == "spread by zone only over nodes whose taints are tolerated (nodeTaintsPolicy: Honor)")
    #expect(texts(cluster(.kubernetes120, nodes, [old]), new).first == "make spreading by zone a wish (ScheduleAnyway)")
  }

  @Test func claims() {
    var volume = Volume()
    volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
    volume.persistentVolumeClaim?.claimName = "data"
    let using = pod("p") { $0.spec.volumes = [volume] }
    var snapshot = cluster([node("a")])
    let create = snapshot.suggestions(for: using)[0]
    #expect(create.text == "create claim data" && !create.isVerified && !create.onlyShows)
    #expect(
      create.kubectl == [
        #"printf %s '{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data"},"#
          + #""spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}' | "#
          + "kubectl -n shop create -f -"
      ])
    var claim = PersistentVolumeClaim()
    (claim.metadata.namespace, claim.metadata.name) = ("shop", "data")
    snapshot.put(claim)
    let bind = snapshot.suggestions(for: using)[0]
    #expect(bind.text == "get claim data bound" && bind.onlyShows)
    var ephemeral = Volume()
    ephemeral.name = "data"
    ephemeral.ephemeral = EphemeralVolumeSource()
    let own = pod("p") { $0.spec.volumes = [ephemeral] }
    #expect(snapshot.suggestions(for: own).allSatisfy { $0.kubectl.isEmpty }, "its controller makes the claim")
  }

  @Test func whatFitsNeedsNothingAndWhatIsUnknownGetsNothing() {
    #expect(texts(cluster([node("a")]), requesting(["cpu": "1"])) == [])
    #expect(texts(cluster([node("a")]), pod("p") { $0.spec.resourceClaims = [PodResourceClaim()] }) == [])
  }

  /// Every suggestion, for clusters that nobody thought of: made, it places the pod where it says.
  @Test(arguments: 0..<40) func everySuggestionPlacesThePod(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(seed + 1))
    let nodes = (0..<4).map { index in
      node("n\(index)") { node in
        node.metadata.labels["zone"] = "\(index % 2)"
        if Int.random(in: 0..<3, using: &random) == 0 { node.spec.unschedulable = true }
        if Int.random(in: 0..<2, using: &random) == 0 { node.spec.taints = [taint("k\(index)")] }
      }
    }
    let pods = (0..<8).map { index in
      var pod = replica("x\(index)", "\(Int.random(in: 1...2, using: &random))", on: "n\(index % 4)")
      pod.metadata.labels = ["app": "x"]
      return pod
    }
    let new = requesting(["cpu": "3", "memory": "1Gi"]) {
      $0.metadata.labels = ["app": "web"]
      if seed % 2 == 0 { $0.spec.nodeSelector = ["zone": "0", "disk": "ssd"] }
      if seed % 3 == 0 { $0.spec.affinity = neighbours(away: [term(LabelSelector(), by: "zone")]) }
    }
    let snapshot = cluster(nodes, pods)
    let suggestions = snapshot.suggestions(for: new, knowing: known(pods))
    // With seed 36 no one change helps, and nobody who would have to move has another place.
    #expect(!suggestions.isEmpty || seed == 36)
    for suggestion in suggestions {
      let isNewNode = suggestion.changes.contains { if case .addNode = $0 { true } else { false } }
      #expect(isNewNode || !suggestion.places.isEmpty, "\(suggestion)")
    }
    let sets = suggestions.map { Set($0.changes) }
    for (index, set) in sets.enumerated() {
      #expect(!sets.enumerated().contains { $0.offset != index && $0.element.isSubset(of: set) }, "\(suggestions)")
    }
  }

  private func replacingTolerations(_ pod: Pod, _ tolerations: [Toleration]) -> Pod {
    var pod = pod
    pod.spec.tolerations = tolerations
    return pod
  }

  /// A pod of the same controller comes back as soon as it is gone, and takes the room.
  @Test(arguments: [("uid-mine", false), ("uid-other", true)]) func siblingsAreNotMoved(owner: String, isMoved: Bool) {
    func controller(_ uid: String) -> [OwnerReference] {
      var reference = OwnerReference()
      (reference.kind, reference.name, reference.uid, reference.controller) = ("ReplicaSet", "web", uid, true)
      return [reference]
    }
    let there = requesting(["cpu": "3"], name: "there", on: "a") {
      $0.metadata.ownerReferences = controller(owner)
      $0.metadata.labels = ["app": "there"]
    }
    let waiting = requesting(["cpu": "3"]) { $0.metadata.ownerReferences = controller("uid-mine") }
    let other = node("b") { $0.spec.taints = [taint("k")] }
    let tolerating = replacingTolerations(there, [toleration("k", "Exists")])
    let found = cluster([node("a"), other], [tolerating]).suggestions(
      for: waiting, limit: 40, knowing: known([tolerating]))
    #expect(found.contains { $0.text == "move shop/there away from node a" } == isMoved)
    #expect(!found.isEmpty)
  }
}
