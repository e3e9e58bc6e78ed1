import ClusterState
import Diagnosis
import Foundation
import Kube
import Session
import TestSupport
import Testing

/// Containers that really fail on a real node, as Triage and the log view tell of them.
@Suite(.requiresControlPlane, .requiresRealNode) struct RealFailuresTests {
  @Test func triageNamesTheCauses() async throws {
    let cluster = try await ControlPlane.shared()
    try await cluster.startRealNode()
    let namespace = try await cluster.makeNamespace("failures")
    let image = TestCluster.realNodeImages.busybox
    let failures: [(name: String, container: String, code: FindingCode, sentence: String)] = [
      (
        "oom", #""image": "\#(image)", "command": ["tail", "/dev/zero"], "resources": {"limits": {"memory": "20Mi"}}"#,
        .podOOMKilled, #"OOMKilled \(137\) limit 20Mi, [0-9]+ times, last [0-9]+s ago"#
      ),
      (
        "crash", #""image": "\#(image)", "command": ["sh", "-c", "echo fatal; exit 1"]"#,
        .podCrashLoop, #"exit 1, back-off [0-9]+s, next try (in [0-9]+s|due)"#
      ),
      (
        "no-image", #""image": "test.local/missing:1""#,
        .podImageRegistryUnreachable, #"registry unreachable for image: test\.local/missing:1"#
      ),
      (
        "no-config", #""image": "\#(image)", "envFrom": [{"configMapRef": {"name": "settings"}}]"#,
        .podConfigMissing, #"configmap "settings" not found"#
      ),
    ]
    for failure in failures {
      try await cluster.kubectl(
        "-n", namespace, "create", "-f", "-", input: Self.deployment(failure.name, failure.container))
    }

    let live = try LiveSession(cluster)
    try await live.discover()
    live.session.setNeeds(Set(Triage.sources.map { Subscription($0.type.resource) }))
    var groups: [FindingGroup] = []
    for failure in failures {
      try await live.run(
        until: {
          groups = live.diagnose(namespace).groups
          return groups.contains {
            $0.owner.name == failure.name && $0.code == failure.code
              && $0.summary(now: live.now).wholeMatches(failure.sentence)
          }
        }, seconds: 150,
        "\(failure.name): \(live.diagnose(namespace).groups.map { "\($0.owner.shortText) \($0.code) \($0.summary(now: live.now))" })"
      )
    }
    // One group for each Deployment, in which the missing replicas are a consequence and not a trouble of their own.
    // The kubelet's word for the state may be that of the end or that of the back-off; between two runs it is `Running`
    // for a moment, so the moment is waited for in which all four are down.
    let expected = failures.map { "deployment/\($0.name)" }.sorted()
    let downWords: Set = [
      "OOMKilled", "Error", "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError",
    ]
    var words: Set<String> = []
    try await live.run(
      until: {
        groups = live.diagnose(namespace).groups.filter { $0.owner.namespace == namespace }
        let pods = live.state.all(Pod.self).filter { $0.metadata.namespace == namespace }
        words = Set(pods.map { PodSummary($0).status })
        return groups.map(\.owner.shortText).sorted() == expected
          && groups.allSatisfy { $0.severity == .critical && $0.affected == 1 && $0.total == 1 }
          && words.isSubset(of: downWords)
      }, seconds: 90,
      "\(groups.map { "\($0.owner.shortText) \($0.severity) \($0.affected)/\($0.total ?? 0)" }) \(words)")

    // Mended: the finding goes without anybody asking.
    try await cluster.kubectl("-n", namespace, "create", "configmap", "settings")
    try await live.run(
      until: { !live.diagnose(namespace).groups.contains { $0.owner.name == "no-config" } }, seconds: 90,
      "the mended Deployment is still listed")
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }

