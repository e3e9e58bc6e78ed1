import Kube

/// What the API server's validation says about the specification of a pod: the mistakes that are made most, in its own
/// words. What is not here may be refused all the same.
struct PodValidation {
  /// The field that has the specification, such as `spec.template.spec`.
  let path: String
  let spec: PodSpec

  /// The first complaint; nil when there is none.
  var complaint: String? {
    if spec.containers.isEmpty { return "\(path).containers: Required value" }
    for (list, containers) in [("containers", spec.containers), ("initContainers", spec.initContainers)] {
      for (index, container) in containers.enumerated() {
        if let complaint = Self.complaint(container.resources, at: "\(path).\(list)[\(index)].resources") {
          return complaint
        }
      }
    }
    for (index, toleration) in spec.tolerations.enumerated() {
      if let complaint = Self.complaint(toleration, at: "\(path).tolerations[\(index)]") { return complaint }
    }
    return nil
  }

  // MARK: Resources

  private static func complaint(_ resources: ResourceRequirements, at path: String) -> String? {
    for (list, amounts) in [("limits", resources.limits), ("requests", resources.requests)] {
      for (name, amount) in amounts.entries {
        guard let nanos = amount.nanos else { continue }
        let field = "\(path).\(list)[\(name)]: Invalid value: \"\(amount.text)\""
        if nanos < 0 { return "\(field): must be greater than or equal to 0" }
        if isCounted(name), nanos % 1_000_000_000 != 0 { return "\(field): must be an integer" }
      }
    }
    for (name, request) in resources.requests.entries {
      guard let limit = resources.limits[name] else {
        if isCounted(name) || isHugePages(name) {
          return "\(path).limits: Required value: Limit must be set for non overcommitable resources"
        }
        continue
      }
      guard let wanted = request.nanos, let most = limit.nanos else { continue }
      let field = "\(path).requests: Invalid value: \"\(request.text)\""
      if isCounted(name) || isHugePages(name) {
        if wanted != most { return "\(field): must be equal to \(name) limit of \(limit.text)" }
      } else if wanted > most {
        return "\(field): must be less than or equal to \(name) limit of \(limit.text)"
      }
    }
    return nil
  }

  /// Extended resources: whole pieces, which cannot be promised twice.
  private static func isCounted(_ name: String) -> Bool {
    name.contains("/") && !name.contains("kubernetes.io/") && !name.hasPrefix("requests.")
  }

  private static func isHugePages(_ name: String) -> Bool { name.hasPrefix("hugepages-") }

  // MARK: Tolerations

  private static func complaint(_ toleration: Toleration, at path: String) -> String? {
    let (key, value, operation) = (toleration.key, toleration.value, toleration.operator)
    if key.isEmpty, operation != "Exists" {
      return
        "\(path).operator: Invalid value: \"\(operation)\": operator must be Exists when `key` is empty, which means "
        + "\"match all values and all keys\""
    }
    if toleration.tolerationSeconds != nil, toleration.effect != "NoExecute" {
      return "\(path).effect: Invalid value: \"\(toleration.effect)\": effect must be 'NoExecute' when "
        + "`tolerationSeconds` is set"
    }
    switch operation {
    case "", "Equal", "Lt", "Gt": break
    case "Exists":
      if !value.isEmpty {
        return "\(path).operator: Invalid value: \"\(value)\": value must be empty when `operator` is 'Exists'"
      }
    default: return "\(path).operator: Unsupported value: \"\(operation)\": supported values: \"Equal\", \"Exists\""
    }
    guard ["", "NoSchedule", "PreferNoSchedule", "NoExecute"].contains(toleration.effect) else {
      return "\(path).effect: Unsupported value: \"\(toleration.effect)\": supported values: \"NoExecute\", "
        + "\"NoSchedule\", \"PreferNoSchedule\""
    }
    return nil
  }
}
