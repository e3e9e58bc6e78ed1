import Kube
import KubeClient

/// How a command in a container ended.
public enum CommandOutcome: Sendable, Equatable {
  /// The user may not run it.
  case forbidden(String)
  /// The person did not want it.
  case declined
  /// The journal could not be written, so it was not run.
  case unrecorded(String)
  /// It could not be run.
  case notRun(String)
  /// It cannot be told whether it was run.
  case unknown(String)
  /// It was run; how it ended is in the output.
  case ran(CommandOutput)

  /// One word for the journal.
  public var word: String {
    switch self {
    case .forbidden: "forbidden"
    case .declined: "declined"
    case .unrecorded: "unrecorded"
    case .notRun: "not-applied"
    case .unknown: "unknown"
    case .ran(let output):
      switch output.end {
      case .exited(0): "succeeded"
      case .exited, .failed: "failed"
      case .timedOut, .tooMuch: "timed-out"
      }
    }
  }

  /// A sentence for a person, without a full stop.
  public var sentence: String {
    switch self {
    case .forbidden(let text): "it was not run: \(text)"
    case .declined: "it was not run, as nobody agreed to it"
    case .unrecorded(let text): "it was not run, because it cannot be recorded: \(text)"
    case .notRun(let text): "it was not run: \(text)"
    case .unknown(let text): "unknown whether it was run: \(text)"
    case .ran(let output):
      switch output.end {
      case .exited(let status): "it ended with exit status \(status)"
      case .failed(let text): "it did not end by itself: \(text)"
      case .timedOut(let time): "it had not ended after \(time.human), and may still be running in the container"
      case .tooMuch(let bytes):
        "it wrote more than \(bytes) bytes; nobody reads on, and it may still be running in the container"
      }
    }
  }
}

extension CommandRun {
  /// The question, when it asks.
  public var question: String { "Run it in cluster \(place.cluster)? y/N" }

  /// What is going on, in a sentence.
  public var progress: String {
    switch phase {
    case .checking: "asking whether you may"
    case .confirming: question
    case .recording: "writing the journal"
    case .running: "it runs, \(Self.timeout.human) at most"
    case .finished(let outcome): outcome.sentence
    }
  }
}

extension RemedySummary {
  /// What a person has to know before a command is run.
  public init(_ run: CommandRun) {
    add("command", run.order.text, .change)
    add("cluster", run.place.text)
    add("container", "\(run.order.container) of pod/\(run.order.pod.name) in namespace \(run.order.pod.namespace)")
    for permission in run.permissions {
      add("permission", permission.line, permission.isAllowed == true ? .good : .warning)
    }
    add(
      "note",
      "it gets no input and may take \(CommandRun.timeout.human); the journal gets the command, not what it writes")
    add("undo", "not possible: what a command has done cannot be taken back", .warning)
    add("kubectl", run.order.kubectl)
  }
}
