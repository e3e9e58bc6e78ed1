import ClusterState
import Diagnosis
import Kube

// What must have been read before it is certain that nothing is found.

extension FindingCode {
  /// The kind of object that it is about, from its first word.
  public var objectKind: String {
    switch rawValue.prefix(while: { $0 != "." }) {
    case "pod": "Pod"
    case "workload": "Deployment"
    case "job": "Job"
    case "cronjob": "CronJob"
    case "node": "Node"
    case "service": "Service"
    case "ingress": "Ingress"
    case "claim": "PersistentVolumeClaim"
    case "volume": "PersistentVolume"
    case "budget": "PodDisruptionBudget"
    case "quota": "ResourceQuota"
    case "autoscaler": "HorizontalPodAutoscaler"
    case "apiservice": "APIService"
    default: "Namespace"
    }
  }

  /// Whether only events tell it, so that it cannot be ruled out without them.
  var needsEvents: Bool {
    switch self {
    case .podKilledByProbe, .podNodeOutOfMemory, .podSandboxFailed, .podVolumeNotMounted, .podPullingSlowly,
      .workloadQuotaExceeded, .workloadPodsRefused, .cronJobMissed, .claimResizeFailed:
      true
    default: false
    }
  }

  /// The kinds beside its own that must be read to the end before its silence means something.
  fileprivate var alsoReads: [any KubeObject.Type] {
    switch self {
    case .ingressBackendMissing: [Service.self]
    case .ingressScaledDown: [Service.self, EndpointSlice.self, Pod.self]
    case .ingressClassMissing: [IngressClass.self]
    case .serviceNoEndpoints: [EndpointSlice.self, Pod.self]
    case .serviceNoPods, .servicePortUndeclared: [Pod.self]
    case .claimClassMissing: [StorageClass.self]
    case .podNodeNotReady, .podNodeGone: [Node.self]
    default: []
    }
  }
}

extension ClusterState {
  /// Why it is not certain that there are no findings of these kinds, a doubt for each kind of object that was not read.
  func doubts(about codes: [FindingCode], namespace: String) -> [Doubt] {
    let types = codes.flatMap { [PlaybookScope.type(ofKind: $0.objectKind)].compactMap { $0 } + $0.alsoReads }
    return doubts(about: types, namespace: namespace)
  }

  /// Why it is not certain that nothing is wrong with an object about which nothing is found. A kind that the server does
  /// not have hides nothing.
  public func doubts(about object: ObjectReference) -> [Doubt] {
    let isWorkload = ["StatefulSet", "DaemonSet", "ReplicaSet"].contains(object.kind)
    let kind = isWorkload ? "Deployment" : object.kind
    let codes = FindingCode.allCases.filter { $0.objectKind == kind }
    // What a pod or a workload lacks is found without events; they say why.
    let needsEvents = !["Pod", "Deployment"].contains(kind) && codes.contains(where: \.needsEvents)
    let types = codes.flatMap(\.alsoReads) + (needsEvents ? [Event.self] : [])
    return doubts(about: types, namespace: object.namespace).filter { $0.reason != .notServed }
  }

  private func doubts(about types: [any KubeObject.Type], namespace: String) -> [Doubt] {
    var kinds: Set<String> = []
    return types.filter { kinds.insert($0.resource.kind).inserted }
      .sorted { $0.resource.plural < $1.resource.plural }
      .compactMap { doubt(about: $0, namespace: namespace) }
  }
}
