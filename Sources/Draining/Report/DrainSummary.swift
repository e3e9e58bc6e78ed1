extension DrainRun {
  /// What has become of every pod that the run is about, in a sentence such as `10 pods removed, 1 still terminating, 1
  /// failed, 1 left; node/n1 drained.`
  public var summary: String {
    let pods = nodes.flatMap(\.pods)
    func count(_ isMeant: (PodProgress.State) -> Bool) -> Int { pods.count { isMeant($0.state) } }
    let removed = count { $0 == .ended(.removed) }
    // Of an earlier process only the log tells, until the pods have been looked at.
    let asked = pods.count { $0.state == .waiting && $0.wasAsked }
    let rest: [(count: Int, words: String)] = [
      (count { $0 == .ended(.absent) }, "gone without it"),
      (count { if case .terminating = $0 { true } else { false } }, "still terminating"),
      (count { $0 == .evicting }, "asked to go, without an answer"),
      (asked, "asked to go before, and not looked at since"),
      (count { if case .ended(.failed) = $0 { true } else { false } }, "failed"),
      (count { $0 == .ended(.overdue) }, "left because their deletion is overdue"),
      (count { $0 == .ended(.leftAlone) }, "left alone as was wished"),
      (
        count {
          switch $0 {
          case .waiting, .blocked, .retrying: true
          default: false
          }
        } - asked, "left"
      ),
    ]
    let parts =
      ["\(removed) pod\(removed == 1 ? "" : "s") removed"]
      + rest.filter { $0.count > 0 }.map { "\($0.count) \($0.words)" }
    let drained = nodes.filter { $0.state == .drained }.map { "node/\($0.target.name)" }
    return parts.joined(separator: ", ")
      + (drained.isEmpty ? "" : "; \(drained.joined(separator: ", ")) drained") + "."
  }
}

extension NodeProgress {
  /// What has become of a node whose drain did not fail: pods may have been left on it, because a person wished so or
  /// because their deletion is overdue.
  public var drainedSentence: String {
    let left = pods.count { [.ended(.leftAlone), .ended(.overdue)].contains($0.state) }
    return left == 0 ? "drained" : "drained, but for \(left) pod\(left == 1 ? "" : "s") left there"
  }
}
