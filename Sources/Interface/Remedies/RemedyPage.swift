import Kube
import Remedies
import Terminal

/// A remedy on a page of its own: what it would do, the question, its progress and how it ended.
final class RemedyPage {
  /// Given back with every answer.
  let id: Int
  /// What was asked for.
  let order: RemedyOrder
  /// The run, once it has begun.
  private(set) var run: RemedyRun?
  private(set) var view = TextView()
  private var paragraphs: [Paragraph] = []
  private var size = Size(columns: 0, rows: 0)

  init(id: Int, order: RemedyOrder) {
    self.id = id
    self.order = order
    paragraphs = [Paragraph(text: "reading the cluster", role: .dim)]
  }

  /// The kinds that must be known before it can be worked out, and while it is waited for.
  var needs: Set<Need> {
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
    switch run?.phase {
    case nil, .reading, .checkingAccess, .dryRunning, .recording, .applying, .verifying: true
    case .confirming, .waiting, .finished: false
    }
  }

  /// Whether its last word may be left without a question: nothing is being sent.
  var canBeLeft: Bool {
    switch run?.phase {
    case .recording, .applying, .verifying: false
    default: true
    }
  }

  /// Shows how far the run is.
  func update(_ run: RemedyRun) {
    self.run = run
    paragraphs = []
    for line in RemedySummary(run).lines {
      paragraphs.append(Paragraph(label: line.label, text: line.text, role: line.tone.role))
    }
    if !paragraphs.isEmpty { add("", .text) }
    add(run.progress, run.phase.role)
    if let problem = run.journalProblem { add("the journal lacks the outcome: \(problem)", .warning) }
    switch run.phase {
    case .confirming:
      let word = if case .name = run.remedy?.confirmation { "asks for the name" } else { "applies it" }
      add("y \(word), n leaves everything as it is", .dim)
    case .waiting: add("n stops waiting; what was applied stays", .dim)
    case .finished where run.undo != nil: add("z takes it back", .dim)
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

  private func add(_ text: String, _ role: Role) { paragraphs.append(Paragraph(text: text, role: role)) }

  private func layout() { view.setLines(Paragraph.lines(paragraphs, width: size.columns)) }
}

extension RemedySummary.Tone {
  fileprivate var role: Role {
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
