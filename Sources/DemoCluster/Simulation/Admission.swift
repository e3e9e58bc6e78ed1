import Kube

/// What the API server does to new objects before it stores them.
extension Simulation {
  /// Stores a new object; throws what the API server would refuse it with.
  mutating func create(_ storage: String, _ object: JSONValue, isDryRun: Bool = false) throws(StatusError) -> JSONValue
  {
    guard let served = catalog.resource(storage: storage) else { throw .noSuchPath }
    let resource = served.resource
    var new = object
    new["kind"] = .string(resource.kind)
    new["apiVersion"] = .string(resource.apiVersion)
    if resource.isNamespaced {
      guard let namespace = store.object("namespaces", name: new.namespace) else {
        throw StatusError(
          404, "NotFound", "namespaces \"\(new.namespace)\" not found",
          details: ["name": .string(new.namespace), "kind": "namespaces"])
      }
      if namespace.isDeleting {
        throw .forbidden(
          resource, new.name,
          "unable to create new content in namespace \(new.namespace) because it is being terminated")
      }
    }
    if new.name.isEmpty, new.text(at: "metadata.generateName").isEmpty {
      throw .invalid(resource, "", field: "metadata.name", "Required value: name or generateName is required")
    }
    if !new.name.isEmpty, store.object(storage, namespace: new.namespace, name: new.name) != nil {
      throw .alreadyExists(resource, new.name)
    }
    fillDefaults(&new, storage)
    if storage == "pods" { try checkQuota(new) }
    new = identified(new)
    if storage == "jobs.batch" { try selectOwnPods(&new, resource) }
    if isDryRun { return new }
    touch()
    return store.put(storage, new)
  }

  /// Gives a Job the selector and its pods the labels by which it knows them, unless it says that it brings its own. What
  /// was copied from another Job, its selector included, is refused.
  private func selectOwnPods(_ job: inout JSONValue, _ resource: Resource) throws(StatusError) {
    guard job[at: "spec.manualSelector"]?.bool != true else { return }
    let own: [(String, String)] = [
      ("batch.kubernetes.io/controller-uid", job.uid), ("batch.kubernetes.io/job-name", job.name),
      ("controller-uid", job.uid), ("job-name", job.name),
    ]
    for (label, value) in own {
      let path: ArraySlice<String> = ["spec", "template", "metadata", "labels", label]
      if let given = job[path: "spec", "template", "metadata", "labels", label]?.string, given != value {
        throw .invalid(
          resource, job.name, field: "spec.template.metadata.labels[\(label)]", "Invalid value: must be \"\(value)\"")
      }
      job.set(path, .string(value))
    }
    let selector: JSONValue = ["matchLabels": .strings([(own[0].0, own[0].1)])]
    if let given = job[at: "spec.selector"], given != selector {
      throw .invalid(resource, job.name, field: "spec.selector", "Invalid value: `selector` not auto-generated")
    }
    job.set("spec.selector", selector)
  }

  /// Fills in what the API server fills in.
  mutating func fillDefaults(_ object: inout JSONValue, _ storage: String) {
    func give(_ object: inout JSONValue, _ path: String, _ value: JSONValue) {
      if object[at: path] == nil { object.set(path, value) }
    }
    switch storage {
    case "pods": Self.defaultPod(&object)
    case "deployments.apps":
      give(&object, "spec.replicas", 1)
      give(
        &object, "spec.strategy",
        ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": "25%", "maxSurge": "25%"]])
      give(&object, "spec.revisionHistoryLimit", 10)
      give(&object, "spec.progressDeadlineSeconds", 600)
      Self.defaultTemplate(&object)
    case "replicasets.apps", "statefulsets.apps", "daemonsets.apps":
      if storage != "daemonsets.apps" { give(&object, "spec.replicas", 1) }
      Self.defaultTemplate(&object)
    case "jobs.batch":
      give(&object, "spec.parallelism", 1)
      give(&object, "spec.completions", 1)
      give(&object, "spec.backoffLimit", 6)
      Self.defaultTemplate(&object)
    case "namespaces":
      give(&object, "spec.finalizers", ["kubernetes"])
      give(&object, "status.phase", "Active")
      object.set(["metadata", "labels", "kubernetes.io/metadata.name"], .string(object.name))
    case "services":
      give(&object, "spec.type", "ClusterIP")
      give(&object, "spec.clusterIP", .string("10.96.\(random.below(250)).\(1 + random.below(250))"))
      give(&object, "spec.sessionAffinity", "None")
      give(&object, "status.loadBalancer", .emptyObject)
    case "persistentvolumeclaims":
      give(&object, "spec.volumeMode", "Filesystem")
      give(&object, "status.phase", "Pending")
    default: break
    }
  }

  private static func defaultTemplate(_ object: inout JSONValue) {
    guard var template = object[at: "spec.template"] else { return }
    defaultPodSpec(&template)
    object.set("spec.template", template)
  }

  private static func defaultPod(_ pod: inout JSONValue) {
    defaultPodSpec(&pod)
    if pod[at: "spec.serviceAccountName"] == nil { pod.set("spec.serviceAccountName", "default") }
    if pod[at: "spec.priority"] == nil { pod.set("spec.priority", 0) }
    var tolerations = pod.list(at: "spec.tolerations")
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
    where !tolerations.contains(where: { $0["key"]?.string == key || $0["key"] == nil }) {
      tolerations.append([
        "key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
      ])
    }
    pod.set("spec.tolerations", .array(tolerations))
    pod["status"] = ["phase": "Pending", "qosClass": .string(Simulation.qualityOfService(pod))]
  }

  /// Defaults that pods and pod templates have in common.
  private static func defaultPodSpec(_ holder: inout JSONValue) {
    for (path, value) in [
      ("spec.restartPolicy", "Always"), ("spec.dnsPolicy", "ClusterFirst"),
      ("spec.schedulerName", "default-scheduler"), ("spec.terminationGracePeriodSeconds", 30),
      ("spec.securityContext", .emptyObject),
    ] as [(String, JSONValue)] where holder[at: path] == nil { holder.set(path, value) }
    for field in ["spec.initContainers", "spec.containers"] {
      guard let containers = holder[at: field]?.array else { continue }
      holder.set(
        field,
        .array(
          containers.map { container in
            var container = container
            if container["resources"] == nil { container["resources"] = .emptyObject }
            if container["imagePullPolicy"] == nil { container["imagePullPolicy"] = "IfNotPresent" }
            if container["terminationMessagePath"] == nil {
              container["terminationMessagePath"] = "/dev/termination-log"
              container["terminationMessagePolicy"] = "File"
            }
            // Limits without requests are requests, too.
            for (resource, limit) in container.strings(at: "resources.limits")
            where container[path: "resources", "requests", resource] == nil {
              container.set(["resources", "requests", resource], .string(limit))
            }
            return container
          }))
    }
  }
}
