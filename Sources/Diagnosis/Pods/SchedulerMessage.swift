import Kube

/// What the scheduler says about a pod that it could not place.
///
/// Both forms are read: `0/5 nodes are available: 3 Insufficient cpu, 2 node(s) had taint {a: b}, that the pod didn't
/// tolerate.` of 1.20 and the one of today, in which a failure of a whole phase has no count and a text about
/// preemption follows.
struct SchedulerMessage: Equatable {
  /// Nodes that the scheduler knows.
  var nodes = 0
  /// On how many nodes each reason applies, as the scheduler words it; nil when it is about the pod as a whole.
  var reasons: [(nodes: Int?, text: String)] = []

  /// Reads a message; nil when it has neither form.
  init?(_ message: String) {
    if message.hasPrefix("no nodes available to schedule pods") { return }
    guard let head = message.firstRange(of: " nodes are available: "), message.hasPrefix("0/"),
      let total = Int(message[message.index(message.startIndex, offsetBy: 2)..<head.lowerBound])
    else { return nil }
    nodes = total
    var list = message[head.upperBound...]
    // Reasons hold points (taint keys), but none is followed by a blank before the list ends.
    if let end = list.firstRange(of: ". ") { list = list[..<end.lowerBound] }
    if list.hasSuffix(".") { list = list.dropLast() }
    for reason in Self.split(list) {
      let number = reason.prefix { $0.isASCII && $0.isNumber }
      if let count = Int(number), reason.dropFirst(number.count).hasPrefix(" ") {
        reasons.append((count, String(reason.dropFirst(number.count + 1))))
      } else {
        reasons.append((nil, String(reason)))
      }
    }
  }

  /// Cuts at commas that a count follows: older texts about taints have a comma of their own.
  private static func split(_ list: Substring) -> [Substring] {
    var parts: [Substring] = []
    var rest = list
    var searched = list
    while let comma = searched.firstRange(of: ", ") {
      let next = searched[comma.upperBound...]
      let number = next.prefix { $0.isASCII && $0.isNumber }
      if !number.isEmpty, next.dropFirst(number.count).hasPrefix(" ") {
        parts.append(rest[..<comma.lowerBound])
        rest = next
      }
      searched = next
    }
    if !rest.isEmpty { parts.append(rest) }
    return parts
  }

  static func == (left: Self, right: Self) -> Bool {
    left.nodes == right.nodes && left.reasons.elementsEqual(right.reasons) { $0 == $1 }
  }

  /// `Insufficient cpu on 3 of 5 nodes, taint on 2`: reasons of one kind added up, the most frequent first.
  var summary: String {
    if nodes == 0, reasons.isEmpty { return "the cluster has no nodes" }
    var counts: [(word: String, nodes: Int)] = []
    var whole: [String] = []
    // 1.20 says of the same nodes first that affinity or anti-affinity did not match, and then which of them.
    let isSpecific = reasons.contains { Self.affinityRules.contains(where: $0.text.contains) }
    for reason in reasons where !(isSpecific && reason.text.contains(Self.eitherAffinity)) {
      guard let count = reason.nodes else {
        whole.append(Self.word(reason.text))
        continue
      }
      let word = Self.word(reason.text)
      if let index = counts.firstIndex(where: { $0.word == word }) {
        counts[index].nodes = min(nodes, counts[index].nodes + min(nodes, count))
      } else {
        counts.append((word, min(nodes, count)))
      }
    }
    counts.sort { ($1.nodes, $0.word) < ($0.nodes, $1.word) }
    let parts = counts.enumerated().map { index, reason in
      index == 0 ? "\(reason.word) on \(reason.nodes) of \(nodes) nodes" : "\(reason.word) on \(reason.nodes)"
    }
    return (whole + parts).joined(separator: ", ")
  }

  /// The same of a pod that can go to one node only: that all others are not that node is nothing to tell.
  func summary(only node: String?) -> String {
    guard let node else { return summary }
    var own = self
    own.reasons.removeAll { reason in
      reason.text.contains("[NodeAffinity]") || reason.text.contains("node affinity")
        || reason.text.contains("didn't match node selector")
    }
    guard own.reasons.count < reasons.count, !own.reasons.isEmpty else { return summary }
    let words = own.reasons.map { Self.word($0.text) }
    return "\(words.joined(separator: ", ")) on \(node), the only node that it is for"
  }

  /// Whether a claim without a volume keeps the pod from being placed.
  var isAboutUnboundClaims: Bool {
    reasons.contains {
      $0.text.contains("unbound immediate PersistentVolumeClaims") || $0.text.hasPrefix("persistentvolumeclaim \"")
    }
  }

  /// A short name for what the scheduler says; its own words where there is none.
  private static func word(_ text: String) -> String {
    for (part, word) in words where text.contains(part) { return word }
    return text.hasPrefix("node(s) ") ? String(text.dropFirst(8)) : text
  }

  /// What is said of host ports; the message has no number.
  static let takenPort = "host port taken"
  private static let eitherAffinity = "pod affinity/anti-affinity"
  private static let affinityRules = [
    "pod affinity rules", "pod anti-affinity rules", "existing pods anti-affinity rules",
  ]

  /// Parts of the texts of 1.20 to 1.36, the more special first.
  private static let words: [(String, String)] = [
    ("untolerated taint", "taint"),
    ("that the pod didn't tolerate", "taint"),
    ("node(s) were unschedulable", "cordoned"),
    ("Pod's node affinity/selector", "node selector or affinity"),
    ("Pod's node affinity", "node selector or affinity"),
    ("didn't match node selector", "node selector or affinity"),
    ("node(s) didn't match pod affinity rules", "pod affinity"),
    ("existing pods anti-affinity rules", "anti-affinity of other pods"),
    ("pod anti-affinity rules", "pod anti-affinity"),
    (eitherAffinity, "pod affinity or anti-affinity"),
    ("topology spread constraints", "topology spread"),
    ("free ports for the requested pod ports", takenPort),
    ("volume node affinity conflict", "volume bound elsewhere"),
    ("available persistent volumes to bind", "no volume to bind"),
    ("exceed max volume count", "volume limit reached"),
    ("no available volume zone", "volume in another zone"),
    ("Too many pods", "pod limit reached"),
    ("unbound immediate PersistentVolumeClaims", "unbound PersistentVolumeClaim"),
    ("didn't match the requested node name", "other node name"),
    ("did not have enough free storage", "not enough free storage"),
  ]
}
