import ClusterState
import Kube

/// Neighbours that must or must not be there.
struct InterPodAffinityFilter: NodeFilter {
  private let facts: PodFacts
  private let isOld: Bool
  private let isFirstOfItsKind: Bool
  /// Places with pods that the terms are about, each with one of them.
  private var near: [Place: ObjectName] = [:]
  private var unwanted: [Place: ObjectName] = [:]
  private var unwelcome: [Place: ObjectName] = [:]
  /// Keys that occur in `unwelcome`.
  private var unwelcomeKeys: Set<String> = []

  /// All nodes with the same value of a label.
  private struct Place: Hashable {
    var key: String
    var value: String
  }

  static func prepare(_ incoming: Incoming) -> Preparation {
    let (facts, snapshot) = (incoming.facts, incoming.snapshot)
    let terms = facts.affinity + facts.antiAffinity
    if terms.contains(where: \.isUnreadable) { return .unknown("a selector of an affinity term is malformed") }
    if !terms.isEmpty || snapshot.gaps[.pods] != nil, let gap = incoming.gap(.nodes, .pods) { return .unknown(gap) }
    if terms.contains(where: { $0.namespaceSelector != nil }), let gap = incoming.gap(.namespaces) {
      return .unknown(gap)
    }
    guard Work.isBounded(terms.count, snapshot) else { return .unknown(Work.tooMuch) }
    var existing = 0
    for node in snapshot.nodes {
      for pod in node.podsWithAntiAffinity {
        existing += pod.antiAffinity.count
        if pod.antiAffinity.contains(where: \.isUnreadable) {
          return .unknown("an anti-affinity term of \(pod.name.namespace)/\(pod.name.name) is malformed")
        }
        if pod.antiAffinity.contains(where: { $0.namespaceSelector != nil }), let gap = incoming.gap(.namespaces) {
          return .unknown(gap)
        }
      }
    }
    if terms.isEmpty, existing == 0 { return .skip }
    guard existing <= 20_000_000 else { return .unknown(Work.tooMuch) }
    let filter = Self(incoming)
    return terms.isEmpty && filter.unwelcome.isEmpty ? .skip : .filter(filter)
  }

  private init(_ incoming: Incoming) {
    facts = incoming.facts
    isOld = incoming.rules.isOld
    let snapshot = incoming.snapshot
    let namespaceLabels = snapshot.namespaces[incoming.namespace] ?? [:]
    let own = facts
    isFirstOfItsKind = own.affinity.allSatisfy {
      InterPodAffinityFilter.reaches($0, namespace: own.name.namespace, in: snapshot) && $0.selects(own.labels)
    }
    // Namespaces are decided once for each term: most pods are in one that no term means.
    var included: [String: (affinity: Bool, anti: [Int])] = [:]
    func inclusion(_ namespace: String) -> (affinity: Bool, anti: [Int]) {
      if let known = included[namespace] { return known }
      let reached: (AffinityTerm) -> Bool = { InterPodAffinityFilter.reaches($0, namespace: namespace, in: snapshot) }
      let result = (
        affinity: !own.affinity.isEmpty && own.affinity.allSatisfy(reached),
        anti: own.antiAffinity.indices.filter { reached(own.antiAffinity[$0]) }
      )
      included[namespace] = result
      return result
    }
    for node in snapshot.nodes {
      for pod in node.podsWithAntiAffinity {
        for term in pod.antiAffinity {
          guard let value = node.facts.labels[term.topologyKey],
            term.includes(namespace: own.name.namespace, labels: namespaceLabels), term.selects(own.labels)
          else { continue }
          Self.note(pod.name, Place(key: term.topologyKey, value: value), &unwelcome)
          unwelcomeKeys.insert(term.topologyKey)
        }
      }
      guard !own.affinity.isEmpty || !own.antiAffinity.isEmpty else { continue }
      for pod in node.pods {
        let inclusion = inclusion(pod.name.namespace)
        if inclusion.affinity, own.affinity.allSatisfy({ $0.selects(pod.labels) }) {
          for term in own.affinity {
            guard let value = node.facts.labels[term.topologyKey] else { continue }
            Self.note(pod.name, Place(key: term.topologyKey, value: value), &near)
          }
        }
        for index in inclusion.anti where own.antiAffinity[index].selects(pod.labels) {
          guard let value = node.facts.labels[own.antiAffinity[index].topologyKey] else { continue }
          Self.note(pod.name, Place(key: own.antiAffinity[index].topologyKey, value: value), &unwanted)
        }
      }
    }
  }

  /// Whether a term of the pod that is to be placed means a namespace. The scheduler turns the namespace selector into
  /// names beforehand and still compares it, with no labels, afterwards: one that only excludes matches everything.
  private static func reaches(_ term: AffinityTerm, namespace: String, in snapshot: ClusterSnapshot) -> Bool {
    term.includes(namespace: namespace, labels: snapshot.namespaces[namespace] ?? [:])
      || term.namespaceSelector?.matches([:]) ?? false
  }

  private static func note(_ pod: ObjectName, _ place: Place, _ witnesses: inout [Place: ObjectName]) {
    // The first by name, so that the answer does not depend on the order in which pods came.
    let known = witnesses[place]
    if known.map({ pod < $0 }) ?? true { witnesses[place] = pod }
  }

  func verdict(on node: NodeState) -> Verdict {
    if let evidence = missingNeighbour(node) {
      return fail("node(s) didn't match pod affinity rules", resolvable: false, evidence)
    }
    for term in facts.antiAffinity {
      guard let value = node.facts.labels[term.topologyKey] else { continue }
      if let witness = unwanted[Place(key: term.topologyKey, value: value)] {
        return fail(
          "node(s) didn't match pod anti-affinity rules", resolvable: true,
          .neighbour(witness, key: term.topologyKey, value: value))
      }
    }
    for key in unwelcomeKeys.sorted() {
      guard let value = node.facts.labels[key] else { continue }
      if let witness = unwelcome[Place(key: key, value: value)] {
        return fail(
          "node(s) didn't satisfy existing pods anti-affinity rules", resolvable: true,
          .neighbour(witness, key: key, value: value))
      }
    }
    return .pass
  }

  private func missingNeighbour(_ node: NodeState) -> Evidence? {
    var missing: Evidence?
    for (index, term) in facts.affinity.enumerated() {
      guard let value = node.facts.labels[term.topologyKey] else { return .missingLabel(term.topologyKey) }
      if near[Place(key: term.topologyKey, value: value)] == nil, missing == nil {
        missing = .noNeighbour(term: index, key: term.topologyKey, value: value)
      }
    }
    // The first pod of a group that wants to be together: there is nobody to be near to yet.
    return near.isEmpty && isFirstOfItsKind ? nil : missing
  }

  private func fail(_ text: String, resolvable: Bool, _ evidence: Evidence) -> Verdict {
    let reason = Reason(text, resolvable: resolvable, evidence)
    guard isOld else { return .fail([reason]) }
    return .fail([Reason("node(s) didn't match pod affinity/anti-affinity", resolvable: resolvable, evidence), reason])
  }
}
