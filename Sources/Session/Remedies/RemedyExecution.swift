import EventLoop
import Kube
import KubeClient
import KubeConfig
import Remedies

/// Carries a run of a remedy out against a session. Confined to the loop's thread.
public final class RemedyExecution {
  /// The run, as it is now.
  public private(set) var run: RemedyRun
  /// Called after each change of `run`, never during a call of this object's functions.
  public var onChange: (() -> Void)?

  private let session: ClusterSession
  private let journal: any RemedyJournal
  private var timer: Loop.TimerID?
  private var isChangePosted = false
  private var isClosed = false

  /// A run that has not begun. Whoever makes it sees to it that `RemedyOrder.needs` are kept current in the session, and
  /// calls `clusterChanged` when the session's state has changed.
  public init(_ order: RemedyOrder, session: ClusterSession, journal: any RemedyJournal, isDryRun: Bool = false) {
    self.session = session
    self.journal = journal
    run = RemedyRun(order, place: session.place, id: session.freshJournalID(), isDryRun: isDryRun)
  }

  /// Begins.
  public func start() { perform(run.start(in: scene)) }

  /// Hands over what the person said to the question.
  public func reply(_ text: String) { handle(.reply(text)) }

  /// The person does not want it, or not to wait any longer. What is being sent cannot be called back.
  public func leave() { handle(.leave) }

  /// Says that the session's state has changed.
  public func clusterChanged() { handle(.look) }

  /// Does nothing more.
  public func close() {
    isClosed = true
    onChange = nil
    if let timer { session.loop.cancel(timer) }
    timer = nil
  }

  private var scene: RemedyScene {
    RemedyScene(state: session.state, catalog: session.catalog, now: session.wallTime)
  }

  private func handle(_ input: RemedyRun.Input) {
    guard !isClosed else { return }
    perform(run.handle(input, in: scene, at: session.loop.clock.now))
  }

  private func perform(_ effects: [RemedyRun.Effect]) {
    for effect in effects {
      switch effect {
      case .send(let number, let request):
        session.client.send(request) { [weak self] result in
          self?.handle(.answered(number, result.flatMap(RemedyAnswer.read)))
        }
      case .record(var entry):
        entry.time = session.wallTime
        handle(.recorded(journal.append(entry)))
      case .look(let delay):
        if let timer { session.loop.cancel(timer) }
        timer = session.loop.schedule(after: max(delay, .milliseconds(1))) { [weak self] in
          self?.timer = nil
          self?.handle(.look)
        }
      }
    }
    noteChange()
  }

  private func noteChange() {
    guard !isChangePosted, !isClosed else { return }
    isChangePosted = true
    session.loop.post { [weak self] in
      self?.isChangePosted = false
      self?.onChange?()
    }
  }
}

extension ClusterSession {
  /// Whose cluster it is, for people and for the journal.
  public var place: RemedyRun.Place {
    let server = connection.server.description
    return RemedyRun.Place(
      context: connection.contextName, cluster: connection.clusterName.isEmpty ? server : connection.clusterName,
      user: connection.userName, actingAs: connection.impersonation.user)
  }

  /// What tells a run from others in the journal. Two runs in the same microsecond are told apart by chance.
  func freshJournalID() -> String {
    String(wallTime.microseconds, radix: 36) + "-" + String(Int(random() * 1_679_615), radix: 36)
  }

  /// The time of the day, by the loop's clock.
  var wallTime: Timestamp {
    let time = loop.clock.wallTime
    return Timestamp(seconds: time.seconds, nanoseconds: time.nanoseconds)
  }
}

extension RemedyAnswer {
  static func read(_ response: APIResponse) -> Result<RemedyAnswer, APIFailure> {
    do throws(APIFailure) {
      return .success(RemedyAnswer(json: try response.json(), warnings: response.warnings))
    } catch {
      return .failure(error)
    }
  }
}
