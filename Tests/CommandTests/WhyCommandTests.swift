import Foundation
import Kube
import TestSupport
import Testing

/// `podmedic why` on the demo's cluster and on files.
@Suite struct WhyCommandTests {
  /// The demo's Pending pods: name, namespace, what the answer must hold, a suggestion.
  private static let pending: [(name: String, namespace: String, says: [String], help: String)] = [
    (
      "report-builder", "batch", ["NodeResourcesFit: Insufficient cpu: requested 5, free 2650m, used 1350m of 4"],
      "kubectl uncordon node-a2\n"
    ),
    (
      "gpu-trainer", "batch",
      ["    TaintToleration: node(s) had untolerated taint(s): taint dedicated=gpu:NoSchedule\n"],
      "  tolerate taint dedicated=gpu:NoSchedule -> node-c1\n"
    ),
    (
      "edge-cache", "shop", ["topology.kubernetes.io/zone=eu-demo-1d, the node has eu-demo-1a (on node-a1)"],
      "  require nothing of the node (node affinity) -> node-a1, node-b1\n"
    ),
    (
      "warehouse", "data",
      [
        "  VolumeBinding: pod has unbound immediate PersistentVolumeClaims (claim warehouse-data: ",
        "    also, TaintToleration: ",
      ], "  get claim warehouse-data bound -> node-a1, node-b1\n"
    ),
  ]

