import Diagnosis
import Kube

/// What the reports have in common: objects, findings and evidence as JSON, text fit for Markdown.
enum ReportParts {
  /// A finding.
  static func json(_ finding: Finding, now: Timestamp) -> JSONValue {
    var json: JSONValue = [
      "code": .string(finding.code.rawValue), "severity": .string(finding.severity.description),
      "object": Self.json(finding.object), "owner": Self.json(finding.owner),
      "summary": .string(finding.summary(now: now)),
    ]
    json["since"] = finding.since.map { .string($0.description) }
    json["count"] = .int(finding.count)
    json["evidence"] = .array(finding.evidence.map { Self.json($0) })
    json["playbook"] = .string(finding.playbook)
    return json
  }

  /// What has one cause, under the object that has to be mended.
  static func json(_ group: FindingGroup, now: Timestamp) -> JSONValue {
    var json: JSONValue = [
      "code": .string(group.code.rawValue), "severity": .string(group.severity.description),
      "object": Self.json(group.owner), "summary": .string(group.summary(now: now)), "affected": .int(group.affected),
    ]
    json["total"] = group.total.map { .int($0) }
    json["since"] = group.since.map { .string($0.description) }
    json["playbook"] = .string(group.playbook)
    return json
  }

  /// A value that something rests on.
  static func json(_ evidence: Evidence) -> JSONValue {
    var json: JSONValue = [
      "object": Self.json(evidence.object), "field": .string(evidence.field), "value": .string(evidence.value),
    ]
    json["time"] = evidence.time.map { .string($0.description) }
    return json
  }

  /// Kind, namespace and name.
  static func json(_ reference: ObjectReference) -> JSONValue {
    var json: JSONValue = ["kind": .string(reference.kind)]
    if !reference.namespace.isEmpty { json["namespace"] = .string(reference.namespace) }
    json["name"] = .string(reference.name)
    return json
  }

  /// Text that Markdown shows as it is.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in PlainText.line(text) {
      if "\\`*_[]<>#|".contains(character) { result += "\\" }
      result.append(character)
    }
    return result
  }

  /// Text to stand between backticks.
  static func code(_ text: String) -> String { PlainText.line(text).replacing("`", with: "'") }
}
