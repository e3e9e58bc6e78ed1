import Kube

/// A client that follows the log of a container until the container ends.
struct LogStream: Sendable {
  var podUID: String
  var container: String
  /// The run of the container that is followed.
  var containerID: String
  /// Lines that were sent already, counted from the start of the run.
  var position: Int
  var hasTimestamps: Bool
  /// How many bytes may still be sent; nil for any number.
  var remaining: Int?
  var continuation: AsyncStream<[UInt8]>.Continuation
  private(set) var isFinished = false

  init(
    podUID: String, container: ContainerRuntime, hasTimestamps: Bool, remaining: Int?,
    continuation: AsyncStream<[UInt8]>.Continuation
  ) {
    self.podUID = podUID
    self.container = container.name
    containerID = container.id
    position = container.log.count
    self.hasTimestamps = hasTimestamps
    self.remaining = remaining
    self.continuation = continuation
  }

  /// Sends what was written since the last time.
  mutating func deliver(from cluster: Simulation) {
    guard let runtime = cluster.pods[podUID], let current = runtime.container(container) else {
      isFinished = true
      return
    }
    let log = current.id == containerID ? current.log : current.previousLog
    let lines = log?.lines(from: position) ?? []
    if !lines.isEmpty {
      let text = APIServer.logText(lines, hasTimestamps: hasTimestamps).prefix(remaining ?? .max)
      continuation.yield(Array(text))
      position += lines.count
      remaining = remaining.map { $0 - text.count }
    }
    isFinished = remaining == 0 || current.id != containerID || !current.isRunning
  }
}

extension APIServer {
  /// GET of a pod's log.
  mutating func log(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    let pod = try existing(target)
    let names = ["spec.containers", "spec.initContainers"].map { pod.list(at: $0).map { $0.text(at: "name") } }
    let wanted = request.query["container"] ?? ""
    let name: String
    if wanted.isEmpty {
      guard names[0].count == 1, let only = names[0].first else {
        throw .badRequest(
          "a container name must be specified for pod \(pod.name), choose one of: [\(names[0].joined(separator: " "))]"
            + (names[1].isEmpty ? "" : " or one of the init containers: [\(names[1].joined(separator: " "))]"))
      }
      name = only
    } else if names[0].contains(wanted) || names[1].contains(wanted) {
      name = wanted
    } else {
      throw .badRequest("container \(wanted) is not valid for pod \(pod.name)")
    }
    guard let runtime = cluster.pods[pod.uid], let container = runtime.container(name) else {
      if pod.text(at: "spec.nodeName").isEmpty { return .bytes(200, "text/plain", []) }
      throw .badRequest("container \"\(name)\" in pod \"\(pod.name)\" is waiting to start: ContainerCreating")
    }
    if runtime.isLost {
      let address = cluster.nodeAddress(runtime.node)
      throw StatusError(
        500, "InternalError",
        "Get \"https://\(address):10250/containerLogs/\(pod.namespace)/\(pod.name)/\(name)\": dial tcp \(address):10250: "
          + "connect: no route to host")
    }
    let log = try chosenLog(request, container, pod)
    var lines = log.lines[...]
    if let seconds = request.int("sinceSeconds") {
      let start = cluster.now.advanced(by: .seconds(-seconds))
      lines = lines.drop { $0.time < start }
    } else if let start = request.query["sinceTime"].flatMap({ Timestamp($0) }) {
      lines = lines.drop { $0.time < start }
    }
    if let tail = request.int("tailLines"), tail >= 0 { lines = lines.suffix(tail) }
    let hasTimestamps = request.isOn("timestamps")
    var text = Self.logText(lines, hasTimestamps: hasTimestamps)
    let limit = request.int("limitBytes")
    if let limit, limit < 1 { throw .badRequest("limitBytes: Invalid value: \(limit): must be greater than 0") }
    if let limit, text.count > limit { text.removeLast(text.count - limit) }
    guard request.isOn("follow"), !request.isOn("previous"), container.isRunning, text.count != limit else {
      return .bytes(200, "text/plain", text)
    }
    let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
    if !text.isEmpty { continuation.yield(text) }
    let id = nextStream
    nextStream += 1
    logStreams[id] = LogStream(
      podUID: pod.uid, container: container, hasTimestamps: hasTimestamps, remaining: limit.map { $0 - text.count },
      continuation: continuation)
    let ended = streamEnded
    continuation.onTermination = { _ in ended(id) }
    return APIAnswer(headers: [("Content-Type", "text/plain")], body: .stream(stream))
  }

  private func chosenLog(
    _ request: APIRequest, _ container: ContainerRuntime, _ pod: JSONValue
  ) throws(StatusError) -> ContainerLog {
    if request.isOn("previous") {
      // While a container waits for its restart, the run that just ended is both the current and the previous one.
      if container.restarts > 0, !container.isRunning, container.last != nil { return container.log }
      guard let previous = container.previousLog else {
        throw .badRequest("previous terminated container \"\(container.name)\" in pod \"\(pod.name)\" not found")
      }
      return previous
    }
    if container.id.isEmpty, case .waiting(let reason, _) = container.state {
      throw .badRequest(
        Self.neverStarted(reason, container.name, pod.name, image: container.image))
    }
    return container.log
  }

  private static func neverStarted(_ reason: String, _ container: String, _ pod: String, image: String) -> String {
    switch reason {
    case "ErrImagePull", "ImagePullBackOff":
      "container \"\(container)\" in pod \"\(pod)\" is waiting to start: trying and failing to pull image"
    default: "container \"\(container)\" in pod \"\(pod)\" is waiting to start: \(reason)"
    }
  }

  static func logText(_ lines: ArraySlice<ContainerLog.Line>, hasTimestamps: Bool) -> [UInt8] {
    var text: [UInt8] = []
    for line in lines {
      if hasTimestamps {
        text.append(contentsOf: (JSONValue.microTime(line.time).string ?? "").utf8)
        text.append(UInt8(ascii: " "))
      }
      text.append(contentsOf: line.text.utf8)
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }
}
