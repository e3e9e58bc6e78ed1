import ClusterState
import Diagnosis
import Kube
import Remedies
import Scheduling

/// What `podmedic why` says: where a pod could go and why not elsewhere, as text or JSON.
public struct PlacementWriter: Sendable {
  private let subject: ObjectReference
  private let answer: PlacementAnswer
  private let remarks: [String]
  private let cluster: CheckReport.Cluster
  private let now: Timestamp

  private var report: PlacementReport { answer.report }
  private var placement: TemplatePlacement? { answer.placement }
  private var suggestions: [Suggestion] { answer.suggestions }

  /// - Parameters:
  ///   - subject: the pod, or the object that makes pods.
  ///   - remarks: what a reader must know beside the answer, a sentence each.
  public init(
    subject: ObjectReference, answer: PlacementAnswer, remarks: [String], cluster: CheckReport.Cluster, now: Timestamp
  ) {
    self.subject = subject
    self.answer = answer
    self.remarks = remarks + answer.remarks
    self.cluster = cluster
    self.now = now
  }

  // MARK: Text

  /// How many waiting pods of a DaemonSet are told one by one; all are in the JSON.
  private static let mostWaiting = 10
  /// How many groups of nodes are told one by one, and how many of those that are told together.
  private static let (groups, furtherGroups) = (16, 8)
  /// How many names of nodes a line has at most.
  private static let names = 4

  /// For a terminal: the answer first, then what it rests on, then what would help.
  public var text: String {
    var text = "\(line(subject.shortText)): \(line(answer.headline))\n"
    for remark in remarks { text += "  \(line(remark))\n" }
    if let comparison = report.comparison, comparison != answer.headline { text += "  \(line(comparison))\n" }
    if report.agrees != true, !report.schedulerMessage.isEmpty {
      text += "  the scheduler says: \(line(report.schedulerMessage))\n"
    }
    if answer.daemon == nil, let sentence = report.preemptionSentence ?? report.standingSentence {
      text += "  \(line(sentence))\n"
    }
    for waiting in answer.daemon?.waiting.prefix(Self.mostWaiting) ?? [] {
      text += "  \(line(waiting.sentence))\n"
      if let preemption = waiting.preemption { text += "    \(line(preemption))\n" }
    }
    let more = (answer.daemon?.waiting.count ?? 0) - Self.mostWaiting
    if more > 0 { text += "  \(more) more of its pods wait\n" }
    if let placement {
      // Nodes with room are of no use as long as nothing is created for them.
      let but = answer.nextIsRefused ? "; none is created as long as it is refused" : ""
      text += "  \(line(Self.room(placement) + but))\n"
    }
    if !report.requestText.isEmpty { text += "  requests \(line(report.requestText))\n" }
    for sentence in report.room where answer.daemon == nil { text += "  \(line(sentence))\n" }
    if let failure = report.podFailure {
      text +=
        "  \(failure.plugin.rawValue): \(line(failure.reason.text)) (\(line(failure.reason.evidence.description)))\n"
    }
    return text + histogramText + nodesText + suggestionsText
  }

  private func line(_ text: String) -> String { PlainText.line(text) }

  private static func room(_ placement: TemplatePlacement) -> String {
    guard placement.count > 0 else {
      return placement.isAtLeast
        ? "for how many of its pods there is room cannot be told" : "room for no more of its pods"
    }
    let shown = placement.places.prefix(names).map { "\($0.count) on \($0.node)" }.joined(separator: ", ")
    let more = placement.places.count > names ? " and \(placement.places.count - names) more nodes" : ""
    return "room for \(placement.isAtLeast ? "at least " : "")\(placement.count) more of its pods: \(shown)\(more)"
  }

  private var histogramText: String {
    let bars = report.histogram
    guard !bars.isEmpty else { return "" }
    var table = TextTable()
    table.add(["NODES", "REASON"])
    for bar in bars { table.add(["\(bar.nodes)", line(bar.reason)]) }
    return "\n" + table.takeLines()
  }

