import ClusterState
import Kube

extension Change {
  /// The commands that make this change; none where there is nothing that a command alone could do.
  func kubectl(_ origin: PodOrigin, _ pod: Pod, _ snapshot: ClusterSnapshot) -> [String] {
    let namespace = "-n \(origin.namespace)"
    switch self {
    case .uncordon(let node): return ["kubectl uncordon \(node)"]
    case .label(let node, let key, let value): return ["kubectl label node \(node) \(key)=\(value)"]
    case .removeTaint(let node, let key, let effect): return ["kubectl taint node \(node) \(key):\(effect)-"]
    case .repair(let node, _): return ["kubectl describe node \(node)"]
    case .free(_, let pods): return pods.map { "kubectl -n \($0.namespace) delete pod \($0.name)" }
    case .bindClaim(let name), .addVolume(let name): return ["kubectl \(namespace) describe pvc \(name)"]
    case .createClaim, .addNode: return []
    case .lowerRequest(let resource, _, _):
      var changed = pod
      var unused = snapshot
      apply(to: &changed, &unused, template: nil)
      var commands: [String] = []
      for (old, new) in zip(
        pod.spec.containers + pod.spec.initContainers, changed.spec.containers + changed.spec.initContainers)
      {
        guard let amount = new.resources.requests[resource], amount != old.resources.requests[resource] else {
          continue
        }
        commands.append(
          "kubectl \(namespace) set resources \(origin.kind)/\(origin.name) -c \(new.name) --requests=\(resource)=\(amount.text)"
        )
      }
      return commands
    case .tolerate(let key, let value, let effect):
      let toleration: JSONValue = [
        "key": .string(key), "operator": "Equal", "value": .string(value), "effect": .string(effect),
      ]
      // Admission adds tolerations to the pod that its template does not have; the template's list is written as a
      // whole, since it may not be there at all.
      let own =
        origin.kind == "pod"
        ? pod.spec.tolerations : pod.spec.tolerations.filter { !$0.key.hasPrefix("node.kubernetes.io/") }
      return [patch(origin, "add", "/tolerations", .array(own.map(\.json) + [toleration]))]
    case .dropNodeSelector(let key):
      let escaped = key.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
        .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
      return [patch(origin, "remove", "/nodeSelector/\(escaped)", nil)]
    case .dropNodeAffinity:
      return [patch(origin, "remove", "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution", nil)]
    case .dropPodAffinity(let term):
      return [
        patch(origin, "remove", "/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/\(term)", nil)
      ]
    case .dropPodAntiAffinity(let key):
      let terms = pod.spec.affinity?.podAntiAffinity?.required ?? []
      // From the last: the numbers of the others stay.
      return terms.indices.reversed().filter { terms[$0].topologyKey == key }.map {
        patch(origin, "remove", "/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/\($0)", nil)
      }
    case .honorTaints(let key):
      return spread(pod, key).map {
        patch(origin, "add", "/topologySpreadConstraints/\($0)/nodeTaintsPolicy", "Honor")
      }
    case .relaxSpread(let key):
      return spread(pod, key).map {
        patch(origin, "replace", "/topologySpreadConstraints/\($0)/whenUnsatisfiable", "ScheduleAnyway")
      }
    case .dropHostPort(let port):
      var commands: [String] = []
      for (index, container) in pod.spec.containers.enumerated() {
        for place in container.ports.indices.reversed() where container.ports[place].hostPort == port {
          commands.append(patch(origin, "remove", "/containers/\(index)/ports/\(place)/hostPort", nil))
        }
      }
      return commands
    }
  }

  private func spread(_ pod: Pod, _ key: String) -> [Int] {
    pod.spec.topologySpreadConstraints.indices.filter {
      pod.spec.topologySpreadConstraints[$0].topologyKey == key
        && pod.spec.topologySpreadConstraints[$0].whenUnsatisfiable != "ScheduleAnyway"
    }
  }

  private func patch(_ origin: PodOrigin, _ operation: String, _ path: String, _ value: JSONValue?) -> String {
    let root =
      switch origin.kind {
      case "pod": "/spec"
      case "cronjob": "/spec/jobTemplate/spec/template/spec"
      default: "/spec/template/spec"
      }
    var step: JSONValue = ["op": .string(operation), "path": .string(root + path)]
    step["value"] = value
    let text = String(decoding: JSONValue.array([step]).bytes(), as: UTF8.self)
    // A single quote cannot stand within single quotes; text from the cluster must not become a command.
    let quoted = text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    return "kubectl -n \(origin.namespace) patch \(origin.kind) \(origin.name) --type=json -p '\(quoted)'"
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
