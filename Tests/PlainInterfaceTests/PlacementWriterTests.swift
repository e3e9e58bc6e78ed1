import ClusterState
import Kube
import PlainInterface
import Scheduling
import Testing

@Suite struct PlacementWriterTests {
  private static func node(_ name: String, cpu: String, _ change: (inout Node) -> Void = { _ in }) -> Node {
    var node = Node()
    node.metadata.name = name
    node.metadata.uid = name
    node.status.allocatable = ["cpu": Quantity(cpu), "memory": Quantity("8Gi"), "pods": Quantity("110")]
    change(&node)
    return node
  }

  /// A pod that wants 3 cores among two small nodes and a large one that is tainted with text that is more than text.
  private static func writer(message: String = "") throws -> PlacementWriter {
    var pod = Pod()
    (pod.metadata.namespace, pod.metadata.name, pod.metadata.uid) = ("shop", "web", "u")
    pod.spec.containers = [Container()]
    pod.spec.containers[0].name = "app"
    pod.spec.containers[0].resources.requests = ["cpu": Quantity("3")]
    var condition = Condition()
    (condition.type, condition.status, condition.message) = ("PodScheduled", "False", message)
    pod.status.conditions = [condition]
    var taint = Taint()
    (taint.key, taint.value, taint.effect) = ("k", "\u{1B}[31m", "NoSchedule")
    var snapshot = ClusterSnapshot(rules: .kubernetes120)
    snapshot.put(node("small-1", cpu: "1"))
    snapshot.put(node("small-2", cpu: "2"))
    snapshot.put(node("large", cpu: "1") { $0.spec.taints = [taint] })
    let question = try #require(
      PlacementQuestion(pod, in: ClusterState(), snapshot, isManifest: false, now: Timestamp(seconds: 1_800_000_000)))
    var cluster = CheckReport.Cluster()
    cluster.context = "prod"
    return PlacementWriter(
      subject: pod.reference, answer: question.answer, remarks: ["a remark"], cluster: cluster,
      now: CheckReportTests.now)
  }

  private static let message =
    "0/3 nodes are available: 1 node(s) had taint {k: \u{1B}[31m}, that the pod didn't tolerate, 2 Insufficient cpu."

  @Test func text() throws {
    #expect(
      try Self.writer(message: Self.message).text.hasPrefix(
        """
        pod/web: 0/3 nodes are available: 1 node(s) had taint {k: ^[[31m}, that the pod didn't tolerate, 2 Insufficient cpu.
          a remark
          the scheduler says the same
          requests cpu 3
          no node is large enough for cpu 3: the largest, small-2, offers 2

        NODES   REASON
        2       Insufficient cpu
        1       node(s) had taint {k: ^[[31m}, that the pod didn't tolerate

        Nodes, the nearest miss first:
          2 nodes: small-2, small-1
            NodeResourcesFit: Insufficient cpu: requested 3, free 2, used 0 of 2: the node is too small (on small-2)
          1 node: large
            TaintToleration: node(s) had taint {k: ^[[31m}, that the pod didn't tolerate: taint k=^[[31m:NoSchedule
            behind it, NodeResourcesFit: Insufficient cpu: requested 3, free 1, used 0 of 1: the node is too small

        What would place it (each was tried on a copy of the cluster's state):
          lower the request of cpu from 3 to 2 -> small-2
            kubectl -n shop get pod web -o yaml | kubectl set resources --local -f - -c app --requests=cpu=2 -o yaml | kubectl replace --force -f -
            (this cannot be changed in a pod that exists: it is deleted and created anew)

        """))
  }

  @Test func aMessageThatDiffersIsShown() throws {
    let text = try Self.writer(message: "0/9 nodes are available: 9 Insufficient cpu.").text
    #expect(text.contains("\n  the scheduler's last message differs: "))
    #expect(text.contains("\n  the scheduler says: 0/9 nodes are available: 9 Insufficient cpu.\n"))
  }

  /// A node whose state keeps pods away leads to its playbook, and commands stay words whatever nodes are called.
  @Test func aNodesStateLeadsToItsPlaybook() throws {
    var pod = Pod()
    (pod.metadata.namespace, pod.metadata.name, pod.metadata.uid) = ("shop", "web", "u")
    var taint = Taint()
    (taint.key, taint.effect) = ("node.kubernetes.io/disk-pressure", "NoSchedule")
    var snapshot = ClusterSnapshot(rules: .current)
    snapshot.put(Self.node("a$(id)", cpu: "1") { $0.spec.taints = [taint] })
    snapshot.put(Self.node("b$(id)", cpu: "1") { $0.spec.unschedulable = true })
    let question = try #require(
      PlacementQuestion(pod, in: ClusterState(), snapshot, isManifest: false, now: Timestamp(seconds: 1_800_000_000)))
    let writer = PlacementWriter(
      subject: pod.reference, answer: question.answer, remarks: [], cluster: CheckReport.Cluster(),
      now: CheckReportTests.now)
    let command = "podmedic playbook run node-pressure 'node/a$(id)'"
    #expect(writer.text.contains("\n    playbook node-pressure: \(command)\n"))
    #expect(writer.text.contains("\n    or: \(command)\n"))
    #expect(writer.text.contains("\n    or: podmedic remedy apply uncordon 'node/b$(id)'\n"))
    #expect(writer.json["nodes"]?[0]?["playbook"] == "node-pressure" && writer.json["nodes"]?[1]?["playbook"] == nil)
    let remedies = writer.json["suggestions"]?.array?.compactMap { $0["remedies"]?.array }.flatMap { $0 }
    #expect(remedies?.contains(.string(command)) == true)
  }

  /// Whatever the order in which they were read.
  @Test func nodesStandByName() throws {
    let names = try Self.writer().json["nodes"]?.array?.compactMap { $0["name"]?.string }
    #expect(names == ["large", "small-1", "small-2"])
  }

  @Test func json() throws {
    let json = try Self.writer(message: Self.message).json
    #expect(json["apiVersion"] == "podmedic.dev/v1" && json["kind"] == "PlacementReport")
    #expect(json["pod"] == ["namespace": "shop", "name": "web"])
    #expect(json["agrees"] == true && json["schedulerMessage"] == json["message"])
    #expect(json["outcome"] == "does-not-fit" && json["remarks"] == ["a remark"])
    #expect(json["histogram"]?[0] == ["reason": "Insufficient cpu", "nodes": 2])
    #expect(json["nodes"]?.array?.map { $0["name"]?.string } == ["large", "small-1", "small-2"], "by name")
    #expect(json["nodes"]?[0]?["fits"] == false)
    let fit = json["nodes"]?[2]?["verdicts"]?.array?.first { $0["plugin"] == "NodeResourcesFit" }
    #expect(
      fit == [
        "plugin": "NodeResourcesFit", "verdict": "fail", "reasons": ["Insufficient cpu"], "resolvable": true,
        "evidence": "requested 3, free 2, used 0 of 2: the node is too small",
      ])
    let taint = json["nodes"]?[2]?["verdicts"]?.array?.first { $0["plugin"] == "TaintToleration" }
    #expect(taint == ["plugin": "TaintToleration", "verdict": "pass"])
    #expect(
      json["suggestions"]?[0] == [
        "change": "lower the request of cpu from 3 to 2", "places": ["small-2"],
        "kubectl": .string(
          "kubectl -n shop get pod web -o yaml | kubectl set resources --local -f - -c app --requests=cpu=2 -o yaml"
            + " | kubectl replace --force -f -"), "remedies": [],
        "remarks": ["this cannot be changed in a pod that exists: it is deleted and created anew"], "verified": true,
      ])
    #expect(try Self.writer().json["agrees"] == .null)
    #expect(json.text(indent: 2).utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
  }
}
