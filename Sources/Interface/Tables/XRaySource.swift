import ClusterState
import Diagnosis
import Kube
import Terminal

extension ComposedSource {
  /// The kinds that a tree can begin with.
  static let xrayKinds: Set<String> = [
    "Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service", "Ingress", "Node",
    "PersistentVolumeClaim",
  ]

  /// Objects of a kind with all that hangs below them: what they own or select, down to containers and what these name.
  static func xray(_ resource: Resource, interface: Interface) -> ComposedSource {
    let recipe = Recipe(
      title: "xray \(resource.plural)",
      columns: [
        TableViewColumn(id: "name", title: "TREE", width: .fit(maximum: 70)),
        TableViewColumn(id: "status", title: "STATUS", width: .fit(maximum: 30), priority: 0),
        TableViewColumn(id: "why", title: "WHY", width: .fill, priority: 1),
      ],
      contexts: [.tree, .logged, .object],
      kinds: kinds(below: resource.kind), namespace: resource.isNamespaced ? interface.namespace : nil,
      empty: "No \(resource.plural) in \(interface.namespace.map { "namespace \($0)" } ?? "this cluster").",
      rows: { [unowned interface] now in
        var tree = XRayTree(interface: interface, now: now)
        return tree.rows(of: resource)
      })
    return ComposedSource(recipe, interface: interface)
  }

  private static func kinds(below kind: String) -> [any KubeObject.Type] {
    let parts: [any KubeObject.Type] = [
      Pod.self, ServiceAccount.self, ConfigMap.self, Secret.self, PersistentVolumeClaim.self,
    ]
    switch kind {
    case "Deployment": return [Deployment.self, ReplicaSet.self] + parts
    case "ReplicaSet": return [ReplicaSet.self] + parts
    case "StatefulSet": return [StatefulSet.self] + parts
    case "DaemonSet": return [DaemonSet.self] + parts
    case "Job": return [Job.self] + parts
    case "CronJob": return [CronJob.self, Job.self] + parts
    case "Service": return [Service.self] + parts
    case "Ingress": return [Ingress.self, Service.self] + parts
    case "Node": return [Node.self] + parts
    case "PersistentVolumeClaim": return parts + [PersistentVolume.self]
    default: return parts
    }
  }
}

/// Makes the rows of trees, each with the lines before it that show where it hangs.
private struct XRayTree {
  let interface: Interface
  let now: Timestamp
  private var rows: [ComposedSource.Row] = []
  /// Larger trees are cut: nobody reads them, and they are made anew whenever something changes.
  private static let mostRows = 5000

  init(interface: Interface, now: Timestamp) {
    self.interface = interface
    self.now = now
  }

  private var cluster: ClusterState { interface.cluster }

  mutating func rows(of resource: Resource) -> [ComposedSource.Row] {
    let scope = resource.isNamespaced ? interface.namespace : nil
    var roots: [any KubeObject] = []
    cluster.store(resource)?.forEach { object in
      guard scope == nil || object.metadata.namespace == scope, let object = object.builtIn else { return }
      roots.append(object)
    }
    roots.sort { ($0.metadata.namespace, $0.metadata.name) < ($1.metadata.namespace, $1.metadata.name) }
    for (place, root) in roots.enumerated() {
      guard rows.count < Self.mostRows else {
        rows.append(
          ComposedSource.Row(
            id: "rest",
            cells: ["\(roots.count - place) more \(resource.plural)", "not shown", ":xray KIND NAMESPACE narrows"],
            role: .unknown))
        break
      }
      add(root, place: Place(id: "", context: "", lead: nil))
    }
    return rows
  }

  // MARK: Where a row hangs

  private struct Place {
    /// Ids of what is above, so that an object may hang at several places.
    var id: String
    /// Names of what is above, so that a filter that finds it finds what hangs below.
    var context: String
    /// The lines of what is above; nil at the root.
    var lead: String?
    var isLast = true
  }

  private func sign(_ place: Place) -> String {
    guard let lead = place.lead else { return "" }
    return lead + (place.isLast ? interface.glyphs.treeLast : interface.glyphs.treeBranch)
  }

  private func below(_ place: Place, id: String, name: String, isLast: Bool) -> Place {
    let lead = place.lead.map { $0 + (place.isLast ? interface.glyphs.treeGap : interface.glyphs.treeLine) } ?? ""
    return Place(id: place.id + "/" + id, context: place.context + " " + name, lead: lead, isLast: isLast)
  }

  // MARK: Objects

  private mutating func add(_ object: any KubeObject, place: Place) {
    let reference = object.reference
    let verdict = interface.verdict(uid: reference.uid, now: now)
    let isRoot = place.lead == nil
    let namespace =
      isRoot && interface.namespace == nil && !reference.namespace.isEmpty ? "  \(reference.namespace)" : ""
    rows.append(
      ComposedSource.Row(
        id: place.id + "/" + reference.uid,
        cells: [sign(place) + reference.shortText + namespace, status(object), verdict.why],
        severity: verdict.severity, object: interface.rowObject(reference), context: place.context))
    if let pod = object as? Pod { return addParts(of: pod, place) }
    let children = children(object)
    for (number, child) in children.enumerated() where rows.count < Self.mostRows {
      add(
        child,
        place: below(place, id: reference.uid, name: reference.shortText, isLast: number == children.count - 1))
    }
  }

