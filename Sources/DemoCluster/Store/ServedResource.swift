import Kube

/// A kind in one version as the demo cluster serves it.
struct ServedResource: Sendable {
  /// What discovery says about it.
  var resource: Resource
  /// Names the collection that all versions of the kind share, such as `pods` or `deployments.apps`.
  var storage: String
  /// Subresources with their kinds and verbs.
  var subresources: [Subresource] = []
  /// Columns of a custom resource; nil for built-in kinds.
  var customColumns: [JSONValue]?
  /// Groups that kubectl expands, such as `all`.
  var categories: [String] = []
  /// The text of a `Warning:` header that every answer carries; nil for versions that are not deprecated.
  var warning: String?
  /// Whether the status is written through the `status` subresource only.
  var hasStatus: Bool { subresources.contains { $0.name == "status" } }

  struct Subresource: Sendable {
    var name: String
    var kind: String
    var group: String?
    var version: String?
    var verbs: [String]
  }
}

/// Everything that the demo cluster serves.
struct ResourceCatalog: Sendable {
  private(set) var resources: [ServedResource]
  private let byPath: [String: Int]
  private let byStorage: [String: Int]

  init(_ resources: [ServedResource]) {
    self.resources = resources
    var byPath: [String: Int] = [:]
    var byStorage: [String: Int] = [:]
    for (index, served) in resources.enumerated() {
      byPath[served.resource.groupPath + "/" + served.resource.plural] = index
      if byStorage[served.storage] == nil { byStorage[served.storage] = index }
    }
    self.byPath = byPath
    self.byStorage = byStorage
  }