  @Test func thePendingPodsOfTheDemoAreExplained() async throws {
    let demo = try Demo("shop")
    for (name, namespace, says, help) in Self.pending {
      let line =
        "pod=$($podmedic get pods -n \(namespace) -o name | grep /\(name)-); $podmedic why $pod -n \(namespace)"
      let result = try await Podmedic.bash(line, kubeconfig: demo.kubeconfig)
      #expect(result.status == 1, "\(result)")
      #expect(result.text.contains("\n  the scheduler says the same\n"), "\(result)")
      for text in says + [help] { #expect(result.text.contains(text), "\(text): \(result)") }
    }
  }

  /// The first suggestion, as a remedy: with permission, dry run and waiting for the end; then the pod has a node.
  @Test func aSuggestionIsARemedyThatPlacesThePod() async throws {
    let demo = try Demo("shop")
    let pod = "pod=$($podmedic get pods -n batch -o name | grep /report-builder-)"
    let why = try await Podmedic.bash("\(pod); $podmedic why $pod -n batch -o json", kubeconfig: demo.kubeconfig)
    let suggestion = try JSONValue(parsing: why.text)["suggestions"]?[0]
    #expect(suggestion?["remedies"] == ["podmedic remedy apply uncordon node/node-a2"], "\(why)")
    let apply = "export XDG_STATE_HOME='\(demo.folder.url.path)'; $podmedic remedy apply uncordon node/node-a2 --yes"
    let cure = try await Podmedic.bash(apply, kubeconfig: demo.kubeconfig)
    #expect(cure.status == 0, "\(cure)")
    let line = "\(pod); for turn in $(seq 50); do $podmedic why $pod -n batch && exit 0; sleep 0.2; done; exit 1"
    let after = try await Podmedic.bash(line, kubeconfig: demo.kubeconfig)
    #expect(after.status == 0 && after.text.contains(": is on node node-a2; "), "\(after)")
  }

  @Test func workloadsAreAskedForTheirNextPod() async throws {
    let demo = try Demo("shop")
    let fits = try await Podmedic.run(["why", "deployment/checkout", "-n", "shop"], kubeconfig: demo.kubeconfig)
    #expect(fits.status == 0 && fits.text.contains("  room for "), "\(fits)")
    // A quota keeps the pods from being created: the scheduler has nothing to say.
    let arguments = ["why", "deploy", "weekly-report", "-n", "team-blue", "-o", "json"]
    let quota = try await Podmedic.run(arguments, kubeconfig: demo.kubeconfig)
    let json = try JSONValue(parsing: quota.text)
    #expect(quota.status == 1 && json["outcome"] == "does-not-fit", "\(quota)")
    #expect(json["summary"]?.string?.contains("exceeded quota: team-blue-compute") == true, "\(quota)")
  }

  // MARK: Files

  private static let cluster = """
    apiVersion: v1
    kind: List
    items:
    - {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {allocatable: {cpu: "2", memory: 4Gi, pods: "10"}}}
    - {apiVersion: v1, kind: Node, metadata: {name: n2}, status: {allocatable: {cpu: "1", memory: 4Gi, pods: "10"}}}
    ---
    {apiVersion: v1, kind: List, items: [
      {apiVersion: v1, kind: Pod, metadata: {name: gated, namespace: shop, uid: u1},
       spec: {schedulingGates: [{name: team/ready}], containers: [{name: c}]}, status: {phase: Pending}},
      {apiVersion: v1, kind: Pod, metadata: {name: other, namespace: shop, uid: u2},
       spec: {schedulerName: volcano, containers: [{name: c}]}, status: {phase: Pending}},
      {apiVersion: v1, kind: Pod, metadata: {name: lost, namespace: shop, uid: u3},
       spec: {nodeName: gone, containers: [{name: c}]}, status: {phase: Pending}},
      {apiVersion: v1, kind: Pod, metadata: {name: runs, namespace: shop, uid: u4},
       spec: {nodeName: n1, containers: [{name: c}]}, status: {phase: Running}},
      {apiVersion: v1, kind: Pod, metadata: {name: circle, namespace: shop, uid: u5,
         ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: one, uid: r1, controller: true}]},
       spec: {containers: [{name: c, resources: {requests: {cpu: "5"}}}]}, status: {phase: Pending}},
      {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: one, namespace: shop, uid: r1,
         ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: two, uid: r2, controller: true}]}, spec: {}},
      {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: two, namespace: shop, uid: r2,
         ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: one, uid: r1, controller: true}]}, spec: {}},
      {apiVersion: v1, kind: Pod, metadata: {name: orphan, namespace: shop, uid: u6,
         ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: gone, uid: d1, controller: true}]},
       spec: {containers: [{name: c, resources: {requests: {cpu: "5"}}}]}, status: {phase: Pending}},
      {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop, uid: s1},
       spec: {replicas: 3, template: {spec: {containers: [{name: c}]}}}},
      {apiVersion: v1, kind: Pod, metadata: {name: db-0, namespace: shop, uid: u7,
         ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s1, controller: true}]},
       spec: {nodeName: n1, containers: [{name: c}]}, status: {phase: Running}}]}
    """

  private func why(_ arguments: String..., manifest: String? = nil) async throws -> CommandResult {
    let folder = try TemporaryFolder()
    let file = try folder.file("cluster.yaml", Data(Self.cluster.utf8)).path
    var more: [String] = []
    if let manifest { more = ["-f", try folder.file("manifest.yaml", Data(manifest.utf8)).path] }
    let at = ["--at", "2026-01-01T12:00:00Z", "--server-version", "1.36"]
    return try await Podmedic.run(["why"] + arguments + more + ["--from", file] + at)
  }

  @Test func whatTheSchedulerSaysNothingAboutIsSaidExactly() async throws {
    let cases: [(name: String, status: Int32, says: String)] = [
      ("gated", 1, "pod/gated: held back by scheduling gate team/ready; without that, "),
      (
        "other", 2,
        "pod/other: waits for scheduler \"volcano\", which is not the cluster's default scheduler: no pod that asks for "
          + "scheduler \"volcano\" was ever looked at"
      ),
      ("lost", 1, "pod/lost: bound to node gone, which does not exist: no kubelet will start it\n"),
      ("runs", 0, "pod/runs: is on node n1; 1 other node would take it\n"),
    ]
    for (name, status, says) in cases {
      let result = try await why("pod/\(name)", "-n", "shop")
      #expect(result.status == status && result.text.hasPrefix(says), "\(result)")
    }
  }

  @Test func aPodThatAStatefulSetHasNotMade() async throws {
    let waits = try await why("pod/db-1", "-n", "shop")
    #expect(waits.status == 2)
    #expect(
      waits.errorText.hasPrefix(
        "error: pod db-1 is not there: statefulset db makes it when db-0 is Running and Ready (podManagementPolicy "
          + "OrderedReady)\n"), "\(waits)")
    #expect(try await why("pod/db-3", "-n", "shop").errorText.contains(#"pods "db-3" not found"#))
    let set = try await why("statefulset/db", "-n", "shop")
    #expect(set.text.contains("db-1 is not made before db-0 is Running and Ready"), "\(set)")
  }

