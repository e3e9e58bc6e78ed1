import ClusterState
import Draining
import Kube
import Scheduling

/// A cluster whose kinds are all read to the end, with these objects.
func planCluster(_ objects: [any KubeObject]) -> ClusterState {
  let state = ClusterState()
  for type in DrainPlanner.reads {
    let store = ObjectStore(resource: type.resource, coverage: .cluster)
    store.freshness = .live
    state.add(store)
  }
  for object in objects { add(object, to: state) }
  return state
}

private func add(_ object: some KubeObject, to state: ClusterState) { state.store(of: type(of: object))?.put(object) }

/// The plan for node `n1`, or the nodes given, with kubectl's default flags but for those that DaemonSets and scratch
/// space need.
func plan(
  _ objects: [any KubeObject], nodes: [String] = ["n1"], waitsReady: Bool = false, batch: Int? = nil,
  _ change: (inout DrainOptions) -> Void = { _ in }, state: (ClusterState) -> Void = { _ in }
) -> DrainPlan {
  let cluster = planCluster(objects)
  state(cluster)
  var options = DrainOptions()
  options.ignoreDaemonSets = true
  options.deleteEmptyDirData = true
  change(&options)
  var planner = DrainPlanner(cluster, options: options, rules: .current, now: Timestamp(seconds: 1_800_000_000))
  planner.waitsReady = waitsReady
  planner.batch = batch
  return planner.plan(nodes)
}

/// A Ready node that offers 4 cores, 8Gi of memory and 110 pods.
func planNode(_ name: String, isReady: Bool = true, _ change: (inout Node) -> Void = { _ in }) -> Node {
  var node = Node()
  node.metadata.name = name
  node.metadata.uid = "uid-node-\(name)"
  node.metadata.labels = ["kubernetes.io/hostname": name]
  node.status.allocatable = ["cpu": Quantity("4"), "memory": Quantity("8Gi"), "pods": Quantity("110")]
  var ready = NodeCondition()
  (ready.type, ready.status) = ("Ready", isReady ? "True" : "Unknown")
  node.status.conditions = [ready]
  change(&node)
  return node
}

/// A Ready pod of the Deployment `web` on node `n1` that asks for one core.
func planPod(_ name: String = "web-1", on node: String = "n1", _ change: (inout Pod) -> Void = { _ in }) -> Pod {
  webPod(name) {
    $0.spec.nodeName = node
    $0.spec.schedulerName = "default-scheduler"
    $0.spec.containers = [Container()]
    $0.spec.containers[0].name = "app"
    $0.spec.containers[0].resources.requests = ["cpu": Quantity("1")]
    $0.metadata.ownerReferences = [owner("ReplicaSet", "web-6d4", "uid-rs")]
    change(&$0)
  }
}

/// A reference to a controller.
func owner(_ kind: String, _ name: String, _ uid: String, apiVersion: String = "apps/v1") -> OwnerReference {
  var owner = OwnerReference()
  (owner.kind, owner.name, owner.uid, owner.apiVersion, owner.controller) = (kind, name, uid, apiVersion, true)
  return owner
}

/// The Deployment `web` and its ReplicaSet.
func webDeployment(replicas: Int = 1, _ change: (inout Deployment) -> Void = { _ in }) -> [any KubeObject] {
  var deployment = Deployment()
  (deployment.metadata.namespace, deployment.metadata.name, deployment.metadata.uid) = ("shop", "web", "uid-deploy")
  deployment.spec.replicas = replicas
  change(&deployment)
  var set = ReplicaSet()
  (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "web-6d4", "uid-rs")
  set.metadata.ownerReferences = [owner("Deployment", "web", "uid-deploy")]
  set.spec.replicas = replicas
  return [deployment, set]
}

/// A volume of a pod.
func volume(_ name: String, _ change: (inout Volume) -> Void) -> Volume {
  var volume = Volume()
  volume.name = name
  change(&volume)
  return volume
}

/// A requirement that a node's label has one of some values.
func nodeLabel(_ key: String, _ values: String...) -> NodeSelector {
  var requirement = NodeSelectorRequirement()
  (requirement.key, requirement.operator, requirement.values) = (key, "In", values)
  var term = NodeSelectorTerm()
  term.matchExpressions = [requirement]
  var selector = NodeSelector()
  selector.nodeSelectorTerms = [term]
  return selector
}

/// A claim of namespace `shop` with its volume.
func claim(_ name: String, modes: [String] = ["ReadWriteOnce"], _ change: (inout PersistentVolume) -> Void = { _ in })
  -> [any KubeObject]
{
  var claim = PersistentVolumeClaim()
  (claim.metadata.namespace, claim.metadata.name, claim.metadata.uid) = ("shop", name, "uid-claim-\(name)")
  claim.metadata.annotations = ["pv.kubernetes.io/bind-completed": "yes"]
  claim.spec.volumeName = "pv-\(name)"
  claim.status.phase = "Bound"
  var disk = PersistentVolume()
  (disk.metadata.name, disk.metadata.uid) = ("pv-\(name)", "uid-pv-\(name)")
  disk.spec.accessModes = modes
  change(&disk)
  return [claim, disk]
}
