import ClusterState
import Kube

/// The least that would place a pod: verified by running the filters on the changed objects.
public struct Suggestion: Sendable, Equatable {
  /// What to change, all of it.
  public let changes: [Change]
  /// The nodes on which the pod then fits, by name; a node that does not exist yet is not among them.
  public let places: [String]
  /// One command a change; empty where a person has to decide what to do.
  public let kubectl: [String]

  /// One line for a person.
  public var text: String { changes.map(\.text).joined(separator: ", and ") }

  var effort: Int { changes.reduce(0) { $0 + $1.effort } + 3 * (changes.count - 1) }
}

/// The object whose template makes a pod: what has to be changed for the pod to be changed.
public struct PodOrigin: Sendable, Equatable {
  /// `deployment`, `statefulset` and so on; `pod` for a pod of its own.
  public let kind: String
  /// Its name.
  public let name: String
  /// Its namespace.
  public let namespace: String

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
}

extension ClusterSnapshot {
  /// What would place a pod that fits nowhere, the least first; nothing when it fits or when nobody can tell.
  ///
  /// - Parameters:
  ///   - origin: what to change for the pod to change; the topmost controller, if it is known.
  ///   - limit: the largest number of suggestions.
  public func suggestions(for pod: Pod, origin: PodOrigin? = nil, limit: Int = 8) -> [Suggestion] {
    var loose = pod
    loose.spec.nodeName = ""
    for index in loose.spec.containers.indices {
      loose.spec.containers[index].resources.requests = loose.spec.containers[index].resources.requestsOrLimits
    }
    for index in loose.spec.initContainers.indices {
      loose.spec.initContainers[index].resources.requests = loose.spec.initContainers[index].resources.requestsOrLimits
    }
    var others = self
    others.removePod(ObjectStore.identity(pod.metadata))
    return SuggestionSearch(pod: loose, snapshot: others, origin: origin ?? PodOrigin(pod)).run(limit: limit)
  }
}
