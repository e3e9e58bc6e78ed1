import ClusterState
import Kube

/// The least that would place a pod: verified by running the filters on the changed objects.
public struct Suggestion: Sendable, Equatable {
  /// What to change, all of it.
  public let changes: [Change]
  /// The nodes on which the pod then fits, by name; a node that does not exist yet is not among them.
  public let places: [String]
  /// The commands, in order; a line may be a pipe. Empty where a person has to decide what to do.
  public let kubectl: [String]
  /// What to know before making it, a sentence each.
  public let remarks: [String]
  /// Of lower requests, what each container asks for then, as the API server takes it.
  public let lowered: [LoweredRequest]
  /// Pods that are to be deleted last: their controller does not replace them when the template changes.
  public let replaced: [ObjectName]

  /// What a container asks for when a suggestion is followed.
  public struct LoweredRequest: Sendable, Equatable {
    /// Name of the container.
    public let container: String
    /// `cpu`, `memory` and so on.
    public let resource: String
    /// The new request.
    public let amount: Quantity
  }

  init(
    _ changes: [Change], places: [String] = [], kubectl: [String] = [], remarks: [String] = [],
    lowered: [LoweredRequest] = [], replaced: [ObjectName] = []
  ) {
    self.changes = changes
    self.places = places
    self.kubectl = kubectl
    self.remarks = remarks
    self.lowered = lowered
    self.replaced = replaced
  }

  /// One line for a person.
  public var text: String { changes.map(\.text).joined(separator: ", and ") }

  /// Whether the filters have let the pod pass after just these changes. Of what only begins something, such as mending
  /// a node or getting a claim bound, nobody can tell beforehand where it leads.
  public var isVerified: Bool { !changes.contains(where: \.isHope) }

  /// Whether a command of it changes nothing: it shows what there is to do.
  public var onlyShows: Bool {
    changes.contains {
      switch $0 {
      case .repair, .bindClaim, .addVolume: true
      default: false
      }
    }
  }

  var effort: Int { changes.reduce(0) { $0 + $1.effort } + 3 * (changes.count - 1) }
}

extension ClusterSnapshot {
  /// What would place a pod that fits nowhere, the least first; nothing when it fits or when nobody can tell.
  ///
  /// - Parameters:
  ///   - origin: what to change for the pod to change; the topmost controller, if it is known.
  ///   - limit: the largest number of suggestions.
  ///   - preemption: whom the scheduler removes by itself, if that is known already.
  ///   - state: what is known beyond what filters look at: of pods with a controller only those are asked to leave that
  ///     are in it, since another one is made that needs a place.
  public func suggestions(
    for pod: Pod, origin: PodOrigin? = nil, limit: Int = 8, preemption: Preemption? = nil,
    knowing state: ClusterState = ClusterState()
  ) -> [Suggestion] {
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
    return SuggestionSearch(
      pod: loose, snapshot: others, origin: origin ?? PodOrigin(pod), preemption: preemption, state: state
    ).run(limit: limit)
  }
}
