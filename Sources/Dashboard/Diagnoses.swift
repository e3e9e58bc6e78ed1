import ClusterState
import Diagnosis
import EventLoop
import Kube

/// Diagnoses what has been read, not more often than anybody can follow, and not while somebody types.
final class Diagnoses {
  private let loop: Loop
  private var engine: TriageEngine
  private var last: TriageReport?
  private var lastInput: Duration?
  private var timer: Loop.TimerID?
  /// Called after each diagnosis, with its report where that differs from the one before.
  var onReport: (TriageReport?) -> Void = { _ in }
  /// The present, as the screen counts it.
  private let now: () -> Timestamp

  /// Diagnoses follow changes at most so often.
  private static let interval = Duration.milliseconds(250)
  /// What is not read to the end is looked at where that takes long.
  private static let partialInterval = Duration.seconds(1)
  /// Who types waits for the answer to each key and for nothing else: a diagnosis lets so much time pass after the last
  /// one, but not more than `patience` altogether.
  private static let typingPause = Duration.milliseconds(150)
  private static let patience = Duration.seconds(1)

  /// No diagnosis yet.
  init(_ state: ClusterState, loop: Loop, now: @escaping () -> Timestamp) {
    self.loop = loop
    self.now = now
    engine = TriageEngine(state)
  }

  /// Whether a diagnosis is due.
  var isDue: Bool { timer != nil }

  /// A person has pressed a key.
  func noteInput() { lastInput = loop.clock.now }

  /// What is read has changed. `completes`: the screen's kinds are complete with this for the first time, and nobody
  /// waits for their meaning; before that, and afterwards, changes come in crowds.
  func clusterChanged(isComplete: Bool, completes: Bool) {
    if completes, let timer {
      loop.cancel(timer)
      self.timer = nil
    }
    guard timer == nil else { return }
    let interval = isComplete ? Self.interval : Self.partialInterval
    schedule(after: completes ? .zero : interval, atTheLatest: loop.clock.now + Self.patience)
  }

  /// Begins with another cluster.
  func reset(_ state: ClusterState) {
    last = nil
    engine = TriageEngine(state)
  }

  /// None any more.
  func stop() { if let timer { loop.cancel(timer) } }

  private func schedule(after delay: Duration, atTheLatest deadline: Duration) {
    timer = loop.schedule(after: delay) { [weak self] in
      guard let self else { return }
      timer = nil
      let present = loop.clock.now
      if let lastInput, delay > .zero, present < min(deadline, lastInput + Self.typingPause) {
        schedule(after: min(deadline, lastInput + Self.typingPause) - present, atTheLatest: deadline)
      } else {
        diagnose()
      }
    }
  }

  private func diagnose() {
    // The whole of what is read is diagnosed; screens narrow it to the namespace that they show.
    let report = engine.diagnose(now: now())
    // An equal report keeps its revision, so that tables have nothing to do.
    guard report != last else { return onReport(nil) }
    last = report
    onReport(report)
  }
}
