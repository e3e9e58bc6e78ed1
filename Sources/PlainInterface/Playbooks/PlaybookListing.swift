import Diagnosis
import Kube
import PlaybookKit

/// The playbooks that there are, and one of them in words.
public struct PlaybookListing: Sendable {
  private let library: PlaybookLibrary

  /// The playbooks of a library.
  public init(_ library: PlaybookLibrary) { self.library = library }

  /// A line for each.
  public var text: String {
    var table = TextTable()
    table.add(["NAME", "FOR", "STEPS", "TITLE"])
    for entry in library.entries {
      let kinds = entry.playbook.scope.kinds
      table.add([
        entry.playbook.name, kinds.isEmpty ? "-" : kinds.joined(separator: ","), String(entry.playbook.steps.count),
        PlainText.line(entry.playbook.title),
      ])
    }
    return table.takeLines()
  }

  /// The versioned document, `podmedic.dev/v1` PlaybookList.
  public var json: JSONValue {
    [
      "apiVersion": "podmedic.dev/v1", "kind": "PlaybookList",
      "playbooks": .array(
        library.entries.map { entry in
          [
            "name": .string(entry.playbook.name), "title": .string(entry.playbook.title),
            "about": .string(entry.playbook.about), "path": .string(entry.path),
            "kinds": .array(entry.playbook.scope.kinds.map { .string($0) }),
            "findings": .array(entry.playbook.scope.findings.map { .string($0.rawValue) }),
            "steps": .array(entry.playbook.steps.map { .string($0.id) }),
          ]
        }),
    ]
  }

  /// Everything that a playbook says, in Markdown.
  public static func markdown(_ playbook: Playbook) -> String {
    var text = "# \(ReportParts.escaped(playbook.title))\n\n\(ReportParts.escaped(playbook.about))\n"
    if !playbook.scope.kinds.isEmpty { text += "\nFor: \(playbook.scope.kinds.joined(separator: ", "))\n" }
    for (number, step) in playbook.steps.enumerated() {
      text += "\n## \(number + 1). \(ReportParts.escaped(step.title.source)) (\(step.id))\n"
      for words in [step.why, step.look.isEmpty ? "" : "Look for: \(step.look)"] where !words.isEmpty {
        text += "\n\(ReportParts.escaped(words))\n"
      }
      let ways = step.next.sorted { $0.key.rawValue < $1.key.rawValue }
      if !ways.isEmpty {
        text += "\n" + ways.map { "- \($0.key.rawValue): \(Self.words($0.value))\n" }.joined()
      }
    }
    let references = playbook.references + playbook.steps.flatMap(\.references)
    if !references.isEmpty { text += "\n## See also\n\n" + references.map { "- \($0)\n" }.joined() }
    return text
  }

  /// The same for a terminal.
  public static func text(_ playbook: Playbook) -> String {
    var text = "\(PlainText.line(playbook.title)) (\(playbook.name))\n\(PlainText.line(playbook.about))\n"
    for (number, step) in playbook.steps.enumerated() {
      text += "\n\(number + 1). \(PlainText.line(step.title.source)) [\(step.action.word): \(step.id)]\n"
      if !step.why.isEmpty { text += "   \(PlainText.line(step.why))\n" }
      if !step.look.isEmpty { text += "   look for: \(PlainText.line(step.look))\n" }
      for (verdict, target) in step.next.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        text += "   \(verdict.rawValue): \(words(target))\n"
      }
    }
    let references = playbook.references + playbook.steps.flatMap(\.references)
    for reference in references { text += "\nsee \(PlainText.line(reference.description))" }
    return text + (references.isEmpty ? "" : "\n")
  }

  private static func words(_ target: Target) -> String {
    switch target {
    case .step(let id): "go to \(id)"
    case .end: "end"
    case .playbook(let name): "go on with playbook \(name)"
    }
  }
}
