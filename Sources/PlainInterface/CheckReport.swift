import Diagnosis
import Kube

/// What `podmedic check` found, as text, JSON or Markdown.
public struct CheckReport: Sendable {
  /// Which cluster was looked at.
  public struct Cluster: Sendable, Equatable {
    /// The context of the kubeconfig; "" when there is none.
    public var context = ""
    /// The address of the API server.
    public var server = ""
    /// The server's version; "" when it did not say.
    public var version = ""
    /// The namespace; nil for all.
    public var namespace: String?

    /// A cluster without a name.
    public init() {}
  }

  private let cluster: Cluster
  private let triage: TriageReport
  private let now: Timestamp

  /// A report as of `now`.
  public init(cluster: Cluster, triage: TriageReport, now: Timestamp) {
    self.cluster = cluster
    self.triage = triage
    self.now = now
  }

  // MARK: Text

  /// A line for each group of findings, the worst first, and what could not be told.
  public var text: String {
    var text = ""
    if triage.groups.isEmpty {
      text += "No findings in \(place).\n"
    } else {
      var table = TextTable()
      table.add(["SEVERITY", "NAMESPACE", "OBJECT", "CODE", "SINCE", "SUMMARY"])
      for group in triage.groups {
        table.add([
          group.severity.description, PlainText.line(group.owner.namespace.isEmpty ? "-" : group.owner.namespace),
          PlainText.line(group.owner.shortText), group.code.rawValue, age(group.since),
          PlainText.line(group.summary(now: now)),
        ])
      }
      text += table.takeLines()
    }
    if !triage.unknowns.isEmpty {
      text += "\nCannot tell:\n"
      for unknown in triage.unknowns {
        text += "  \(PlainText.line(unknown.subject)) (\(PlainText.line(unknown.reason)))\n"
      }
    }
    return text
  }

  private var place: String { cluster.namespace.map { "namespace \(PlainText.line($0))" } ?? "all namespaces" }

  private func age(_ time: Timestamp?) -> String {
    time.map { max(now.since($0), .zero).human } ?? "-"
  }

  // MARK: JSON

  /// The versioned document, `podmedic.dev/v1` CheckReport.
  public var json: JSONValue {
    var clusterJSON: JSONValue = [
      "context": .string(cluster.context), "server": .string(cluster.server), "version": .string(cluster.version),
    ]
    clusterJSON["namespace"] = cluster.namespace.map { .string($0) }
    return [
      "apiVersion": "podmedic.dev/v1", "kind": "CheckReport", "time": .string(now.description),
      "cluster": clusterJSON, "findings": .array(triage.findings.map(finding)),
      "unknowns": .array(
        triage.unknowns.map { ["subject": .string($0.subject), "reason": .string($0.reason)] }),
    ]
  }

  private func finding(_ finding: Finding) -> JSONValue {
    var json: JSONValue = [
      "code": .string(finding.code.rawValue), "severity": .string(finding.severity.description),
      "object": Self.reference(finding.object), "owner": Self.reference(finding.owner),
      "summary": .string(finding.summary(now: now)),
    ]
    json["since"] = finding.since.map { .string($0.description) }
    json["count"] = .int(finding.count)
    json["evidence"] = .array(
      finding.evidence.map { evidence in
        var json: JSONValue = [
          "object": Self.reference(evidence.object), "field": .string(evidence.field), "value": .string(evidence.value),
        ]
        json["time"] = evidence.time.map { .string($0.description) }
        return json
      })
    json["playbook"] = .string(finding.playbook)
    return json
  }

  private static func reference(_ reference: ObjectReference) -> JSONValue {
    var json: JSONValue = ["kind": .string(reference.kind)]
    if !reference.namespace.isEmpty { json["namespace"] = .string(reference.namespace) }
    json["name"] = .string(reference.name)
    return json
  }

  // MARK: Markdown

  /// A report to paste into a ticket.
  public var markdown: String {
    let version = cluster.version.isEmpty ? "" : ", Kubernetes \(Self.escaped(cluster.version))"
    var text = "# Check of \(Self.escaped(cluster.context.isEmpty ? cluster.server : cluster.context))\n\n"
    text += "\(now.description), \(Self.escaped(place))\(version)\n"
    if triage.groups.isEmpty { text += "\nNo findings.\n" }
    for group in triage.groups {
      let namespace = group.owner.namespace.isEmpty ? "" : " in \(Self.escaped(group.owner.namespace))"
      text += "\n## \(group.severity): \(Self.escaped(group.owner.shortText))\(namespace)\n\n"
      text += "\(Self.escaped(group.summary(now: now))) (`\(group.code.rawValue)`, playbook `\(group.playbook)`)\n\n"
      for finding in group.findings.prefix(10) {
        text += "- \(Self.escaped(finding.object.shortText)): \(Self.escaped(finding.summary(now: now)))\n"
        for evidence in finding.evidence.prefix(5) {
          text += "  - `\(Self.code(evidence.field))`: `\(Self.code(evidence.value))`\n"
        }
      }
      if group.findings.count > 10 { text += "- and \(group.findings.count - 10) more\n" }
    }
    if !triage.unknowns.isEmpty {
      text += "\n## Cannot tell\n\n"
      for unknown in triage.unknowns { text += "- \(Self.escaped(unknown.subject)): \(Self.escaped(unknown.reason))\n" }
    }
    return text
  }

  /// Text that Markdown shows as it is.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in PlainText.line(text) {
      if "\\`*_[]<>#|".contains(character) { result += "\\" }
      result.append(character)
    }
    return result
  }

  private static func code(_ text: String) -> String { PlainText.line(text).replacing("`", with: "'") }
}
