import Captures
import ClusterState
import Diagnosis
import HTTPTransport
import Kube
import KubeClient
import PlainInterface
import Session

/// One run of `podmedic record`.
struct RecordRun {
  private let context: CommandContext
  private let writer: CaptureWriter
  private let options: RecordCommand
  /// Kinds that were not read, with the reason.
  private(set) var refusals: [String: String] = [:]

  init(context: CommandContext, writer: CaptureWriter, options: RecordCommand) {
    self.context = context
    self.writer = writer
    self.options = options
  }

  mutating func run() throws(CommandFailure) {
    try KindWords(context: context).discover()
    let version = try version()
    for kind in kinds {
      if let served = kind.served {
        try record(served)
      } else {
        refusals[kind.name] = Self.notServed
      }
    }
    if refusals["pods"] != nil, refusals["nodes"] != nil, refusals["events"] != nil {
      throw CommandFailure("error: nothing worth recording could be read: \(refusals["pods"] ?? "")")
    }
    var manifest = CaptureManifest(time: context.now, serverVersion: version)
    manifest.namespace = context.namespace
    manifest.refusals = refusals
    manifest.logTimes = true
    let logs = options.logs > 0 ? try recordLogs() : 0
    try CommandFailure.of { () throws(CaptureWriter.Failure) in try writer.finish(manifest) }
    // That a cluster does not serve a kind is worth writing down and no reason to worry.
    refusals = refusals.filter { $0.value != Self.notServed }
    for (kind, reason) in refusals.sorted(by: { $0.key < $1.key }) { Output.message("not read: \(kind): \(reason)") }
    Output.message("Recorded \(count) objects and \(logs) logs in \(options.path)")
  }

  private static let notServed = "not served by this cluster"
  private var count = 0

