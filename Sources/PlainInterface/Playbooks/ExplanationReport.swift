import Diagnosis
import Kube
import PlaybookKit

/// What `podmedic explain` says about an object: its findings, and the playbook that fits best, evaluated.
public struct ExplanationReport: Sendable {
  private let object: ObjectReference
  private let findings: [Finding]
  /// How many of the findings are causes; the others only follow from them.
  private let causes: Int
  /// What is found about pods on the node or in the namespace that is explained.
  private let elsewhere: [Finding]
  private let history: [Finding]
  private let playbooks: [(name: String, title: String)]
  private let run: RunReport?
  /// What was not read that could have told of trouble.
  private let doubts: [Doubt]
  private let cluster: CheckReport.Cluster
  private let now: Timestamp

  /// So many findings about what is on a node or in a namespace are listed.
  private static let mostElsewhere = 10

  /// What `facts` know about an object, the playbooks that fit, the best first, and the run of that one; nil where
  /// nothing is wrong.
  public init(
    _ facts: PlaybookFacts, object: ObjectReference, playbooks: [Playbook], run: RunReport?,
    cluster: CheckReport.Cluster
  ) {
    self.object = object
    let own = facts.troubles
    let causes = facts.causes.filter { own.contains($0) }
    findings = causes + facts.consequences.filter { own.contains($0) }
    // Where nothing says why something is missing, that it is missing is all that can be said.
    self.causes = causes.isEmpty ? findings.count : causes.count
    elsewhere = facts.causes.filter { !own.contains($0) }
    history = facts.history
    doubts = facts.state.doubts(about: object)
    self.playbooks = playbooks.map { ($0.name, $0.title) }
    self.run = run
    self.cluster = cluster
    now = facts.now
  }

  private var writer: RunReportWriter? { run.map { RunReportWriter($0, cluster: cluster) } }

  /// For a terminal.
  public var text: String {
    var text = ""
    for past in history {
      text += "over: \(PlainText.line(past.summary(now: now)))\(ago(past)) (\(past.code.rawValue))\n"
    }
    if findings.isEmpty, history.isEmpty {
      text += "Nothing is found wrong with \(PlainText.line(object.shortText))\(restriction).\n"
    }
    for finding in findings.prefix(causes) { text += "\(finding.severity): \(line(finding))\n" }
    for finding in findings.dropFirst(causes) { text += "  so: \(line(finding))\n" }
    if !elsewhere.isEmpty {
      text += "\nNot its own trouble, but of its pods and what belongs to them:\n"
      for finding in elsewhere.prefix(Self.mostElsewhere) { text += "  \(finding.severity): \(line(finding))\n" }
      if elsewhere.count > Self.mostElsewhere { text += "  and \(elsewhere.count - Self.mostElsewhere) more\n" }
    }
    if let writer { text += "\n" + writer.text }
    let others = run == nil ? playbooks[...] : playbooks.dropFirst()
    if !others.isEmpty {
      text += run == nil ? "\nplaybooks that could look at it:\n" : "\nother playbooks:\n"
      for other in others { text += "  \(other.name): \(PlainText.line(other.title))\n" }
    }
    return text
  }

  /// That nothing was found says less where not everything was read.
  private var restriction: String {
    doubts.isEmpty ? "" : PlainText.line(", as far as can be told: " + doubts.map(\.text).joined(separator: "; "))
  }

  /// A finding with the object that it is about, where that is another one.
  private func line(_ finding: Finding) -> String {
    let place = finding.object == object ? "" : "\(finding.object.shortText): "
    return "\(PlainText.line(place + finding.summary(now: now))) (\(finding.code.rawValue))"
  }

  private func ago(_ past: Finding) -> String {
    past.since.map { ", \(now.since($0).human) ago" } ?? ""
  }

  /// The versioned document, `podmedic.dev/v1` Explanation.
  public var json: JSONValue {
    var json: JSONValue = [
      "apiVersion": "podmedic.dev/v1", "kind": "Explanation", "time": .string(now.description),
      "cluster": cluster.json, "object": ReportParts.json(object),
      "findings": .array(
        findings.enumerated().map { place, finding in
          var json = ReportParts.json(finding, now: now)
          if place >= causes { json["isConsequence"] = true }
          return json
        }),
      "playbooks": .array(playbooks.map { .string($0.name) }),
    ]
    if !elsewhere.isEmpty { json["elsewhere"] = .array(elsewhere.map { ReportParts.json($0, now: now) }) }
    if !history.isEmpty { json["history"] = .array(history.map { ReportParts.json($0, now: now) }) }
    if !doubts.isEmpty { json["unknowns"] = .array(doubts.map { .string($0.text) }) }
    json["run"] = writer?.json
    return json
  }

  /// To paste into a ticket.
  public var markdown: String {
    var text = "# \(ReportParts.escaped(object.shortText))\n\n"
    for past in history {
      text += "- over: \(ReportParts.escaped(past.summary(now: now) + ago(past))) (`\(past.code.rawValue)`)\n"
    }
    if findings.isEmpty, history.isEmpty {
      text += "Nothing is found wrong with it\(ReportParts.escaped(restriction)).\n"
    }
    for (place, finding) in findings.enumerated() {
      text += place < causes ? "- **\(finding.severity)** " : "  - so: "
      text += markdown(finding)
    }
    if !elsewhere.isEmpty { text += "\nNot its own trouble, but of its pods and what belongs to them:\n\n" }
    for finding in elsewhere { text += "- **\(finding.severity)** " + markdown(finding) }
    if let writer {
      text += "\n" + writer.markdown.replacing("\n#", with: "\n##").replacing("# ", with: "## ", maxReplacements: 1)
    }
    return text
  }
  private func markdown(_ finding: Finding) -> String {
    let place = finding.object == object ? "" : "\(finding.object.shortText): "
    return "\(ReportParts.escaped(place + finding.summary(now: now))) (`\(finding.code.rawValue)`)\n"
  }
}
