import ClusterState
import Kube

/// Makes sets of changes as small as they can be: of changes that place a pod together, those that are not needed are
/// dropped, one after another, and the filters run again each time.
struct MinimalChanges {
  private let pod: Pod
  private let snapshot: ClusterSnapshot
  /// How often the filters may still be run on all nodes.
  private var runs: Int
  /// What the filters said about sets of changes.
  private var known: [Set<Change>: Bool] = [:]

  init(_ pod: Pod, _ snapshot: ClusterSnapshot, runs: Int) {
    self.pod = pod
    self.snapshot = snapshot
    self.runs = runs
  }

  /// The changes that are needed of these, which place the pod; nil when the runs do not suffice to tell, so that nobody
  /// is told to do what may not be needed.
  mutating func needed(of changes: [Change]) -> [Change]? {
    var needed = changes
    // The dearest goes first, if it can.
    let byEffort = changes.sorted { ($0.effort, $0.text) > ($1.effort, $1.text) }
    var isSmaller = true
    // What could not go may be able to when something else has gone.
    while isSmaller, needed.count > 1 {
      isSmaller = false
      for change in byEffort where needed.contains(change) && needed.count > 1 {
        let rest = needed.filter { $0 != change }
        guard let isEnough = isEnough(rest) else { return nil }
        if isEnough { (needed, isSmaller) = (rest, true) }
      }
    }
    return needed
  }

  /// Whether the changes place the pod on some node; nil when there are no more runs.
  private mutating func isEnough(_ changes: [Change]) -> Bool? {
    let key = Set(changes)
    if let known = known[key] { return known }
    guard runs > 0 else { return nil }
    runs -= 1
    var (changedPod, changed) = (pod, snapshot)
    for change in changes { change.apply(to: &changedPod, &changed) }
    let evaluation = Evaluation(changedPod, in: changed)
    let result = changed.nodes.contains { evaluation.passes($0) }
    known[key] = result
    return result
  }
}

extension [Change] {
  /// Whether these changes hold all that `other` asks for, so that they are worth nothing beside it.
  func cover(_ other: [Change]) -> Bool { other.allSatisfy { wanted in contains { $0.covers(wanted) } } }
}

extension Change {
  /// The resource of which less is asked for; nil for other changes.
  var loweredResource: String? { if case .lowerRequest(let resource, _, _) = self { resource } else { nil } }

  /// Whether this change does what the other does, and perhaps more.
  fileprivate func covers(_ other: Change) -> Bool {
    switch (self, other) {
    case (.lowerRequest(let resource, _, let to), .lowerRequest(let otherResource, _, let otherTo)):
      resource == otherResource && to <= otherTo
    case (.free(let node, let pods, _), .free(let otherNode, let otherPods, _)):
      node == otherNode && Set(otherPods.map(\.name)).isSubset(of: pods.map(\.name))
    case (.dropNodeAffinity, .dropNodeRequirement): true
    default: self == other
    }
  }
}
