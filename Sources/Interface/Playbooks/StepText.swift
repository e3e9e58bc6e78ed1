import Diagnosis
import Kube
import PlaybookKit
import Remedies
import Terminal

/// What is said about one step, in the order in which a person wants to know it.
struct StepText {
  let report: RunReport
  let step: StepReport
  let isReading: Bool
  /// The end of what was read.
  let text: [String]
  /// The command of the step that is under way.
  let command: CommandRun?
  /// Why nothing may be changed; nil when it may.
  let writeRefusal: String?

  var paragraphs: [Paragraph] {
    var all = [Paragraph(text: step.title, role: .title)]
    let look = StepLook(step, isReading: isReading)
    let sentence = step.sentence.isEmpty ? "" : ": \(step.sentence)"
    all.append(Paragraph(text: look.word + sentence, role: look.role))
    // The root cause stands above all steps.
    all += report.causes.dropFirst().filter { $0.step == step.id }.map {
      Paragraph(label: "cause", text: $0.text, role: .critical)
    }
    all += request
    all += evidence
    all += step.notes.map { Paragraph(label: "note", text: $0.text, role: .accent) }
    if !step.why.isEmpty { all.append(Paragraph(label: "why", text: step.why)) }
    if !step.look.isEmpty { all.append(Paragraph(label: "look for", text: step.look)) }
    all += step.commands.map { Paragraph(label: "run", text: $0, role: .key) }
    all += (step.references.isEmpty ? report.playbook.references : step.references).map {
      Paragraph(label: "read on", text: Self.text($0), role: .dim)
    }
    if !text.isEmpty {
      all.append(Paragraph(text: ""))
      all.append(Paragraph(text: "the last \(text.count == 1 ? "line" : "\(text.count) lines") of it:", role: .dim))
      all += text.map { Paragraph(text: $0) }
    }
    return all
  }

  /// What the person is asked for.
  private var request: [Paragraph] {
    guard step.isReached, !step.isSkipped else { return [] }
    let isOpen = step.verdict == nil || step.verdict == .unknown
    switch step.request {
    case .ask(let question):
      return [Paragraph(label: "question", text: question, role: isOpen ? .accent : .text)]
        + (isOpen ? [Paragraph(label: "keys", text: "y yes, n no, s leaves it out, e adds a note", role: .dim)] : [])
    case .read:
      guard isOpen, !isReading else { return [] }
      let keys =
        step.answered == nil
        ? "enter reads it; or y it shows a problem, n it does not"
        : "y it shows a problem, n it does not, r reads it again"
      return [Paragraph(label: "keys", text: keys, role: .dim)]
    case .run:
      if let command {
        return RemedySummary(command).lines.map { Paragraph(label: $0.label, text: $0.text, role: $0.tone.role) }
          + [Paragraph(text: command.progress, role: command.phase == .confirming ? .title : .notice)]
      }
      guard isOpen else { return [] }
      let own = "c copies the command for a terminal; y it shows a problem, n it does not"
      guard let writeRefusal else {
        return [Paragraph(label: "keys", text: "enter runs it, after asking you; or \(own)", role: .dim)]
      }
      return [
        Paragraph(label: "not now", text: writeRefusal, role: .notice),
        Paragraph(label: "keys", text: own, role: .dim),
      ]
    case .remedy(let offer):
      var paragraphs = [Paragraph(label: "remedy", text: offer.title)]
      paragraphs.append(Paragraph(label: "order", text: offer.order.commandLine, role: .accent))
      if let writeRefusal {
        paragraphs.append(Paragraph(label: "not now", text: writeRefusal, role: .notice))
      } else if let problem = offer.problem {
        paragraphs.append(Paragraph(label: "missing", text: problem, role: .warning))
        paragraphs.append(
          Paragraph(label: "keys", text: "enter asks for it as name=value; nothing is changed yet", role: .dim))
      } else {
        paragraphs.append(
          Paragraph(label: "keys", text: "enter tries it and shows what it would change, then asks", role: .dim))
      }
      return paragraphs
    case nil where step.showsPlacement:
      return [Paragraph(label: "keys", text: "enter (or X) shows it node by node, with what would help", role: .dim)]
    case nil where step.showsDrain:
      return [Paragraph(label: "keys", text: "enter shows the plan of the drain, pod by pod", role: .dim)]
    case nil: return []
    }
  }

  private var evidence: [Paragraph] {
    step.furtherEvidence.map { evidence in
      let time = evidence.time.map { " (\($0.description))" } ?? ""
      // Conditions name their own values; the object is only worth saying when it is another one.
      if evidence.field == RunReport.conditionField { return Paragraph(label: "evidence", text: evidence.value + time) }
      let isOther = evidence.object.name != report.subject?.name || evidence.object.kind != report.subject?.kind
      let object = isOther && !evidence.object.name.isEmpty ? "\(evidence.object.shortText) " : ""
      return Paragraph(label: "evidence", text: "\(object)\(evidence.field): \(evidence.value)\(time)")
    }
  }

  private static func text(_ reference: Playbook.Reference) -> String {
    switch reference {
    case .playbook(let name): "playbook \(name) (o lists all)"
    case .term(let word): "\(word), in the glossary"
    case .page(let url, let title): title.isEmpty ? url : "\(title): \(url)"
    }
  }
}

/// The sign, the word and the role of where a step stands; never colour alone.
struct StepLook {
  let word: String
  let role: Role
  private let sign: KeyPath<Glyphs, String>?

  init(_ step: StepReport, isReading: Bool) {
    if isReading {
      (word, role, sign) = ("reading", .progressing, \.progressing)
      return
    }
    word = step.word == Verdict.notApplicable.rawValue ? "not applicable" : step.word
    switch step.verdict {
    case .ok where step.isReached: (role, sign) = (.ok, \.ok)
    case .problem: (role, sign) = (.critical, \.critical)
    case .warning: (role, sign) = (.warning, \.warning)
    case .unknown: (role, sign) = (.unknown, \.unknown)
    case .ok, .notApplicable: (role, sign) = (.dim, \.bullet)
    case nil:
      if !step.isReached || step.isSkipped {
        (role, sign) = (.dim, step.isSkipped ? \.right : nil)
      } else if case .remedy? = step.request {
        (role, sign) = (.accent, \.mark)
      } else {
        (role, sign) = (.progressing, \.progressing)
      }
    }
  }

  /// One column.
  func glyph(_ glyphs: Glyphs) -> String { sign.map { glyphs[keyPath: $0] } ?? " " }
}
