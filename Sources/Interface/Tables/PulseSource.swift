import ClusterState
import Diagnosis
import Kube
import Terminal

extension ComposedSource {
  /// Kinds that are counted, beside those that triage reads: those without trouble of their own are left out.
  // ReplicaSets are counted with their Deployments: findings name those, so that they would all seem well.
  private static let uncounted: Set<String> = [
    "Event", "EndpointSlice", "APIService", "StorageClass", "IngressClass", "ReplicaSet",
  ]

  /// How many there are of each kind, and how many of them are well.
  static func pulses(_ interface: Interface) -> ComposedSource {
    let recipe = Recipe(
      title: "pulses",
      columns: [
        TableViewColumn(id: "name", title: "KIND", width: .fit(maximum: 40)),
        TableViewColumn(id: "total", title: "TOTAL", alignment: .trailing),
        TableViewColumn(id: "ok", title: "OK", alignment: .trailing),
        TableViewColumn(id: "warning", title: "WARNING", alignment: .trailing),
        TableViewColumn(id: "critical", title: "CRITICAL", alignment: .trailing),
        TableViewColumn(id: "bar", title: "HEALTH", width: .fit(maximum: 24), priority: 1),
        TableViewColumn(id: "status", title: "VERDICT", width: .fit(maximum: 40), priority: 0),
      ],
      kinds: Triage.resources, namespace: interface.namespace, empty: "",
      rows: { [unowned interface] _ in
        Triage.resources.filter { !uncounted.contains($0.resource.kind) }.compactMap {
          pulse(of: $0, interface)
        }
      })
    return ComposedSource(recipe, interface: interface)
  }

  private static func pulse(of type: any KubeObject.Type, _ interface: Interface) -> Row? {
    guard let resource = interface.catalog.served(type), let store = interface.cluster.store(resource) else {
      return nil
    }
    switch store.freshness {
    case .forbidden, .failed, .notServed, .notCaptured: return nil
    case .unread, .loading, .live, .stale: break
    }
    var total = 0
    var sick: [RowSeverity: Int] = [:]
    let scope = resource.isNamespaced ? interface.namespace : nil
    store.forEach { object in
      guard scope == nil || object.metadata.namespace == scope else { return }
      total += 1
      if let worst = interface.findings.severity(uid: object.metadata.uid) {
        sick[RowSeverity(worst), default: 0] += 1
      }
    }
    let critical = sick[.critical] ?? 0
    let warning = sick[.warning] ?? 0
    let well = total - critical - warning
    let severity: RowSeverity = critical > 0 ? .critical : warning > 0 ? .warning : .none
    let verdict =
      !store.freshness.isComplete
      ? "reading" : total == 0 ? "none" : severity == .none ? "ok" : severity == .critical ? "critical" : "warning"
    let sign = severity == .none ? (total == 0 ? " " : interface.glyphs.ok) : interface.glyph(of: severity)
    return Row(
      id: resource.qualifiedName,
      cells: [
        resource.plural, "\(total)", "\(well)", "\(warning)", "\(critical)",
        total == 0 ? "" : interface.glyphs.bar(Double(well) / Double(total), columns: 20), "\(sign) \(verdict)",
      ],
      severity: severity, drill: .screen(resource.qualifiedName, .all, crumb: resource.plural))
  }
}
