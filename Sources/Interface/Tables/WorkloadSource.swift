import ClusterState
import Diagnosis
import Kube
import ScreenKit
import Terminal

extension ComposedSource {
  /// What runs programs and what leads to them, in the order in which kinds stand beside each other.
  private static let workloadKinds: [any KubeObject.Type] = [
    Deployment.self, StatefulSet.self, DaemonSet.self, ReplicaSet.self, CronJob.self, Job.self, Pod.self, Service.self,
  ]

  /// The kinds whose pods and replica sets need no row of their own.
  private static let makers: Set<String> = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"]

  /// All workloads of all kinds, the worst first.
  static func workloads(_ interface: Interface) -> ComposedSource {
    var columns = [
      TableViewColumn(id: "kind", title: "KIND", priority: 1),
      TableViewColumn(id: "namespace", title: "NAMESPACE", width: .fit(maximum: 30), priority: 1),
      TableViewColumn(id: "name", title: "NAME", width: .fit(maximum: 60)),
      TableViewColumn(id: "ready", title: "READY", priority: 2),
      TableViewColumn(id: "status", title: "STATUS", width: .fit(maximum: 30)),
      TableViewColumn(id: "why", title: "WHY", width: .fill, priority: 1),
      TableViewColumn(id: "age", title: "AGE", priority: 3),
    ]
    let scope = interface.namespace
    if scope != nil { columns.remove(at: 1) }
    let recipe = Recipe(
      title: "workloads", columns: columns, contexts: [.logged, .object], followsKinds: true, kinds: workloadKinds,
      readsToo: Triage.resources, namespace: scope,
      // A kind that cannot be read is named where kinds are.
      empty: "No workloads in \(scope.map { "namespace \($0)" } ?? "this cluster").",
      drill: { [unowned interface] row in
        let found = interface.cluster.store(row.resource)?.object(namespace: row.namespace, name: row.name)
        return (found as? any KubeObject).map { interface.tables.drill($0, row, now: interface.now) }
      },
      rows: { [unowned interface] now in
        let rows = workloadKinds.enumerated().flatMap { place, type in
          Self.rows(of: type, place: place, scope: scope, interface, now: now)
        }
        return rows.sorted { left, right in
          if left.row.severity != right.row.severity { return left.row.severity > right.row.severity }
          return (left.namespace, left.place, left.name) < (right.namespace, right.place, right.name)
        }.map(\.row)
      })
    return ComposedSource(recipe, interface: interface)
  }

  private struct Placed {
    var namespace: String
    var place: Int
    var name: String
    var row: Row
  }

  private static func rows(
    of type: any KubeObject.Type, place: Int, scope: String?, _ interface: Interface, now: Timestamp
  ) -> [Placed] {
    guard let resource = interface.catalog.served(type), let store = interface.cluster.store(resource) else {
      return []
    }
    var rows: [Placed] = []
    store.forEachIdentified { id, object in
      let metadata = object.metadata
      guard scope == nil || metadata.namespace == scope, let object = object.builtIn,
        isRoot(object, metadata, in: interface.cluster)
      else { return }
      let state = WorkloadState(object)
      let verdict = interface.verdict(uid: metadata.uid, now: now)
      var cells = [resource.kind, metadata.namespace, metadata.name, state.ready, state.status, verdict.why, ""]
      if scope != nil { cells.remove(at: 1) }
      let row = Row(
        id: id, cells: cells, severity: verdict.severity,
        object: RowObject(
          resource: resource, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid),
        created: metadata.creationTimestamp, readyCount: state.readyCount, tellsVerdict: true)
      rows.append(Placed(namespace: metadata.namespace, place: place, name: metadata.name, row: row))
    }
    return rows
  }

  /// Whether an object has a row of its own: pods and replica sets that another row stands for have none.
  private static func isRoot(_ object: any KubeObject, _ metadata: ObjectMeta, in cluster: ClusterState) -> Bool {
    guard object is Pod || object is ReplicaSet, let owner = metadata.controller, makers.contains(owner.kind) else {
      return true
    }
    // What is left of an owner that is gone has no other row.
    guard let store = builtInKind(named: owner.kind).flatMap({ cluster.store($0.resource) }),
      store.freshness.isComplete
    else { return false }
    return cluster.owner(owner, namespace: metadata.namespace) == nil
  }
}

/// How far a workload is, in two words.
private struct WorkloadState {
  var ready = ""
  /// How many are ready; nil where nothing is counted.
  var readyCount: Int?
  var status = ""

  init(_ object: any KubeObject) {
    switch object {
    case let pod as Pod:
      let summary = PodSummary(pod)
      (ready, readyCount, status) = (summary.ready, summary.readyContainers, summary.status)
    case let deployment as Deployment:
      count(WorkloadSummary(deployment))
      if deployment.status.updatedReplicas < deployment.spec.replicas ?? 1 { status = "Rolling out" }
      if deployment.spec.paused { status = "Paused" }
    case let set as ReplicaSet: count(WorkloadSummary(set))
    case let set as StatefulSet: count(WorkloadSummary(set))
    case let set as DaemonSet:
      count(WorkloadSummary(set))
      if set.status.desiredNumberScheduled == 0 { status = "No node" }
    case let job as Job:
      let summary = JobSummary(job)
      (ready, readyCount, status) = (summary.completions, job.status.succeeded, summary.status)
    case let job as CronJob:
      status = job.spec.suspend == true ? "Suspended" : job.status.active.isEmpty ? "Scheduled" : "Running"
    case let service as Service: status = service.spec.type
    default: break
    }
    if object.metadata.deletionTimestamp != nil { status = "Terminating" }
  }

  private mutating func count(_ summary: WorkloadSummary) {
    (ready, readyCount) = (summary.ready, summary.readyReplicas)
    status = summary.desired == 0 ? "Scaled to 0" : summary.readyReplicas >= summary.desired ? "OK" : "Degraded"
  }
}
