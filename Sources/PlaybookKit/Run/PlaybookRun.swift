import Diagnosis
import Expressions
import Kube

/// A playbook that is followed for one object: what persons and hosts have contributed so far.
///
/// A value: what the cluster says is looked up anew by `evaluate`, so a run can be left, kept and taken up again, and
/// never holds on to what is no longer true.
public struct PlaybookRun: Sendable {
  /// The playbook.
  public let playbook: Playbook
  /// The object; nil for playbooks without one.
  public let subject: ObjectReference?
  /// The container that was chosen; nil to let the run choose.
  public var container: String?
  /// What was contributed, in the order in which it was.
  public internal(set) var journal: [Entry] = []

  /// One contribution.
  public struct Entry: Sendable, Hashable {
    /// The step that it is about.
    public var step: String
    /// When.
    public var time: Timestamp
    /// What.
    public var what: Contribution
  }

  /// What a person or the host of a run adds to it.
  public enum Contribution: Sendable, Hashable {
    /// A person's yes or no.
    case answer(Bool)
    /// A person has left the step out.
    case skip
    /// A person's remark.
    case note(String)
    /// The text that was read or that a command wrote.
    case text(String)
    /// What a command wrote that did not end well, and how it ended: what is missing in the text proves nothing.
    case output(String, Doubt)
    /// Why there is no text.
    case noText(Doubt)
    /// A remedy was applied; whether it did what it should, and in which words.
    case applied(Bool, String)
  }

  /// A run at its beginning.
  public init(_ playbook: Playbook, subject: ObjectReference?, container: String? = nil) {
    self.playbook = playbook
    self.subject = subject
    self.container = container
  }

  /// Adds something to a step. Nothing happens when the playbook has no such step.
  public mutating func add(_ what: Contribution, to step: String, at time: Timestamp) {
    guard playbook.step(step) != nil else { return }
    journal.append(Entry(step: step, time: time, what: what))
  }

  /// Takes back the latest answer, skip or text, and says to which step it belonged: the way of the run is again what it
  /// was before. Notes stay, and so does what was done to the cluster.
  @discardableResult
  public mutating func back() -> String? {
    let last = journal.lastIndex { entry in
      switch entry.what {
      case .answer, .skip, .text, .output, .noText: true
      case .note, .applied: false
      }
    }
    return last.map { journal.remove(at: $0).step }
  }

  /// The latest contribution to a step other than notes.
  func contribution(to step: String) -> Entry? {
    journal.last { entry in
      if case .note = entry.what { return false }
      return entry.step == step
    }
  }

  /// Leaves out what was said or done until a contribution, itself included; notes stay.
  mutating func forget(until last: Entry) {
    guard let end = journal.lastIndex(of: last) else { return }
    let kept = journal[...end].filter { if case .note = $0.what { true } else { false } }
    journal.replaceSubrange(...end, with: kept)
  }

  /// The latest answer to each step, or that it is left out: `yes`, `no`, `skip`.
  var answers: [String: String] {
    var answers: [String: String] = [:]
    for entry in journal {
      switch entry.what {
      case .answer(let isYes): answers[entry.step] = isYes ? "yes" : "no"
      case .skip: answers[entry.step] = "skip"
      case .note, .applied, .text, .output, .noText: continue
      }
    }
    return answers
  }

  /// The notes to a step, in order.
  public func notes(for step: String) -> [(time: Timestamp, text: String)] {
    journal.compactMap { entry in
      guard entry.step == step, case .note(let text) = entry.what else { return nil }
      return (entry.time, text)
    }
  }

  /// Whether the step has been read, but not as often as it is to be: the answers are compared.
  public func wantsMore(for step: String) -> Bool {
    guard case .read(let request, _)? = playbook.step(step)?.action, case .text? = contribution(to: step)?.what else {
      return false
    }
    return texts(for: step).count % request.repeats != 0
  }

  /// The texts that were read for a step, in order.
  func texts(for step: String) -> [String] {
    journal.compactMap { entry in
      guard entry.step == step, case .text(let text) = entry.what else { return nil }
      return text
    }
  }

  /// The last lines, at most so many, of what was read for a step, without secrets; empty when nothing was.
  public func lines(for step: String, last count: Int) -> [String] {
    switch contribution(to: step)?.what {
    case .text(let text)?, .output(let text, _)?: return TextLines(text).last(count)
    default: return []
    }
  }

  /// The kinds that must be watched so that everything can be told.
  public var reads: [any KubeObject.Type] { playbook.reads }
}

extension Playbook {
  /// The kinds that must be watched so that everything can be told: those of triage and these.
  public var reads: [any KubeObject.Type] {
    var types: [any KubeObject.Type] = scope.kinds.compactMap { PlaybookScope.type(ofKind: $0) }
    var names: Set<String> = scope.condition?.names ?? []
    for step in steps {
      for expression in step.expressions { names.formUnion(expression.names) }
      if case .check(let call) = step.action { types += CheckTable.named(call.name)?.reads ?? [] }
    }
    for name in names.sorted() { types += Relation.named(name)?.reads ?? [] }
    var seen: Set<ObjectIdentifier> = []
    return types.filter { seen.insert(ObjectIdentifier($0)).inserted }
  }

  /// Whether it wants metrics.
  public var wantsUsage: Bool {
    steps.contains { $0.expressions.contains { $0.names.contains("usage") } }
  }
}
