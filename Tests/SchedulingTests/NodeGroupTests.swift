import ClusterState
import Kube
import Scheduling
import Testing

/// Nodes that refuse alike are one group, the nearest miss first, and the answer is one word.
@Suite struct NodeGroupTests {
  @Test func thousandsOfNodesAreAFewGroups() {
    var nodes = (0..<3000).map { number in
      node("n\(number)") { $0.status.allocatable["cpu"] = Quantity(number == 7 ? "3" : "1") }
    }
    nodes += (0..<2000).map { number in node("t\(number)") { $0.spec.taints = [taint("k")] } }
    let report = cluster(nodes).explain(requesting(["cpu": "3500m"]))
    let groups = report.groups
    #expect(groups.map(\.nodes.count) == [2000, 3000])
    // What would be one change away comes first: a toleration here, less CPU there; of equals the smallest shortage.
    #expect(groups[0].blockers.map(\.plugin) == [.taintToleration])
    #expect(groups[1].nearest?.name == "n7")
    #expect(groups[1].blockers.first?.evidence == "requested 3500m, free 3, used 0 of 3: the node is too small")
    #expect(report.outcome == .doesNotFit)
  }

  /// Forty kinds of taints are a page, and the nearest miss has a line of its own.
  @Test func manyKindsAreToldTogether() {
    var nodes = (0..<400).map { number in
      node("t\(number)") {
        $0.spec.taints = [taint("k\(number % 40)")]
        if number % 80 >= 40 { $0.status.allocatable["cpu"] = Quantity("1") }
      }
    }
    nodes.append(node("near") { $0.status.allocatable["cpu"] = Quantity("1900m") })
    let report = cluster(nodes).explain(requesting(["cpu": "2"]))
    #expect(report.groups.count == 81)
    let lines = report.lines(atMost: 10)
    #expect(lines.map(\.nodeCount).reduce(0, +) == 401)
    #expect(
      lines.compactMap(\.title) == [
        "35 further taints", "40 further reasons of TaintToleration, NodeResourcesFit",
      ])
    #expect(lines.count == 8 && lines[5].words().hasSuffix(" and 31 more"))
    #expect(lines[6].title == nil && lines[6].groups.first?.nearest?.name == "near")
    #expect(lines.flatMap { $0.groups.map(\.id) } == report.groups.map(\.id), "nothing is hidden")
    // A few more than there are lines are not worth it: all stay.
    #expect(report.lines(atMost: 100).allSatisfy { $0.title == nil })
  }

  @Test func moreKindsOfReasonsThanLines() {
    let nodes = (0..<60).map { number in
      node("n\(number)") { node in
        node.spec.taints = number % 2 == 0 ? [taint("k\(number)")] : []
        node.spec.unschedulable = number % 3 == 0
        node.status.allocatable["cpu"] = Quantity(number % 5 == 0 ? "1" : "4")
        node.status.allocatable["memory"] = Quantity(number % 7 == 0 ? "1Gi" : "8Gi")
      }
    }
    let report = cluster(nodes).explain(
      requesting(["cpu": "2", "memory": "2Gi"]) { $0.spec.nodeSelector = ["disk": "ssd"] })
    for limit in [0, 4, 6] {
      let lines = report.lines(atMost: limit)
      #expect(lines.count <= max(4, limit))
      #expect(Set(lines.flatMap { $0.groups.map(\.id) }) == Set(report.groups.map(\.id)))
      if case .group(let first)? = lines.first { #expect(first.id == report.groups[0].id) }
    }
  }

  @Test func whatComesBehindTheFirstRefusalIsNotSaidByTheScheduler() {
    let both = node("a") {
      $0.spec.taints = [taint("k")]
      $0.status.allocatable["cpu"] = Quantity("1")
    }
    let blockers = cluster([both]).explain(requesting(["cpu": "2"])).groups[0].blockers
    #expect(blockers.map(\.plugin) == [.taintToleration, .nodeResourcesFit])
    #expect(blockers.map(\.isSaid) == [true, false])
  }

  @Test func theOutcomeIsNeverAPassThatNobodyChecked() {
    #expect(cluster([node("a")]).explain(requesting(["cpu": "lots"])).outcome == .unknown)
    #expect(ClusterSnapshot(ClusterState(), rules: .current).explain(pod("p")).outcome == .unknown)
    #expect(cluster([]).explain(pod("p")).outcome == .doesNotFit)
    #expect(cluster([node("a")]).explain(pod("p")).outcome == .fits)
    #expect(cluster([node("a")]).explain(pod("p") { $0.spec.schedulerName = "batch" }).outcome == .unknown)
    #expect(cluster([node("a")]).explain(pod("p", on: "gone")).outcome == .doesNotFit)
  }

  @Test func aDaemonSetsPodGoesWhereThereIsNone() throws {
    var set = DaemonSet()
    (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "agent", "ds")
    set.spec.template.spec.containers = [Container()]
    var owner = OwnerReference()
    (owner.kind, owner.uid, owner.controller) = ("DaemonSet", "ds", true)
    let state = ClusterState()
    let store = ObjectStore(resource: Pod.resource, coverage: .cluster)
    store.put(pod("agent-1", on: "a") { $0.metadata.ownerReferences = [owner] })
    state.add(store)
    let tainted = node("c") { $0.spec.taints = [taint("node.kubernetes.io/disk-pressure")] }
    let question = PlacementQuestion(
      set, in: state, cluster([node("a"), node("b"), tainted]), isManifest: false,
      now: Timestamp(seconds: 1_800_000_000))
    #expect(try #require(question).answer.placement?.places.map(\.node) == ["b", "c"])
    let none = PlacementQuestion(
      node("a"), in: state, cluster([]), isManifest: false, now: Timestamp(seconds: 1_800_000_000))
    if none != nil { Issue.record("a node makes no pods") }
  }

  @Test func theClaimsOfAStatefulSetWaitForTheScheduler() throws {
    var storageClass = StorageClass()
    storageClass.metadata.name = "local"
    storageClass.metadata.annotations = ["storageclass.kubernetes.io/is-default-class": "true"]
    (storageClass.provisioner, storageClass.volumeBindingMode) = (
      "kubernetes.io/no-provisioner", "WaitForFirstConsumer"
    )
    var snapshot = cluster([node("a")])
    snapshot.put(storageClass)
    var claim = PersistentVolumeClaim()
    claim.metadata.name = "data"
    var set = StatefulSet()
    (set.metadata.namespace, set.metadata.name) = ("shop", "db")
    set.spec.template.spec.containers = [Container()]
    set.spec.volumeClaimTemplates = [claim]
    let question = try #require(
      PlacementQuestion(set, in: ClusterState(), snapshot, isManifest: false, now: Timestamp(seconds: 1_800_000_000)))
    // There is no volume, and nobody makes one.
    #expect(question.answer.outcome == .doesNotFit)
    #expect(question.answer.report.groups[0].blockers.map(\.plugin) == [.volumeBinding])
  }
}
