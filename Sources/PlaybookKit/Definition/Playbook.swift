import DataFiles
import Diagnosis
import Expressions
import Kube
import Remedies

/// A checklist that ends at a cause: what to look at, in which order, and what to do then.
public struct Playbook: Sendable {
  /// What it is called, such as `oom-killed`.
  public var name: String
  /// The heading.
  public var title: String
  /// What it finds out, in a sentence or two.
  public var about: String
  /// What it can be run on, and when it is offered.
  public var scope: Scope
  /// Where to read on.
  public var references: [Reference]
  /// The steps, in the order in which they are taken unless one says otherwise; at least one.
  public var steps: [Step]
  /// What must come out for given objects.
  public var scenarios: [Scenario]

  /// What a playbook can be run on.
  public struct Scope: Sendable {
    /// Kinds of objects, the preferred one first; empty for playbooks about the whole cluster or none.
    public var kinds: [String]
    /// Findings that it handles, those that it fits best first.
    public var findings: [FindingCode]
    /// When it is offered for an object without a finding.
    public var condition: Expression?
  }

  /// Where to read on.
  public enum Reference: Sendable, Hashable, CustomStringConvertible {
    /// Another playbook.
    case playbook(String)
    /// A word of the glossary.
    case term(String)
    /// A page.
    case page(url: String, title: String)

    /// What it is and its name, or its title and address: `glossary: cgroup`.
    public var description: String {
      switch self {
      case .playbook(let name): "playbook \(name)"
      case .term(let word): "glossary: \(word)"
      case .page(let url, let title): "\(title): \(url)"
      }
    }
  }

  /// Whether it is for work to be done rather than for a failure to be explained: it handles no findings.
  public var isProcedure: Bool { scope.findings.isEmpty }

  /// The step with an id.
  public func step(_ id: String) -> Step? { steps.first { $0.id == id } }
}

/// One point of a checklist.
public struct Step: Sendable {
  /// Unique within the playbook.
  public var id: String
  /// What is looked at or done, in a few words; may have interpolated expressions.
  public var title: Template
  /// Why it matters.
  public var why: String
  /// What to look for.
  public var look: String
  /// Kinds of subjects that it concerns; empty for all of the playbook.
  public var kinds: [String]
  /// The version of Kubernetes that has what it is about; nil for every one.
  public var since: KubernetesVersion?
  /// When it concerns the subject; nil for always.
  public var condition: Expression?
  /// What is said when it does not; nil for what the condition has found.
  public var exclusion: Template?
  /// When what was said or done still counts; nil for always.
  public var validity: Expression?
  /// What is done.
  public var action: Action
  /// What the cause is, by verdict.
  public var causes: [Verdict: Template]
  /// Where to go, by verdict; the next step where nothing is said.
  public var next: [Verdict: Target]
  /// The same with kubectl, to copy.
  public var commands: [Template]
  /// Where to read on.
  public var references: [Playbook.Reference]

  /// What a step does.
  public enum Action: Sendable {
    /// Looks at the cluster and judges by conditions.
    case test(Test)
    /// Looks at the cluster with a built-in check.
    case check(CheckCall)
    /// Reads something that is not an object, and looks for patterns.
    case read(ReadRequest, Matching)
    /// Runs a command in a container after confirmation, and looks for patterns.
    case run(CommandRequest, Matching)
    /// Asks a person.
    case ask(Question)
    /// Offers a change.
    case remedy(RemedyCall)

    /// Whether it is the built-in check of this name.
    func isCheck(_ name: String) -> Bool { if case .check(let call) = self { call.name == name } else { false } }

    /// Whether it looks for what a drain has still to take from the node.
    var isCheckOfWhatIsLeft: Bool {
      if case .check(let call) = self {
        call.name == drainPlanCheck && call.arguments.text("about") == "left"
      } else {
        false
      }
    }

    /// The word for it: `check`, `read`, `run`, `manual` or `remedy`.
    public var word: String {
      switch self {
      case .test, .check: "check"
      case .read: "read"
      case .run: "run"
      case .ask: "manual"
      case .remedy: "remedy"
      }
    }
  }
}