  @Test func aManifestIsTriedAndNothingIsCreated() async throws {
    let manifest = """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec: {template: {spec: {containers: [{name: c, resources: {requests: {cpu: 600m}}}]}}}
      """
    let fits = try await why(manifest: manifest)
    #expect(fits.status == 0, "\(fits)")
    #expect(fits.text.hasPrefix("deployment/web: 2 of 2 nodes would take it: n1, n2\n"), "\(fits)")
    #expect(fits.text.contains("  room for 4 more of its pods: 3 on n1, 1 on n2\n"), "\(fits)")
    let large = try await why(manifest: manifest.replacing("600m", with: "3"))
    #expect(large.status == 1, "\(large)")
    #expect(large.text.contains("  lower the request of cpu from 3 to 2 -> n1\n"), "\(large)")
  }

  /// Everything that one file has counts together, and what the API server does not take is said.
  @Test func aFileOfSeveralKindsIsOneWhole() async throws {
    let manifest = """
      {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: new},
       spec: {priorityClassName: gold, containers: [{name: c, resources: {requests: {cpu: "1"}}}]}}
      ---
      {apiVersion: v1, kind: Namespace, metadata: {name: new}}
      ---
      {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: gold}, value: 10}
      ---
      {apiVersion: v1, kind: LimitRange, metadata: {name: bounds, namespace: new},
       spec: {limits: [{type: Container, max: {cpu: "2"}, default: {cpu: "2"}}]}}
      """
    let fits = try await why(manifest: manifest)
    #expect(fits.status == 0 && fits.text.hasPrefix("pod/web: 2 of 2 nodes would take it"), "\(fits)")
    let refused = try await why(manifest: manifest.replacing("requests: {cpu: \"1\"}", with: "requests: {cpu: \"3\"}"))
    #expect(refused.status == 1, "\(refused)")
    #expect(
      refused.text.hasPrefix(
        "pod/web: would not be created: the API server refuses it: spec.containers[0].resources.requests: Invalid "
          + "value: \"3\": must be less than or equal to cpu limit of 2\n"), "\(refused)")
  }

  /// One after another, each as if the pods before it were there.
  @Test func aFileWithSeveralWorkloads() async throws {
    let manifest = ["one", "two"].map { name in
      """
      {apiVersion: apps/v1, kind: Deployment, metadata: {name: \(name)},
       spec: {replicas: 2, template: {spec: {containers: [{name: c, resources: {requests: {cpu: "1"}}}]}}}}
      """
    }.joined(separator: "\n---\n")
    let both = try await why(manifest: manifest)
    #expect(both.status == 1, "there is room for three of four: \(both)")
    #expect(both.text.hasPrefix("deployment/one: 2 of 2 nodes would take it: n1, n2\n"), "\(both)")
    #expect(both.text.contains("  room for 3 more of its pods: 2 on n1, 1 on n2\n"), "\(both)")
    #expect(both.text.contains("\n\ndeployment/two: room for 1 of its 2 pods only\n"), "\(both)")
    #expect(both.text.contains("  room for 1 more of its pods: "), "\(both)")
    // The second alone meets the first all the same.
    let second = try await why("deployment/two", "-o", "json", manifest: manifest)
    let json = try JSONValue(parsing: second.text)
    #expect(json["kind"] == "PlacementReport" && json["room"]?["pods"] == 1, "\(second)")
    // One that does not fit decides, and both are told.
    let third = manifest.replacing("replicas: 2", with: "replicas: 3")
    let list = try await why("-o", "json", manifest: third)
    let lists = try JSONValue(parsing: list.text)
    #expect(list.status == 1 && lists["kind"] == "PlacementReportList", "\(list)")
    #expect(lists["items"]?.array?.map { $0["outcome"] } == ["fits", "does-not-fit"], "\(list)")
    #expect(!list.text.contains("delete pod"), "nobody can move what does not exist: \(list)")
    let none = try await why("deployment/three", manifest: manifest)
    #expect(none.status == 2 && none.errorText.contains("has no such object\nhint: It has "), "\(none)")
  }

  @Test func withoutAVersionTheNewestKubeletTellsOne() async throws {
    let folder = try TemporaryFolder()
    let text = """
      apiVersion: v1
      kind: List
      items:
      - {apiVersion: v1, kind: Node, metadata: {name: n1},
         status: {allocatable: {cpu: "2", memory: 4Gi, pods: "10"}, nodeInfo: {kubeletVersion: v1.20.2}}}
      - {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, uid: u1},
         spec: {containers: [{name: c, resources: {requests: {cpu: "5"}}}]}, status: {phase: Pending}}
      """
    let file = try folder.file("cluster.yaml", Data(text.utf8)).path
    let at = ["--from", file, "--at", "2026-01-01T12:00:00Z", "-o", "json"]
    let result = try await Podmedic.run(["why", "pod/web", "-n", "shop"] + at)
    let json = try JSONValue(parsing: result.text)
    #expect(json["schedulerRules"] == "1.20", "\(result)")
    #expect(
      json["remarks"]?[0]
        == "the capture does not tell the server's version: that of its newest kubelet, v1.20.2, is assumed",
      "\(result)")
  }

  @Test func manifestsThatCannotBeUsed() async throws {
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: NAME}, spec: {containers: [{name: c}]}}\n"
    let cases: [(text: String, says: String)] = [
      ("a: [\n", "manifest.yaml:2:1: a value was expected here"),
      ("{apiVersion: v1, kind: Service, metadata: {name: s}}", "nothing in "),
      ("", "nothing in "),
      ("{apiVersion: v1, kind: Pod, metadata: 3}", "manifest.yaml: "),
    ]
    for (text, says) in cases {
      let result = try await why(manifest: text)
      #expect(result.status == 2 && result.text == "" && result.errorText.contains(says), "\(text): \(result)")
    }
    // A quantity that is none is no pass.
    let odd = pod.replacing("name: c", with: "name: c, resources: {requests: {cpu: lots}}")
    let result = try await why(manifest: odd)
    #expect(result.status == 2 && result.text.contains("a request of the pod is no quantity (cpu: lots)"), "\(result)")
  }

  @Test func ownersThatGoInCirclesOrAreGone() async throws {
    let circle = try await why("pod/circle", "-n", "shop")
    #expect(circle.status == 1 && circle.text.contains("  lower the request of cpu from 5 to 2 -> n1\n"), "\(circle)")
    #expect(circle.text.contains("  the owners go in a circle: replicaset one -> replicaset two -> "), "\(circle)")
    #expect(circle.text.contains("    kubectl -n shop set resources replicaset/one -c c "), "\(circle)")
    let orphan = try await why("pod/orphan", "-n", "shop")
    #expect(orphan.status == 1, "\(orphan)")
    #expect(orphan.text.contains("  replicaset gone, which owns pod orphan, does not exist\n"), "\(orphan)")
    #expect(!orphan.text.contains("/gone "), "\(orphan)")
  }

  @Test func objectsThatCannotBeUsed() async throws {
    let node = try await why("node/n1")
    #expect(node.status == 2 && node.errorText.hasPrefix("error: Node n1 makes no pods\n"), "\(node)")
    let none = try await why()
    #expect(none.status == 64 && none.errorText.hasPrefix("error: expected an object or a manifest\n"), "\(none)")
  }
}
