import Kube

/// The columns that `kubectl get` prints of a table: what a search through its output can find.
struct KubectlColumns {
  /// Those that are always there, in kubectl's order, by the ids of the table's columns.
  var always: [String]
  /// Those that `-o wide` adds, which stand behind them.
  var wide: [String]

  /// Those of a kind that podmedic has a screen for; nil where it has none.
  init?(of resource: Resource) {
    guard let columns = Self.byKind[resource.kind] else { return nil }
    let namespace = resource.isNamespaced ? ["namespace"] : []
    always = namespace + Self.ids(columns.always)
    wide = Self.ids(columns.wide)
  }

  init(always: [String], wide: [String]) {
    self.always = always
    self.wide = wide
  }

  private static func ids(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

  private static let template = "containers images selector"

  /// As kubectl 1.36 has them; `KubectlColumnsTests` compares their texts.
  private static let byKind: [String: (always: String, wide: String)] = [
    "Pod": ("name ready status restarts age", "ip node nominated-node readiness-gates"),
    "Deployment": ("name ready up-to-date available age", template),
    "ReplicaSet": ("name desired current ready age", template),
    "StatefulSet": ("name ready age", "containers images"),
    "DaemonSet": ("name desired current ready up-to-date available node-selector age", template),
    "Job": ("name status completions duration age", template),
    "CronJob": ("name schedule timezone suspend active last-schedule age", template),
    "Service": ("name type cluster-ip external-ip ports age", "selector"),
    "Event": ("last-seen type reason object message", "subobject source first-seen count name"),
    "Node": (
      "name status roles age version", "internal-ip external-ip os-image kernel-version container-runtime"
    ),
    "Namespace": ("name status age", ""),
    "EndpointSlice": ("name address-type ports endpoints age", ""),
    "Ingress": ("name class hosts address ports age", ""),
    "PersistentVolumeClaim": (
      "name status volume capacity access-modes storage-class attributes-class age", "volume-mode"
    ),
    "PersistentVolume": (
      "name capacity access-modes reclaim-policy status claim storage-class attributes-class reason age", "volume-mode"
    ),
    "StorageClass": ("name provisioner reclaim-policy binding-mode expansion age", ""),
    "ConfigMap": ("name data age", ""), "Secret": ("name type data age", ""), "ServiceAccount": ("name age", ""),
    "PodDisruptionBudget": ("name min-available max-unavailable allowed age", ""),
    "HorizontalPodAutoscaler": ("name reference targets min-pods max-pods replicas age", ""),
    "ResourceQuota": ("name request limit age", ""), "LimitRange": ("name created", ""),
    "Lease": ("name holder age", ""),
  ]
}

/// What a table's column is to kubectl, which sorts by fields of objects.
struct KubectlSort {
  /// The field, as `--sort-by` takes it.
  var path: String
  /// Whether the column counts the other way: ages grow while times of creation go back.
  var isReversed: Bool
}
