import ClusterState
import Foundation
import Kube
import Scheduling
import Session
import TestSupport
import Testing

/// A control plane in which suggestions are followed: it has no nodes but those that a test makes, and kubelets are
/// played for them.
final class SuggestionScene {
  let cluster: ControlPlane
  let namespace: String
  let live: LiveSession
  private let kubelets: Task<Void, Never>

  /// What is read: all that filters look at and the 1.20 server serves, and what makes pods.
  static let kinds = [
    Node.resource, Pod.resource, Namespace.resource, PersistentVolume.resource, PersistentVolumeClaim.resource,
    StorageClass.resource, CSINode.resource, CSIDriver.resource, VolumeAttachment.resource, Deployment.resource,
    ReplicaSet.resource, StatefulSet.resource, DaemonSet.resource, ResourceQuota.resource, LimitRange.resource,
    PriorityClass.resource, HorizontalPodAutoscaler.resources[1],
  ]

  private init(_ cluster: ControlPlane, _ namespace: String, _ live: LiveSession) {
    self.cluster = cluster
    self.namespace = namespace
    self.live = live
    kubelets = Task.detached { await playKubelets(in: cluster) }
  }

  /// A new one with a namespace, in which everything is known.
  static func begin(_ name: String) async throws -> SuggestionScene {
    let cluster = try await ControlPlane.start()
    let namespace = try await cluster.makeNamespace(name)
    let live = try LiveSession(cluster)
    try await live.discover()
    live.session.setNeeds(Set(Self.kinds.map { Subscription($0) }))
    try await live.run(until: { Self.kinds.allSatisfy { live.freshness($0) == .live } }, "not everything is live")
    return SuggestionScene(cluster, namespace, live)
  }

  func end() async {
    kubelets.cancel()
    await kubelets.value
    await cluster.end()
  }

  /// The pods of an app that are not being deleted.
  func pods(_ app: String) -> [Pod] {
    live.state.all(Pod.self).filter { $0.metadata.labels["app"] == app && !$0.isBeingDeleted }
  }

  func create(_ json: String) async throws {
    try await cluster.kubectl("-n", namespace, "create", "-f", "-", input: json)
  }

  /// Waits until the scheduler has refused a pod of the app, and everything that it has seen is known here too.
  func refused(_ app: String) async throws -> Pod {
    try await live.run(
      until: { self.pods(app).contains { $0.status.conditions.condition("PodScheduled")?.isFalse == true } },
      "\(app): no refusal")
    try await converge()
    return try #require(pods(app).first { $0.spec.nodeName.isEmpty })
  }

  /// Waits until every pod has a node and is Ready, what makes pods knows of it, and claims are bound.
  func settle() async throws {
    try await converge()
    try await live.run(
      until: {
        self.live.state.all(Pod.self).allSatisfy { $0.isReady }
          && self.live.state.all(Deployment.self).allSatisfy { $0.status.availableReplicas == $0.spec.replicas ?? 1 }
          && self.live.state.all(PersistentVolumeClaim.self).allSatisfy { $0.status.phase == "Bound" }
          && self.live.state.all(StatefulSet.self).allSatisfy { $0.status.readyReplicas == $0.spec.replicas ?? 1 }
      }, "not all of \(live.state.all(Pod.self).map(\.metadata.name)) are Ready")
  }

  /// A text with NS for the namespace, and pods' names without what makes them unique.
  func withoutNames(_ text: String) -> String {
    var text = text.replacing("\(namespace)/", with: "NS/")
    for pod in live.state.all(Pod.self) {
      if let app = pod.metadata.labels["app"] { text = text.replacing(pod.metadata.name, with: app) }
    }
    return text
  }

  /// Adds a node that is just as it must be.
  func add(_ node: NewNode) async throws {
    func amount(_ resource: String) -> String? {
      node.size[resource].map { resource == "cpu" ? "\($0)m" : "\($0)" }
    }
    try await cluster.makeFakeNode("new", cpu: amount("cpu") ?? "1m", memory: amount("memory") ?? "1Gi")
    for (key, value) in node.labels { try await cluster.kubectl("label", "node", "new", "\(key)=\(value)") }
  }

  /// Removes all that a test made.
  func clear() async throws {
    try await cluster.kubectl(
      "-n", namespace, "delete", "deployments,statefulsets,replicasets,pods,persistentvolumeclaims,resourcequotas",
      "--all", "--force", "--grace-period=0")
    try await cluster.kubectl("delete", "nodes,csinodes,persistentvolumes,storageclasses", "--all")
    try await live.run(
      until: { self.live.state.all(Pod.self).isEmpty && self.live.state.all(Node.self).isEmpty }, "it does not go")
  }

  func converge() async throws {
    for kind in Self.kinds { try await live.converge(kind) }
  }

  /// What podmedic says about a pod, or what makes pods.
  func answer(_ subject: any KubeObject) throws -> PlacementAnswer {
    var question = try #require(
      PlacementQuestion(
        subject, in: live.state, ClusterSnapshot(live.state, rules: .kubernetes120), isManifest: false, now: live.now))
    question.findOrigin { reference, namespace in
      let owner = self.live.state.owner(reference, namespace: namespace)
      return owner.map { .found($0.metadata) } ?? .missing
    }
    return question.answer
  }

  /// Runs the commands of a suggestion, each as it is printed.
  func follow(_ suggestion: Suggestion) async throws {
    let program = URL(fileURLWithPath: TestCluster.kubernetes)
    for command in suggestion.kubectl {
      let result = try await run(
        ["sh", "-c", command],
        environment: [
          "KUBECONFIG": cluster.adminConfig.path,
          "PATH": program.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
        ])
      #expect(result.status == 0, "\(result)")
    }
  }
}

/// Does what kubelets do, until it is cancelled: pods that have a node become Ready, and those that are deleted end.
private func playKubelets(in cluster: ControlPlane) async {
  let columns =
    "custom-columns=A:.metadata.namespace,B:.metadata.name,C:.spec.nodeName,D:.metadata.deletionTimestamp,"
    + "E:.status.phase"
  let ready = #"{"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}"#
  while !Task.isCancelled {
    let pods = try? await cluster.kubectlResult(["get", "pods", "-A", "--no-headers", "-o", columns])
    for line in pods?.text.split(separator: "\n") ?? [] {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 5, words[2] != "<none>" else { continue }
      let pod = ["-n", words[0]]
      // Whoever is gone by now needs neither.
      if words[3] != "<none>" {
        _ = try? await cluster.kubectlResult(
          pod + ["delete", "pod", words[1], "--force", "--grace-period=0", "--wait=false"])
      } else if words[4] == "Pending" {
        _ = try? await cluster.kubectlResult(
          pod + ["patch", "pod", words[1], "--subresource=status", "-p", ready], version: .current)
      }
    }
    try? await Task.sleep(for: .milliseconds(200))
  }
}
