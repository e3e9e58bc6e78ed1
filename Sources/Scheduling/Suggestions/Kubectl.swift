import ClusterState
import Kube

extension Change {
  /// Whether it is a change of the pod itself, and so of the template that it is made from.
  var isOfTemplate: Bool {
    switch self {
    case .tolerate, .lowerRequest, .dropNodeSelector, .dropNodeAffinity, .dropPodAffinity, .dropPodAntiAffinity,
      .dropNodeRequirement, .honorTaints, .relaxSpread, .dropHostPort, .specify:
      true
    case .uncordon, .label, .removeLabel, .removeTaint, .repair, .free, .scaleDown, .replaceInPlace, .bindClaim,
      .createClaim,
      .addVolume, .forgetNode, .addNode,
      .raiseQuota:
      false
    }
  }

  /// The commands that make this change; none where there is nothing that a command alone could do.
  func kubectl(_ template: PodTemplateCommands) -> [String] {
    let namespace = "-n \(shellWord(template.origin.namespace))"
    let pod = template.pod
    switch self {
    case .uncordon(let node): return ["kubectl uncordon \(shellWord(node))"]
    case .label(let node, let key, let value, let old):
      return [
        "kubectl label node \(shellWord(node)) \(shellWord("\(key)=\(value)"))" + (old == nil ? "" : " --overwrite")
      ]
    case .removeLabel(let node, let key, _): return ["kubectl label node \(shellWord(node)) \(shellWord("\(key)-"))"]
    case .raiseQuota(_, _, _, _, isPlanned: true): return []
    case .raiseQuota(let quota, let resource, _, let to, _):
      let patch: JSONValue = ["spec": ["hard": .object(SmallMap(uniquing: [(resource, .string(to))]))]]
      return [
        "kubectl -n \(shellWord(quota.namespace)) patch resourcequota \(shellWord(quota.name)) --type=merge -p "
          + shellWord(String(decoding: patch.bytes(), as: UTF8.self))
      ]
    case .removeTaint(let node, let key, let effect):
      return ["kubectl taint node \(shellWord(node)) \(shellWord("\(key):\(effect)-"))"]
    case .repair(let node, _): return ["kubectl describe node \(shellWord(node))"]
    case .free(let node, let pods, let isCordoned): return Self.freeing(node, pods, isCordoned)
    case .scaleDown(let scaling, _): return scaling.kubectl
    case .replaceInPlace(let rollout): return rollout.kubectl
    case .bindClaim(let name), .addVolume(let name): return ["kubectl \(namespace) describe pvc \(shellWord(name))"]
    case .forgetNode(let name):
      return ["kubectl \(namespace) annotate pvc \(shellWord(name)) \(Self.selectedNode)-"]
    case .createClaim(let name): return Self.creating(name, template)
    case .addNode: return []
    case .lowerRequest(let resource, _, _): return template.lines(lowering: resource, by: self)
    case .tolerate(let key, let value, let effect):
      let toleration: JSONValue = [
        "key": .string(key), "operator": "Equal", "value": .string(value), "effect": .string(effect),
      ]
      // Admission adds tolerations to the pod that its template does not have; the template's list is written as a
      // whole, since it may not be there at all.
      let own =
        template.isBarePod
        ? pod.spec.tolerations : pod.spec.tolerations.filter { !$0.key.hasPrefix("node.kubernetes.io/") }
      return template.lines([.init("add", "/tolerations", .array(own.map(\.json) + [toleration]))], canAddToPods: true)
    case .dropNodeSelector(let key):
      return template.lines([.init("remove", "/nodeSelector/\(Self.escaped(key))", nil)])
    case .dropNodeRequirement(let term, let words):
      let terms = pod.spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms ?? []
      guard terms.indices.contains(term) else { return [] }
      let list =
        "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/\(term)"
        + "/matchExpressions"
      let expressions = terms[term].matchExpressions
      // From the last: the numbers of the others stay.
      return template.lines(
        expressions.indices.reversed().filter { expressions[$0].words == words }.map {
          .init("remove", "\(list)/\($0)", nil)
        })
    case .dropNodeAffinity:
      return template.lines([
        .init("remove", "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution", nil)
      ])
    case .dropPodAffinity(let term):
      return template.lines([
        .init("remove", "/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/\(term)", nil)
      ])
    case .dropPodAntiAffinity(let key, let only):
      let terms = pod.spec.affinity?.podAntiAffinity?.required ?? []
      // From the last: the numbers of the others stay.
      return template.lines(
        terms.indices.reversed().filter { terms[$0].isMeant(by: key, only) }.map {
          .init("remove", "/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/\($0)", nil)
        })
    case .honorTaints(let key):
      return template.lines(
        spread(pod, key).map { .init("add", "/topologySpreadConstraints/\($0)/nodeTaintsPolicy", "Honor") })
    case .relaxSpread(let key):
      return template.lines(
        spread(pod, key).map {
          .init("replace", "/topologySpreadConstraints/\($0)/whenUnsatisfiable", "ScheduleAnyway")
        })
    case .specify(let container, let requests, let limits):
      return template.lines(settings: [
        (["-c \(shellWord(container))"] + Self.settings(requests, limits, "=", "=").map { shellWord("--\($0)") })
          .joined(separator: " ")
      ])
    case .dropHostPort(let port):
      var steps: [PodTemplateCommands.PatchStep] = []
      for (index, container) in pod.spec.containers.enumerated() {
        for place in container.ports.indices where container.ports[place].hostPort == port {
          steps.append(.init("remove", "/containers/\(index)/ports/\(place)/hostPort", nil))
        }
      }
      return template.lines(steps)
    }
  }

