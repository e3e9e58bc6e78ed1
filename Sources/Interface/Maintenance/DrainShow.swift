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
  /// Grows whenever something has happened.
  private(set) var revision = 0
  /// So many lines are kept: retries go on for ever.
  private static let mostLines = 2000

  init(id: Int, order: DrainOrder) {
    self.id = id
    self.order = order
  }

  /// Takes how far it is.
  func take(_ run: DrainRun) {
    self.run = run
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
  var isRunning: Bool { refusal == nil && run?.outcome == nil }

  /// Every pod that it removes, node by node.
  var pods: [PodProgress] { run?.nodes.flatMap(\.pods) ?? [] }

  /// How many pods are gone, and of how many.
  var counts: (gone: Int, all: Int) {
    let pods = pods
    return (pods.count { $0.isGone }, pods.count)
  }

  /// The nodes that this run has cordoned and that are not opened again by it.
  var cordoned: [DrainOrder.Target] { run?.nodes.filter(\.isCordonedByRun).map(\.target) ?? [] }

  /// `3 of 7 gone, 2 going, 1 blocked`.
  var progress: String {
    let pods = pods
    let (gone, all) = counts
    var parts = ["\(gone) of \(all) gone"]
    let groups: [(String, (PodProgress.State) -> Bool)] = [
      ("going", { if case .terminating = $0 { true } else { false } }),
      ("blocked", { if case .blocked = $0 { true } else { false } }),
      ("to be tried again", { if case .retrying = $0 { true } else { false } }),
      ("left alone", { $0 == .ended(.leftAlone) || $0 == .ended(.overdue) }),
      ("failed", { if case .ended(.failed) = $0 { true } else { false } }),
    ]
    for (word, belongs) in groups {
      let count = pods.count { belongs($0.state) }
      if count > 0 { parts.append("\(count) \(word)") }
    }
    return parts.joined(separator: ", ")
  }

  /// One word for where it is.
  var word: String {
    if refusal != nil { return "not begun" }
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
    case "failed", "interrupted", "not begun": .critical
    case "cancelled", "paused", "ending", "no answer": .notice
    default: .progressing
    }
  }
}

extension PodProgress {
  /// Whether it is not on its node any more.
  var isGone: Bool {
    switch state {
    case .ended(.removed), .ended(.absent), .ended(.wouldGo): true
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