/// Where a step leads.
public enum Target: Sendable, Hashable {
  /// To another step.
  case step(String)
  /// Nowhere: that was all.
  case end
  /// To another playbook.
  case playbook(String)
}

/// Conditions that make a verdict: the first that holds counts.
public struct Test: Sendable {
  /// A verdict with its condition and what is said then.
  public struct Rule: Sendable {
    /// The verdict.
    public var verdict: Verdict
    /// When it is given.
    public var condition: Expression
  }

  /// In the order problem, warning, ok.
  public var rules: [Rule]
  /// The verdict when no condition holds.
  public var otherwise: Verdict
  /// What is said, by verdict.
  public var sentences: [Verdict: Template]
}

/// A built-in check with its parameters.
public struct CheckCall: Sendable {
  /// The check's name in the table.
  public var name: String
  /// What it is given.
  public var arguments: CheckArguments
  /// Verdicts that count as others here.
  public var mapping: [Verdict: Verdict]
  /// What is said instead of the check's own sentence, by verdict.
  public var sentences: [Verdict: Template]
}

/// Something to read that is no object.
public struct ReadRequest: Sendable {
  /// What is read.
  public enum Source: Sendable {
    /// The log of a container.
    case logs(previous: Bool, tail: Int)
    /// The whole object as the server has it, as YAML.
    case object
    /// The use of CPU and memory.
    case metrics
    /// An endpoint of the subject's node, such as `stats/summary`.
    case node(path: Template)
    /// A path of the API server, such as `/readyz?verbose`.
    case server(path: Template)
    /// A path of the subject pod through the API server's proxy.
    case pod(port: Template, path: Template)
    /// A path of the subject Service through the API server's proxy.
    case service(port: Template, path: Template)

    /// The word for it in a file.
    public var word: String {
      switch self {
      case .logs: "logs"
      case .object: "object"
      case .metrics: "metrics"
      case .node: "node"
      case .server: "server"
      case .pod: "pod"
      case .service: "service"
      }
    }
  }

  /// What is read.
  public var source: Source
  /// How often it is read; more than once to compare the answers, which must have the same names or lines.
  public var repeats = 1
}

/// A command in a container.
public struct CommandRequest: Sendable {
  /// The words of the command.
  public var command: [Template]
}

/// What is looked for in text that was read.
public struct Matching: Sendable {
  /// A pattern with what it means.
  public struct Rule: Sendable {
    /// A regular expression (RE2 syntax); it matches within one line.
    public var pattern: LinePattern
    /// The verdict when a line matches.
    public var verdict: Verdict
    /// What is said then; `{line}` is the line that matched.
    public var sentence: Template?
    /// The cause, if it is one.
    public var cause: Template?
    /// Where to go, if not where the verdict leads.
    public var next: Target?
  }

  /// The first that matches any line counts.
  public var rules: [Rule]
  /// Whether the patterns of well-known errors come after those of the file.
  public var usesKnownErrors: Bool
  /// The verdict when none matches; with unknown, the person is to judge.
  public var otherwise: Verdict
}

/// A question to a person.
public struct Question: Sendable {
  /// Answered by yes or no.
  public var question: Template
  /// The verdict of a yes.
  public var yes: Verdict
  /// The verdict of a no.
  public var no: Verdict
}

/// An object by its kind and a name that is worked out.
public struct ObjectTemplate: Sendable {
  /// The kind; nil when it is worked out too.
  public var kind: String?
  /// The kind, a slash and the name; the namespace is that of the subject.
  public var name: Template
}

/// A change that is offered.
public struct RemedyCall: Sendable {
  /// Which one.
  public var kind: RemedyKind
  /// The object that it is for; nil for the subject.
  public var object: ObjectTemplate?
  /// What it is given, by name.
  public var arguments: [(name: String, value: Template)]
  /// The step that shows whether it helped.
  public var verify: String?
}
