import ClusterState
import Kube

@testable import Diagnosis

/// A cluster whose kinds are all read to the end, with these objects and the node `node-1`.
func cluster(_ objects: [any KubeObject] = [], freshness: Freshness = .live) -> ClusterState {
  let state = ClusterState()
  for type in Triage.resources + [Lease.self] {
    let store = ObjectStore(resource: type.resource, coverage: .cluster)
    store.freshness = freshness
    state.add(store)
  }
  let node = node("node-1")
  for object in [node] + objects { put(object, into: state) }
  return state
}

/// Puts an object into the store of its kind.
func put(_ object: some KubeObject, into state: ClusterState) {
  state.store(type(of: object).resource)?.put(object)
}

/// A node that is ready.
func node(_ name: String, ready: String = "True", _ change: (inout Node) -> Void = { _ in }) -> Node {
  var node = Node()
  node.metadata.name = name
  node.metadata.uid = "uid-\(name)"
  node.metadata.creationTimestamp = ago(86_400)
  node.status.conditions = [
    nodeCondition("Ready", ready, reason: ready == "True" ? "KubeletReady" : "NodeStatusUnknown")
  ]
  change(&node)
  return node
}

/// A condition of a node.
func nodeCondition(
  _ type: String, _ status: String, reason: String = "", message: String = "", since: Timestamp = ago(300)
) -> NodeCondition {
  var condition = NodeCondition()
  condition.type = type
  condition.status = status
  condition.reason = reason
  condition.message = message
  condition.lastTransitionTime = since
  return condition
}

/// An event about an object.
func event(
  _ reason: String, _ message: String, about object: some KubeObject, container: String = "",
  at time: Timestamp = ago(20),
  count: Int = 1
) -> Event {
  var event = Event()
  event.metadata.namespace = object.metadata.namespace.isEmpty ? "default" : object.metadata.namespace
  event.metadata.name = "\(object.metadata.name).\(reason).\(message.hashless)"
  event.metadata.uid = "uid-event-\(event.metadata.name)"
  event.involvedObject = object.reference
  if !container.isEmpty { event.involvedObject.fieldPath = "spec.containers{\(container)}" }
  event.reason = reason
  event.message = message
  event.lastTimestamp = time
  event.count = count
  return event
}

extension String {
  /// A number that is the same in every run, unlike `hashValue`.
  fileprivate var hashless: UInt64 {
    utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
  }
}

/// Makes an object the controller of another.
func own<Object: KubeObject>(_ object: Object, by owner: some KubeObject) -> Object {
  var object = object
  var reference = OwnerReference()
  reference.kind = type(of: owner).resource.kind
  reference.apiVersion = type(of: owner).resource.apiVersion
  reference.name = owner.metadata.name
  reference.uid = owner.metadata.uid
  reference.controller = true
  object.metadata.ownerReferences = [reference]
  return object
}

/// Any object with a name, created an hour ago.
func object<Object: KubeObject>(
  _ type: Object.Type, _ name: String, namespace: String = "shop", _ change: (inout Object) -> Void = { _ in }
) -> Object {
  var object = Object()
  object.metadata.name = name
  object.metadata.namespace = Object.resource.isNamespaced ? namespace : ""
  object.metadata.uid = "uid-\(Object.resource.plural)-\(namespace)-\(name)"
  object.metadata.creationTimestamp = ago(3600)
  change(&object)
  return object
}

/// `code severity: sentence` of every finding, the worst first.
func findings(_ state: ClusterState, at moment: Timestamp = now) -> [String] {
  Triage.diagnose(state, now: moment).findings.map {
    "\($0.code.rawValue) \($0.severity): \($0.summary(now: moment))"
  }
}

/// The findings about a pod whose only container has this status.
func findings(
  _ status: ContainerStatus, ready: Bool = false, change: (inout Pod) -> Void = { _ in },
  events: (Pod) -> [Event] = { _ in [] }
) -> [String] {
  let subject = pod {
    $0.spec.containers[0].resources.limits = ["memory": Quantity("256Mi")]
    $0.status.containerStatuses = [status]
    if !ready {
      $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
    }
    change(&$0)
  }
  return findings(cluster([subject] + events(subject)))
}
