import Kube

/// What binds pods to nodes and to each other: selectors, affinity, tolerations, spread.
extension RandomCluster {
  mutating func nodeSelector() -> JSONValue {
    var selector: JSONValue = [:]
    for key in some(["disk", "topology.kubernetes.io/zone", "generation", "rack", "nowhere"], 1...2) {
      selector[key] = .string(value(of: key))
    }
    return selector
  }

  mutating func value(of key: String) -> String {
    switch key {
    case "disk": pick(["ssd", "hdd", ""])
    case "topology.kubernetes.io/zone": pick(Self.zones)
    case "generation": pick(["1", "2", "5", "10"])
    case "rack": pick(["1", "2"])
    case "kubernetes.io/hostname": pick(nodes)
    default: "v"
    }
  }

  mutating func nodeTerm(withFields: Bool = false) -> JSONValue {
    var term: JSONValue = [:]
    let expressions = pick([0, 1, 1, 2])
    if expressions > 0 { term["matchExpressions"] = .array((0..<expressions).map { _ in nodeRequirement() }) }
    if withFields, chance(20) {
      term["matchFields"] = [
        ["key": "metadata.name", "operator": .string(pick(["In", "In", "NotIn"])), "values": [.string(pick(nodes))]]
      ]
    }
    return term
  }

  mutating func nodeRequirement() -> JSONValue {
    let key = pick(["disk", "topology.kubernetes.io/zone", "generation", "rack", "kubernetes.io/hostname", "nowhere"])
    let name = pick(["In", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"])
    var requirement: JSONValue = ["key": .string(key), "operator": .string(name)]
    switch name {
    case "In", "NotIn": requirement["values"] = .array((0..<pick([1, 2])).map { _ in .string(value(of: key)) })
    case "Gt", "Lt": requirement["values"] = [.string(pick(["1", "4", "-5", "9"]))]
    default: break
    }
    return requirement
  }

  mutating func toleration() -> JSONValue {
    switch pick([0, 1, 2, 3]) {
    case 0: return ["operator": "Exists"]
    case 1:
      var toleration: JSONValue = ["key": .string(pick(["dedicated", "gpu"])), "operator": "Exists"]
      if chance(50) { toleration["effect"] = .string(pick(["NoSchedule", "NoExecute"])) }
      return toleration
    case 2: return ["key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "NoSchedule"]
    default:
      var toleration: JSONValue = [
        "key": .string(pick(["dedicated", "gpu"])), "value": .string(pick(["", "a", "b"])),
      ]
      if chance(60) { toleration["effect"] = "NoSchedule" }
      return toleration
    }
  }

  mutating func labelSelector() -> JSONValue {
    switch pick([0, 0, 0, 1, 1, 2]) {
    case 0: return ["matchLabels": ["app": .string(pick(["web", "db", "cache"]))]]
    case 1:
      let name = pick(["In", "NotIn", "Exists", "DoesNotExist"])
      var expression: JSONValue = ["key": .string(pick(["app", "tier"])), "operator": .string(name)]
      if name.hasSuffix("In") {
        expression["values"] = .array(some(["web", "db", "front"], 1...2).map { .string($0) })
      }
      return ["matchExpressions": [expression]]
    default: return [:]
    }
  }

  mutating func podTerm() -> JSONValue {
    var term: JSONValue = [
      "topologyKey": .string(
        pick(["kubernetes.io/hostname", "kubernetes.io/hostname", "topology.kubernetes.io/zone", "rack"]))
    ]
    if !chance(5) { term["labelSelector"] = labelSelector() }
    if chance(25) { term["namespaces"] = .array(some(Self.namespaces + ["nowhere"], 1...2).map { .string($0) }) }
    return term
  }

  mutating func spread(_ key: String) -> JSONValue {
    var constraint: JSONValue = [
      "maxSkew": .int(pick([1, 1, 2])), "topologyKey": .string(key),
      "whenUnsatisfiable": .string(pick(["DoNotSchedule", "DoNotSchedule", "DoNotSchedule", "ScheduleAnyway"])),
    ]
    if !chance(5) { constraint["labelSelector"] = labelSelector() }
    return constraint
  }
}
