import Kube

/// So many pods that run well, with their workloads, Services and nodes: what a fault has to be found among.
func healthyPods(_ count: Int) -> [any KubeObject] {
  let perWorkload = 20
  var objects: [any KubeObject] = (0..<max(1, count / 100)).map { healthyNode("worker-\($0)") }
  for workload in 0..<(count / perWorkload) { objects += healthyWorkload(workload, pods: perWorkload) }
  return objects
}

private let created = Timestamp(seconds: Bank.now.seconds - 864_000)

private func metadata(_ kind: String, _ name: String, owner: (kind: String, metadata: ObjectMeta)? = nil) -> ObjectMeta
{
  var metadata = ObjectMeta()
  metadata.name = name
  metadata.namespace = kind == "Node" ? "" : "crowd"
  metadata.uid = "crowd-\(kind)-\(name)"
  metadata.creationTimestamp = created
  if let owner {
    var reference = OwnerReference()
    reference.apiVersion = "apps/v1"
    reference.kind = owner.kind
    reference.name = owner.metadata.name
    reference.uid = owner.metadata.uid
    reference.controller = true
    metadata.ownerReferences = [reference]
  }
  return metadata
}

private func condition(_ type: String) -> Condition {
  var condition = Condition()
  condition.type = type
  condition.status = "True"
  condition.lastTransitionTime = created
  return condition
}

private func healthyNode(_ name: String) -> Node {
  var node = Node()
  node.metadata = metadata("Node", name)
  var ready = NodeCondition()
  ready.type = "Ready"
  ready.status = "True"
  ready.lastTransitionTime = created
  node.status.conditions = [ready]
  return node
}

private func healthyWorkload(_ number: Int, pods count: Int) -> [any KubeObject] {
  var deployment = Deployment()
  deployment.metadata = metadata("Deployment", "app-\(number)")
  deployment.spec.replicas = count
  deployment.status.replicas = count
  deployment.status.updatedReplicas = count
  deployment.status.readyReplicas = count
  deployment.status.availableReplicas = count
  for (type, reason) in [("Available", "MinimumReplicasAvailable"), ("Progressing", "NewReplicaSetAvailable")] {
    var condition = DeploymentCondition()
    condition.type = type
    condition.status = "True"
    condition.reason = reason
    condition.lastTransitionTime = created
    deployment.status.conditions.append(condition)
  }
  var set = ReplicaSet()
  set.metadata = metadata("ReplicaSet", "app-\(number)-5d8c", owner: ("Deployment", deployment.metadata))
  set.spec.replicas = count
  set.status.replicas = count
  set.status.availableReplicas = count
  var service = Service()
  service.metadata = metadata("Service", "app-\(number)")
  service.spec.selector = ["app": "app-\(number)"]
  var slice = EndpointSlice()
  slice.metadata = metadata("EndpointSlice", "app-\(number)-x")
  slice.metadata.labels = ["kubernetes.io/service-name": "app-\(number)"]
  var objects: [any KubeObject] = []
  for index in 0..<count {
    let pod = healthyPod("app-\(number)-5d8c-\(index)", number: number, of: set, node: (number * 7 + index) % 50)
    var endpoint = Endpoint()
    endpoint.addresses = ["10.1.\(number % 250).\(index)"]
    endpoint.conditions.ready = true
    slice.endpoints.append(endpoint)
    objects.append(pod)
  }
  return objects + [deployment, set, service, slice]
}

private func healthyPod(_ name: String, number: Int, of set: ReplicaSet, node: Int) -> Pod {
  var pod = Pod()
  pod.metadata = metadata("Pod", name, owner: ("ReplicaSet", set.metadata))
  pod.metadata.labels = ["app": "app-\(number)"]
  pod.spec.nodeName = "worker-\(node)"
  pod.spec.restartPolicy = "Always"
  var container = Container()
  container.name = "app"
  container.image = "registry.example.com/app:\(number)"
  pod.spec.containers = [container]
  pod.status.phase = "Running"
  pod.status.startTime = created
  pod.status.conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map { condition($0) }
  var status = ContainerStatus()
  status.name = "app"
  status.ready = true
  status.started = true
  status.state.running = ContainerStateRunning()
  status.state.running?.startedAt = created
  pod.status.containerStatuses = [status]
  return pod
}