  private func version() throws(CommandFailure) -> JSONValue {
    do throws(APIFailure) {
      return try context.answer { (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
        context.client.send(.version, done)
      }.json()
    } catch {
      throw CommandFailure(error)
    }
  }

  // MARK: Kinds

  /// The kinds that podmedic knows, in the version that the server has, and with `--all-kinds` all others.
  private var kinds: [(name: String, served: Resource?)] {
    let catalog = context.session.catalog
    var kinds = builtInKinds.map { type in (name: type.resource.qualifiedName, served: catalog.served(type)) }
    guard options.allKinds else { return kinds }
    let known = Set(kinds.map(\.name))
    // The second form of events holds the same events.
    for resource in catalog.resources
    where resource.verbs.contains("list") && !known.contains(resource.qualifiedName)
      && resource.qualifiedName != "events.events.k8s.io"
    {
      kinds.append((resource.qualifiedName, resource))
    }
    return kinds
  }

  /// Writes the list of a kind, page by page. A list that breaks off is taken out again.
  private mutating func record(_ resource: Resource) throws(CommandFailure) {
    let isBuiltIn = builtInKind(group: resource.group, plural: resource.plural) != nil
    let name = "\(isBuiltIn ? resource.plural : resource.qualifiedName).json"
    var failure = try record(resource, as: name, pageSize: APIRequest.pageSize)
    // The server forgets what a list goes on from after some minutes; in one piece it cannot.
    if let first = failure, first.isExpired { failure = try record(resource, as: name, pageSize: 0) }
    guard let failure else { return }
    writer.remove(name)
    if case .transport = failure { throw CommandFailure(failure) }
    refusals[resource.qualifiedName] = failure.isForbidden ? Self.message(failure) : failure.sentence
  }

  private static func message(_ failure: APIFailure) -> String {
    if case .status(let status, _) = failure { status.message } else { failure.sentence }
  }

  private mutating func record(
    _ resource: Resource, as name: String, pageSize: Int
  ) throws(CommandFailure) -> APIFailure? {
    let file = try CommandFailure.of { () throws(CaptureWriter.Failure) in try writer.file(name) }
    let namespace = resource.isNamespaced ? context.namespace : nil
    var request = APIRequest.list(
      resource, ListOptions(namespace: namespace), codec: .dynamic, resourceVersion: nil, continueToken: "",
      pageSize: pageSize)
    var pages = 0
    var items = 0
    while true {
      let page: JSONValue
      do throws(APIFailure) {
        page = try context.answer { (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
          context.client.send(request, limit: 2 << 30, done)
        }.object()
      } catch {
        return error
      }
      try CommandFailure.of { () throws(CaptureWriter.Failure) in
        if pages == 0 { try file.write(Self.head(resource, page).utf8) }
        for item in page["items"]?.array ?? [] {
          try file.write((items == 0 ? "\n" : ",\n").utf8)
          try file.write(prepared(item, resource).bytes())
          items += 1
        }
      }
      pages += 1
      let token = page[path: "metadata", "continue"]?.string ?? ""
      guard !token.isEmpty else { break }
      request.setContinue(token)
    }
    try CommandFailure.of { () throws(CaptureWriter.Failure) in
      try file.write("\n]}\n".utf8)
      try file.finish()
    }
    count += items
    return nil
  }

  private static func head(_ resource: Resource, _ page: JSONValue) -> String {
    let version = JSONValue.string(page[path: "metadata", "resourceVersion"]?.string ?? "").text()
    return "{\"kind\":\(JSONValue.string(resource.kind + "List").text()),"
      + "\"apiVersion\":\(JSONValue.string(resource.apiVersion).text()),"
      + "\"metadata\":{\"resourceVersion\":\(version)},\"items\":["
  }

  private func prepared(_ item: JSONValue, _ resource: Resource) -> JSONValue {
    let object = Redaction.withoutSecrets(item, kind: resource.kind)
    return options.redact ? Redaction.redacted(object) : object
  }

  // MARK: Logs

  /// Writes the logs of the pods that something is wrong with, or of all; answers how many.
  private func recordLogs() throws(CommandFailure) -> Int {
    try context.readAll(Triage.resources)
    let state = context.session.state
    let report = Triage.diagnose(state, namespace: context.namespace, now: context.now)
    var wanted: Set<ObjectName> = []
    for finding in report.findings {
      for reference in [finding.object, finding.owner] where reference.kind == "Pod" {
        wanted.insert(ObjectName(namespace: reference.namespace, name: reference.name))
      }
    }
    let pods = state.all(Pod.self).filter { options.allLogs || wanted.contains(ObjectName($0.metadata)) }
      .sorted { ObjectName($0.metadata) < ObjectName($1.metadata) }
    var logs = 0
    for pod in pods {
      let statuses =
        pod.status.initContainerStatuses + pod.status.containerStatuses + pod.status.ephemeralContainerStatuses
      for status in statuses {
        if try recordLog(pod, status.name, isPrevious: false) { logs += 1 }
        if status.restartCount > 0, try recordLog(pod, status.name, isPrevious: true) { logs += 1 }
      }
    }
    return logs
  }

  /// Writes a log; answers whether there is one. That a container has none yet, or none any more, is no failure.
  private func recordLog(_ pod: Pod, _ container: String, isPrevious: Bool) throws(CommandFailure) -> Bool {
    let (file, name) = try CommandFailure.of { () throws(CaptureWriter.Failure) in
      try writer.log(
        namespace: pod.metadata.namespace, pod: pod.metadata.name, container: container, isPrevious: isPrevious)
    }
    var request = LogOptions()
    request.container = container
    request.previous = isPrevious
    request.tailLines = options.logs
    request.timestamps = true
    let logs = APIRequest.logs(namespace: pod.metadata.namespace, pod: pod.metadata.name, request)
    var ending: Result<Void, APIFailure>?
    var problem: CaptureWriter.Failure?
    let transfer = context.client.stream(logs) { event in
      switch event {
      case .opened: break
      case .bytes(let bytes):
        guard problem == nil else { return }
        do throws(CaptureWriter.Failure) { try file.write(bytes) } catch { problem = error }
      case .ended: ending = .success(())
      case .failed(let failure): ending = .failure(failure)
      }
    }
    context.wait { ending != nil || problem != nil }
    transfer.cancel()
    if let problem { throw CommandFailure("error: \(problem)") }
    if case .failure(let failure)? = ending {
      writer.remove(name)
      // A container that waits to start is refused with 400, one whose log is gone with 404.
      if ![400, 404].contains(failure.code ?? 0) {
        Output.message(
          "no log of \(container) of pod \(pod.metadata.namespace)/\(pod.metadata.name): \(failure.sentence)")
      }
      return false
    }
    try CommandFailure.of { () throws(CaptureWriter.Failure) in try file.finish() }
    return true
  }
}
