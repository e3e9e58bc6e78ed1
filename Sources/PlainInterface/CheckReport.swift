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

    var json: JSONValue {
      var json: JSONValue = [
        "context": .string(context), "server": .string(server), "version": .string(version),
      ]
      json["namespace"] = namespace.map { .string($0) }
      return json
    }
  }

  private let cluster: Cluster
  private let triage: TriageReport
  private let now: Timestamp
  private let gaps: [String]

  /// A report as of `now`. `gaps` is what was not read although nothing can be called well without it: kinds, files.
  public init(cluster: Cluster, triage: TriageReport, now: Timestamp, gaps: [String] = []) {
    self.cluster = cluster
    self.triage = triage
    self.now = now
    self.gaps = gaps
  }

  // MARK: Text

  /// A line for each group of findings, the worst first, and what could not be told.
  public var text: String {
    var text = ""
    if !gaps.isEmpty {
      text +=
        "It cannot be told whether all is well in \(place). Not read: \(PlainText.line(gaps.joined(separator: ", "))).\n"
      if !triage.groups.isEmpty { text += "\n" }
    }
    if triage.groups.isEmpty {
      if gaps.isEmpty { text += "No findings in \(place).\n" }
    } else {
      var table = TextTable(widest: TextTable.readable)
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

  /// The versioned document, `podmedic.dev/v1` CheckReport. `groups` has an entry for each cause, as the text has a line;
  /// `findings` has what was found about every object.
  public var json: JSONValue {
    [
      "apiVersion": "podmedic.dev/v1", "kind": "CheckReport", "time": .string(now.description),
      "cluster": cluster.json, "groups": .array(triage.groups.map { ReportParts.json($0, now: now) }),
      "findings": .array(triage.findings.map { ReportParts.json($0, now: now) }),
      "isComplete": .bool(gaps.isEmpty),
      "unknowns": .array(
        triage.unknowns.map { ["subject": .string($0.subject), "reason": .string($0.reason)] }),
    ]
  }

  // MARK: Markdown

  /// A report to paste into a ticket.
  public var markdown: String {
    let version = cluster.version.isEmpty ? "" : ", Kubernetes \(ReportParts.escaped(cluster.version))"
    var text = "# Check of \(ReportParts.escaped(cluster.context.isEmpty ? cluster.server : cluster.context))\n\n"
    text += "\(now.description), \(ReportParts.escaped(place))\(version)\n"
    if !gaps.isEmpty {
      text +=
        "\n**It cannot be told whether all is well.** Not read: \(ReportParts.escaped(gaps.joined(separator: ", "))).\n"
    } else if triage.groups.isEmpty {
      text += "\nNo findings.\n"
    }
    for group in triage.groups {
      let namespace = group.owner.namespace.isEmpty ? "" : " in \(ReportParts.escaped(group.owner.namespace))"
      text += "\n## \(group.severity): \(ReportParts.escaped(group.owner.shortText))\(namespace)\n\n"
      text +=
        "\(ReportParts.escaped(group.summary(now: now))) (`\(group.code.rawValue)`, playbook `\(group.playbook)`)\n\n"
      for finding in group.findings.prefix(10) {
        text +=
          "- \(ReportParts.escaped(finding.object.shortText)): \(ReportParts.escaped(finding.summary(now: now)))\n"
        for evidence in finding.evidence.prefix(5) {
          text += "  - `\(ReportParts.code(evidence.field))`: `\(ReportParts.code(evidence.value))`\n"
        }
      }
      if group.findings.count > 10 { text += "- and \(group.findings.count - 10) more\n" }
    }
    if !triage.unknowns.isEmpty {
      text += "\n## Cannot tell\n\n"
      for unknown in triage.unknowns {
        text += "- \(ReportParts.escaped(unknown.subject)): \(ReportParts.escaped(unknown.reason))\n"
      }
    }
    return text
  }
}
