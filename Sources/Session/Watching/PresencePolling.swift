import ClusterState
import EventLoop
import Kube
import KubeClient

/// Asks the server whether single objects exist, by their names and for their metadata only: no kind is read for it, and
/// never what a Secret holds. Asked again while somebody wants to know, as what is missing may be made.
final class PresencePolling {
  private let state: ClusterState
  private let environment: KindReader.Environment
  private var wanted: Set<NamedObject> = []
  private var waiting: [NamedObject] = []
  private var open: [NamedObject: RequestHandle] = [:]
  private var timer: Loop.TimerID?

  /// What is missing is seen to have been made so much later at most.
  static let interval = Duration.seconds(30)
  /// More names are not asked about: a server must not be asked hundreds of questions that a list would answer.
  static let most = 100
  static let mostAtOnce = 8

  init(_ state: ClusterState, _ environment: KindReader.Environment) {
    self.state = state
    self.environment = environment
  }

  /// Whether there is an answer to all that is wanted.
  var isSettled: Bool { waiting.isEmpty && open.isEmpty }

  /// Says what is to be known from now on; about all else nothing is known any more.
  func want(_ objects: [NamedObject]) {
    let new = Set(objects)
    guard new != wanted else { return }
    for object in wanted.subtracting(new) {
      open.removeValue(forKey: object)?.cancel()
      state.setPresence(nil, of: object)
    }
    waiting.removeAll { !new.contains($0) }
    // What was asked about stays so: answers must not come and go with the order of names.
    let known = wanted.intersection(new).filter { state.presence(of: $0) != Self.tooMany }
    let added = new.subtracting(known).sorted()
    let room = max(0, Self.most - known.count)
    for object in added.dropFirst(room) { state.setPresence(Self.tooMany, of: object) }
    waiting += added.prefix(room).filter { !waiting.contains($0) }
    wanted = new
    ask()
  }

  private static let tooMany = Presence.unknown("more than \(most) names would have to be asked about")

  /// Ends asking.
  func stop() {
    wanted = []
    waiting = []
    for request in open.values { request.cancel() }
    open = [:]
    if let timer { environment.loop.cancel(timer) }
    timer = nil
  }

  private func ask() {
    while open.count < Self.mostAtOnce, let object = waiting.first {
      waiting.removeFirst()
      open[object] = environment.client.send(.metadata(of: object), limit: 1 << 20) { [weak self] result in
        self?.take(result, about: object)
      }
    }
    guard isSettled, timer == nil, !wanted.isEmpty else { return }
    timer = environment.loop.schedule(after: Self.interval) { [weak self] in
      guard let self else { return }
      timer = nil
      waiting = wanted.filter { state.presence(of: $0) != Self.tooMany }.sorted()
      ask()
    }
  }

  private func take(_ result: Result<APIResponse, APIFailure>, about object: NamedObject) {
    open[object] = nil
    switch result {
    case .success: state.setPresence(.present, of: object)
    case .failure(let failure) where failure.code == 404 && !failure.isNotCaptured:
      state.setPresence(.absent, of: object)
    case .failure(let failure): state.setPresence(.unknown(failure.sentence), of: object)
    }
    ask()
    environment.noteChange()
  }
}
