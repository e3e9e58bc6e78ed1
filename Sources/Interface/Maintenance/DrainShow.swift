import ClusterState
import Diagnosis
import Draining
import Kube
import Terminal

/// A drain that has been begun, as far as whoever carries it out has told. It goes on whether somebody looks or not.
final class DrainShow {
  /// Given back with every answer.
  let id: Int
  /// What was ordered.
  let order: DrainOrder
  /// How far it is; nil until it has begun.
  private(set) var run: DrainRun?
  /// Why it could not begin.
  private(set) var refusal: String?
  /// What it has done, in kubectl's lines, the oldest first.
  private(set) var lines: [DrainLine] = []
  /// Whether nobody carries it out since an earlier podmedic has ended.
  private(set) var isCutOff = false
  /// Whether a person had ended what an earlier podmedic has left unfinished.
  private(set) var wasCancelled = false
  /// Grows whenever something has happened.
  private(set) var revision = 0
  /// The pods of the owners as they were before it began: what is not among them may be a replacement. Nil for a drain
  /// that an earlier podmedic has begun: only when its pods were made tells them apart.
  private let before: Set<String>?
  /// So many lines are kept: retries go on for ever.
  private static let mostLines = 2000

  /// A drain that is about to begin in a cluster.
  init(id: Int, order: DrainOrder, in cluster: ClusterState) {
    self.id = id
    self.order = order
    let owners = Set(
      order.nodes.flatMap { cluster.pods(onNode: $0.name) }.compactMap(\.metadata.controller?.uid))
    before = Set(owners.flatMap { cluster.pods(ofOwner: $0) }.map(\.metadata.uid))
  }

  /// A drain that an earlier podmedic has left unfinished, as its log has it.
  init(id: Int, cutOff log: DrainLog) {
    self.id = id
    order = log.header.order
    before = nil
    run = DrainRun(resuming: log)
    isCutOff = true
    wasCancelled = log.wasCancelled
  }

  /// The pods that take the place of those that go, by the uid of the pod that goes. Pods of a StatefulSet have the name
  /// of the one before; others take the places of their owner's pods in the order in which they were made.
  func replacements(in cluster: ClusterState) -> [String: Pod] {
    var replacements: [String: Pod] = [:]
    var owned: [String: [PodProgress]] = [:]
    for pod in pods where !pod.wasFinished {
      guard pod.isGoneOrGoing || isOver && (pod.wasAsked || isGone(pod, in: cluster)) else { continue }
      if let owner = pod.owner?.uid, !owner.isEmpty { owned[owner, default: []].append(pod) }
    }
    for (owner, going) in owned {
      let newer = cluster.pods(ofOwner: owner)
        .filter { isNewer($0) && !$0.isBeingDeleted && !$0.isTerminal }
        .sorted {
          ($0.metadata.creationTimestamp?.microseconds ?? 0, $0.metadata.name) < (
            $1.metadata.creationTimestamp?.microseconds ?? 0, $1.metadata.name
          )
        }
      if going.first?.owner?.kind == "StatefulSet" {
        for pod in going { replacements[pod.pod.uid] = newer.first { $0.metadata.name == pod.pod.name } }
      } else {
        for (pod, replacement) in zip(going, newer) { replacements[pod.pod.uid] = replacement }
      }
    }
    return replacements
  }

  /// Whether a pod was made since the drain began.
  private func isNewer(_ pod: Pod) -> Bool {
    if let before { return !before.contains(pod.metadata.uid) }
    guard let begun = run?.header.time, let created = pod.metadata.creationTimestamp,
      !pods.contains(where: { $0.pod.uid == pod.metadata.uid })
    else { return false }
    // The API server writes whole seconds.
    return created.seconds >= begun.seconds
  }

  /// Takes how far it is.
  func take(_ run: DrainRun) {
    self.run = run
    isCutOff = false
    revision += 1
  }

  /// Takes that it cannot begin.
  func refuse(_ reason: String) {
    refusal = reason
    revision += 1
  }

  /// Takes what has happened.
  func note(_ event: DrainEvent) {
    lines += event.lines(order.options.dryRun)
    if lines.count > Self.mostLines { lines.removeFirst(lines.count - Self.mostLines) }
    revision += 1
  }

  /// Whether it is still going on.
  var isRunning: Bool { refusal == nil && run?.outcome == nil && !isCutOff }

  /// Whether nobody looks after its pods any more: what is known of them is what the cluster shows.
  var isOver: Bool { isCutOff || run?.outcome != nil }

  /// Whether it asks no more pods to go until a person wants it to go on.
  var isPaused: Bool { run?.isPaused == true }

  /// Every pod that it removes, node by node.
  var pods: [PodProgress] { run?.nodes.flatMap(\.pods) ?? [] }

  /// How many pods are gone, and of how many.
  func counts(in cluster: ClusterState) -> (gone: Int, all: Int) {
    let pods = pods
    return (pods.count { isGone($0, in: cluster) }, pods.count)
  }

