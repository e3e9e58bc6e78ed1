import EventLoop
import Kube
import KubeClient
import Remedies

/// Carries a run of a command out against a session. Confined to the loop's thread.
public final class CommandExecution {
  /// The run, as it is now.
  public private(set) var run: CommandRun
  /// Called after each change of `run`, never during a call of this object's functions.
  public var onChange: (() -> Void)?

  private let session: ClusterSession
  private let journal: any RemedyJournal
  private var isChangePosted = false
  private var isClosed = false

  /// A run that has not begun.
  public init(_ order: CommandOrder, session: ClusterSession, journal: any RemedyJournal) {
    self.session = session
    self.journal = journal
    run = CommandRun(order, place: session.place, id: session.freshJournalID())
  }

  /// Begins.
  public func start() { perform(run.start()) }

  /// Hands over what the person said to the question.
  public func reply(_ text: String) { handle(.reply(text)) }

  /// Nobody looks any more: what has not been sent is not sent; how a command that runs ends is still written down.
  public func close() {
    isClosed = run.phase != .running
    onChange = nil
  }

  private func handle(_ input: CommandRun.Input) {
    guard !isClosed else { return }
    perform(run.handle(input))
  }

  private func perform(_ effects: [CommandRun.Effect]) {
    for effect in effects {
      switch effect {
      case .send(let number, let request):
        session.client.send(request) { [weak self] result in
          self?.handle(.answered(number, result.flatMap(RemedyAnswer.read)))
        }
      case .record(var entry):
        entry.time = session.wallTime
        handle(.recorded(journal.append(entry)))
      // Held until the end, which is to be written down whoever looks.
      case .run(let request): session.client.run(request) { [self] result in handle(.ran(result)) }
      }
    }
    guard !isChangePosted, !isClosed else { return }
    isChangePosted = true
    session.loop.post { [weak self] in
      self?.isChangePosted = false
      self?.onChange?()
    }
  }
}
