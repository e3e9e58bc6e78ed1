import Diagnosis
import Kube
import Remedies
import Terminal

/// A remedy on a page of its own: what it would do, the question, its progress and how it ended. The same for several
/// objects is one question.
final class RemedyPage {
  /// The remedy for one object.
  struct Part {
    /// Given back with every answer.
    let id: Int
    /// What was asked for.
    let order: RemedyOrder
    /// The run, once it has begun.
    var run: RemedyRun?
  }

  /// The objects; never empty.
  private(set) var parts: [Part]
  private(set) var view = TextView()
  private var paragraphs: [Paragraph] = []
  private var size = Size(columns: 0, rows: 0)

  /// The remedy for one object, and for others.
  init(_ first: Part, _ others: [Part] = []) {
    parts = [first] + others
    paragraphs = [Paragraph(text: "reading the cluster", role: .dim)]
  }

  /// The run that decides what can be done now: one that asks, else one that goes on, else the first.
  var run: RemedyRun? {
    let runs = parts.compactMap(\.run)
    return runs.first { $0.phase == .confirming } ?? runs.first { $0.outcome == nil } ?? runs.first
  }

  /// Whether every run has ended.
  var isOver: Bool { parts.allSatisfy { $0.run?.outcome != nil } }

  /// Whether one of its runs has changed something that can be taken back.
  var canBeTakenBack: Bool { parts.contains { $0.run?.undo != nil } }

  /// Whether a number is that of one of its runs.
  func has(_ id: Int) -> Bool { parts.contains { $0.id == id } }

  /// The kinds that must be known before it can be worked out, and while it is waited for.
  var needs: Set<Need> { parts.reduce(into: []) { $0.formUnion(Self.needs(of: $1.order)) } }

  private static func needs(of order: RemedyOrder) -> Set<Need> {
    let namespace: String? =
      switch order.object.kind {
      case "Node": nil
      case "Namespace": order.object.name
      default: order.object.namespace.isEmpty ? nil : order.object.namespace
      }
    return Set(
      order.needs.map { Need(resource: $0.resource, namespace: $0.resource.isNamespaced ? namespace : nil) })
  }

  /// Whether it goes on by itself, up to the question or the wait.
  var isWorking: Bool {
    parts.contains { part in
      switch part.run?.phase {
      case nil, .reading, .checkingAccess, .dryRunning, .recording, .applying, .verifying: true
      case .confirming, .waiting, .finished: false
      }
    }
  }

  /// Shows how far a run is.
  func update(id: Int, _ run: RemedyRun) {
    guard let place = parts.firstIndex(where: { $0.id == id }) else { return }
    parts[place].run = run
    guard let run = self.run else { return }
    paragraphs = []
    if parts.count > 1 {
      addPlan()
    } else {
      add(RemedySummary(run).lines)
    }
    if !paragraphs.isEmpty { add("", .text) }
    add(run.progress, run.phase.role)
    if let problem = run.journalProblem { add("the journal lacks the outcome: \(problem)", .warning) }
    switch run.phase {
    case .confirming:
      let plain = parts.count { $0.run?.phase == .confirming && $0.run?.remedy?.confirmation == .yes }
      let word =
        switch plain {
        case 0: "asks for the name"
        case 1: "applies it"
        default: "applies it to all \(plain)"
        }
      let asking = parts.count { $0.run?.phase == .confirming }
      let rest = plain > 0 && asking > plain ? "; it then asks for the names of the \(asking - plain) others" : ""
      add("y \(word)\(rest), n leaves everything as it is", .dim)
    case .waiting: add("n stops waiting; what was applied stays", .dim)
    case .finished where canBeTakenBack: add("z takes it back", .dim)
    default: break
    }
    layout()
  }

  /// Tells how much room there is.
  func setSize(_ size: Size) {
    view.setSize(size)
    guard size != self.size else { return }
    self.size = size
    layout()
  }

  /// Scrolls.
  func move(_ change: (inout Scroll) -> Void) { view.move(change) }

  /// What the parts have in common once, and of each what is its own.
  private func addPlan() {
    let lines = parts.map { part in part.run.map { RemedySummary($0).lines } ?? [] }
    // The same change of many objects is one line, or the question is below the screen.
    let changes = lines.filter { !$0.isEmpty }.map { $0.filter { $0.label == "change" } }
    let labels =
      changes.allSatisfy { $0 == changes.first } ? Self.commonLabels.union(["change"]) : Self.commonLabels
    var common: [RemedySummary.Line] = []
    var own: [(part: Part, lines: [RemedySummary.Line])] = []
    for (part, lines) in zip(parts, lines) {
      for line in lines where labels.contains(line.label) && !common.contains(line) { common.append(line) }
      own.append((part, lines.filter { !labels.contains($0.label) && $0.label != "object" }))
    }
    add(common.filter { $0.label == "remedy" || $0.label == "cluster" })
    for (part, lines) in own {
      let state = part.run?.phase == .confirming ? "asks" : part.run?.progress ?? "beginning"
      let place = part.order.object.namespace.isEmpty ? "" : " in namespace \(part.order.object.namespace)"
      paragraphs.append(
        Paragraph(
          label: "object", text: "\(part.order.object.shortText)\(place): \(state)",
          role: part.run.map(\.phase.role) ?? .notice))
      add(lines)
    }
    add(common.filter { $0.label != "remedy" && $0.label != "cluster" })
  }

  private static let commonLabels: Set = ["remedy", "cluster", "permission", "note", "undo", "done when"]

  private func add(_ lines: [RemedySummary.Line]) {
    paragraphs += lines.map { Paragraph(label: $0.label, text: $0.text, role: $0.tone.role) }
  }

  private func add(_ text: String, _ role: Role) { paragraphs.append(Paragraph(text: text, role: role)) }

  private func layout() { view.setLines(Paragraph.lines(paragraphs, width: size.columns)) }
}

extension RemedySummary.Tone {
  /// How its line is drawn.
  var role: Role {
    switch self {
    case .plain: .text
    case .change: .accent
    case .good: .ok
    case .warning: .warning
    case .danger: .critical
    }
  }
}

extension RemedyPhase {
  /// How its sentence is drawn.
  fileprivate var role: Role {
    switch self {
    case .confirming: .title
    case .finished(.succeeded), .finished(.tried): .ok
    case .finished(.declined), .finished(.left): .notice
    case .finished: .critical
    default: .notice
    }
  }
}