  private var nodesText: String {
    let groups = report.groups
    guard !groups.isEmpty else { return "" }
    var text = groups.contains { !$0.blockers.isEmpty } ? "\nNodes, the nearest miss first:\n" : "\nNodes:\n"
    for entry in report.lines(atMost: Self.groups) {
      guard case .group(let group) = entry else {
        text += furtherText(entry)
        continue
      }
      let names = group.nodes.prefix(Self.names).map { line($0.name) }.joined(separator: ", ")
      let more = group.nodes.count > Self.names ? " and \(group.nodes.count - Self.names) more" : ""
      text += "  \(group.nodes.count) \(group.nodes.count == 1 ? "node" : "nodes"): \(names)\(more)\n"
      if group.blockers.isEmpty { text += "    \(report.passWords)\n" }
      let place = group.nodes.count > 1 ? " (on \(line(group.nodes[0].name)))" : ""
      let said = group.blockers.firstIndex { $0.isSaid } ?? 0
      for (index, blocker) in group.blockers.enumerated() {
        let head = blocker.isSaid ? "" : index > said ? "behind it, " : "also, "
        let evidence = blocker.evidence.isEmpty ? "" : ": \(line(blocker.evidence))\(place)"
        text += "    \(head)\(blocker.plugin.rawValue): \(blocker.isUnknown ? "cannot tell: " : "")"
        text += "\(line(blocker.reason))\(evidence)\n"
      }
      if let node = group.nodes.first, let playbook = report.playbook(for: node) {
        text += "    playbook \(playbook): \(line(NodePlaybook.command(playbook, node.name)))\n"
      }
    }
    return text
  }

  /// Groups that are told together.
  private func furtherText(_ entry: NodeGroupLine) -> String {
    var text = "  \(entry.nodeCount) nodes, \(line(entry.title ?? "")):\n"
    for group in entry.groups.prefix(Self.furtherGroups) {
      let names = group.nodes.prefix(2).map { line($0.name) }.joined(separator: ", ")
      let more = group.nodes.count > 2 ? " and \(group.nodes.count - 2) more" : ""
      text += "    \(line(group.blockers.map(\.words).joined(separator: "; "))): \(names)\(more)\n"
    }
    let rest = entry.groups.count - Self.furtherGroups
    return rest > 0 ? text + "    and \(rest) more (-o json has every node)\n" : text
  }

  private var suggestionsText: String {
    guard !suggestions.isEmpty else { return "" }
    var text = "\nWhat would place it (each was tried on a copy of the cluster's state):\n"
    for suggestion in suggestions {
      let places = suggestion.places.prefix(Self.names).map { line($0) }.joined(separator: ", ")
      let more = suggestion.places.count > Self.names ? " and \(suggestion.places.count - Self.names) more" : ""
      text += "  \(line(suggestion.text))\(places.isEmpty ? "" : " -> \(places)\(more)")\n"
      for command in suggestion.kubectl { text += "    \(line(command))\n" }
      for order in remedies(suggestion) { text += "    or: \(line(order))\n" }
      for remark in suggestion.remarks { text += "    (\(line(remark)))\n" }
      if !suggestion.isVerified {
        let rest = suggestion.onlyShows ? ": the command only shows what is there" : ""
        text += "    (tried as if that had been done\(rest))\n"
      }
    }
    return text
  }

  /// The commands of podmedic's own that do it: with permission asked, a dry run, the consequences and a way back.
  private func remedies(_ suggestion: Suggestion) -> [String] {
    let orders = suggestion.remedies(answer.origin)
    return suggestion.playbooks
      + orders.enumerated().map { index, order in
        // What one of several does may only help with the others.
        let waiting = index + 1 < orders.count ? " --no-wait" : ""
        let place = order.object.namespace.isEmpty ? "" : " -n \(ShellText.quoted(order.object.namespace))"
        return "podmedic remedy apply \(order.commandLine)\(place)\(waiting)"
      }
  }

  // MARK: JSON