  @Test func aLogIsFollowedAcrossRestartsToThePodsEnd() async throws {
    let cluster = try await ControlPlane.shared()
    try await cluster.startRealNode()
    let namespace = try await cluster.makeNamespace("logs")
    // A run ends only once it was read to its last line: on a busy machine a whole run could pass before the first request
    // for its log is answered, and the kubelet then answers with the next run's.
    let kept = try TemporaryFolder()
    let script = """
      run=$(($(cat /kept/run 2>/dev/null) + 1)); echo $run >/kept/run
      line=0; while [ $line -lt 60 ]; do echo "run $run line $line"; line=$((line + 1)); sleep 0.03; done
      until [ -e /kept/read-$run ]; do sleep 0.1; done
      exit $run
      """
    let pod: JSONValue = [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "writer"],
      "spec": [
        "nodeName": "localhost", "terminationGracePeriodSeconds": 2,
        "volumes": [["name": "kept", "hostPath": ["path": .string(kept.path)]]],
        "containers": [
          [
            "name": "c", "image": .string(TestCluster.realNodeImages.busybox),
            "command": ["sh", "-c", .string(script)], "volumeMounts": [["name": "kept", "mountPath": "/kept"]],
          ]
        ],
      ],
    ]
    let live = try LiveSession(cluster)
    try await live.read(Subscription(Pod.resource, namespace: namespace))
    try await cluster.kubectl("-n", namespace, "create", "-f", "-", input: pod.text())
    var request = LogRequest([LogSource(namespace: namespace, pod: "writer", container: "c")])
    request.follow = true
    var events: [LogEvent] = []
    let stream = live.session.openLogs(request) { events += $0 }
    for run in 1...3 {
      try await live.run(
        until: { events.lines.last == "run \(run) line 59" }, seconds: 90, "\(events.suffix(10)) of \(events.count)")
      if run < 3 { _ = try kept.file("read-\(run)") }
    }

    let expected = (1...3).flatMap { run in (0..<60).map { "run \(run) line \($0)" } }
    #expect(events.lines == expected, "lines are lost, or there twice: \(events.remarks)")
    #expect(
      events.remarks.filter { !$0.hasPrefix("waiting") } == [
        "restarted 1 before run 2 line 0", "restarted 2 before run 3 line 0",
      ])

    // Between the end of a run and the next, the server is not asked again and again.
    let asked = live.requests.filter { $0.contains("/writer") }
    #expect(asked.count <= 24, "\(asked)")

    // The pod goes: Terminating, then not there any more, and its log says that it is over.
    try await cluster.kubectl("-n", namespace, "delete", "pod", "writer", "--wait=false")
    var words: [String] = []
    try await live.run(
      until: {
        let pod = live.state.get(Pod.self, namespace: namespace, name: "writer")
        if let word = pod.map({ PodSummary($0).status }), word != words.last { words.append(word) }
        return pod == nil && stream.isFinished
      }, seconds: 60, "\(words) \(events.suffix(5))")
    #expect(words.filter { $0 != "Running" } == ["Terminating"])
    #expect(events.last == .ended(0))
    #expect(events.lines == expected)
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }

  private static func deployment(_ name: String, _ container: String) -> String {
    """
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "\(name)"},
     "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "\(name)"}},
       "template": {"metadata": {"labels": {"app": "\(name)"}},
         "spec": {"nodeSelector": {"kubernetes.io/hostname": "localhost"}, "terminationGracePeriodSeconds": 0,
                  "containers": [{"name": "c", \(container)}]}}}}
    """
  }
}

extension String {
  fileprivate func wholeMatches(_ pattern: String) -> Bool {
    range(of: "^(\(pattern))$", options: .regularExpression) != nil
  }
}

extension [LogEvent] {
  /// The texts of the lines.
  var lines: [String] {
    compactMap { if case .line(let line) = $0 { line.text } else { nil } }
  }

  /// What is no line, with the line that follows it.
  var remarks: [String] {
    indices.compactMap { index in
      let next = self[(index + 1)...].lazy.compactMap { if case .line(let line) = $0 { line.text } else { nil } }.first
      return switch self[index] {
      case .line: nil
      case .gap(_, let reason): "gap (\(reason)) before \(next ?? "the end")"
      case .restarted(_, let count): "restarted \(count) before \(next ?? "the end")"
      case .waiting(_, let reason): "waiting (\(reason))"
      case .interrupted(_, let reason): "interrupted (\(reason)) before \(next ?? "the end")"
      case .ended: "ended"
      case .failed(_, let reason): "failed: \(reason)"
      }
    }
  }
}
