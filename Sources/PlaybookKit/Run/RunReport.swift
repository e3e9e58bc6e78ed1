import Diagnosis
import Kube
import Remedies

/// Where a run stands: every step with its verdict, the way that was taken, and the cause at its end.
public struct RunReport: Sendable {
  /// The playbook.
  public let playbook: Playbook
  /// The object; nil for playbooks without one.
  public let subject: ObjectReference?
  /// The container that was looked at; "" when there is none.
  public let container: String
  /// As of when.
  public let time: Timestamp
  /// Every step in the order of the playbook.
  public let steps: [StepReport]
  /// The ids of the steps on the way, in order.
  public let path: [String]
  /// The causes that steps on the way named, the root cause first.
  public let causes: [Cause]
  /// The playbook that the way leads on to.
  public let continuation: String?
  /// That nothing is wrong with the object now, in words; nil when a step found a problem, or it cannot be said.
  public let soundness: String?
  /// Why the object cannot be looked at; nil when it can.
  public let subjectDoubt: Doubt?

  /// What is to blame.
  public struct Cause: Sendable, Hashable {
    /// One sentence.
    public var text: String
    /// The step that found it.
    public var step: String
  }

  /// The field of evidence that is a comparison in an expression and names its own values.
  public static let conditionField = "condition"

  /// What all comes to: a problem when a step on the way found one, else unknown when one cannot be told, else the worst
  /// of the others.
  public var verdict: Verdict {
    if subjectDoubt != nil { return .unknown }
    let verdicts = steps.filter(\.isReached).compactMap(\.verdict)
    for verdict in [Verdict.problem, .unknown, .warning, .ok] where verdicts.contains(verdict) { return verdict }
    return causes.isEmpty ? .notApplicable : .problem
  }

  /// The first step on the way that waits for somebody.
  public var waiting: StepReport? { steps.first { $0.isReached && $0.request != nil && $0.verdict == nil } }

  /// The step with an id.
  public func step(_ id: String) -> StepReport? { steps.first { $0.id == id } }
}

/// Where one step stands.
public struct StepReport: Sendable {
  /// The step's id.
  public let id: String
  /// What is looked at or done.
  public let title: String
  /// `check`, `read`, `run`, `manual` or `remedy`.
  public let action: String
  /// Why it matters.
  public let why: String
  /// What to look for.
  public let look: String
  /// Whether it is on the way.
  public internal(set) var isReached = false
  /// Whether a person has left it out.
  public internal(set) var isSkipped = false
  /// The verdict; nil while somebody is asked, when it was left out, and for what is not on the way.
  public internal(set) var verdict: Verdict?
  /// One sentence with the numbers in it.
  public internal(set) var sentence = ""
  /// What the verdict rests on.
  public internal(set) var evidence: [Evidence] = []
  /// Why it cannot be told.
  public internal(set) var doubt: Doubt?
  /// What somebody is asked for; still there once it has been given, so that it can be given again.
  public internal(set) var request: Request?
  /// When a person or host contributed last.
  public internal(set) var answered: Timestamp?
  /// Remarks of persons.
  public internal(set) var notes: [(time: Timestamp, text: String)] = []
  /// The same with kubectl, to copy.
  public internal(set) var commands: [String] = []
  /// Where to read on.
  public let references: [Playbook.Reference]
  /// Whether the page of nodes and filters shows more about it.
  public let showsPlacement: Bool
  /// Whether the page of a drain's plan shows more about it.
  public let showsDrain: Bool
  /// Whether it looks for what a drain is still to take: a problem of it is what a person does next.
  public let asksForDrain: Bool

  /// The evidence that says more than the sentence, each once.
  public var furtherEvidence: [Evidence] {
    var seen: Set<Evidence> = []
    return evidence.filter { evidence in
      let isSaid = evidence.value == sentence || evidence.value.count > 12 && sentence.contains(evidence.value)
      return !isSaid && seen.insert(evidence).inserted
    }
  }

  /// Every word for where a step can stand.
  public static let words = Verdict.allCases.map(\.rawValue) + ["waiting", "offered", "skipped", "not reached"]

  /// The word for where it stands: the verdict, or `waiting`, `offered`, `skipped`, `not reached`.
  public var word: String {
    if !isReached { return "not reached" }
    if isSkipped { return "skipped" }
    if let verdict { return verdict.rawValue }
    if case .remedy? = request { return "offered" }
    return "waiting"
  }
}

/// What a step asks of a person or of the host of the run.
public enum Request: Sendable {
  /// Read this and hand back the text.
  case read(ReadTarget)
  /// After confirmation, run a command in a container of a pod and hand back what it wrote.
  case run(CommandOrder)
  /// Ask a person, who answers by yes or no.
  case ask(String)
  /// Offer a change.
  case remedy(RemedyOffer)
}

/// Something to read that is no object, with everything needed to read it.
public enum ReadTarget: Sendable, Hashable {
  /// The log of a container.
  case logs(namespace: String, pod: String, container: String, previous: Bool, tail: Int)
  /// The whole object as the server has it, as YAML; values of Secrets left out.
  case object(ObjectReference)
  /// The use of CPU and memory of a pod or node.
  case metrics(ObjectReference)
  /// A path of the API server.
  case path(String)
  /// A path of the API server that is asked for several times, each time on a connection of its own, so that a load
  /// balancer chooses a server anew.
  case repeated(String)

  /// Whether reading it sends a request to a pod, which may make something happen there: a person is asked first.
  public var isProbe: Bool {
    guard case .path(let path) = self else { return false }
    return path.hasPrefix("/api/v1/namespaces/") && path.contains("/proxy/")
  }
}

/// A change that a playbook offers. Nothing has been looked up for it yet.
public struct RemedyOffer: Sendable, Equatable {
  /// What to ask the remedy for.
  public var order: RemedyOrder
  /// What it does, as a short command.
  public var title: String
  /// Why the order is not complete: a parameter whose value is not set or not known, which a person must give.
  public var problem: String?
  /// The step that shows whether it helped.
  public var verify: String?
}
