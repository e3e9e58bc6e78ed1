import Draining
import Kube
import PlaybookKit
import Remedies

/// Something that the interface wants done and cannot do itself: it never does IO.
public enum Effect: Sendable, Equatable {
  /// End the program.
  case quit
  /// Stop as for Ctrl-Z; go on when the shell says so.
  case suspend
  /// Give a text to the clipboard; `what` names it for the message afterwards.
  case copy(String, what: String)
  /// Read one whole object as JSON and answer with `fetched`.
  case fetch(ObjectFetch)
  /// Ask the server what this user may do in a namespace (SelfSubjectRulesReview) and answer with `rulesAnswered`.
  case askRules(id: Int, namespace: String)
  /// Start reading logs and answer with `logLines` and so on.
  case openLogs(LogQuery)
  /// Stop reading logs.
  case closeLogs(id: Int)
  /// Connect to the cluster of another context.
  case switchContext(String)
  /// Try at once what is waiting to be tried again.
  case refresh
  /// Begin a run of a remedy and answer with `remedyChanged`, now and whenever it goes on.
  case startRemedy(id: Int, RemedyOrder)
  /// Hand over what the person said to a run's question.
  case replyToRemedy(id: Int, String)
  /// The person does not want a run, or not to wait for its end.
  case leaveRemedy(id: Int)
  /// Nobody looks at a run any more; what has been sent goes on.
  case closeRemedy(id: Int)
  /// Open the cluster of a protected context for changes.
  case unlock(String)
  /// Read the journal of remedies and answer with `showHistory`.
  case readHistory
  /// Read a text for a step of a playbook and answer with `textRead`. It is only read.
  case readText(id: Int, ReadTarget)
  /// Begin a command in a container and answer with `commandChanged`, now and whenever it goes on.
  case startCommand(id: Int, CommandOrder)
  /// Hand over what the person said to a command's question.
  case replyToCommand(id: Int, String)
  /// Keep what persons have said in a run of a playbook under a name.
  case keepRun(name: String, JSONValue)
  /// Answer with `runRecalled` what was kept under a name.
  case recallRun(id: Int, name: String)
  /// Ask what the volumes of some nodes' pods hold and whether this user may make some calls, and answer with
  /// `drainFactsRead`.
  case readDrainFacts(id: Int, nodes: [String], calls: [AccessCheck])
  /// Begin a drain and answer with `drainChanged` and `drainTold`, now and whenever it goes on, or with `drainRefused`.
  case startDrain(id: Int, DrainOrder)
  /// Hand over what the person said to a drain that is going on.
  case tellDrain(id: Int, DrainControl)
  /// Go on with a drain that was cut off, and answer as for `startDrain`. Nodes that somebody has uncordoned since are
  /// cordoned again or end it.
  case resumeDrain(id: Int, run: String, cordonsAgain: Bool)
  /// Write a text to a new file named after `name` and answer with a flash.
  case save(name: String, text: String)
}

/// A whole object that a view wants.
public struct ObjectFetch: Sendable, Equatable {
  /// Given back with the answer.
  public var id: Int
  /// Kind.
  public var resource: Resource
  /// "" for cluster-scoped kinds.
  public var namespace: String
  /// Name.
  public var name: String
}

/// Logs that a view wants: of every container listed, interleaved as they arrive.
public struct LogQuery: Sendable, Equatable {
  /// One container whose log is read.
  public struct Source: Sendable, Hashable {
    /// Namespace of the pod.
    public var namespace: String
    /// Name of the pod.
    public var pod: String
    /// Container.
    public var container: String

    /// A container of a pod.
    public init(namespace: String, pod: String, container: String) {
      self.namespace = namespace
      self.pod = pod
      self.container = container
    }
  }

  /// Given back with every answer.
  public var id: Int
  /// Whose logs.
  public var sources: [Source]
  /// The log before the last restart, which does not grow any more.
  public var previous: Bool
  /// Only so many of the last lines of each; nil for all.
  public var tailLines: Int?
  /// Only what was written in the last so many seconds.
  public var sinceSeconds: Int?
}

/// A kind that the interface wants to be kept in step with the server while it is shown.
public struct Need: Hashable, Sendable {
  /// Kind.
  public var resource: Resource
  /// One namespace, or nil for all and for cluster-scoped kinds.
  public var namespace: String?
  /// Whether the rows that the server prints are wanted (`ClusterState.table`) and not the objects of a built-in kind.
  public var asTable = false
}