  /// What to know before making it.
  var remarks: [String] {
    switch self {
    case .tolerate(let key, _, _):
      TaintMeaning(key: key) == .controlPlane
        ? ["the node runs the control plane: a busy pod there can slow the whole cluster down"]
        : ["somebody keeps nodes with taint \(key) for something: see that the pod belongs there"]
    case .repair: ["tolerating the taint would not help: it stands for a state of the node, which has to be cured"]
    case .removeTaint(_, let key, _): ["the node is then open to every pod; whoever has set \(key) had a reason"]
    case .label(let node, let key, _, let old):
      (old.map { ["pods that need \(key)=\($0) can then not be placed on node \(node) any more"] } ?? [])
        + [Self.labelRemark(node, key)]
    case .removeLabel(let node, let key, let value):
      ["pods that need \(key)=\(value) can then not be placed on node \(node) any more"]
    case .raiseQuota(let quota, _, _, _, let isPlanned):
      [
        "whoever set the bound should agree; asking for no more than is left of the quota does as well"
      ] + (isPlanned ? ["quota \(quota.name) is in the manifest: change it there"] : [])
    case .free(let node, let pods, _): Self.deletionRemarks(node, pods)
    case .scaleDown(let scaling, _): scaling.remarks
    case .replaceInPlace(let rollout): rollout.remarks
    case .uncordon: ["whoever has cordoned the node may not be done with it"]
    case .addNode(let node): [node.remark]
    case .createClaim:
      ["how large it must be and of which class is not known here: 1Gi of the default class is an example"]
    case .forgetNode: ["the driver may be making the volume there already: see that no pod uses the claim on that node"]
    case .specify: ["the amounts are examples: take what the container really uses; or a LimitRange gives defaults"]
    case .lowerRequest(let resource, let from, let to) where to < from / 2:
      ["that is less than half of what it asks for: see what it really uses of \(resource) first"]
    default: []
    }
  }

