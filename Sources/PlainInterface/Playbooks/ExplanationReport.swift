import Diagnosis
import Kube
import PlaybookKit

/// What `podmedic explain` says about an object: its findings, and the playbook that fits best, evaluated.
public struct ExplanationReport: Sendable {
  private let object: ObjectReference
  private let findings: [Finding]
  private let history: [Finding]
  private let playbooks: [String]
  private let run: RunReport?
  private let cluster: CheckReport.Cluster
  private let now: Timestamp

  /// The findings about an object, why it ended if that is over, the names of the playbooks that fit, the best first,
  /// and the run of that one.
  public init(
    object: ObjectReference, findings: [Finding], history: [Finding] = [], playbooks: [String], run: RunReport?,
    cluster: CheckReport.Cluster,
    now: Timestamp
  ) {
    self.object = object
    self.findings = findings
    self.history = history
    self.playbooks = playbooks
    self.run = run
    self.cluster = cluster
    self.now = now
  }

  private var writer: RunReportWriter? { run.map { RunReportWriter($0, cluster: cluster) } }

  /// For a terminal.
  public var text: String {
    var text = ""
    for past in history {
      text += "over: \(PlainText.line(past.summary(now: now)))\(ago(past)) (\(past.code.rawValue))\n"
    }
    if findings.isEmpty, history.isEmpty { text += "No findings about \(PlainText.line(object.shortText)).\n" }
    for finding in findings {
      let place = finding.object == object ? "" : "\(finding.object.shortText): "
      text += "\(finding.severity): \(PlainText.line(place + finding.summary(now: now))) (\(finding.code.rawValue))\n"
    }
    if let writer { text += "\n" + writer.text }
    if playbooks.count > 1 { text += "\nother playbooks: \(playbooks.dropFirst().joined(separator: ", "))\n" }
    return text
  }

  private func ago(_ past: Finding) -> String {
    past.since.map { ", \(now.since($0).human) ago" } ?? ""
  }

  /// The versioned document, `podmedic.dev/v1` Explanation.
  public var json: JSONValue {
    var json: JSONValue = [
      "apiVersion": "podmedic.dev/v1", "kind": "Explanation", "time": .string(now.description),
      "cluster": cluster.json, "object": ReportParts.json(object),
      "findings": .array(findings.map { ReportParts.json($0, now: now) }),
      "playbooks": .array(playbooks.map { .string($0) }),
    ]
    if !history.isEmpty { json["history"] = .array(history.map { ReportParts.json($0, now: now) }) }
    json["run"] = writer?.json
    return json
  }

  /// To paste into a ticket.
  public var markdown: String {
    var text = "# \(ReportParts.escaped(object.shortText))\n\n"
    for past in history {
      text += "- over: \(ReportParts.escaped(past.summary(now: now) + ago(past))) (`\(past.code.rawValue)`)\n"
    }
    if findings.isEmpty, history.isEmpty { text += "No findings.\n" }
    for finding in findings {
      let place = finding.object == object ? "" : "\(finding.object.shortText): "
      text += "- **\(finding.severity)** \(ReportParts.escaped(place + finding.summary(now: now))) "
      text += "(`\(finding.code.rawValue)`)\n"
    }
    if let writer {
      text += "\n" + writer.markdown.replacing("\n#", with: "\n##").replacing("# ", with: "## ", maxReplacements: 1)
    }
    return text
  }
}
