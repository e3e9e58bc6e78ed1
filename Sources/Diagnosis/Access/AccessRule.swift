import ClusterState
import Kube

/// One thing that somebody may do: verbs on a resource, or on paths of the server.
public struct AccessRule: Sendable, Hashable {
  /// `pods`, `deployments.apps`, `pods/log`, `*`; or a path such as `/healthz`.
  public var resource: String
  /// The only objects that it holds for; empty for all.
  public var names: [String]
  /// `get`, `list` and so on, `*` for all, in the order of the rule.
  public var verbs: [String]
  /// The only namespace that it holds in; nil for all.
  public var namespace: String?
  /// What gives it: `ClusterRole view, by RoleBinding readers`; "" when the server does not say.
  public var source: String

  /// The rules that one rule of a role stands for, a resource each.
  static func all(of rule: PolicyRule, namespace: String?, source: String) -> [AccessRule] {
    let groups = rule.apiGroups.isEmpty ? [""] : rule.apiGroups
    let resources = rule.resources.flatMap { resource in
      groups.map { group in
        guard !group.isEmpty, group != "*" || resource != "*" else { return resource }
        // The group belongs to the resource, not to its part: pods/log, deployments.apps/scale.
        let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
        return parts.count > 1 ? "\(parts[0]).\(group)/\(parts[1])" : "\(resource).\(group)"
      }
    }
    return (resources + rule.nonResourceURLs).map {
      AccessRule(resource: $0, names: rule.resourceNames, verbs: rule.verbs, namespace: namespace, source: source)
    }
  }

  /// The rules in the status of a SelfSubjectRulesReview for a namespace.
  public static func all(ofReview review: JSONValue, namespace: String) -> [AccessRule] {
    func strings(_ value: JSONValue?) -> [String] { (value?.array ?? []).compactMap(\.string) }
    func rules(_ name: String) -> [PolicyRule] {
      (review[path: "status", name]?.array ?? []).map { json in
        var rule = PolicyRule()
        rule.verbs = strings(json["verbs"])
        rule.apiGroups = strings(json["apiGroups"])
        rule.resources = strings(json["resources"])
        rule.resourceNames = strings(json["resourceNames"])
        rule.nonResourceURLs = strings(json["nonResourceURLs"])
        return rule
      }
    }
    return merged(
      rules("resourceRules").flatMap { all(of: $0, namespace: namespace, source: "") }
        + rules("nonResourceRules").flatMap { all(of: $0, namespace: nil, source: "") })
  }

  /// One rule for what differs in the verbs only.
  static func merged(_ rules: [AccessRule]) -> [AccessRule] {
    var places: [AccessRule: Int] = [:]
    var result: [AccessRule] = []
    for rule in rules {
      var key = rule
      key.verbs = []
      if let place = places[key] {
        result[place].verbs += rule.verbs.filter { !result[place].verbs.contains($0) }
      } else {
        places[key] = result.count
        result.append(rule)
      }
    }
    return result
  }
}