  /// A claim of the default class; nothing where the claim is for a controller to make.
  private static func creating(_ claim: String, _ template: PodTemplateCommands) -> [String] {
    let isEphemeral = template.pod.spec.volumes.contains {
      $0.ephemeral != nil && "\(template.pod.metadata.name)-\($0.name)" == claim
    }
    guard !isEphemeral else { return [] }
    let json: JSONValue = [
      "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": ["name": .string(claim)],
      "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]]],
    ]
    return [
      "printf %s \(shellWord(String(decoding: json.bytes(), as: UTF8.self))) | kubectl -n "
        + "\(shellWord(template.origin.namespace)) create -f -"
    ]
  }

  private static func labelRemark(_ node: String, _ key: String) -> String {
    key.contains("kubernetes.io/")
      ? "label \(key) says where or what node \(node) is: give it only if that is true"
      : "every pod that asks for \(key) may then be placed on node \(node): give it only if it is true"
  }

  /// A pod that is made again while its node has room would come right back: until it has another node, its old one
  /// takes none, and then it takes the one that waits. The new pod may not be there yet when the old one has gone, which
  /// ends `kubectl wait` at once; what makes the pods lacks one until then, which `kubectl rollout status` waits for.
  private static func freeing(_ node: String, _ pods: [LeavingPod], _ isCordoned: Bool) -> [String] {
    var lines = pods.map { "kubectl -n \(shellWord($0.name.namespace)) delete pod \(shellWord($0.name.name))" }
    for pod in pods {
      guard let replacement = pod.replacement else { continue }
      let place = "kubectl -n \(shellWord(pod.name.namespace))"
      let line =
        replacement.rollout.map { "\(place) rollout status \(shellWord($0)) --timeout=120s" }
        ?? "\(place) wait --for=condition=PodScheduled --timeout=60s pod -l \(shellWord(replacement.selector))"
      if !lines.contains(line) { lines.append(line) }
    }
    guard !isCordoned, pods.contains(where: { $0.replacement != nil }) else { return lines }
    return ["kubectl cordon \(shellWord(node))"] + lines + ["kubectl uncordon \(shellWord(node))"]
  }

  private static func deletionRemarks(_ node: String, _ pods: [LeavingPod]) -> [String] {
    var remarks: [String] = []
    let targets = Set(pods.compactMap(\.replacement?.node)).sorted()
    let moved = pods.count { $0.replacement != nil }
    if moved > 0 {
      let places =
        targets.prefix(3).joined(separator: ", ") + (targets.count > 3 ? " and \(targets.count - 3) more" : "")
      remarks.append(
        (moved == 1
          ? "the pod is made again, and node \(places) would take it"
          : "the pods are made again, and \(targets.count == 1 ? "node" : "nodes") \(places) would take them")
          + ": node \(node) takes no pods until then, so that \(moved == 1 ? "it does" : "they do") not come right back"
      )
      remarks.append("kubectl delete asks no disruption budget")
    }
    let lost = pods.filter { $0.replacement == nil }.map(\.name)
    if !lost.isEmpty {
      let names = lost.prefix(3).map { "\($0.namespace)/\($0.name)" }.joined(separator: ", ")
      let more = lost.count > 3 ? " and \(lost.count - 3) more" : ""
      remarks.append(
        lost.count == 1
          ? "pod \(names) has no controller: deleted, it is gone for ever"
          : "pods \(names)\(more) have no controller: deleted, they are gone for ever")
    }
    return remarks
  }

  private func spread(_ pod: Pod, _ key: String) -> [Int] {
    pod.spec.topologySpreadConstraints.indices.filter {
      pod.spec.topologySpreadConstraints[$0].topologyKey == key
        && pod.spec.topologySpreadConstraints[$0].whenUnsatisfiable != "ScheduleAnyway"
    }
  }

  private static func escaped(_ key: String) -> String {
    key.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
      .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
  }
}

extension Toleration {
  fileprivate var json: JSONValue {
    var json: JSONValue = [:]
    for (name, value) in [("key", key), ("operator", self.operator), ("value", value), ("effect", effect)]
    where !value.isEmpty {
      json[name] = .string(value)
    }
    json["tolerationSeconds"] = tolerationSeconds.map { .int($0) }
    return json
  }
}
