import ClusterState
import Kube

/// The object whose template makes a pod: what has to be changed for the pod to be changed.
public struct PodOrigin: Sendable, Equatable {
  /// `deployment`, `statefulset` and so on; `pod` for a pod of its own.
  public let kind: String
  /// Its name.
  public let name: String
  /// Its namespace.
  public let namespace: String
  /// What becomes of its pods when its template changes.
  var replacement = Replacement()

  /// What a controller leaves as it is when its template changes, beyond what its kind tells.
  struct Replacement: Sendable, Equatable {
    /// Its pods that wait for a node.
    var waiting: [String] = []
    /// It rolls nothing out until it is resumed.
    var isPaused = false
    /// It replaces a pod only once somebody has deleted it.
    var isOnDelete = false
    /// The Job that makes the pod; its template is its own, whatever becomes of the CronJob above it.
    var job: String?
  }

  /// The given object.
  public init(kind: String, name: String, namespace: String) {
    self.kind = kind
    self.name = name
    self.namespace = namespace
  }

  /// The pod's controller, or the pod itself.
  public init(_ pod: Pod) {
    let controller = pod.metadata.controller
    self.init(
      kind: controller?.kind.lowercased() ?? "pod", name: controller?.name ?? pod.metadata.name,
      namespace: pod.metadata.namespace)
  }

  /// What is known of an object that is said to be an owner.
  public enum Owner: Sendable {
    /// It exists.
    case found(ObjectMeta)
    /// It does not exist, or another object has its name by now.
    case missing
    /// Nobody can tell here.
    case unknown
  }

  /// The topmost controller of an object that exists, followed from owner to owner, and what to know of it: an owner that
  /// is gone or that owns itself is not what commands can change.
  ///
  /// - Parameter look: finds the owner of an object in this namespace.
  public static func topmost(
    of object: any KubeObject, _ look: (OwnerReference, _ namespace: String) -> Owner
  ) -> (origin: PodOrigin, remark: String?) {
    let namespace = object.metadata.namespace
    func origin(_ kind: String, _ name: String) -> PodOrigin {
      PodOrigin(kind: kind.lowercased(), name: name, namespace: namespace)
    }
    var chain = [origin(object.reference.kind, object.metadata.name)]
    var metadata = object.metadata
    // Chains of Kubernetes' own have three links; whoever makes a longer one is not followed for ever.
    while chain.count < 16, let owner = metadata.controller {
      let next = origin(owner.kind, owner.name)
      if let start = chain.firstIndex(of: next) {
        let circle = (chain[start...] + [next]).map(\.text).joined(separator: " -> ")
        // Nothing is above the others: what makes the pod itself is what can be changed.
        return (
          chain[min(chain.count - 1, chain[0].kind == "pod" ? 1 : 0)],
          "the owners go in a circle: \(circle); what stands above them cannot be told"
        )
      }
      switch look(owner, namespace) {
      case .found(let found) where owner.uid.isEmpty || found.uid.isEmpty || owner.uid == found.uid:
        chain.append(next)
        metadata = found
      case .found:
        return (
          chain[chain.count - 1],
          "the \(next.text) that owns \(chain[chain.count - 1].text) is gone, and another one has its name by now"
        )
      case .missing:
        return (chain[chain.count - 1], "\(next.text), which owns \(chain[chain.count - 1].text), does not exist")
      case .unknown: return (next, nil)
      }
    }
    return (chain[chain.count - 1], nil)
  }

  /// This with what `state` tells of how the controller replaces pods; `subject` is what is asked about.
  func completed(for subject: any KubeObject, in state: ClusterState) -> PodOrigin {
    var completed = self
    func waiting(_ owner: ObjectMeta) -> [String] {
      if let pod = subject as? Pod { return [pod.metadata.name] }
      return state.owned(Pod.self, by: ObjectStore.identity(owner))
        .filter { $0.spec.nodeName.isEmpty && !$0.isTerminal && $0.metadata.deletionTimestamp == nil }
        .map(\.metadata.name).sorted()
    }
    switch kind {
    case "deployment":
      completed.replacement.isPaused =
        state.get(Deployment.self, namespace: namespace, name: name)?.spec.paused ?? false
    case "daemonset":
      guard let set = state.get(DaemonSet.self, namespace: namespace, name: name) else { break }
      completed.replacement.isOnDelete = set.spec.updateStrategy.type == "OnDelete"
      completed.replacement.waiting = waiting(set.metadata)
    case "statefulset":
      let set = state.get(StatefulSet.self, namespace: namespace, name: name)
      completed.replacement.waiting = waiting(set?.metadata ?? ObjectMeta())
    case "replicaset":
      let set = state.get(ReplicaSet.self, namespace: namespace, name: name)
      completed.replacement.waiting = waiting(set?.metadata ?? ObjectMeta())
    case "cronjob":
      guard let pod = subject as? Pod, let job = pod.metadata.controller, job.kind == "Job" else { break }
      completed.replacement.job = job.name
    default:
      if let pod = subject as? Pod { completed.replacement.waiting = [pod.metadata.name] }
    }
    return completed
  }

  private var text: String { "\(kind) \(name)" }
}
