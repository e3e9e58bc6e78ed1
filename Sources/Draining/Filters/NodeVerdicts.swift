import Kube

/// The verdicts about the pods of one node, and what kubectl says about them.
public struct NodeVerdicts: Sendable, Equatable {
  /// One pod.
  public struct Item: Sendable, Equatable {
    /// The pod as it was read.
    public var pod: Pod
    /// What is done with it.
    public var verdict: PodVerdict

    /// A pod and its verdict.
    public init(pod: Pod, verdict: PodVerdict) {
      self.pod = pod
      self.verdict = verdict
    }
  }

  /// In the order in which the server listed them.
  public var items: [Item]

  /// Verdicts.
  public init(items: [Item]) { self.items = items }

  /// The pods that the drain removes, as long as nothing is refused.
  public var removals: [Pod] { items.filter(\.verdict.isRemoval).map(\.pod) }

  /// Whether the drain of the node is refused.
  public var isRefused: Bool { items.contains { $0.verdict.action == .refuse } }

  /// What kubectl prints behind `Warning: ` before it begins; nil when it has nothing to say. kubectl's groups are in
  /// no fixed order; here they stand in the order of their first pods.
  public var warning: String? {
    let groups = groups(.warning).map { "\($0.reason): \($0.pods)" }
    return groups.isEmpty ? nil : groups.joined(separator: "; ")
  }

  /// The errors that refuse the drain, one for each reason.
  public var errors: [String] {
    groups(.error).map { group in
      let text = group.reason.isEmpty ? "unexpected error" : group.reason
      let isWhole = text.lowercased().hasPrefix("cannot delete")
      return "\(isWhole ? "" : "cannot delete ")\(text): \(group.pods)"
    }
  }

  /// The errors as one, as kubectl writes it; nil when nothing is refused.
  public var error: String? { ErrorList.text(errors) }

  private func groups(_ report: PodVerdict.Report) -> [(reason: String, pods: String)] {
    var reasons: [String] = []
    var names: [String: [String]] = [:]
    for item in items where item.verdict.report == report {
      let reason = item.verdict.reason
      if names[reason] == nil { reasons.append(reason) }
      names[reason, default: []].append("\(item.pod.metadata.namespace)/\(item.pod.metadata.name)")
    }
    return reasons.map { ($0, (names[$0] ?? []).joined(separator: ", ")) }
  }
}

/// Several errors as one, as kubectl writes them.
public enum ErrorList {
  /// A single error as it is, several in brackets, the same text once; nil when there are none.
  public static func text(_ errors: [String]) -> String? {
    var distinct: [String] = []
    for error in errors where !distinct.contains(error) { distinct.append(error) }
    return distinct.count > 1 ? "[\(distinct.joined(separator: ", "))]" : distinct.first
  }
}
