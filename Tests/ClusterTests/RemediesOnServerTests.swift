import ClusterState
import Kube
import Remedies
import Session
import TestSupport
import Testing

/// Remedies for storage, budgets and Services on a real API server: that it accepts what they send, what it makes of it,
/// and what it refuses.
@Suite(.requiresControlPlane) struct RemediesOnServerTests {
  private func reference(_ kind: String, _ apiVersion: String, _ namespace: String, _ name: String) -> ObjectReference {
    var reference = ObjectReference()
    reference.kind = kind
    reference.apiVersion = apiVersion
    reference.namespace = namespace
    reference.name = name
    return reference
  }

  /// Carries an order out as far as it goes without waiting for what follows.
  private func apply(_ order: RemedyOrder, _ live: LiveSession) async throws -> RemedyRun {
    live.session.setNeeds(Set(order.needs.map { Subscription($0.resource) }))
    func isRead(_ type: any KubeObject.Type) -> Bool {
      switch live.freshness(type.resource) {
      case nil, .unread, .loading: false
      default: true
      }
    }
    try await live.run(until: { order.needs.allSatisfy(isRead) }, "not everything is read for \(order.commandLine)")
    let journal = MemoryJournal()
    let execution = RemedyExecution(order, session: live.session, journal: journal)
    live.session.onChange = { [weak execution] in execution?.clusterChanged() }
    execution.start()
    try await live.run(
      until: { execution.run.phase == .confirming || execution.run.outcome != nil }, "\(execution.run.phase)")
    if case .name(let name)? = execution.run.remedy?.confirmation {
      execution.reply(name)
    } else {
      execution.reply("y")
    }
    try await live.run(
      until: { if case .waiting = execution.run.phase { true } else { execution.run.outcome != nil } },
      "\(order.commandLine): \(execution.run.phase)")
    execution.leave()
    execution.close()
    return execution.run
  }

  @Test func storageBudgetsAndPorts() async throws {
    let cluster = try await ControlPlane.shared()
    let namespace = try await cluster.makeNamespace("server-remedies")
    let storage = "slow-\(namespace)"
    try await cluster.kubectl(
      "create", "-f", "-",
      input: """
        {"apiVersion": "v1", "kind": "List", "items": [
         {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "\(storage)"},
          "provisioner": "example.com/none", "reclaimPolicy": "Retain"},
         {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv-\(namespace)"},
          "spec": {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "\(storage)",
                   "persistentVolumeReclaimPolicy": "Retain", "hostPath": {"path": "/nowhere"},
                   "claimRef": {"namespace": "\(namespace)", "name": "data"}}},
         {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "\(namespace)"},
          "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "\(storage)",
                   "resources": {"requests": {"storage": "5Gi"}}}},
         {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
          "metadata": {"name": "waits", "namespace": "\(namespace)",
                       "annotations": {"volume.kubernetes.io/selected-node": "gone"}},
          "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "\(storage)",
                   "resources": {"requests": {"storage": "1Gi"}}}},
         {"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget",
          "metadata": {"name": "strict", "namespace": "\(namespace)"},
          "spec": {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "web"}}}},
         {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "\(namespace)"},
          "spec": {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": 8080},
                                                         {"name": "metrics", "port": 90, "targetPort": 9090}]}}]}
        """)
    @Sendable func field(_ object: String, _ path: String) async throws -> String {
      try await cluster.kubectl("-n", namespace, "get", object, "-o", "jsonpath={\(path)}")
    }
    try await eventually("the claim is not bound") { try await field("pvc/data", ".status.phase") == "Bound" }
    let live = try LiveSession(cluster)
    try await live.discover()
    let claim = reference("PersistentVolumeClaim", "v1", namespace, "data")
    let size = ".spec.resources.requests.storage"

    // A class that does not allow it, the class mended, and then the claim.
    let early = try await apply(RemedyOrder(.expandClaim, claim, ["size": "8Gi"]), live)
    #expect(early.outcome?.word == "refused", "\(early.phase)")
    #expect(early.outcome?.sentence.contains("allow-volume-expansion") == true)
    let allowed = try await apply(
      RemedyOrder(.allowVolumeExpansion, reference("StorageClass", "storage.k8s.io/v1", "", storage)), live)
    #expect(allowed.outcome == .succeeded, "\(allowed.phase)")
    #expect(try await cluster.kubectl("get", "sc", storage, "-o", "jsonpath={.allowVolumeExpansion}") == "true")
    try await live.run(
      until: { live.state.get(StorageClass.self, name: storage)?.allowVolumeExpansion == true }, "not seen")
    let expanded = try await apply(RemedyOrder(.expandClaim, claim, ["size": "8Gi"]), live)
    #expect(expanded.outcome?.word == "not-awaited", "\(expanded.phase)")
    #expect(try await field("pvc/data", size) == "8Gi")
    // An old server does not take it back; that is its own sentence and nothing is changed.
    let lowered = try await apply(RemedyOrder(.lowerClaim, claim, ["size": "6Gi"]), live)
    #expect(lowered.outcome?.word == "rejected", "\(lowered.phase)")
    #expect(try await field("pvc/data", size) == "8Gi")

    let waits = try await apply(
      RemedyOrder(.clearSelectedNode, reference("PersistentVolumeClaim", "v1", namespace, "waits")), live)
    #expect(waits.outcome?.changedCluster == true, "\(waits.phase)")
    #expect(try await field("pvc/waits", ".metadata.annotations.volume\\.kubernetes\\.io/selected-node") == "")

    // The one would take the volume of the other as soon as it is free.
    try await cluster.kubectl("-n", namespace, "delete", "pvc", "data", "waits", "--wait=true")
    try await eventually("the volume is not released") {
      try await field("pv/pv-\(namespace)", ".status.phase") == "Released"
    }
    let cleared = try await apply(
      RemedyOrder(.clearClaimReference, reference("PersistentVolume", "v1", "", "pv-\(namespace)")), live)
    #expect(cleared.outcome?.changedCluster == true, "\(cleared.phase)")
    try await eventually("the volume is not available") {
      try await field("pv/pv-\(namespace)", ".status.phase") == "Available"
    }

    let budget = try await apply(
      RemedyOrder(
        .patchBudget, reference("PodDisruptionBudget", "policy/v1beta1", namespace, "strict"), ["min-available": "50%"]),
      live)
    #expect(budget.outcome?.changedCluster == true, "\(budget.phase)")
    #expect(
      try await field("pdb/strict", ".spec") == #"{"minAvailable":"50%","selector":{"matchLabels":{"app":"web"}}}"#)
    let undo = try #require(budget.undo)
    let back = try await apply(undo, live)
    #expect(back.outcome?.changedCluster == true, "\(back.phase)")
    #expect(try await field("pdb/strict", ".spec.maxUnavailable") == "0")

    let service = reference("Service", "v1", namespace, "web")
    let ports = try await apply(RemedyOrder(.setTargetPort, service, ["port": "metrics", "target-port": "web"]), live)
    #expect(ports.outcome?.changedCluster == true, "\(ports.phase)")
    #expect(try await field("svc/web", ".spec.ports[*].targetPort") == "8080 web")
    let selector = try await apply(RemedyOrder(.patchServiceSelector, service, ["selector": "app=shop,tier=a"]), live)
    #expect(selector.outcome?.changedCluster == true, "\(selector.phase)")
    #expect(try await field("svc/web", ".spec.selector") == #"{"app":"shop","tier":"a"}"#)
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
    try await cluster.kubectl("delete", "pv/pv-\(namespace)", "sc/\(storage)", "--wait=false")
  }
}
