import Kube

/// The part of a plugin that looks at nodes, one by one, after it has looked at the pod.
protocol NodeFilter {
  func verdict(on node: NodeState) -> Verdict
}

/// What a plugin says after it has looked at the pod and before it looks at any node (PreFilter).
enum Preparation {
  /// The pod asks for nothing that the plugin looks at.
  case skip
  /// Nodes have to be looked at.
  case filter(any NodeFilter)
  /// No node whatever can take the pod.
  case fail(Reason)
  /// Nobody can say here, for this reason.
  case unknown(String)
}

/// The pod that is to be placed, with what the filters need of it.
struct Incoming {
  let pod: Pod
  let facts: PodFacts
  let snapshot: ClusterSnapshot

  var rules: SchedulerRules { snapshot.rules }
  var namespace: String { pod.metadata.namespace }

  init(_ pod: Pod, in snapshot: ClusterSnapshot) {
    self.pod = pod
    self.snapshot = snapshot
    facts = PodFacts(pod, rules: snapshot.rules)
  }

  /// Why kinds are not known completely; nil when all are.
  func gap(_ kinds: ClusterSnapshot.Kind...) -> String? {
    for kind in kinds { if let reason = snapshot.gaps[kind] { return reason } }
    return nil
  }

  /// A verdict that may rest on pods that are not known: with more pods a refusal would stay one, a pass might not.
  func orUnknown(_ verdict: Verdict, _ kinds: ClusterSnapshot.Kind...) -> Verdict {
    guard verdict == .pass else { return verdict }
    for kind in kinds { if let reason = snapshot.gaps[kind] { return .unknown(reason) } }
    return verdict
  }

  func tolerates(_ taint: Taint) -> Bool { pod.spec.tolerations.contains { $0.tolerates(taint) } }
}

extension Toleration {
  /// Whether the taint does not keep a pod with this toleration away. (core/v1 `Toleration.ToleratesTaint`)
  func tolerates(_ taint: Taint) -> Bool {
    if !effect.isEmpty, effect != taint.effect { return false }
    if !key.isEmpty, key != taint.key { return false }
    switch self.operator {
    case "", "Equal": return value == taint.value
    case "Exists": return true
    default: return false
    }
  }

  /// Whether it compares numbers, which a scheduler does only where that is switched on.
  var comparesNumbers: Bool { self.operator == "Lt" || self.operator == "Gt" }

  /// Whether the taint would be tolerated where numbers are compared.
  func mayTolerate(_ taint: Taint) -> Bool {
    guard comparesNumbers, effect.isEmpty || effect == taint.effect, key.isEmpty || key == taint.key,
      let there = Int64(taint.value), let bound = Int64(value)
    else { return false }
    return self.operator == "Lt" ? there < bound : there > bound
  }

  /// `key=value:Effect`, `key>5` or `any`: what is tolerated, as people write it.
  var shortText: String {
    let key = key.isEmpty ? "any" : key
    let value =
      switch self.operator {
      case "Exists": ""
      case "Lt": "<\(value)"
      case "Gt": ">\(value)"
      default: value.isEmpty ? "" : "=\(value)"
      }
    return key + value + (effect.isEmpty ? "" : ":\(effect)")
  }
}
