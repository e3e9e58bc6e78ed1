import Diagnosis
import Kube
import Scheduling

/// What would place a pod, as far as a remedy can do it: what expressions read under `placement`.
public struct PlacementFacts: KubeRecord, Equatable {
  /// The node that a DaemonSet's pod is for; "" for pods that may go to several.
  public var onlyNode = ""
  /// The key of a taint that, tolerated, is all that is needed for a place; "" where that alone would not do.
  public var toleration = ""
  /// The container that would have to ask for less, where that is all that is needed; "" where it is not.
  public var container = ""
  /// What that container may ask for of CPU, as an amount, such as `1150m`; "" where CPU is not what is short.
  public var cpuRequest = ""

  /// Nothing known.
  public init() {}

  init(_ answer: PlacementAnswer, _ pod: Pod) {
    onlyNode = pod.onlyNode ?? ""
    for suggestion in answer.suggestions where suggestion.changes.count == 1 {
      switch suggestion.changes[0] {
      case .tolerate(let key, _, _) where toleration.isEmpty: toleration = key
      case .lowerRequest("cpu", _, _) where container.isEmpty && suggestion.lowered.count == 1:
        container = suggestion.lowered[0].container
        cpuRequest = suggestion.lowered[0].amount.text
      default: continue
      }
    }
  }

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<PlacementFacts>([
    .string(1, "onlyNode", \.onlyNode),
    .string(2, "toleration", \.toleration),
    .string(3, "container", \.container),
    .string(4, "cpuRequest", \.cpuRequest),
  ])
}

extension PlaybookFacts {
  /// Asks the scheduler's filters where the subject could go; nil when it is no pod.
  func findPlacement() -> PlacementAnswer? {
    guard let pod, var question = PlacementQuestion(pod, in: state, makeSnapshot(state), isManifest: false, now: now)
    else { return nil }
    if let top = ownerChain.last as? any KubeObject, ownerChain.count > 1 {
      question.origin = PodOrigin(
        kind: top.reference.kind.lowercased(), name: top.metadata.name, namespace: top.metadata.namespace)
    }
    return question.answer
  }
}