  /// The kind at `/api/v1/pods` or `/apis/apps/v1/deployments`.
  func resource(group: String, version: String, plural: String) -> ServedResource? {
    byPath[(group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)") + "/" + plural].map { resources[$0] }
  }

  /// The preferred version of a collection.
  func resource(storage: String) -> ServedResource? { byStorage[storage].map { resources[$0] } }

  /// The kind that an owner reference or an object names.
  func resource(apiVersion: String, kind: String) -> ServedResource? {
    resources.first { $0.resource.kind == kind && $0.resource.apiVersion == apiVersion }
  }

  /// Groups with their versions, in the order of declaration.
  var groups: [(name: String, versions: [String])] {
    var groups: [(name: String, versions: [String])] = []
    for served in resources where !served.resource.group.isEmpty {
      if let index = groups.firstIndex(where: { $0.name == served.resource.group }) {
        if !groups[index].versions.contains(served.resource.version) {
          groups[index].versions.append(served.resource.version)
        }
      } else {
        groups.append((served.resource.group, [served.resource.version]))
      }
    }
    return groups
  }

  /// The built-in kinds plus custom ones.
  static func standard(custom: [ServedResource] = []) -> ResourceCatalog { ResourceCatalog(builtIn + custom) }

  private static let allVerbs: Set<String> = [
    "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
  ]

  private static func kind(
    _ group: String, _ version: String, _ kind: String, _ plural: String, _ shortNames: [String] = [],
    namespaced: Bool = true, subresources: [ServedResource.Subresource] = [], inAll: Bool = false,
    verbs: Set<String> = allVerbs, storage: String? = nil, warning: String? = nil
  ) -> ServedResource {
    let resource = Resource(
      group: group, version: version, kind: kind, plural: plural, shortNames: shortNames, isNamespaced: namespaced,
      verbs: verbs)
    return ServedResource(
      resource: resource, storage: storage ?? resource.qualifiedName, subresources: subresources,
      categories: inAll ? ["all"] : [], warning: warning)
  }

  private static func status(_ kind: String) -> ServedResource.Subresource {
    .init(name: "status", kind: kind, verbs: ["get", "patch", "update"])
  }

  private static let scale = ServedResource.Subresource(
    name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"])

  private static let builtIn: [ServedResource] =
    core + workloads + policies + [
      kind(
        "autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", ["hpa"],
        subresources: [status("HorizontalPodAutoscaler")], inAll: true),
      kind("networking.k8s.io", "v1", "Ingress", "ingresses", ["ing"], subresources: [status("Ingress")]),
      kind("networking.k8s.io", "v1", "IngressClass", "ingressclasses", namespaced: false),
      kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", ["netpol"]),
      kind("storage.k8s.io", "v1", "StorageClass", "storageclasses", ["sc"], namespaced: false),
      kind("storage.k8s.io", "v1", "CSINode", "csinodes", namespaced: false),
      kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
      kind("coordination.k8s.io", "v1", "Lease", "leases"),
      kind("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", ["pc"], namespaced: false),
      kind("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", namespaced: false),
      kind("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", namespaced: false),
      kind("rbac.authorization.k8s.io", "v1", "Role", "roles"),
      kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
      kind(
        "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", ["crd", "crds"],
        namespaced: false, subresources: [status("CustomResourceDefinition")]),
      kind(
        "apiregistration.k8s.io", "v1", "APIService", "apiservices", namespaced: false,
        subresources: [status("APIService")]),
      kind(
        "authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", namespaced: false,
        verbs: ["create"]),
      kind(
        "authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", namespaced: false,
        verbs: ["create"]),
      kind("events.k8s.io", "v1", "Event", "events", ["ev"], storage: "events"),
      kind("metrics.k8s.io", "v1beta1", "NodeMetrics", "nodes", namespaced: false, verbs: ["get", "list"]),
      kind("metrics.k8s.io", "v1beta1", "PodMetrics", "pods", verbs: ["get", "list"]),
    ]

  private static let core: [ServedResource] = [
    kind(
      "", "v1", "Pod", "pods", ["po"],
      subresources: [
        status("Pod"), .init(name: "log", kind: "Pod", verbs: ["get"]),
        .init(name: "eviction", kind: "Eviction", group: "policy", version: "v1", verbs: ["create"]),
        .init(name: "binding", kind: "Binding", verbs: ["create"]),
      ], inAll: true),
    kind("", "v1", "Node", "nodes", ["no"], namespaced: false, subresources: [status("Node")]),
    kind("", "v1", "Namespace", "namespaces", ["ns"], namespaced: false, subresources: [status("Namespace")]),
    kind("", "v1", "Service", "services", ["svc"], subresources: [status("Service")], inAll: true),
    kind("", "v1", "ConfigMap", "configmaps", ["cm"]),
    kind("", "v1", "Secret", "secrets"),
    kind("", "v1", "ServiceAccount", "serviceaccounts", ["sa"]),
    kind("", "v1", "Event", "events", ["ev"]),
    kind(
      "", "v1", "Endpoints", "endpoints", ["ep"],
      warning: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"),
    kind(
      "", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", ["pvc"],
      subresources: [status("PersistentVolumeClaim")]),
    kind(
      "", "v1", "PersistentVolume", "persistentvolumes", ["pv"], namespaced: false,
      subresources: [status("PersistentVolume")]),
    kind("", "v1", "ResourceQuota", "resourcequotas", ["quota"], subresources: [status("ResourceQuota")]),
    kind("", "v1", "LimitRange", "limitranges", ["limits"]),
    kind(
      "", "v1", "ReplicationController", "replicationcontrollers", ["rc"],
      subresources: [status("ReplicationController"), scale], inAll: true),
  ]

  private static let workloads: [ServedResource] = [
    kind(
      "apps", "v1", "Deployment", "deployments", ["deploy"], subresources: [status("Deployment"), scale], inAll: true),
    kind("apps", "v1", "ReplicaSet", "replicasets", ["rs"], subresources: [status("ReplicaSet"), scale], inAll: true),
    kind(
      "apps", "v1", "StatefulSet", "statefulsets", ["sts"], subresources: [status("StatefulSet"), scale], inAll: true),
    kind("apps", "v1", "DaemonSet", "daemonsets", ["ds"], subresources: [status("DaemonSet")], inAll: true),
    kind("apps", "v1", "ControllerRevision", "controllerrevisions"),
    kind("batch", "v1", "Job", "jobs", subresources: [status("Job")], inAll: true),
    kind("batch", "v1", "CronJob", "cronjobs", ["cj"], subresources: [status("CronJob")], inAll: true),
  ]

  private static let policies: [ServedResource] = [
    kind(
      "policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", ["pdb"],
      subresources: [status("PodDisruptionBudget")]),
    kind(
      "policy", "v1beta1", "PodDisruptionBudget", "poddisruptionbudgets", ["pdb"],
      subresources: [status("PodDisruptionBudget")], storage: "poddisruptionbudgets.policy",
      warning:
        "policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget"
    ),
  ]
}
