import Foundation
import TestSupport
import Testing

/// The test cluster itself: what the other tests against real Kubernetes take for granted.
@Suite(.requiresControlPlane) struct ControlPlaneTests {
  @Test func schedulerBindsAPodOrSaysWhyNot() async throws {
    let cluster = try await ControlPlane.shared()
    let namespace = try await cluster.makeNamespace("scheduling")
    let node = "node-of-\(namespace)"
    try await cluster.makeFakeNode(node, cpu: "2")
    for (name, cpu) in [("fits", "1"), ("too-big", "3")] {
      try await cluster.kubectl(
        "-n", namespace, "create", "-f", "-",
        input: """
          {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\(name)"},
           "spec": {"nodeSelector": {"kubernetes.io/hostname": "\(node)"},
                    "containers": [{"name": "c", "image": "x", "resources": {"requests": {"cpu": "\(cpu)"}}}]}}
          """)
    }

    try await eventually("the scheduler has not decided") {
      let pods = try await cluster.kubectl(
        "-n", namespace, "get", "pods", "-o",
        #"jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName} {.status.conditions[*].reason}{"\n"}{end}"#)
      return pods == "fits \(node) \ntoo-big  Unschedulable\n"
    }
    let message = try await cluster.kubectl(
      "-n", namespace, "get", "pod", "too-big", "-o", "jsonpath={.status.conditions[0].message}")
    #expect(message.contains("Insufficient cpu"))
  }

  @Test func viewerMayNotSeeNodes() async throws {
    let cluster = try await ControlPlane.shared()
    let list = try await cluster.kubectlResult(["--kubeconfig", cluster.viewerConfig.path, "get", "nodes"])
    #expect(list.status == 1)
    #expect(list.errorText.hasPrefix("Error from server (Forbidden): nodes is forbidden"))
    let pods = try await cluster.kubectlResult(
      ["--token", try cluster.viewerToken, "--kubeconfig", cluster.viewerConfig.path, "get", "pods"])
    #expect(pods.status == 0, "\(pods)")
  }

  @Test(.enabled(if: TestCluster.currentKubectl != nil, "no current kubectl; 'make kubernetes' fetches it"))
  func currentKubectlWorks() async throws {
    let cluster = try await ControlPlane.shared()
    let version = try await cluster.kubectl("version", "-o", "json", version: .current)
    #expect(version.contains(#""gitVersion": "v1.37"#))
    #expect(version.contains(#""serverVersion""#))
  }

  @Test func apiserverComesBackWithItsDataOnTheSamePort() async throws {
    let cluster = try await ControlPlane.start()
    let namespace = try await cluster.makeNamespace("kept")
    let server = try cluster.server

    try await cluster.stop(.apiserver)
    let refused = try await cluster.kubectlResult(["get", "namespace", namespace])
    #expect(refused.errorText.contains("was refused - did you specify the right host or port?"))

    try await cluster.start(.apiserver)
    #expect(try cluster.server == server)
    #expect(try await cluster.kubectl("get", "namespace", namespace, "-o", "name") == "namespace/\(namespace)\n")

    await cluster.end()
    #expect(!FileManager.default.fileExists(atPath: cluster.folder.path))
  }

  @Test func loadedPodsAreLeftAloneByTheirControllers() async throws {
    let cluster = try await ControlPlane.start()
    try await cluster.load(nodes: 3, pods: 45, namespaces: 2)
    try await eventually("the deployments are not complete") {
      try await cluster.kubectl(
        "get", "deployments", "-A", "-o",
        #"jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {.status.readyReplicas}{"\n"}{end}"#)
        == "shop-00/cart 5\nshop-00/checkout 20\nshop-01/checkout 20\n"
    }
    let pods = try await cluster.kubectl("get", "pods", "-A", "--no-headers")
    let lines = pods.split(separator: "\n")
    #expect(lines.count == 45)
    #expect(lines.allSatisfy { $0.contains("2/2") && $0.contains("Running") })
    await cluster.end()
  }
}