  /// The versioned document, `podmedic.dev/v1` PlacementReport.
  public var json: JSONValue {
    var json: JSONValue = [
      "apiVersion": "podmedic.dev/v1", "kind": "PlacementReport", "time": .string(now.description),
      "cluster": cluster.json, "subject": ReportParts.json(subject),
      "pod": ["namespace": .string(report.pod.namespace), "name": .string(report.pod.name)],
      "outcome": .string(answer.outcome.rawValue), "summary": .string(answer.headline),
      "schedulerRules": .string("1.\(report.rules.minor)"), "schedulerMessage": .string(report.schedulerMessage),
      "message": message.map { .string($0) } ?? .null, "agrees": report.agrees.map { .bool($0) } ?? .null,
      "remarks": .array(remarks.map { .string($0) }),
      "requests": .object(
        SmallMap(
          uniquing: report.requests.map { ($0.resource, .string(Amount.exactText($0.amount, of: $0.resource))) })),
      "histogram": .array(
        report.histogram.map { ["reason": .string($0.reason), "nodes": .int($0.nodes)] }),
      "nodes": .array(report.nodes.sorted { $0.name < $1.name }.map(node)),
      "suggestions": .array(suggestions.map(suggestion)),
    ]
    if !report.room.isEmpty { json["capacity"] = .array(report.room.map { .string($0) }) }
    if let failure = report.podFailure {
      json["podFailure"] = [
        "plugin": .string(failure.plugin.rawValue), "reason": .string(failure.reason.text),
        "evidence": .string(failure.reason.evidence.description),
      ]
    }
    if let daemon = answer.daemon { json["daemonSet"] = Self.json(daemon) }
    if let placement {
      json["room"] = [
        "pods": .int(placement.count), "isAtLeast": .bool(placement.isAtLeast),
        "nodes": .array(placement.places.map { ["name": .string($0.node), "pods": .int($0.count)] }),
      ]
    }
    return json
  }

  /// The pods of a DaemonSet are for one node each, so that the message about each is another.
  private var message: String? { answer.daemon == nil ? report.message : nil }

  private static func json(_ daemon: DaemonPlacement) -> JSONValue {
    func names(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
    return [
      "running": names(daemon.running),
      "waiting": .array(
        daemon.waiting.map { waiting in
          [
            "pod": ["namespace": .string(waiting.pod.namespace), "name": .string(waiting.pod.name)],
            "node": .string(waiting.node), "reasons": .array(waiting.blockers.map { .string($0.words) }),
          ]
        }),
      "free": names(daemon.free), "refused": names(daemon.refused.map(\.name)), "leftOut": names(daemon.leftOut),
      "unknown": names(daemon.undecided),
    ]
  }

  /// Several documents as one, `podmedic.dev/v1` PlacementReportList.
  public static func list(_ writers: [PlacementWriter]) -> JSONValue {
    [
      "apiVersion": "podmedic.dev/v1", "kind": "PlacementReportList", "items": .array(writers.map(\.json)),
    ]
  }

  private func node(_ node: NodeReport) -> JSONValue {
    var json: JSONValue = [
      "name": .string(node.name), "fits": fits(node),
      "verdicts": .array(report.plugins.map { verdict($0, report.verdict(of: $0, on: node), node) }),
    ]
    json["playbook"] = report.playbook(for: node).map { .string($0) }
    return json
  }

  /// null where what passes the filters here may still be refused.
  private func fits(_ node: NodeReport) -> JSONValue {
    guard node.fits, report.podFailure == nil else { return false }
    return report.isAssumed ? .null : true
  }

  private func verdict(_ plugin: FilterPlugin, _ verdict: Verdict, _ node: NodeReport) -> JSONValue {
    var json: JSONValue = ["plugin": .string(plugin.rawValue)]
    switch verdict {
    case .pass: json["verdict"] = "pass"
    case .skipped: json["verdict"] = "skipped"
    case .unknown(let reason):
      json["verdict"] = "unknown"
      json["evidence"] = .string(reason)
    case .fail(let reasons):
      json["verdict"] = "fail"
      json["reasons"] = .array(reasons.map { .string($0.text) })
      json["resolvable"] = .bool(reasons.allSatisfy(\.isResolvable))
      json["evidence"] = .string(reasons.map(node.evidence(of:)).joined(separator: "; "))
    }
    return json
  }

  private func suggestion(_ suggestion: Suggestion) -> JSONValue {
    [
      "change": .string(suggestion.text), "places": .array(suggestion.places.map { .string($0) }),
      "kubectl": .string(suggestion.kubectl.joined(separator: "\n")),
      "remedies": .array(remedies(suggestion).map { .string($0) }),
      "remarks": .array(suggestion.remarks.map { .string($0) }),
      "verified": .bool(suggestion.isVerified),
    ]
  }
}
