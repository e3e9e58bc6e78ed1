import ClusterState
import Kube

extension Draft {
  mutating func planCordon(_ cordons: Bool) {
    set(["spec", "unschedulable"], cordons ? true : nil)
    let isCordoned = object[path: "spec", "unschedulable"]?.bool == true
    // A node that is cordoned keeps the note of whoever has cordoned it.
    if !cordons || !isCordoned { noteCordon(cordons) }
    title = cordons ? "cordon the node" : "uncordon the node"
    kubectl = ["kubectl \(cordons ? "cordon" : "uncordon") \(target.name)"]
    wait = RemedyWait(condition: .schedulable(target, !cordons), deadline: .seconds(60))
    if let doubt = scene.doubt(about: Node.self) {
      warn(.note, "how many other nodes take pods cannot be told: \(doubt)")
    } else if cordons {
      let others = scene.state.all(Node.self).filter { $0.metadata.name != target.name }
      let takers = others.count(where: \.takesAnyPod)
      let rest = others.count - takers
      warn(
        .note,
        "pods that run here stay; new ones go to \(takers) other node\(takers == 1 ? "" : "s")"
          + (rest > 0 ? " (\(rest) more are cordoned, not ready or tainted)" : ""))
      if takers == 0 { warn(.danger, "no other node takes pods that tolerate nothing: new ones stay Pending") }
    } else {
      warn(.note, "pending pods may be placed here at once; whoever has cordoned the node may have had a reason")
    }
  }

  /// Who cordons the node, and when, in the same patch. Notes of an earlier cordon go: who had cordoned the node, and
  /// which drain, is true of an open node no more.
  private mutating func noteCordon(_ cordons: Bool) {
    let note: [(String, JSONValue)] = [
      (CordonNote.byKey, .string(scene.user)), (CordonNote.atKey, .string(scene.now.description)),
    ]
    guard case .object(let annotations)? = object[path: "metadata", "annotations"] else {
      // In one edit, so that taking it back looks at what all of them have made.
      if cordons { set(["metadata", "annotations"], .object(SmallMap(uniquing: note))) }
      return
    }
    let kept = cordons ? note : []
    for (key, value) in kept { set(["metadata", "annotations", .member(key)], value) }
    for entry in annotations.entries
    where entry.0.hasPrefix(CordonNote.prefix) && !kept.contains(where: { $0.0 == entry.0 }) {
      set(["metadata", "annotations", .member(entry.0)], nil)
    }
  }

  mutating func planRemoveTaint() throws(RemedyRefusal) {
    let key = text("key") ?? ""
    let effect = text("effect")
    let taints = object[path: "spec", "taints"]?.array ?? []
    let matching = taints.indices.filter {
      taints[$0]["key"]?.string == key && (effect == nil || taints[$0]["effect"]?.string == effect)
    }
    guard !matching.isEmpty else {
      let present = taints.map { "\($0["key"]?.string ?? ""):\($0["effect"]?.string ?? "")" }
      throw refusal(
        .missing,
        "\(target.shortName) has no taint \(key)\(effect.map { ":\($0)" } ?? "")"
          + (present.isEmpty ? "" : ": it has \(present.joined(separator: ", "))"))
    }
    for index in matching.reversed() { set(["spec", "taints", .index(index)], nil) }
    title = "remove the taint \(key)\(effect.map { ":\($0)" } ?? "")"
    kubectl = ["kubectl taint node \(target.name) \(key)\(effect.map { ":\($0)" } ?? "")-"]
    wait = RemedyWait(
      condition: .untainted(target, key: key, effect: effect), steadiness: .seconds(10), deadline: .seconds(60))
    switch key {
    case "node.kubernetes.io/unschedulable":
      throw refusal(.unsuitable, "the taint \(key) follows from a cordon: uncordon the node instead")
    case _ where key.hasPrefix("node.kubernetes.io/") && key != "node.kubernetes.io/out-of-service":
      warn(.danger, "a condition of the node sets this taint, and sets it again: cure the condition instead")
    case "node.cloudprovider.kubernetes.io/uninitialized":
      warn(
        .danger, "the cloud controller manager removes it when it has prepared the node; without it volumes may fail")
    case "node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master":
      warn(.warning, "ordinary pods may then run on a node of the control plane")
    default: warn(.note, "pods that do not tolerate it may then be placed here")
    }
  }

  mutating func planOutOfService() throws(RemedyRefusal) {
    let conditions = object[path: "status", "conditions"]?.array ?? []
    if conditions.contains(where: { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }) {
      throw refusal(.unsuitable, "\(target.shortName) is Ready: only a node that is powered off is out of service")
    }
    let key = "node.kubernetes.io/out-of-service"
    let taint: JSONValue = ["key": .string(key), "value": "nodeshutdown", "effect": "NoExecute"]
    if !(object[path: "spec", "taints"]?.array ?? []).contains(where: { $0["key"]?.string == key }) {
      set(["spec", "taints", .end], taint)
    }
    title = "declare it out of service"
    kubectl = ["kubectl taint node \(target.name) \(key)=nodeshutdown:NoExecute"]
    let pods = scene.state.pods(onNode: target.name).filter { !$0.isTerminal }.count
    warn(.danger, "its \(pods) pods are deleted by force and its volumes detached")
    warn(.danger, "if the machine still runs, two machines may write to one volume: be sure that it is powered off")
    warn(.warning, "remove the taint when the node is back")
  }

  mutating func planLabelNode() {
    let key = text("key") ?? ""
    set(["metadata", "labels", .member(key)], text("value").map { .string($0) })
    title = text("value").map { "label the node \(key)=\($0)" } ?? "remove the label \(key)"
    kubectl = [
      "kubectl label node \(target.name) --overwrite \(ShellText.quoted(text("value").map { "\(key)=\($0)" } ?? "\(key)-"))"
    ]
    if key.hasPrefix("kubernetes.io/") || key.hasPrefix("node.kubernetes.io/")
      || key.hasPrefix("topology.kubernetes.io/")
    {
      warn(.warning, "the kubelet or the cloud controller sets this label, and may set it again")
    }
  }
}
