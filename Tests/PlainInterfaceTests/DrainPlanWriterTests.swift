import ClusterState
import Draining
import Kube
import PlainInterface
import Testing

/// What a drain's plan looks like as text, Markdown and JSON.
@Suite struct DrainPlanWriterTests {
  private func pod(_ name: String, _ action: PodVerdict.Action, _ cause: PodVerdict.Cause) -> PodPlan {
    var pod = Pod()
    (pod.metadata.namespace, pod.metadata.name, pod.metadata.uid) = ("shop", name, "uid-\(name)")
    pod.spec.nodeName = "n1"
    return PodPlan(pod, verdict: PodVerdict(action, cause))
  }

  private func owner(_ kind: String, _ name: String) -> ObjectReference {
    var owner = ObjectReference()
    (owner.kind, owner.namespace, owner.name) = (kind, "shop", name)
    return owner
  }

  private var plan: DrainPlan {
    let budget = ObjectName(namespace: "shop", name: "web")
    var web = pod("web-1", .evict, .replaced)
    web.owner = owner("Deployment", "web")
    web.replacement = .fits(node: "n2")
    web.blockedBy = [BudgetVerdict(budget: budget, state: .allowed, needs: 2, has: 3)]
    var late = pod("web-2", .evict, .replaced)
    late.owner = owner("Deployment", "web")
    late.replacement = .findsNoRoom("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.")
    late.blockedBy = [
      BudgetVerdict(
        budget: budget, state: .waits, needs: 2, has: 2,
        reason: "until replacements of pods that go before it are Ready")
    ]
    late.warnings = [.isLastEndpoint(service: "web|x", ready: 1)]
    var cache = pod("cache-0", .refuse, .localStorage)
    cache.verdict.reason = "cannot delete Pods with local storage (use --delete-emptydir-data to override)"
    cache.verdict.flags = ["--delete-emptydir-data", "--force"]
    cache.replacement = Replacement.none("it has no controller")
    cache.loses = [Loss(kind: .emptyDir, volume: "cache", bytes: 125_829_120, limit: nil)]
    cache.warnings = [.isGoneForEver("it has no controller")]
    var proxy = pod("proxy", .skip, .daemonSet)
    proxy.verdict.reason = "ignoring DaemonSet-managed Pods"
    var node = NodePlan(name: "n1", cordon: CordonFacts(user: "mira", notedAt: nil, since: Timestamp(seconds: -7200)))
    node.longestGracePeriod = 45
    node.warnings = [.hasEtcd(left: 2, of: 3)]
    var demand = BudgetDemand(budget: budget, needs: 2, has: 3, of: 3)
    (demand.allowed, demand.waiting) = (1, 1)
    var network = proxy
    network.name.name = "network"
    return DrainPlan(
      nodes: [node], pods: [cache, proxy, web, late, network], budgets: [demand],
      access: [
        AccessCheck(verb: "get", Node.resource, answer: .allowed),
        AccessCheck(verb: "list", Pod.resource, answer: .unknown("the server is gone")),
      ], gaps: ["services may not be read: no"], decisiveGaps: [])
  }

  private func writer(_ plan: DrainPlan) -> DrainPlanWriter {
    var cluster = CheckReport.Cluster()
    cluster.context = "test"
    return DrainPlanWriter(plan, cluster: cluster, remarks: [], now: Timestamp(seconds: 0))
  }