  private func children(_ object: any KubeObject) -> [any KubeObject] {
    let uid = object.metadata.uid
    switch object {
    case is Deployment:
      // Replica sets of old revisions have no pods; they are what history is for.
      return cluster.owned(ReplicaSet.self, by: uid).filter { $0.spec.replicas != 0 || $0.status.replicas > 0 }
    case is CronJob: return cluster.owned(Job.self, by: uid)
    case is Node: return cluster.pods(onNode: object.metadata.name)
    case let service as Service:
      guard let selector = PodSelector.of(service) else { return [] }
      return cluster.all(Pod.self).filter {
        $0.metadata.namespace == service.metadata.namespace && selector.matches($0.metadata.labels) == true
      }
    case let ingress as Ingress:
      let backends =
        [ingress.spec.defaultBackend].compactMap { $0 }
        + ingress.spec.rules.flatMap { $0.http?.paths.map(\.backend) ?? [] }
      var seen: Set<String> = []
      return backends.compactMap { $0.service?.name }.filter { seen.insert($0).inserted }.compactMap {
        cluster.get(Service.self, namespace: ingress.metadata.namespace, name: $0)
      }
    case let claim as PersistentVolumeClaim:
      let volume = cluster.get(PersistentVolume.self, name: claim.spec.volumeName)
      let pods = cluster.all(Pod.self).filter { pod in
        pod.metadata.namespace == claim.metadata.namespace
          && pod.spec.uses.contains { $0.kind == "PersistentVolumeClaim" && $0.name == claim.metadata.name }
      }
      return [volume].compactMap { $0 } + pods
    default: return cluster.owned(Pod.self, by: uid)
    }
  }

  private func status(_ object: any KubeObject) -> String {
    switch object {
    case let pod as Pod:
      let summary = PodSummary(pod)
      return "\(summary.status) \(summary.ready)"
    case let object as Deployment: return "\(object.status.readyReplicas)/\(object.spec.replicas ?? 1) ready"
    case let object as ReplicaSet: return "\(object.status.readyReplicas)/\(object.spec.replicas ?? 1) ready"
    case let object as StatefulSet: return "\(object.status.readyReplicas)/\(object.spec.replicas ?? 1) ready"
    case let object as DaemonSet: return "\(object.status.numberReady)/\(object.status.desiredNumberScheduled) ready"
    case let node as Node: return node.statusWord
    case let claim as PersistentVolumeClaim: return claim.status.phase
    case let volume as PersistentVolume: return volume.status.phase
    default: return ""
    }
  }

  // MARK: What a pod is made of

  private mutating func addParts(of pod: Pod, _ place: Place) {
    let uid = pod.metadata.uid
    let containers = ContainerSummary.all(of: pod)
    let uses = merged(pod.spec.uses)
    for (number, container) in containers.enumerated() {
      let isLast = number == containers.count - 1 && uses.isEmpty
      addContainer(container, of: pod, below(place, id: uid, name: pod.reference.shortText, isLast: isLast))
    }
    for (number, use) in uses.enumerated() {
      add(use, of: pod, below(place, id: uid, name: pod.reference.shortText, isLast: number == uses.count - 1))
    }
  }

  private mutating func addContainer(_ container: ContainerSummary, of pod: Pod, _ place: Place) {
    let isWell = container.ready || container.state == "Completed"
    let finding = interface.findings.summary(uid: pod.metadata.uid, container: container, now: now)
    var row = ComposedSource.Row(
      id: place.id + "/container/\(container.name)",
      cells: [
        sign(place) + "\(container.role)/\(container.name)",
        container.restarts > 0
          ? "\(container.state), \(container.restarts) \(container.restarts == 1 ? "restart" : "restarts")"
          : container.state,
        finding?.summary ?? (isWell ? "" : container.stateDetail),
      ], context: place.context)
    if let severity = finding.flatMap({ found in Severity.allCases.first { $0.description == found.severity } }) {
      row.severity = RowSeverity(severity)
    } else if container.state.hasSuffix("BackOff") || container.state.hasSuffix("Error")
      || container.state == "OOMKilled"
    {
      row.severity = .critical
    } else if !isWell, !pod.isTerminal {
      row.severity = .notice
    }
    row.object = interface.rowObject(pod.reference)
    row.object?.container = container.name
    row.drill = row.object.map { .logs($0) }
    rows.append(row)
  }

  /// Several uses of one object are one row.
  private func merged(_ uses: [ObjectUse]) -> [ObjectUse] {
    var places: [String: Int] = [:]
    var result: [ObjectUse] = []
    for use in uses {
      let key = "\(use.kind)/\(use.name)"
      if let place = places[key] {
        result[place].how += ", " + use.how
        result[place].isOptional = result[place].isOptional && use.isOptional
      } else {
        places[key] = result.count
        result.append(use)
      }
    }
    // Every pod has one of each; only what differs is worth a line.
    return result.filter { !($0.kind == "ServiceAccount" && $0.name == "default") && $0.kind != "PriorityClass" }
  }

  private mutating func add(_ use: ObjectUse, of pod: Pod, _ place: Place) {
    let namespace = pod.metadata.namespace
    var row = ComposedSource.Row(
      id: place.id + "/\(use.kind)/\(use.name)",
      cells: [sign(place) + "\(use.kind.lowercased())/\(use.name)", "", use.how], context: place.context)
    let store = builtInKind(named: use.kind).flatMap { cluster.store($0.resource) }
    if let object = store?.object(namespace: namespace, name: use.name) as? any KubeObject {
      let verdict = interface.verdict(uid: object.metadata.uid, now: now)
      row.cells[1] = status(object).isEmpty ? "exists" : status(object)
      row.severity = verdict.severity
      if !verdict.why.isEmpty { row.cells[2] = verdict.why }
      row.object = interface.rowObject(object.reference)
    } else if let store, store.freshness.isComplete, store.coverage.includes(namespace: namespace) {
      row.cells[1] = use.isOptional ? "missing, optional" : "missing"
      row.severity = use.isOptional ? .notice : .critical
    } else {
      row.cells[1] = "not known"
      row.role = .unknown
    }
    rows.append(row)
  }
}
