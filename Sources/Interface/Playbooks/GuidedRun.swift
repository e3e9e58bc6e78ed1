import Kube
import PlaybookKit
import Remedies
import Terminal

/// A run of a playbook with the place of the person in it; kept while the dashboard runs, so that it can be left.
final class GuidedRun {
  /// The run.
  private(set) var run: PlaybookRun
  /// Where it stands, as of the last evaluation that could look at the object.
  private(set) var report: RunReport?
  /// Why the object cannot be looked at any more.
  private(set) var doubt: Doubt?
  /// The top of the chain of owners of the object, when it has one: what replaces the object belongs to it.
  var owner: ObjectReference?
  /// Whether something has happened since.
  var isDirty = true
  /// Whether what was said in an earlier session is to be looked for.
  var mustBeRecalled = true
  /// Whether a person has said something that has not been kept yet.
  var mustBeKept = false
  /// The name to keep it under; unlike that of every other run.
  let keptName: String
  /// Steps whose text is being read, by the number of the request.
  private(set) var pending: [Int: String] = [:]
  /// Steps whose command is asked about or runs, by its number.
  private var commands: [Int: (step: String, run: CommandRun?)] = [:]
  /// Steps that were read without being asked for: that is done once.
  private var readByItself: Set<String> = []
  /// The step that the person went to; nil lets the run show what matters.
  private(set) var chosen: String?
  var window = ListWindow(margin: 1)
  var detail = TextView()
  /// Ends of the texts that were read, by step.
  private var texts: [String: [String]] = [:]
  /// Whose details are shown.
  private var shown = ""

  /// So many lines of a text are shown.
  private static let shownLines = 60

  init(_ run: PlaybookRun, context: String) {
    self.run = run
    keptName = Self.keptName(of: run.playbook.name, on: run.subject, context: context)
  }

  /// The name under which the run of a playbook on an object is kept.
  static func keptName(of playbook: String, on subject: ObjectReference?, context: String) -> String {
    // What is kept of one object must not be taken for that of another one of the same name.
    let parts = [
      playbook, subject?.uid ?? "", subject?.kind ?? "", subject?.namespace ?? "", subject?.name ?? "", context,
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "_")
  }

  var playbook: Playbook { run.playbook }

  /// Takes over where the run stands. When its object is gone, what was known of it stays to be read and exported.
  func take(_ new: RunReport) {
    doubt = new.subjectDoubt
    if doubt == nil || report == nil { report = new }
  }

  /// One line of the checklist.
  enum Row {
    case step(StepReport)
    /// The playbook that the way leads on to.
    case continuation(String)

    var id: String {
      switch self {
      case .step(let step): step.id
      case .continuation(let name): "playbook/\(name)"
      }
    }
  }

  var rows: [Row] {
    guard let report else { return [] }
    return report.steps.map { .step($0) } + (report.continuation.map { [.continuation($0)] } ?? [])
  }

  /// The place of the step that is shown: where the person is, else the root cause, else what waits for a word, else of
  /// what is no diagnosis what is done next, else the first problem, else the end of the way.
  var place: Int {
    let procedure = report.flatMap { $0.playbook.isProcedure ? $0.next?.id : nil }
    // Whoever is at work goes on; whoever has just come sees what stands in the way.
    let isAtWork = run.journal.contains { $0.step != procedure }
    let wanted =
      chosen ?? (isAtWork ? procedure : nil) ?? report?.causes.first?.step ?? report?.question?.id ?? procedure
      ?? report?.firstProblem?.id ?? report?.path.last
    return rows.firstIndex { $0.id == wanted } ?? 0
  }

  var current: Row? {
    let rows = rows
    return rows.indices.contains(place) ? rows[place] : nil
  }

  var step: StepReport? { if case .step(let step)? = current { step } else { nil } }

  /// Goes to another line.
  func move(_ change: (inout ListWindow) -> Void) {
    window.update(count: rows.count)
    window.move(to: place)
    change(&window)
    let rows = rows
    if rows.indices.contains(window.cursor) { chosen = rows[window.cursor].id }
  }

  /// Goes to a step, or with nil to what matters.
  func choose(_ step: String?) { chosen = step }

  // MARK: Contributions

  func add(_ what: PlaybookRun.Contribution, to step: String, at time: Timestamp) {
    run.add(what, to: step, at: time)
    texts[step] = nil
    isDirty = true
    switch what {
    case .answer, .skip, .note, .applied: mustBeKept = true
    case .text, .output, .noText: break
    }
  }

