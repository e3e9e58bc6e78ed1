import Kube

/// How a container ended.
struct Termination: Sendable, Equatable {
  var exitCode: Int
  var reason: String
  var startedAt: Timestamp
  var finishedAt: Timestamp
  var containerID: String
}

/// What a kubelet knows of one container of a pod.
struct ContainerRuntime: Sendable {
  enum State: Sendable, Equatable {
    case waiting(reason: String, message: String)
    case running(since: Timestamp)
    case terminated(Termination)
  }
  /// What comes next, at `due`.
  enum Step: Sendable, Equatable {
    case pull
    case pullAgain
    case create
    case start
    case becomeReady
    case probeFails
    case exit(code: Int, reason: String)
    case wait
  }
  var name: String
  var image: String
  var isInit: Bool
  var state = State.waiting(reason: "ContainerCreating", message: "")
  var step = Step.pull
  /// When the next step is due; nil when nothing will happen by itself.
  var due: Timestamp?
  var isReady = false
  var restarts = 0
  var last: Termination?
  /// Failed attempts to pull the image.
  var pullFailures = 0
  /// The latest delay before a restart, and when it was set.
  var backOff = Duration.zero
  var backOffSet: Timestamp?
  var id = ""
  var log = ContainerLog()
  var previousLog: ContainerLog?
  /// When the next line is written; nil while nothing runs.
  var logDue: Timestamp?
  var logPosition = 0

  init(name: String, image: String, isInit: Bool) {
    self.name = name
    self.image = image
    self.isInit = isInit
  }

  var nextDue: Timestamp? {
    guard let due else { return logDue }
    return logDue.map { min($0, due) } ?? due
  }

  var isRunning: Bool { if case .running = state { true } else { false } }
  var termination: Termination? { if case .terminated(let termination) = state { termination } else { nil } }
}

/// The lines that a container wrote, the newest at the end; old ones are dropped.
struct ContainerLog: Sendable {
  struct Line: Sendable {
    var time: Timestamp
    var text: String
  }
  private(set) var lines: [Line] = []
  /// Number of lines written before `lines`.
  private(set) var dropped = 0
  private static let longest = 4000

  mutating func append(_ time: Timestamp, _ text: String) {
    lines.append(Line(time: time, text: text))
    if lines.count > Self.longest {
      dropped += Self.longest / 4
      lines.removeFirst(Self.longest / 4)
    }
  }

  /// Number of lines ever written.
  var count: Int { dropped + lines.count }

  /// The lines from a position that `count` had.
  func lines(from position: Int) -> ArraySlice<Line> { lines.dropFirst(max(0, position - dropped)) }
}

/// What a kubelet knows of one pod.
struct PodRuntime: Sendable {
  var namespace: String
  var name: String
  var node: String
  var ip: String
  var startTime: Timestamp
  /// Init containers first.
  var containers: [ContainerRuntime]
  /// When the pod is gone; nil while it is not being deleted.
  var endsAt: Timestamp?
  /// The node stopped reporting: nothing moves.
  var isLost = false

  var nextDue: Timestamp? {
    if isLost { return nil }
    var next = endsAt
    for container in containers {
      guard let due = container.nextDue else { continue }
      next = next.map { min($0, due) } ?? due
    }
    return next
  }

  func container(_ name: String) -> ContainerRuntime? { containers.first { $0.name == name } }
}
