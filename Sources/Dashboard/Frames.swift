import EventLoop
import Interface
import Terminal

/// Draws the interface: at once when a person waits for it, soon after data have changed, each second while times run.
final class Frames {
  private let loop: Loop
  private let frontend: any Frontend
  private let interface: Interface
  private var lastCost = Duration.zero
  private var isOver = false
  private var frameTimer: Loop.TimerID?
  private var tickTimer: Loop.TimerID?
  private var preparationTimer: Loop.TimerID?
  /// Whether what the screen needs has been read.
  var isComplete = false

  /// Frames that follow from data: at most so often. Keys are answered at once.
  private static let interval = Duration.milliseconds(33)
  /// While ten thousand rows arrive each frame sorts them anew: drawing takes at most a fifth of the time.
  private static let pausePerFrame = 4
  /// Before the first list is complete more rows than anybody reads arrive, and every moment of drawing makes the list
  /// later.
  private static let pausePerPartialFrame = 20
  /// Filters are prepared in pieces of so many rows, a few milliseconds each, with pauses in which keys are answered.
  private static let preparedRows = 100
  private static let preparationPause = Duration.milliseconds(5)

  /// Frames of `interface` on `frontend`.
  init(_ interface: Interface, on frontend: any Frontend, loop: Loop) {
    self.interface = interface
    self.frontend = frontend
    self.loop = loop
  }

  /// A frame is due, not before others have had their time.
  func drawSoon() {
    guard frameTimer == nil, !isOver else { return }
    let pause = max(Self.interval, lastCost * (isComplete ? Self.pausePerFrame : Self.pausePerPartialFrame))
    frameTimer = loop.schedule(after: pause) { [weak self] in self?.draw() }
  }

  /// A frame, now.
  func draw() {
    guard !isOver else { return }
    if let frameTimer { loop.cancel(frameTimer) }
    frameTimer = nil
    let started = loop.clock.now
    interface.update()
    let (grid, cursor) = interface.draw(frontend.size)
    frontend.present(grid, cursor: cursor)
    lastCost = loop.clock.now - started
    prepareSoon()
    if interface.showsTime, tickTimer == nil {
      tickTimer = loop.schedule(after: .seconds(1)) { [weak self] in
        self?.tickTimer = nil
        self?.draw()
      }
    }
  }

  /// No frame any more.
  func stop() {
    isOver = true
    for timer in [frameTimer, tickTimer, preparationTimer] { if let timer { loop.cancel(timer) } }
  }

  /// Prepares the filter while nothing else is to do, so that its first key is answered as fast as the others.
  private func prepareSoon() {
    guard preparationTimer == nil, isComplete || interface.isSearchingLog else { return }
    preparationTimer = loop.schedule(after: Self.preparationPause) { [weak self] in
      guard let self, !isOver else { return }
      preparationTimer = nil
      let isSearchingLog = interface.isSearchingLog
      if interface.prepareFilter(rows: Self.preparedRows) { prepareSoon() }
      // What a search finds is to be seen; what is made ready for a filter is not.
      if isSearchingLog { drawSoon() }
    }
  }
}