  /// Forgets for good what was said and done in an earlier round.
  func forgetEarlierRounds(_ facts: PlaybookFacts) {
    guard run.forgetEarlierRounds(facts) else { return }
    texts = [:]
    mustBeKept = true
  }

  /// Takes up what was said in an earlier session, before all that has been added since.
  func recall(_ saved: JSONValue) {
    guard let earlier = PlaybookRun(saved: saved, playbook), earlier.subject == run.subject else { return }
    var joined = earlier
    for entry in run.journal { joined.add(entry.what, to: entry.step, at: entry.time) }
    run = joined
    isDirty = true
  }

  /// Takes the last contribution back and goes to its step.
  func back() -> Bool {
    guard let step = run.back() else { return false }
    texts[step] = nil
    chosen = step
    isDirty = true
    mustBeKept = true
    return true
  }

  // MARK: Commands

  /// The command of a step that is under way, with its number; the run once it has begun.
  func command(of step: String) -> (id: Int, run: CommandRun?)? {
    commands.first { $0.value.step == step }.map { ($0.key, $0.value.run) }
  }

  func beginCommand(_ id: Int, _ step: String) { commands[id] = (step, nil) }

  /// Takes over where a command is; answers its step.
  func update(_ id: Int, _ run: CommandRun) -> String? {
    guard let step = commands[id]?.step else { return nil }
    commands[id] = (step, run)
    return step
  }

  func endCommand(_ id: Int) { commands[id] = nil }

  /// Whether a command goes on by itself, up to the question or its end.
  var isCommandWorking: Bool { commands.values.contains { $0.run?.phase != .confirming } }

  // MARK: Reading

  func isReading(_ step: String) -> Bool { pending.values.contains(step) }

  func beginReading(_ id: Int, _ step: String) {
    pending[id] = step
    readByItself.insert(step)
  }

  /// What a request was for has come; nil when it is not waited for.
  func endReading(_ id: Int) -> String? { pending.removeValue(forKey: id) }

  /// The next step on the way whose text can be read without asking: what `kubectl logs`, `get` and `top` show. Other
  /// paths may make something happen in the cluster, and are read when the person says so.
  var nextReading: (step: String, target: ReadTarget)? {
    for step in report?.steps ?? [] where step.isReached && step.verdict == nil && !step.isSkipped {
      guard case .read(let target)? = step.request, !readByItself.contains(step.id) else { continue }
      switch target {
      case .logs, .object, .metrics: return (step.id, target)
      case .path, .repeated: continue
      }
    }
    return nil
  }

  /// The end of what was read for a step.
  func text(of step: String) -> [String] {
    if let known = texts[step] { return known }
    let lines = run.lines(for: step, last: Self.shownLines)
    texts[step] = lines
    return lines
  }

  // MARK: Details

  /// Shows paragraphs about the current line; those about another line begin at their start.
  func show(_ paragraphs: [Paragraph], size: Size) {
    detail.setSize(size)
    detail.setLines(Paragraph.lines(paragraphs, width: size.columns))
    let id = current?.id ?? ""
    if id != shown {
      shown = id
      detail.move { $0.toStart() }
    }
  }
}

extension RunReport {
  /// The first step on the way that waits for something to be read or answered; remedies can wait.
  var question: StepReport? {
    steps.first { step in
      guard step.isReached, step.verdict == nil, !step.isSkipped else { return false }
      switch step.request {
      case .ask, .read, .run: return true
      case .remedy, nil: return false
      }
    }
  }

  /// What a person does next: the first remedy on the way that has not been applied, or the drain of a node, but never
  /// before a question that stands before it: a remedy may be wrong unless the answer is known. Remedies whose outcome
  /// is there already, and those before a question that a person has answered with a remedy after it, are behind.
  var next: StepReport? {
    let answered = steps.lastIndex { step in
      guard step.answered != nil, step.verdict != nil, case .ask? = step.request else { return false }
      return true
    }
    return steps.enumerated().first { index, step in
      if step.id == question?.id { return true }
      if let answered, index < answered { return false }
      // What is not done yet is to be done.
      if index == answered, playbook.isProcedure, step.verdict == .warning { return true }
      if step.asksForDrain, step.verdict == .problem { return true }
      guard step.word == "offered", case .remedy(let offer)? = step.request else { return false }
      return !steps.contains { $0.id == offer.verify && $0.verdict == .ok }
    }?.element
  }

  /// Whether the way has come to a good end: nothing is left to do, and the last step is ok.
  var isDone: Bool { next == nil && path.last.flatMap { step($0)?.verdict } == .ok }

  /// The first step on the way that found a problem.
  var firstProblem: StepReport? { steps.first { $0.isReached && $0.verdict == .problem } }
}
