import EventLoop
import KubeClient

/// Asks a server that has said nothing for a while whether it is still there.
///
/// The kernel notices when packets are lost; it does not notice a server that hangs, or a proxy that has forgotten whom
/// it speaks for. client-go pings such connections in the same way (`http2.Transport.ReadIdleTimeout`, 30 s, and
/// `PingTimeout`, 15 s).
final class SilenceProbe {
  /// So long a silence is nothing remarkable.
  static let remarkable = Duration.seconds(30)
  /// So long the server may take for its answer.
  static let patience = Duration.seconds(15)

  private let client: KubeClient
  private let loop: Loop
  private let lost: (APIFailure) -> Void
  private var timer: Loop.TimerID?
  private var request: RequestHandle?
  private var isRunning = false

  /// A probe that does nothing yet; `lost` is told why the server did not answer.
  init(_ client: KubeClient, _ loop: Loop, lost: @escaping (APIFailure) -> Void) {
    self.client = client
    self.loop = loop
    self.lost = lost
  }

  /// Begins to listen; nothing happens when it does already.
  func start() {
    guard !isRunning else { return }
    isRunning = true
    wait(Self.remarkable)
  }

  /// Ends it.
  func stop() {
    isRunning = false
    if let timer { loop.cancel(timer) }
    timer = nil
    request?.cancel()
    request = nil
  }

  private func wait(_ delay: Duration) {
    timer = loop.schedule(after: delay) { [weak self] in self?.listen() }
  }

  private func listen() {
    // A server that has never answered is asked again by whoever wants something of it.
    guard let heard = client.lastHeard else { return wait(Self.remarkable) }
    let quiet = loop.clock.now - heard
    guard quiet >= Self.remarkable else { return wait(Self.remarkable - quiet) }
    var probe = APIRequest.version
    probe.timeout = Self.patience
    request = client.send(probe) { [weak self] result in self?.answered(result) }
  }

  private func answered(_ result: Result<APIResponse, APIFailure>) {
    request = nil
    // Any answer, a refusal too, is a sign of life.
    if case .failure(.transport(let failure)) = result { lost(.transport(failure)) }
    wait(Self.remarkable)
  }
}
