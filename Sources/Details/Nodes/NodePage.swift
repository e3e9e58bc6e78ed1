import ClusterState
import Diagnosis
import Kube

extension Page {
  /// A node in the order of `kubectl describe node`; `pods` are those bound to it, nil when pods are not read.
  mutating func node(_ node: JSONValue, pods: [Pod]?) {
    let (spec, status) = (node.at("spec"), node.at("status"))
    section("Node") { page in
      page.identity(node)
      let prefix = "node-role.kubernetes.io/"
      let roles = node.members("metadata", "labels").map(\.key).filter { $0.hasPrefix(prefix) }
        .map { String($0.dropFirst(prefix.count)) }
      page.addOrNone("Roles", roles.joined(separator: ","))
      page.metadata(node)
      page.add("Taints", all: spec.list("taints").map(page.taintText))
      page.add("Unschedulable", page.cordonText(node), spec["unschedulable"] == true ? .notice : .plain)
      for address in status.list("addresses") { page.add(address.text("type"), address.text("address")) }
      page.addSet("PodCIDRs", spec.list("podCIDRs").texts.joined(separator: ","))
      page.addSet("ProviderID", spec.text("providerID"))
    }
    section("Conditions") { page in
      page.table(
        ["Type", "Status", "Heartbeat", "Changed", "Reason", "Message"],
        status.list("conditions").map { condition in
          let (type, word) = (condition.text("type"), condition.text("status"))
          let isGood = word == (type == "Ready" ? "True" : "False")
          return (
            [
              type, word, page.age(condition.time("lastHeartbeatTime")), page.age(condition.time("lastTransitionTime")),
              condition.text("reason"), condition.text("message"),
            ], isGood ? .plain : word == "Unknown" ? .unknown : type == "Ready" ? .critical : .warning
          )
        })
    }
    section("System Info") { page in
      for (label, member) in [
        ("Kernel Version", "kernelVersion"), ("OS Image", "osImage"), ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"), ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"), ("Machine ID", "machineID"), ("Boot ID", "bootID"),
      ] {
        page.addSet(label, status.text("nodeInfo", member))
      }
    }
    allocation(status, pods: pods)
  }

  /// `true for 3h, by alice as its annotation says`, or `false`.
  private func cordonText(_ node: JSONValue) -> String {
    let spec = node.at("spec")
    guard spec["unschedulable"] == true else { return "false" }
    let taint = spec.list("taints").first { $0.text("key") == "node.kubernetes.io/unschedulable" }
    let facts = CordonFacts(
      user: node.text("metadata", "annotations", CordonNote.byKey),
      notedAt: node.text("metadata", "annotations", CordonNote.atKey), since: taint?.time("timeAdded"))
    return facts.sentence("true").text(now: now)
  }

  /// `dedicated=db:NoSchedule`, with the time since which it evicts.
  private func taintText(_ taint: JSONValue) -> String {
    let value = taint.text("value")
    let added = taint.time("timeAdded").map { " (for \(age($0)))" } ?? ""
    return "\(taint.text("key"))\(value.isEmpty ? "" : "=\(value)"):\(taint.text("effect"))\(added)"
  }
}
