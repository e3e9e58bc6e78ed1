import ClusterState
import Kube

extension Page {
  /// A Namespace with its quotas and limits, as far as they are read.
  mutating func namespace(_ object: JSONValue, in cluster: ClusterState) {
    let name = object.text("metadata", "name")
    section("Namespace") { page in
      page.identity(object)
      page.metadata(object)
      let phase = object.text("status", "phase")
      page.add("Status", phase, phase == "Active" ? .good : .warning)
      let finalizers = object.list("spec", "finalizers").texts
      if phase == "Terminating" { page.addSet("Finalizers", finalizers.joined(separator: ", "), .warning) }
    }
    section("Conditions") { page in
      let conditions = object.list("status", "conditions")
      page.conditions(conditions, bad: Set(conditions.map { $0.text("type") }))
    }
    section("Resource Quotas") { page in
      for quota in cluster.all(ResourceQuota.self) where quota.metadata.namespace == name {
        page.group(quota.metadata.name) { page in
          if !quota.spec.scopes.isEmpty { page.add("Scopes", all: quota.spec.scopes.map(Page.scopeText)) }
          page.quotaTable(
            quota.status.hard.entries.map { ($0.key, quota.status.used[$0.key]?.text ?? "0", $0.value.text) })
        }
      }
      if page.isSectionEmpty, !cluster.isConclusive(ResourceQuota.self, namespace: name) {
        page.add(nil, "Quotas are not read.", .unknown)
      } else if page.isSectionEmpty {
        page.add(nil, "No resource quota.", .dim)
      }
    }
    section("Resource Limits") { page in
      for range in cluster.all(LimitRange.self) where range.metadata.namespace == name {
        page.group(range.metadata.name) { page in
          page.limitTable(
            range.spec.limits.map { limit in
              func texts(_ map: SmallMap<Quantity>) -> JSONValue {
                .object(SmallMap(uniquing: map.entries.map { ($0.key, .string($0.value.text)) }))
              }
              return [
                "type": .string(limit.type), "min": texts(limit.min), "max": texts(limit.max),
                "defaultRequest": texts(limit.defaultRequest), "default": texts(limit.default),
                "maxLimitRequestRatio": texts(limit.maxLimitRequestRatio),
              ]
            })
        }
      }
    }
  }

  /// A ResourceQuota.
  mutating func quota(_ object: JSONValue) {
    let status = object.at("status")
    section("ResourceQuota") { page in
      page.identity(object)
      page.metadata(object)
      let scopes = object.list("spec", "scopes").texts
      if !scopes.isEmpty { page.add("Scopes", all: scopes.map(Page.scopeText)) }
      if object.has("spec", "scopeSelector") {
        page.group("Scope Selector", mark: .plain) { $0.tree(object.at("spec", "scopeSelector")) }
      }
      let hard = status.has("hard") ? status.at("hard") : object.at("spec", "hard")
      page.quotaTable(
        hard.members().prefix(Page.maximumRows).map {
          ($0.key, status.has("used") ? status.at("used").text($0.key) : "?", $0.value.scalar)
        })
    }
  }

  /// A scope of a quota and the pods that it counts.
  private static func scopeText(_ scope: String) -> String {
    let meaning =
      switch scope {
      case "Terminating": "pods with an active deadline"
      case "NotTerminating": "pods without an active deadline"
      case "BestEffort": "pods of which no container requests or limits anything"
      case "NotBestEffort": "pods of which a container requests or limits something"
      case "PriorityClass": "pods with the priority classes that are named"
      case "CrossNamespacePodAffinity": "pods whose affinity looks into other namespaces"
      case "VolumeAttributesClass": "claims with the attributes classes that are named"
      default: ""
      }
    return meaning.isEmpty ? scope : "\(scope): \(meaning)"
  }

  private mutating func quotaTable(_ rows: [(name: String, used: String, hard: String)]) {
    table(
      ["Resource", "Used", "Hard", ""],
      rows.sorted { $0.name < $1.name }.prefix(Page.maximumRows).map { row in
        guard let used = Quantity(row.used).nanos, let hard = Quantity(row.hard).nanos else {
          return ([row.name, row.used, row.hard, ""], .unknown)
        }
        if hard <= 0 { return ([row.name, row.used, row.hard, used > 0 ? "over" : ""], used > 0 ? .warning : .plain) }
        let (product, overflow) = used.multipliedReportingOverflow(by: 100)
        let percent = overflow ? 0 : product / hard
        return (
          [row.name, row.used, row.hard, "\(percent)%"], percent >= 100 ? .warning : percent >= 90 ? .notice : .plain
        )
      })
  }

  /// A LimitRange.
  mutating func limitRange(_ object: JSONValue) {
    section("LimitRange") { page in
      page.identity(object)
      page.metadata(object)
      page.limitTable(object.list("spec", "limits"))
    }
  }

  private mutating func limitTable(_ limits: [JSONValue]) {
    let columns = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"]
    table(
      ["Type", "Resource", "Min", "Max", "Default Request", "Default Limit", "Ratio"],
      limits.flatMap { limit in
        let names = Set(columns.flatMap { limit.members($0).map(\.key) })
        return names.sorted().prefix(100).map { name in
          let cells = columns.map { limit.at($0).text(name) }.map { $0.isEmpty ? "-" : $0 }
          return (cells: [limit.text("type"), name] + cells, mark: DetailMark.plain)
        }
      })
  }
}
