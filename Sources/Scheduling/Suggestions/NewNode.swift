import ClusterState
import Kube

/// What a node that does not exist yet must be like for a pod.
public struct NewNode: Sendable, Hashable {
  /// What it offers at least, of what the pod asks for: `cpu` in thousandths of a core, everything else in bytes or
  /// pieces.
  public let size: [String: Int64]
  /// The labels that it must have, besides its name.
  public let labels: [String: String]
  /// The labels that it must not have although the other nodes do.
  public let absent: [String]
  /// The taints that it may have, since the pod tolerates them, as people write them.
  public let tolerated: [String]

  /// Its name as long as it has none.
  static let name = "<new node>"

  /// One line for a person.
  var text: String {
    var wishes: [String] = []
    let wanted = size.sorted { $0.key < $1.key }
    if !wanted.isEmpty {
      wishes.append(
        "at least " + wanted.map { "\($0.key) \(Amount.neededText($0.value, of: $0.key))" }.joined(separator: ", "))
    }
    if !labels.isEmpty {
      let list = labels.sorted { $0.key < $1.key }.map { $0.value.isEmpty ? $0.key : "\($0.key)=\($0.value)" }
      wishes.append("\(labels.count == 1 ? "label" : "labels") \(list.joined(separator: ", "))")
    }
    if !absent.isEmpty { wishes.append("no label \(absent.joined(separator: ", "))") }
    return "add a node" + (wishes.isEmpty ? "" : " with ") + wishes.joined(separator: " and ")
  }

  /// What to know before adding it.
  var remark: String {
    tolerated.isEmpty
      ? "the node may have no taint that keeps pods away: this pod tolerates none"
      : "of taints that keep pods away the node may have only what this pod tolerates: "
        + tolerated.joined(separator: ", ")
  }

  /// The node.
  var node: Node {
    var node = Node()
    node.metadata.name = Self.name
    node.metadata.labels["kubernetes.io/hostname"] = Self.name
    for (key, value) in labels { node.metadata.labels[key] = value }
    for (name, amount) in size { node.status.allocatable[name] = Quantity(Amount.exactText(amount, of: name)) }
    node.status.allocatable["pods"] = Quantity("110")
    return node
  }
}

/// Looks for a node that a pod would get if there were one.
struct NewNodeSearch {
  let pod: Pod
  let snapshot: ClusterSnapshot

  /// How many places are tried, such as zones.
  private static let placeLimit = 8

  /// The node; nil when none would do, or nobody can tell.
  func run() -> NewNode? {
    let requests = PodFacts(pod, rules: snapshot.rules).requests
    guard requests.unreadable.isEmpty else { return nil }
    var size: [String: Int64] = [
      "cpu": requests.cpu, "memory": requests.memory, "ephemeral-storage": requests.ephemeralStorage,
    ]
    for other in requests.others { size[other.name] = other.amount }
    // Only what the words name counts when the node is tried.
    size = size.filter { $0.value > 0 }
    let known = places
    for wished in wishes {
      // Where a wish names the place it is not for the other nodes to say.
      let free = known.keys.filter { wished[$0] == nil }
      var tried: [[String: String]] = []
      for place in known.values {
        let place = place.filter { free.contains($0.key) }
        if !tried.contains(place) { tried.append(place) }
      }
      func node(_ place: [String: String], absent: [String] = []) -> NewNode {
        NewNode(
          size: size, labels: wished.merging(place) { own, _ in own }, absent: absent, tolerated: tolerated)
      }
      let passing = tried.filter { passes(node($0)) }
      let isWithoutPlace = passes(node([:]))
      // Wherever it stands, and even nowhere: the place need not be named.
      if isWithoutPlace, passing.count == tried.count, known.values.count < Self.placeLimit { return node([:]) }
      if let first = passing.first { return node(first) }
      if isWithoutPlace { return node([:], absent: free) }
    }
    return nil
  }

  private func passes(_ new: NewNode) -> Bool {
    var changed = snapshot
    changed.put(new.node)
    guard let slot = changed.slot(of: NewNode.name) else { return false }
    return Evaluation(pod, in: changed).passes(changed.nodes[slot])
  }

  /// Labels that the node must have: those that the pod asks for and those that its volumes do, one set for each way.
  private var wishes: [[String: String]] {
    let places = volumePlaces
    return ownWishes.flatMap { own in places.map { own.merging($0) { own, _ in own } } }
  }

