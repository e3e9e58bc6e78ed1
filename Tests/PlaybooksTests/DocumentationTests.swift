import Diagnosis
import Foundation
import Kube
import PlaybookKit
import Remedies
import Testing

/// README.md of Playbooks lists what there is. `UPDATE_DOCS=1` writes the lists anew.
@Suite(.serialized) struct DocumentationTests {
  static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Playbooks/README.md")

  /// The kinds; the controllers of pods, which many relations go through, as one word.
  static func reads(_ types: [any KubeObject.Type]) -> String {
    let owners = ["ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"]
    let kinds = types.map { $0.resource.kind }
    guard kinds.count > 6, owners.allSatisfy({ kinds.contains($0) }) || kinds == owners else {
      return kinds == owners ? "workloads" : kinds.joined(separator: ", ")
    }
    return (kinds.filter { !owners.contains($0) } + ["workloads"]).joined(separator: ", ")
  }

  /// The fields of the relations that are podmedic's own and no Kubernetes objects.
  static var fields: String {
    let own: [(String, any KubeRecord.Type)] = [
      ("container", ContainerFacts.self), ("owner", WorkloadFacts.self), ("events", EventFacts.self),
      ("usage", UsageRecord.self), ("finding", FindingSummary.self), ("mounts", MountFacts.self),
      ("placement", PlacementFacts.self),
    ]
    return own.map { "- `\($0.0)`: \($0.1.fieldNames.map { "`\($0)`" }.joined(separator: ", "))" }
      .joined(separator: "\n")
  }

  static var relations: String {
    "| name | stands for | reads |\n| --- | --- | --- |\n"
      + Relation.all.map { "| `\($0.name)` | \($0.about) | \(reads($0.reads)) |" }.joined(separator: "\n")
  }

  static var checks: String {
    CheckTable.all.map { check in
      var text = "### `\(check.name)`\n\(check.about).\n"
      if !check.kinds.isEmpty { text += "\nFor: \(check.kinds.joined(separator: ", ")).\n" }
      if !check.reads.isEmpty { text += "\nReads: \(reads(check.reads)).\n" }
      if !check.parameters.isEmpty {
        text += "\n| parameter | value | |\n| --- | --- | --- |\n"
        for parameter in check.parameters {
          text += "| `\(parameter.name)`\(parameter.isRequired ? " (needed)" : "") | \(parameter.kind.words) | "
          text += "\(parameter.about) |\n"
        }
      }
      return text
    }.joined(separator: "\n")
  }

  static var remedies: String {
    "| name | for | parameters | |\n| --- | --- | --- | --- |\n"
      + RemedyKind.all.map { kind in
        let parameters = kind.parameters.map { "`\($0.name)`\($0.isRequired ? " (needed)" : "")" }
        let kinds = kind.accepts.isEmpty ? "any" : kind.accepts.joined(separator: ", ")
        return "| `\(kind.name.rawValue)` | \(kinds) | \(parameters.joined(separator: ", ")) | \(kind.title) |"
      }.joined(separator: "\n")
  }

  @Test(arguments: [("relations", relations), ("fields", fields), ("checks", checks), ("remedies", remedies)])
  func listIsUpToDate(name: String, list: String) throws {
    var text = try String(contentsOf: Self.file, encoding: .utf8)
    let start = try #require(text.range(of: "<!-- \(name) -->\n"))
    let end = try #require(text[start.upperBound...].range(of: "<!-- end -->"))
    let wanted = list.hasSuffix("\n") ? list : list + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
      text.replaceSubrange(start.upperBound..<end.lowerBound, with: wanted)
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
    } else {
      #expect(text[start.upperBound..<end.lowerBound] == wanted)
    }
  }
}
