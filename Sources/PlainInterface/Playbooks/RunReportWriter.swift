import Diagnosis
import Kube
import PlaybookKit
import Remedies

/// A run of a playbook as text, JSON or Markdown.
public struct RunReportWriter: Sendable {
  private let report: RunReport
  private let cluster: CheckReport.Cluster

  /// The report of a run in a cluster.
  public init(_ report: RunReport, cluster: CheckReport.Cluster) {
    self.report = report
    self.cluster = cluster
  }

  private var place: String {
    guard let subject = report.subject else { return "the cluster" }
    let namespace = subject.namespace.isEmpty ? "" : " in namespace \(subject.namespace)"
    let container = report.container.isEmpty ? "" : ", container \(report.container)"
    return "\(subject.shortText)\(namespace)\(container)"
  }

  // MARK: Text

  /// The way that was taken, a step with its evidence below the other, and the cause.
  public var text: String {
    var text = "\(report.playbook.title): \(PlainText.line(place))\n"
    if let doubt = report.subjectDoubt { return text + "unknown: \(PlainText.line(doubt.text))\n" }
    for (index, cause) in report.causes.enumerated() {
      text += "\(index == 0 ? "cause" : "also"): \(PlainText.line(cause.text))\n"
    }
    if let soundness = report.soundness { text += "well: \(PlainText.line(soundness))\n" }
    text += "\n"
    let width = StepReport.words.map(\.count).max() ?? 0
    for step in report.steps where step.isReached {
      text += pad(step.word, to: width) + "  " + PlainText.line(step.title) + "\n"
      for line in lines(step) { text += pad("", to: width) + "    " + PlainText.line(line) + "\n" }
    }
    if let playbook = report.continuation { text += "\ngo on with: podmedic playbook run \(playbook)\(object)\n" }
    return text + others
  }

  /// More steps than these that were not taken are only counted.
  private static let mostOthers = 6

  private var others: String {
    let others = report.steps.filter { !$0.isReached }
    guard !others.isEmpty else { return "" }
    var text = "\nnot on the way:\n"
    for step in others.prefix(Self.mostOthers) { text += "  \(PlainText.line(step.title))\n" }
    let rest = others.count - Self.mostOthers
    if rest > 0 { text += "  and \(rest) more; \"podmedic playbook show \(report.playbook.name)\" lists all steps\n" }
    return text
  }

  private var object: String {
    guard let subject = report.subject else { return "" }
    return " \(PlainText.line(subject.shortText))"
      + (subject.namespace.isEmpty ? "" : " -n \(PlainText.line(subject.namespace))")
  }

  private func lines(_ step: StepReport) -> [String] {
    var lines: [String] = []
    if !step.sentence.isEmpty { lines.append(step.sentence) }
    if step.verdict == .problem || step.verdict == .warning {
      for evidence in step.furtherEvidence.prefix(5) {
        lines.append(
          evidence.field == RunReport.conditionField ? evidence.value : "\(evidence.field): \(evidence.value)")
      }
    }
    switch step.request {
    case .ask(let question)?:
      if step.verdict == nil { lines.append("\(question) Answer with --answer \(step.id)=yes or =no") }
    case .remedy(let offer)?:
      lines.append(offer.order.commandLine)
      if let problem = offer.problem { lines.append("to be filled in: \(problem)") }
    case .run?, .read?, nil: break
    }
    if step.verdict == nil || step.verdict == .unknown { lines += step.commands }
    for note in step.notes { lines.append("note: \(note.text)") }
    return lines
  }

  private func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  // MARK: JSON

  /// The versioned document, `podmedic.dev/v1` PlaybookRun.
  public var json: JSONValue {
    var json: JSONValue = [
      "apiVersion": "podmedic.dev/v1", "kind": "PlaybookRun", "time": .string(report.time.description),
      "cluster": cluster.json, "playbook": .string(report.playbook.name), "title": .string(report.playbook.title),
    ]
    json["object"] = report.subject.map { ReportParts.json($0) }
    if !report.container.isEmpty { json["container"] = .string(report.container) }
    json["verdict"] = .string(report.verdict.rawValue)
    json["doubt"] = report.subjectDoubt.map { Self.json($0) }
    json["well"] = report.soundness.map { .string($0) }
    json["cause"] = report.causes.first.map { .string($0.text) }
    json["causes"] = .array(report.causes.map { ["text": .string($0.text), "step": .string($0.step)] })
    json["path"] = .array(report.path.map { .string($0) })
    json["continue"] = report.continuation.map { .string($0) }
    json["steps"] = .array(report.steps.map { Self.json($0) })
    return json
  }