  /// Where the volumes of the pod's claims are, by their zone labels and their node affinity: one set of labels for each
  /// way to reach them all. Which node it is no new one can say.
  private var volumePlaces: [[String: String]] {
    var places: [[String: String]] = [[:]]
    for claim in pod.spec.volumes.compactMap({ $0.persistentVolumeClaim?.claimName }) {
      let key = ObjectName(namespace: pod.metadata.namespace, name: claim)
      guard let name = snapshot.claims[key]?.spec.volumeName, let volume = snapshot.volumes[name] else { continue }
      let zones = VolumeZoneFilter.places(of: volume, rules: snapshot.rules)
      let terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms ?? []
      let ways = terms.prefix(Self.placeLimit).map { term in
        term.matchExpressions.reduce(into: zones) { labels, requirement in
          guard requirement.operator == "In", requirement.key != "kubernetes.io/hostname" else { return }
          if labels[requirement.key] == nil { labels[requirement.key] = requirement.values.first }
        }
      }
      let all = ways.isEmpty ? [zones] : ways
      places = Array(places.flatMap { old in all.map { old.merging($0) { old, _ in old } } }.prefix(Self.placeLimit))
    }
    return places
  }

  /// Labels that the pod asks for: one set for each way to meet its required node affinity.
  private var ownWishes: [[String: String]] {
    let own = Dictionary(pod.spec.nodeSelector.entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    // What no label can have no node has: such as a number below 0.
    func isPossible(_ labels: [String: String]) -> Bool { labels.values.allSatisfy(LabelValue.isValid) }
    guard let required = pod.spec.affinity?.nodeAffinity?.required else { return [own].filter(isPossible) }
    return required.nodeSelectorTerms.prefix(Self.placeLimit).map { term in
      var labels = own
      for requirement in term.matchExpressions where labels[requirement.key] == nil {
        switch requirement.operator {
        case "In": labels[requirement.key] = requirement.values.first
        case "Exists": labels[requirement.key] = ""
        case "Gt": labels[requirement.key] = requirement.values.first.flatMap { Int64($0) }.map { "\($0.adding(1))" }
        case "Lt":
          labels[requirement.key] = requirement.values.first.flatMap { Int64($0) }.map { "\($0.subtracting(1))" }
        // Whoever lacks the label meets these.
        default: break
        }
      }
      return labels
    }.filter(isPossible)
  }

  /// The labels by which neighbours and spreading are reckoned, as far as nodes have them, with the combinations of
  /// their values that there are: a new node will have one of them.
  private var places: (keys: [String], values: [[String: String]]) {
    var keys: Set<String> = []
    for constraint in pod.spec.topologySpreadConstraints where constraint.whenUnsatisfiable != "ScheduleAnyway" {
      keys.insert(constraint.topologyKey)
    }
    let affinity = pod.spec.affinity
    for term in (affinity?.podAffinity?.required ?? []) + (affinity?.podAntiAffinity?.required ?? []) {
      keys.insert(term.topologyKey)
    }
    for node in snapshot.nodes {
      for other in node.podsWithAntiAffinity { keys.formUnion(other.antiAffinity.map(\.topologyKey)) }
    }
    keys.remove("kubernetes.io/hostname")
    keys.formIntersection(snapshot.nodes.flatMap { node in keys.filter { node.facts.labels[$0] != nil } })
    guard !keys.isEmpty else { return ([], [[:]]) }
    // Nodes that the pod may be on come first: its place may be one of theirs.
    let matcher = NodeMatcher(pod.spec)
    var values: [[String: String]] = []
    for isMatching in [true, false] {
      for node in snapshot.nodes where matcher.matches(node.facts) == isMatching && values.count < Self.placeLimit {
        let own = keys.reduce(into: [String: String]()) { $0[$1] = node.facts.labels[$1] }
        if own.count == keys.count, !values.contains(own) { values.append(own) }
      }
    }
    return (keys.sorted(), values.isEmpty ? [[:]] : values)
  }

  /// What the pod tolerates of what somebody set; what Kubernetes adds for a state of a node is none of it.
  private var tolerated: [String] {
    var texts: [String] = []
    for toleration in pod.spec.tolerations where !toleration.key.hasPrefix("node.kubernetes.io/") {
      if toleration.effect == "PreferNoSchedule" { continue }
      let text = toleration.shortText
      if !texts.contains(text) { texts.append(text) }
    }
    return texts
  }
}
