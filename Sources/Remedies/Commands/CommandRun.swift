import Kube
import KubeClient

/// One command in a container from the order to the end, always in this order: see that the pod is still the one, ask for
/// permission, show the command, wait for a person's word, write the journal, run it, write how it ended.
///
/// A value, as `RemedyRun` is. There is no dry run of a command and nothing to take back, which is why it is no remedy.
public struct CommandRun: Sendable {
  /// What has happened.
  public enum Input: Sendable {
    /// A request was answered.
    case answered(Int, Result<RemedyAnswer, APIFailure>)
    /// The journal was written, or why not.
    case recorded(Result<Void, JournalFailure>)
    /// What the person said to the question.
    case reply(String)
    /// The command has ended, or could not be run.
    case ran(Result<CommandOutput, APIFailure>)
  }

  /// What to do.
  public enum Effect: Sendable {
    /// Send a request and answer with its number.
    case send(Int, APIRequest)
    /// Write the journal, and answer with `recorded`.
    case record(JournalEntry)
    /// Run this with `KubeClient.run`, and answer with `ran`.
    case run(APIRequest)
  }

  /// Where a run is.
  public enum Phase: Sendable, Equatable {
    /// The pod is read, and the server is asked whether the user may do it.
    case checking
    /// A person is asked.
    case confirming
    /// The journal is being written.
    case recording
    /// The command runs.
    case running
    /// It is over.
    case finished(CommandOutcome)
  }

  /// How long a command may take: a person waits for it.
  public static let timeout = Duration.seconds(30)

  /// What was asked for.
  public let order: CommandOrder
  /// Whose cluster it is.
  public let place: RemedyRun.Place
  /// What tells this run from others in the journal.
  public let id: String
  /// Where it is.
  public private(set) var phase = Phase.checking
  /// What the user may do, as far as the server has said so.
  public private(set) var permissions: [RemedyPermission] = []
  /// Why the outcome is not in the journal.
  public private(set) var journalProblem: String?

  private var awaited: Set<Int> = []
  private static let podRead = 0
  /// Running over WebSocket is a GET; servers since 1.35 ask for `create` as well, and who may not do that is not meant
  /// to run commands on older ones either.
  private static let verbs = ["get", "create"]

  /// A run that has not begun.
  public init(_ order: CommandOrder, place: RemedyRun.Place, id: String) {
    self.order = order
    self.place = place
    self.id = id
  }

  /// How it ended, if it has.
  public var outcome: CommandOutcome? { if case .finished(let outcome) = phase { outcome } else { nil } }

  /// Begins.
  public mutating func start() -> [Effect] {
    let namespace = order.pod.namespace
    permissions = Self.verbs.map {
      RemedyPermission(request: "\($0) pods/exec in namespace \(namespace)", isAllowed: nil, reason: "")
    }
    awaited = Set(0...Self.verbs.count)
    return [.send(Self.podRead, .get(Pod.resource, namespace: namespace, name: order.pod.name))]
      + Self.verbs.enumerated().map { index, verb in
        .send(
          index + 1,
          .accessReview(
            verb: verb, Pod.resource, subresource: "exec", namespace: namespace, name: order.pod.name))
      }
  }

  /// Takes what has happened. What is not waited for any more is ignored.
  public mutating func handle(_ input: Input) -> [Effect] {
    switch (input, phase) {
    case (.answered(let number, let result), .checking):
      guard awaited.remove(number) != nil else { return [] }
      return number == Self.podRead ? didReadPod(result) : didCheck(number - 1, result)
    case (.reply(let text), .confirming):
      guard Confirmation.yes.accepts(text) else { return finish(.declined) }
      phase = .recording
      return [.record(entry(.began))]
    case (.recorded(.success), .recording):
      phase = .running
      return [
        .run(
          .exec(
            namespace: order.pod.namespace, pod: order.pod.name, container: order.container, command: order.command,
            timeout: Self.timeout))
      ]
    case (.recorded(.failure(let failure)), .recording): return finish(.unrecorded(failure.message))
    case (.recorded(.failure(let failure)), .finished):
      journalProblem = failure.message
      return []
    case (.ran(let result), .running): return didRun(result)
    default: return []
    }
  }

  private mutating func didReadPod(_ result: Result<RemedyAnswer, APIFailure>) -> [Effect] {
    switch result {
    case .failure(let failure): return finish(.notRun(failure.sentence))
    case .success(let answer):
      let uid = answer.json[path: "metadata", "uid"]?.string ?? ""
      guard order.pod.uid.isEmpty || uid == order.pod.uid else {
        return finish(.notRun("pod/\(order.pod.name) has been replaced by another of the same name"))
      }
      return askIfReady()
    }
  }

  private mutating func didCheck(_ index: Int, _ result: Result<RemedyAnswer, APIFailure>) -> [Effect] {
    switch result {
    case .success(let answer):
      permissions[index].isAllowed = answer.json[path: "status", "allowed"]?.bool ?? false
      permissions[index].reason = answer.json[path: "status", "reason"]?.string ?? ""
    case .failure(let failure):
      // A server that does not answer this question will answer the request itself; one that cannot be reached will not.
      guard failure.code != nil else { return finish(.notRun(failure.sentence)) }
      permissions[index].reason = failure.sentence
    }
    return askIfReady()
  }

  private mutating func askIfReady() -> [Effect] {
    guard awaited.isEmpty else { return [] }
    guard let denied = permissions.first(where: { $0.isAllowed == false }) else {
      phase = .confirming
      return []
    }
    return finish(
      .forbidden("\(place.subject) may not \(denied.request)\(denied.reason.isEmpty ? "" : ": \(denied.reason)")"))
  }

  private mutating func didRun(_ result: Result<CommandOutput, APIFailure>) -> [Effect] {
    let outcome: CommandOutcome =
      switch result {
      case .success(let output): .ran(output)
      case .failure(let failure) where failure.isForbidden: .forbidden(failure.sentence)
      case .failure(let failure) where failure.code == nil && failure.mayHaveHappened: .unknown(failure.sentence)
      case .failure(let failure): .notRun(failure.sentence)
      }
    return finish(outcome) + [.record(entry(.ended))]
  }

  private mutating func finish(_ outcome: CommandOutcome) -> [Effect] {
    phase = .finished(outcome)
    awaited = []
    return []
  }

  /// The journal's line. It has the command but never what the command wrote, which may be secret.
  private func entry(_ moment: JournalEntry.Moment) -> JournalEntry {
    var entry = JournalEntry()
    entry.id = id
    entry.moment = moment
    entry.context = place.context
    entry.cluster = place.cluster
    entry.user = place.user
    entry.remedy = "run-command"
    entry.object = order.pod
    entry.title = "run a command in container \(order.container): \(order.text)"
    entry.kubectl = [order.kubectl]
    entry.undo = "not possible: what a command has done cannot be taken back"
    if let outcome {
      entry.outcome = outcome.word
      entry.detail = outcome.sentence
    }
    return entry
  }
}