  private static func json(_ doubt: Doubt) -> JSONValue {
    ["reason": .string(doubt.reason.rawValue), "text": .string(doubt.text)]
  }

  private static func json(_ step: StepReport) -> JSONValue {
    var json: JSONValue = [
      "id": .string(step.id), "title": .string(step.title), "action": .string(step.action), "state": .string(step.word),
    ]
    json["verdict"] = step.verdict.map { .string($0.rawValue) }
    guard step.isReached else { return json }
    json["sentence"] = .string(step.sentence)
    json["evidence"] = .array(step.evidence.map { ReportParts.json($0) })
    json["doubt"] = step.doubt.map { Self.json($0) }
    json["time"] = step.answered.map { .string($0.description) }
    switch step.request {
    case .ask(let question)?: json["question"] = .string(question)
    case .run(let order)?:
      json["run"] = ["container": .string(order.container), "command": .array(order.command.map { .string($0) })]
    case .remedy(let offer)?:
      var remedy: JSONValue = [
        "name": .string(offer.order.name.rawValue), "object": ReportParts.json(offer.order.object),
        "parameters": .object(
          SmallMap(
            uniquing: offer.order.parameters.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) })),
      ]
      remedy["problem"] = offer.problem.map { .string($0) }
      json["remedy"] = remedy
    case .read?, nil: break
    }
    if !step.commands.isEmpty { json["commands"] = .array(step.commands.map { .string($0) }) }
    if !step.notes.isEmpty {
      json["notes"] = .array(
        step.notes.map { ["time": .string($0.time.description), "text": .string($0.text)] })
    }
    return json
  }

  // MARK: Markdown

  /// A report to paste into a ticket.
  public var markdown: String {
    let version = cluster.version.isEmpty ? "" : ", Kubernetes \(ReportParts.escaped(cluster.version))"
    let name = cluster.context.isEmpty ? cluster.server : cluster.context
    var text = "# \(ReportParts.escaped(report.playbook.title)): \(ReportParts.escaped(place))\n\n"
    text += "\(report.time.description), \(ReportParts.escaped(name))\(version), playbook `\(report.playbook.name)`\n"
    if let doubt = report.subjectDoubt { return text + "\n**Unknown:** \(ReportParts.escaped(doubt.text))\n" }
    for (index, cause) in report.causes.enumerated() {
      text += "\n**\(index == 0 ? "Cause" : "Also"):** \(ReportParts.escaped(cause.text))\n"
    }
    if let soundness = report.soundness { text += "\n**Well:** \(ReportParts.escaped(soundness))\n" }
    for (number, step) in report.steps.filter(\.isReached).enumerated() {
      text += "\n## \(number + 1). \(ReportParts.escaped(step.title)): \(step.word)\n"
      if !step.sentence.isEmpty { text += "\n\(ReportParts.escaped(step.sentence))\n" }
      let shown = step.furtherEvidence.prefix(10)
      if !shown.isEmpty { text += "\n" }
      for evidence in shown {
        let time = evidence.time.map { " (\($0.description))" } ?? ""
        text += "- \(ReportParts.escaped(evidence.object.shortText)) `\(ReportParts.code(evidence.field))`: "
        text += "`\(ReportParts.code(evidence.value))`\(time)\n"
      }
      if case .ask(let question)? = step.request {
        let answered = step.answered.map { " (\($0.description))" } ?? ""
        text += "\nAsked: \(ReportParts.escaped(question))\(answered)\n"
      }
      if case .remedy(let offer)? = step.request {
        text += "\nOffered: `\(ReportParts.code(offer.order.commandLine))`\n"
      }
      for note in step.notes { text += "\nNote (\(note.time.description)): \(ReportParts.escaped(note.text))\n" }
      if !step.commands.isEmpty {
        text += "\n```\n" + step.commands.map { PlainText.line($0) }.joined(separator: "\n") + "\n```\n"
      }
    }
    if let playbook = report.continuation { text += "\nGo on with playbook `\(playbook)`.\n" }
    return text
  }
}
