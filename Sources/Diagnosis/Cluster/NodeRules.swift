import ClusterState
import Kube

extension Inspection {
  /// Everything that is wrong with a node.
  mutating func inspect(_ node: Node) {
    if let ready = node.status.readyCondition, ready.status != "True" {
      // The network plug-in's pod comes after the node has joined.
      if NetworkPlugin.isAllThatMisses(ready), let created = node.metadata.creationTimestamp,
        !hasPassed(.seconds(90), since: created)
      {
        return
      }
      var sentence: Sentence = "NotReady"
      if let since = ready.lastTransitionTime { sentence = sentence + " for \(lasting: since)" }
      let text = firstLine(ready.message.isEmpty ? ready.reason : ready.message)
      let message = text.hasSuffix(".") ? String(text.dropLast()) : text
      if !message.isEmpty { sentence = "\(sentence): \(message)" }
      var seen = [evidence(node, ready)]
      // The cloud's controller asks the cloud about machines that have fallen silent.
      if let taint = node.spec.taints.first(where: { $0.key == "node.cloudprovider.kubernetes.io/shutdown" }) {
        sentence = sentence + "; the machine is shut down in the cloud"
        seen.append(Evidence(node.reference, "spec.taints", taint.key, at: taint.timeAdded))
      }
      report(
        .nodeNotReady, node, since: ready.lastTransitionTime, sentence, cause: "NotReady: \(ready.reason)",
        evidence: seen)
    } else if node.status.readyCondition == nil, hasPassed(.seconds(60), since: node.metadata.creationTimestamp) {
      report(
        .nodeNotReady, node, since: node.metadata.creationTimestamp, "NotReady: the kubelet has never reported",
        evidence: [Evidence(node.reference, "status.conditions", "none of type Ready")])
    } else {
      inspectLease(of: node)
    }
    for (type, code, text) in Self.troubles {
      guard let condition = node.status.conditions.first(where: { $0.type == type }), condition.status == "True" else {
        continue
      }
      var sentence: Sentence = "\(text)"
      if let since = condition.lastTransitionTime { sentence = sentence + " for \(lasting: since)" }
      report(
        code, node, since: condition.lastTransitionTime, sentence, cause: text, evidence: [evidence(node, condition)])
    }
    for condition in node.status.conditions {
      let isFault =
        Self.detected.contains(condition.type) && condition.status == "True"
        || Self.expected.contains(condition.type) && condition.status == "False"
      guard isFault else { continue }
      // Of `NetworkingReady` the word alone would say the opposite.
      let word = condition.status == "True" ? condition.type : "\(condition.type) is False, \(condition.reason)"
      var sentence: Sentence = "\(word)"
      if let since = condition.lastTransitionTime { sentence = sentence + " for \(lasting: since)" }
      let message = firstLine(condition.message)
      report(
        .nodeProblem, node, since: condition.lastTransitionTime,
        message.isEmpty ? sentence : "\(sentence): \(message)", cause: word,
        evidence: [evidence(node, condition)])
    }
    if let cordon = CordonFacts(node) {
      var seen = [Evidence(node.reference, "spec.unschedulable", "true", at: cordon.since)]
      if !cordon.user.isEmpty {
        seen.append(
          Evidence(node.reference, "metadata.annotations[\(CordonNote.byKey)]", cordon.user, at: cordon.notedAt))
      }
      report(
        .nodeCordoned, node, since: cordon.since, cordon.sentence(), cause: "cordoned", evidence: seen)
    }
  }

  /// What node-problem-detector reports of a node that is Ready all the same.
  private static let detected: Set = [
    "ReadonlyFilesystem", "KernelDeadlock", "CorruptDockerOverlay2", "FrequentKubeletRestart",
    "FrequentContainerdRestart", "FrequentDockerRestart", "FrequentUnregisterNetDevice", "XfsShutdown",
    "CperHardwareErrorFatal",
  ]

  /// What EKS' monitoring agent reports of a node: all is well as long as they are True.
  private static let expected: Set = [
    "AcceleratedHardwareReady", "ContainerRuntimeReady", "KernelReady", "NetworkingReady", "StorageReady",
  ]

  private static let troubles: [(type: String, code: FindingCode, text: String)] = [
    ("MemoryPressure", .nodeMemoryPressure, "short of memory, evicts pods"),
    ("DiskPressure", .nodeDiskPressure, "short of disk space, evicts pods and deletes images"),
    ("PIDPressure", .nodePIDPressure, "short of process ids"),
    ("NetworkUnavailable", .nodeNetworkUnavailable, "pod network is not set up"),
  ]

  private func evidence(_ node: Node, _ condition: NodeCondition) -> Evidence {
    Evidence(
      node.reference, "status.conditions[\(condition.type)]",
      "\(condition.status) \(condition.reason): \(condition.message)", at: condition.lastTransitionTime)
  }

  /// A lease that is not renewed shows a dead kubelet before the node controller says so. Half a minute more than the
  /// lease allows for clocks that differ.
  private mutating func inspectLease(of node: Node) {
    guard let lease = state.get(Lease.self, namespace: "kube-node-lease", name: node.metadata.name),
      let renewed = lease.spec.renewTime
    else { return }
    let allowed = Int64(min(max(10, lease.spec.leaseDurationSeconds ?? 40), 3600)) + 30
    guard hasPassed(.seconds(allowed), since: renewed) else { return }
    // Where none was renewed since, it is the leases of a capture that are older than the rest of it.
    let leases = nodeLeases
    guard leases.count == 1 || leases.newest.map({ now.since($0) <= .seconds(allowed) }) ?? false else { return }
    report(
      .nodeLeaseStale, node, since: renewed, "lease not renewed for \(lasting: renewed)",
      cause: "lease not renewed", evidence: [Evidence(lease.reference, "spec.renewTime", "\(renewed)", at: renewed)])
  }
}