  /// Whether a pod is not on its node any more.
  func isGone(_ pod: PodProgress, in cluster: ClusterState) -> Bool {
    switch pod.state {
    case .ended(.removed), .ended(.absent), .ended(.wouldGo): return true
    case .waiting, .evicting, .blocked, .retrying, .terminating:
      guard isOver, cluster.store(of: Pod.self)?.freshness == .live else { return false }
      return cluster.get(Pod.self, namespace: pod.pod.namespace, name: pod.pod.name)?.metadata.uid != pod.pod.uid
    case .ended: return false
    }
  }

  /// The nodes that this run has cordoned. One that was cut off in the middle of it lacks that in its log, and the node
  /// has it.
  func cordoned(in cluster: ClusterState) -> [DrainOrder.Target] {
    guard let run else { return [] }
    return run.nodes.filter { node in
      guard !node.isCordonedByRun else { return true }
      let known = isCutOff ? cluster.get(Node.self, name: node.target.name) : nil
      return known.map { $0.metadata.uid == node.target.uid && CordonNote.isStanding($0, run: run.header.id) } ?? false
    }.map(\.target)
  }

  /// `node 1 of 2: `; "" for a single node. The pods of a node are known when its turn comes.
  var turn: String {
    guard let nodes = run?.nodes, nodes.count > 1 else { return "" }
    let begun = nodes.count { !$0.pods.isEmpty || $0.hasEnded }
    return "node \(max(1, begun)) of \(nodes.count): "
  }

  /// `3 of 7 gone, 2 going, 1 blocked`.
  func progress(in cluster: ClusterState) -> String {
    let pods = pods
    let words = pods.filter { !isGone($0, in: cluster) }.compactMap { word(for: $0, in: cluster) }
    let order = [
      "going", "asked to go, without an answer", Self.isNotKnown, "blocked", "to be tried again", "left alone",
      "not evicted", "failed",
    ]
    var parts = ["\(turn)\(counts(in: cluster).gone) of \(pods.count) gone"]
    for word in order {
      let count = words.count { $0 == word }
      if count > 0 { parts.append("\(count) \(word)") }
    }
    return parts.joined(separator: ", ")
  }

  /// The log of a run that was cut off has that a pod was about to be asked to go, not what was answered.
  static let isNotKnown = "asked to go, outcome not known"

  /// Whether a pod that is still there is being deleted.
  func isGoing(_ pod: PodProgress, in cluster: ClusterState) -> Bool {
    guard let known = cluster.get(Pod.self, namespace: pod.pod.namespace, name: pod.pod.name) else { return false }
    return known.metadata.uid == pod.pod.uid && known.isBeingDeleted
  }

  /// How a pod that is still there is counted; nil while its turn has not come.
  private func word(for pod: PodProgress, in cluster: ClusterState) -> String? {
    switch pod.state {
    case .waiting where !isOver: return nil
    case .waiting:
      if isGoing(pod, in: cluster) { return "going" }
      return pod.wasAsked ? Self.isNotKnown : "not evicted"
    case .evicting: return isOver ? "asked to go, without an answer" : nil
    case .blocked: return isOver ? "not evicted" : "blocked"
    case .retrying: return isOver ? "not evicted" : "to be tried again"
    case .terminating: return "going"
    case .ended(.leftAlone), .ended(.overdue): return "left alone"
    case .ended(.failed): return "failed"
    case .ended(.removed), .ended(.absent), .ended(.wouldGo): return nil
    }
  }

  /// One word for where it is.
  var word: String {
    if refusal != nil { return "not begun" }
    if isCutOff { return wasCancelled ? "cancelled" : "cut off" }
    guard let run else { return "beginning" }
    switch run.outcome {
    case .drained: return "drained"
    case .failed: return "failed"
    case .cancelled: return "cancelled"
    case .interrupted: return "interrupted"
    case nil:
      if run.isCancelled { return "ending" }
      if run.isPaused { return "paused" }
      return run.outage == nil ? "draining" : "no answer"
    }
  }

  /// How the word is drawn.
  var role: Role {
    switch word {
    case "drained": .ok
    case "failed", "interrupted", "cut off", "not begun": .critical
    case "cancelled", "paused", "ending", "no answer": .notice
    default: .progressing
    }
  }
}

extension PodProgress {
  /// Whether it has been told to go, or is gone.
  fileprivate var isGoneOrGoing: Bool {
    switch state {
    case .terminating, .ended(.removed), .ended(.absent), .ended(.wouldGo): true
    default: false
    }
  }
}

/// What a person says to a drain that is going on.
public enum DrainControl: Sendable, Equatable {
  /// No more pods are asked to go until `resume`.
  case pause
  /// Goes on.
  case resume
  /// Ends it: what has been told to go goes, nothing else is.
  case cancel
  /// Leaves pods alone that have not been told to go.
  case skip([PodKey])
}
