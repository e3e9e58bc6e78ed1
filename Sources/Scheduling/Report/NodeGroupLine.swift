/// A line of a report's nodes: one group, or several that are refused by the same filters and are told together, so that
/// forty kinds of taints fit on a page.
public enum NodeGroupLine: Sendable {
  /// Nodes that refuse for the same reasons.
  case group(NodeGroup)
  /// Groups for which there is no line of their own, the nearest miss first; at least two.
  case further([NodeGroup])

  /// The groups of the line.
  public var groups: [NodeGroup] {
    switch self {
    case .group(let group): [group]
    case .further(let groups): groups
    }
  }

  /// How many nodes it stands for.
  public var nodeCount: Int { groups.reduce(0) { $0 + $1.nodes.count } }

  /// What the groups are, such as `35 further taints`; nil for a single group.
  public var title: String? {
    guard case .further(let groups) = self, let first = groups.first else { return nil }
    let plugins = first.plugins
    guard groups.allSatisfy({ $0.plugins == plugins }) else { return "\(groups.count) further reasons" }
    if plugins == [.taintToleration] { return "\(groups.count) further taints" }
    return "\(groups.count) further reasons of \(plugins.map(\.rawValue).joined(separator: ", "))"
  }

  /// What stands in the way first in each group, such as the taints; as many as a line takes.
  public func words(atMost limit: Int = 4) -> String {
    let words = groups.prefix(limit).compactMap { $0.blockers.first?.words }
    let rest = groups.count - words.count
    return words.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}

extension NodeGroup {
  /// The filters that stand in the way, each once, in their order.
  fileprivate var plugins: [FilterPlugin] {
    blockers.reduce(into: []) { plugins, blocker in
      if plugins.last != blocker.plugin { plugins.append(blocker.plugin) }
    }
  }
}

extension PlacementReport {
  /// `groups` on at most so many lines, at least 4. The nearest misses keep lines of their own; what is left over is put
  /// together by the filters that refuse it.
  public func lines(atMost limit: Int) -> [NodeGroupLine] {
    let groups = groups
    let limit = max(4, limit)
    guard groups.count > limit else { return groups.map { .group($0) } }
    let near = limit / 2
    var shapes: [[FilterPlugin]] = []
    var byShape: [[FilterPlugin]: [NodeGroup]] = [:]
    for group in groups.dropFirst(near) {
      if byShape[group.plugins] == nil { shapes.append(group.plugins) }
      byShape[group.plugins, default: []].append(group)
    }
    // Shapes without a line of their own are put together once more.
    let own = shapes.count > limit - near ? limit - near - 1 : shapes.count
    var folded = shapes.prefix(own).map { byShape[$0] ?? [] }
    let rest = shapes.dropFirst(own).flatMap { byShape[$0] ?? [] }
    if !rest.isEmpty { folded.append(rest) }
    return groups.prefix(near).map { .group($0) }
      + folded.map { $0.count == 1 ? .group($0[0]) : .further($0) }
  }
}
