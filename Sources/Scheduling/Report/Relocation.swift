import ClusterState
import Kube

/// Where a pod would go when it has to leave its node.
public struct Relocation: Sendable {
  /// The pod.
  public let pod: ObjectName
  /// The node that would take it; nil when none would, or when nobody can tell.
  public let node: String?
  /// Every filter on every node, at the time when this pod's turn comes.
  public let report: PlacementReport
  /// Its ephemeral volumes that are made before a node is chosen: where they will be is not known, and `report` leaves
  /// them out.
  public let unknownVolumes: [String]
}

extension ClusterSnapshot {
  /// Where pods would go, one after another in the given order, each counting for those that come later.
  ///
  /// Which of several nodes the scheduler prefers depends on scores and chance: the one with most room is taken here,
  /// so that `node` is a possibility and its absence a fact.
  ///
  /// - Parameters:
  ///   - node: the node that they leave; it is cordoned, or with `isRemoved` gone.
  public func relocations(of pods: [Pod], leaving node: String, isRemoved: Bool = false) -> [Relocation] {
    var snapshot = self
    if isRemoved { snapshot.removeNode(node) } else { snapshot.cordon(node) }
    return pods.map { pod in
      snapshot.removePod(ObjectStore.identity(pod.metadata))
      var loose = pod
      loose.spec.nodeName = ""
      loose.status = PodStatus()
      // A pod that no scheduler has seen yet is another matter than one that does not exist yet.
      loose.metadata.uid = ""
      let unknown = snapshot.putEphemeralClaims(of: loose, isRenewed: true)
      loose.spec.volumes.removeAll { unknown.contains($0.name) }
      let report = snapshot.explain(loose)
      let target = snapshot.roomiest(report.fitting.map(\.name))
      if let target { snapshot.place(loose, on: target) }
      return Relocation(pod: ObjectName(pod.metadata), node: target, report: report, unknownVolumes: unknown)
    }
  }

  /// The node with the largest share of free CPU and memory; the first by name of equal ones.
  func roomiest(_ names: [String]) -> String? {
    func share(_ name: String) -> Double {
      guard let slot = slot(of: name) else { return 0 }
      let (used, all) = (nodes[slot].used, nodes[slot].facts.allocatable)
      func free(_ used: Int64, _ all: Int64) -> Double { all <= 0 ? 0 : 1 - Double(used) / Double(all) }
      return free(used.cpu, all.cpu) + free(used.memory, all.memory)
    }
    let shares = names.map { (name: $0, share: share($0)) }
    return shares.min { $0.share == $1.share ? $0.name < $1.name : $0.share > $1.share }?.name
  }
}

/// How many more pods of a template would find a place.
public struct TemplatePlacement: Sendable {
  /// The verdicts for the next pod.
  public let report: PlacementReport
  /// How many more would fit, on each node that would take some; by name.
  public let places: [(node: String, count: Int)]
  /// There may be room for more: the limit was reached, or nodes cannot be told about.
  public let isAtLeast: Bool
  /// How many more would fit.
  public var count: Int { places.reduce(0) { $0 + $1.count } }
}

extension ClusterSnapshot {
  /// How many more pods like this one would fit, placed one after another; looks no further than `limit`.
  public func placement(of template: Pod, limit: Int = 100) -> TemplatePlacement {
    var template = template
    template.spec.nodeName = ""
    template.status = PodStatus()
    template.metadata.uid = ""
    let report = explain(template)
    var counts: [String: Int] = [:]
    var placed = 0
    var snapshot = self
    var names = report.fitting.map(\.name)
    while placed < limit, let node = snapshot.roomiest(names) {
      placed += 1
      counts[node, default: 0] += 1
      var next = template
      next.metadata.name = "\(template.metadata.name)-\(placed)"
      snapshot.place(next, on: node)
      let evaluation = Evaluation(template, in: snapshot)
      if evaluation.podFailure != nil { break }
      if evaluation.dependsOnNodesAlone {
        // Nothing changed for the other nodes.
        if let slot = snapshot.slot(of: node), !evaluation.findings(on: snapshot.nodes[slot]).isEmpty {
          names.removeAll { $0 == node }
        }
      } else {
        names = snapshot.nodes.filter { evaluation.findings(on: $0).isEmpty }.map(\.facts.name)
      }
    }
    return TemplatePlacement(
      report: report, places: counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      isAtLeast: placed >= limit || report.gap != nil || !report.undecided.isEmpty)
  }

  /// A pod of a template, as a controller would create it: nothing in it is a pod that exists.
  public static func pod(of template: PodTemplateSpec, namespace: String, name: String) -> Pod {
    var pod = Pod()
    pod.metadata = template.metadata
    pod.metadata.namespace = namespace
    pod.metadata.name = name
    pod.spec = template.spec
    return pod
  }
}
