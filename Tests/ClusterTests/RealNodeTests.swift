import Foundation
import TestSupport
import Testing

/// The real node: containers really run, and really fail.
@Suite(.requiresControlPlane, .requiresRealNode) struct RealNodeTests {
  @Test func containersRunFailAndAreKilled() async throws {
    let cluster = try await ControlPlane.shared()
    try await cluster.startRealNode()
    let namespace = try await cluster.makeNamespace("real")
    let image = TestCluster.realNodeImages.busybox
    let containers = [
      "runs": #""image": "\#(image)", "command": ["sh", "-c", "echo hello; exec sleep 1000"]"#,
      "oom": #""image": "\#(image)", "command": ["tail", "/dev/zero"], "resources": {"limits": {"memory": "20Mi"}}"#,
      "crash": #""image": "\#(image)", "command": ["sh", "-c", "echo fatal; exit 3"]"#,
      "no-image": #""image": "test.local/missing:1""#,
      "no-config": #""image": "\#(image)", "envFrom": [{"configMapRef": {"name": "missing"}}]"#,
    ]
    for (name, container) in containers {
      try await cluster.kubectl(
        "-n", namespace, "create", "-f", "-",
        input: """
          {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\(name)"},
           "spec": {"nodeName": "localhost", "terminationGracePeriodSeconds": 0,
                    "containers": [{"name": "c", \(container)}]}}
          """)
    }

    // (pod, path below the container's status, what is expected there)
    let expected = [
      ("runs", ".ready", "true"),
      ("oom", ".lastState.terminated.reason", "OOMKilled"),
      ("oom", ".lastState.terminated.exitCode", "137"),
      ("crash", ".lastState.terminated.exitCode", "3"),
      ("crash", ".state.waiting.reason", "CrashLoopBackOff"),
      ("no-image", ".state.waiting.reason", "ImagePullBackOff"),
      ("no-config", ".state.waiting.reason", "CreateContainerConfigError"),
    ]
    for (pod, path, value) in expected {
      try await eventually("\(pod) does not have \(path) = \(value)", seconds: 120) {
        try await cluster.kubectl(
          "-n", namespace, "get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0]\(path)}") == value
      }
    }
    #expect(try await cluster.kubectl("-n", namespace, "logs", "runs") == "hello\n")
    #expect(try await cluster.kubectl("-n", namespace, "exec", "runs", "--", "echo", "hi") == "hi\n")
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }
}
