import EventLoop
import Kube
import KubeClient

/// Asks for usage again and again while it is wanted: metrics.k8s.io has no watch.
final class UsagePolling {
  private(set) var state = UsageState.unread
  private let environment: KindReader.Environment
  private var timer: Loop.TimerID?
  private var requests: [RequestHandle] = []
  private var namespace: String?
  private(set) var isWanted = false

  /// metrics-server measures every 15 seconds.
  static let interval = Duration.seconds(15)
  /// A server that has no metrics rarely gets them while somebody looks.
  static let notServedInterval = Duration.seconds(300)
  /// The only version there is besides an alpha of 2017.
  private static let path = "/apis/metrics.k8s.io/v1beta1"

  init(_ environment: KindReader.Environment) { self.environment = environment }

  /// Starts asking for the pods of a namespace, or of all, and for the nodes.
  func want(namespace: String?) {
    guard !isWanted || namespace != self.namespace else { return }
    stop()
    isWanted = true
    self.namespace = namespace
    ask()
  }

  /// Ends asking; what is known stays.
  func stop() {
    isWanted = false
    if let timer { environment.loop.cancel(timer) }
    timer = nil
    for request in requests { request.cancel() }
    requests = []
  }

  private func ask() {
    var sample = UsageSample()
    var isPodsKnown = false
    var failure: APIFailure?
    var open = 2
    func finish() {
      open -= 1
      guard open == 0 else { return }
      requests = []
      if let failure, !isPodsKnown {
        set(failure.isNotFound ? .notServed : .failed(failure.sentence))
      } else {
        set(.known(sample, at: environment.now))
      }
      let delay = state == .notServed ? Self.notServedInterval : Self.interval
      timer = environment.loop.schedule(after: delay) { [weak self] in self?.ask() }
    }
    let pods = Self.path + (namespace.map { "/namespaces/\(Resource.escaped($0))" } ?? "") + "/pods"
    requests = [
      get(pods) { result in
        switch result {
        case .success(let json):
          sample.takePods(json)
          isPodsKnown = true
        case .failure(let reason): failure = reason
        }
        finish()
      },
      get(Self.path + "/nodes") { result in
        // Who may see pods and not nodes gets the pods.
        if case .success(let json) = result { sample.takeNodes(json) }
        finish()
      },
    ]
  }

  private func get(_ path: String, _ take: @escaping (Result<JSONValue, APIFailure>) -> Void) -> RequestHandle {
    var request = APIRequest(path: path)
    request.timeout = .seconds(30)
    return environment.client.send(request) { take($0.flatMapJSON()) }
  }

  private func set(_ new: UsageState) {
    guard new != state else { return }
    state = new
    environment.noteChange()
  }
}