  @Test func textFitsATerminal() {
    let text = writer(plan).text
    #expect(
      text == """
        Draining n1 is blocked.
          - kubectl refuses to drain n1 without --delete-emptydir-data --force

        n1: cordoned already for 120m, by mira as its annotation says; 5 pods: refuse
          1, evict 2, skip 2; longest grace period 45 s
          ! has a member of etcd: 2 of 3 stay, and 2 are needed: no other may fail
            meanwhile
          refuse shop/cache-0
              cannot delete Pods with local storage (use --delete-emptydir-data to
                override)
              allowed with --delete-emptydir-data --force
              ! loses emptyDir cache 120Mi
              ! gone for ever: it has no controller
          evict shop/web-1 of deployment/web -> n2
              budget web allows it now (needs 2, has 3)
          evict shop/web-2 of deployment/web
              budget web makes it wait (needs 2, has 2): until replacements of pods
                that go before it are Ready
              its replacement stays Pending: 0/2 nodes are available: 1 Insufficient
                cpu, 1 node(s) were unschedulable.
              ! the only ready endpoint of service web|x
          skip shop/proxy, shop/network
              ignoring DaemonSet-managed Pods

        Budgets:
          shop/web: 2 evictions, 1 now, 1 later (needs 2 of 3 healthy, has 3)

        Cannot tell:
          services may not be read: no
          whether you may list pods: the server is gone

        -> NODE: the replacement fits there; the scheduler may choose another node.

        Nothing was changed.

        """)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func namesFromTheClusterAreMadeHarmless() {
    var plan = plan
    plan.nodes[0].cordon?.user = "mira\u{1B}[31m"
    plan.pods[2].name.name = "web\u{1B}[31m" + String(repeating: "long-", count: 40)
    let text = writer(plan).text
    #expect(!text.unicodeScalars.contains { $0.value == 0x1B })
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func theHeadlineFollowsTheOutcome() {
    var free = plan
    free.pods = Array(free.pods[2...3])
    #expect(
      writer(free).text.hasPrefix(
        "Draining n1 can proceed; allow at least 45 s; the replacement of shop/web-2\n  stays Pending.\n"),
      "\(writer(free).text)")
    var placed = free
    placed.pods.removeAll { if case .findsNoRoom = $0.replacement { true } else { false } }
    #expect(writer(placed).text.hasPrefix("Draining n1 can proceed; allow at least 45 s.\n"))
    free.decisiveGaps = ["pods may not be read: no"]
    #expect(writer(free).text.hasPrefix("Whether n1 can be drained cannot be told.\n"))
    #expect(writer(free).json["canProceed"] == false && writer(free).json["outcome"] == "unknown")
  }

  @Test func theDocumentIsAsPromised() {
    let json = writer(plan).json
    #expect(json["apiVersion"] == "podmedic.dev/v1" && json["kind"] == "DrainPlan")
    #expect(json["cordoned"] == [["node": "n1", "since": "1969-12-31T22:00:00Z", "annotatedBy": "mira"]])
    #expect(json["nodes"] == ["n1"] && json["canProceed"] == false && json["minimumSeconds"] == 45)
    #expect(
      json["pods"]?[0] == [
        "node": "n1", "namespace": "shop", "name": "cache-0", "uid": "uid-cache-0", "owner": nil, "action": "refuse",
        "reason": "cannot delete Pods with local storage (use --delete-emptydir-data to override)",
        "flag": "--delete-emptydir-data --force", "blockedBy": [], "waitsFor": [],
        "replacement": ["fits": false, "node": nil, "reason": "it has no controller"],
        "loses": ["emptyDir cache 120Mi"], "warnings": ["gone for ever: it has no controller"],
      ])
    #expect(json["pods"]?[1]?["replacement"] == .null)
    #expect(
      json["pods"]?[2] == [
        "node": "n1", "namespace": "shop", "name": "web-1", "uid": "uid-web-1",
        "owner": ["kind": "Deployment", "namespace": "shop", "name": "web"], "action": "evict", "reason": "",
        "flag": nil, "blockedBy": [["pdb": "web", "state": "allowed", "needs": 2, "has": 3, "reason": ""]],
        "waitsFor": [], "replacement": ["fits": true, "node": "n2", "reason": ""], "loses": [], "warnings": [],
      ])
    #expect(json["pods"]?[3]?["blockedBy"]?[0]?["state"] == "waits")
    #expect(
      json["access"] == [
        ["call": "get nodes", "allowed": true],
        ["call": "list pods", "allowed": nil, "reason": "the server is gone"],
      ])
    #expect(json["unknown"] == ["services may not be read: no"])
  }

  @Test func whoWaitsForOthersSaysForWhom() {
    var pod = plan.pods[0]
    pod.waitsFor = [ObjectName(namespace: "shop", name: "web-8"), ObjectName(namespace: "shop", name: "web-9")]
    #expect(DrainPlanWriter.notes(pod).contains("waits for web-8, web-9 to be Ready"))
  }

  @Test func markdownIsATable() {
    let text = writer(plan).markdown
    #expect(text.hasPrefix("# Drain of n1\n\nDraining n1 is blocked.\n"))
    #expect(
      text.contains("| evict | shop/web-1 | deployment/web | n2 | budget web allows it now (needs 2, has 3) |\n"))
    #expect(text.contains(#"the only ready endpoint of service web\|x"#))
    #expect(text.contains("\n## Budgets\n\n- shop/web: 2 evictions"))
  }
}
