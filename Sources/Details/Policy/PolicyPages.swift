import Kube

extension Page {
  /// A PodDisruptionBudget.
  mutating func budget(_ object: JSONValue) {
    let (spec, status) = (object.at("spec"), object.at("status"))
    section("PodDisruptionBudget") { page in
      page.identity(object)
      page.metadata(object)
      if spec.has("minAvailable") { page.add("Min available", spec.text("minAvailable")) }
      if spec.has("maxUnavailable") { page.add("Max unavailable", spec.text("maxUnavailable")) }
      page.addOrNone("Selector", selectorText(spec.at("selector")))
      page.addSet("Unhealthy Pod Eviction", spec.text("unhealthyPodEvictionPolicy"))
      let allowed = status.number("disruptionsAllowed") ?? 0
      page.add("Allowed disruptions", "\(allowed)", allowed > 0 ? .plain : .notice)
      page.add("Current", "\(status.number("currentHealthy") ?? 0)")
      page.add("Desired", "\(status.number("desiredHealthy") ?? 0)")
      page.add("Total", "\(status.number("expectedPods") ?? 0)")
      page.observed(object)
    }
    conditionSection(status)
  }

  /// A HorizontalPodAutoscaler.
  mutating func autoscaler(_ object: JSONValue) {
    let (spec, status) = (object.at("spec"), object.at("status"))
    section("HorizontalPodAutoscaler") { page in
      page.identity(object)
      page.metadata(object)
      page.add("Reference", "\(spec.text("scaleTargetRef", "kind"))/\(spec.text("scaleTargetRef", "name"))")
      let current = status.list("currentMetrics")
      page.group("Metrics (current / target)", mark: .plain) { page in
        for (index, metric) in spec.list("metrics").enumerated() {
          let now = index < current.count ? current[index] : .null
          page.add(
            Page.metricName(metric), "\(Page.metricValue(now, "current")) / \(Page.metricValue(metric, "target"))")
        }
      }
      if let target = spec.number("targetCPUUtilizationPercentage") {
        // autoscaling/v1
        let met = status.number("currentCPUUtilizationPercentage").map { "\($0)%" } ?? "<unknown>"
        page.add("CPU (current / target)", "\(met) / \(target)%")
      }
      page.add("Min replicas", "\(spec.number("minReplicas") ?? 1)")
      page.add("Max replicas", spec.text("maxReplicas"))
      let (have, want) = (status.number("currentReplicas") ?? 0, status.number("desiredReplicas") ?? 0)
      page.add("Pods", "\(have) current / \(want) desired", have == want ? .plain : .notice)
      page.add("Last Scale", time: status.time("lastScaleTime"))
      page.group("Behavior", mark: .plain) { page in
        page.scalingRules("Scale Up", spec.at("behavior", "scaleUp"))
        page.scalingRules("Scale Down", spec.at("behavior", "scaleDown"))
      }
    }
    conditionSection(status, neutral: ["ScalingLimited"])
  }

  /// How fast an autoscaler may go in one direction.
  private mutating func scalingRules(_ label: String, _ rules: JSONValue) {
    guard rules.object != nil else { return }
    group(label, mark: .plain) { page in
      page.addSet(
        "Stabilization Window", rules.number("stabilizationWindowSeconds").map { "\($0) seconds" } ?? "")
      page.addSet("Tolerance", rules.text("tolerance"))
      // Kubernetes' default.
      page.add("Select Policy", rules.has("selectPolicy") ? rules.text("selectPolicy") : "Max")
      let policies = rules.list("policies").map { policy in
        "\(policy.text("type")): \(policy.text("value")) in "
          + "\(policy.text("periodSeconds")) seconds"
      }
      if !policies.isEmpty { page.add("Policies", all: policies) }
    }
  }

  /// `resource cpu on pods`, as kubectl names metrics.
  private static func metricName(_ metric: JSONValue) -> String {
    let type = metric.text("type")
    switch type {
    case "Resource": return "resource \(metric.text("resource", "name")) on pods"
    case "ContainerResource":
      return "resource \(metric.text("containerResource", "name")) of container "
        + metric.text("containerResource", "container")
    case "Pods": return "\"\(metric.text("pods", "metric", "name"))\" on pods"
    case "Object":
      let target = metric.at("object", "describedObject")
      return "\"\(metric.text("object", "metric", "name"))\" on \(target.text("kind"))/\(target.text("name"))"
    case "External": return "\"\(metric.text("external", "metric", "name"))\" (external)"
    default: return type.isEmpty ? "<unknown>" : type
    }
  }

  /// The value that is aimed at or met.
  private static func metricValue(_ metric: JSONValue, _ side: String) -> String {
    let type = metric.text("type")
    guard let first = type.first else { return "<unknown>" }
    let value = metric.at(first.lowercased() + type.dropFirst()).at(side)
    let utilization = value.text("averageUtilization")
    let average = value.text("averageValue")
    if !utilization.isEmpty { return average.isEmpty ? "\(utilization)%" : "\(utilization)% (\(average))" }
    let plain = average.isEmpty ? value.text("value") : average
    return plain.isEmpty ? "<unknown>" : plain
  }

  /// A Role or ClusterRole.
  mutating func role(_ object: JSONValue, kind: String) {
    section(kind) { page in
      page.identity(object)
      page.metadata(object)
      if object.has("aggregationRule") {
        page.group("Aggregates", mark: .plain) { page in
          for selector in object.list("aggregationRule", "clusterRoleSelectors") {
            page.add(nil, selectorText(selector))
          }
        }
      }
    }
    section("PolicyRule") { page in
      page.table(
        ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"],
        object.list("rules").flatMap { rule -> [(cells: [String], mark: DetailMark)] in
          let verbs = "[\(rule.list("verbs").texts.joined(separator: " "))]"
          let names = "[\(rule.list("resourceNames").texts.joined(separator: " "))]"
          let groups = rule.list("apiGroups").texts
          // kubectl writes one line for every kind; a group "*" or "" is not named.
          let resources = rule.list("resources").texts.flatMap { resource in
            groups.prefix(20).map { $0.isEmpty ? resource : "\(resource).\($0)" }
          }
          let urls = rule.list("nonResourceURLs").texts
          return resources.prefix(500).map { ([$0, "[]", names, verbs], .plain) }
            + (urls.isEmpty ? [] : [(["", "[\(urls.joined(separator: " "))]", "[]", verbs], .plain)])
        })
    }
  }

  /// A RoleBinding or ClusterRoleBinding.
  mutating func binding(_ object: JSONValue, kind: String) {
    section(kind) { page in
      page.identity(object)
      page.metadata(object)
      page.add("Role", "\(object.text("roleRef", "kind"))/\(object.text("roleRef", "name"))")
    }
    section("Subjects") { page in
      page.table(
        ["Kind", "Name", "Namespace"],
        object.list("subjects").map { ([$0.text("kind"), $0.text("name"), $0.text("namespace")], .plain) })
      if page.isSectionEmpty { page.add(nil, "<none>", .dim) }
    }
  }
}
