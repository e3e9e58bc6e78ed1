import Kube

/// Which pods belong to an object by labels.
enum PodSelector {
  /// The selector of a workload, a service or a budget; nil for kinds without one, and where it is not set.
  static func of(_ object: any KubeObject) -> LabelSelector? {
    switch object {
    case let object as Deployment: return object.spec.selector
    case let object as ReplicaSet: return object.spec.selector
    case let object as StatefulSet: return object.spec.selector
    case let object as DaemonSet: return object.spec.selector
    case let object as Job: return object.spec.selector
    case let object as PodDisruptionBudget: return object.spec.selector
    case let object as Service:
      // An empty selector means that somebody else manages the endpoints: it selects nothing.
      return object.spec.selector.isEmpty ? nil : labels(object.spec.selector)
    default: return nil
    }
  }

  private static func labels(_ labels: SmallMap<String>) -> LabelSelector {
    var selector = LabelSelector()
    selector.matchLabels = labels
    return selector
  }
}
