import ClusterState
import Kube
import Terminal

extension Interface {
  /// Lines read at first: enough for the story, little enough to be there at once.
  private static let firstTail = 1000
  /// Beyond so many streams at once the server and the eye are both lost.
  private static let mostSources = 50

  func openLogs(_ objects: [RowObject], previous: Bool) -> [Effect] {
    let sources = objects.flatMap { logSources(of: $0, previous: previous) }
    guard !sources.isEmpty else {
      show("no pod of \(objects.first?.name ?? "this") is known yet")
      return []
    }
    if sources.count > Self.mostSources { show("showing \(Self.mostSources) of \(sources.count) containers") }
    let request = LogQuery(
      id: freshID(), sources: Array(sources.prefix(Self.mostSources)), previous: previous, tailLines: Self.firstTail,
      sinceSeconds: nil)
    let view = LogView(request: request)
    if objects.count == 1, objects[0].resource.kind != "Pod",
      case .selected(_, let selector) = tables.podsNarrowing(of: objects[0], cluster: cluster)
    {
      view.selector = selector
    }
    let title = objects.count == 1 ? objects[0].name : "\(objects.count) objects"
    push(Page(crumb: "\(title) logs", address: "", kubectl: "", content: .logs(view)))
    return [.openLogs(request)]
  }

  /// The containers whose logs belong to an object: its own, or those of its pods.
  private func logSources(of object: RowObject, previous: Bool) -> [LogQuery.Source] {
    if let container = object.container {
      return [LogQuery.Source(namespace: object.namespace, pod: object.name, container: container)]
    }
    return pods(of: object).flatMap { pod in
      let statuses = pod.status.initContainerStatuses + pod.status.containerStatuses
      let started = statuses.filter { status in
        previous ? status.restartCount > 0 : status.state.waiting == nil || status.restartCount > 0
      }.map(\.name)
      let names = started.isEmpty ? pod.spec.containers.map(\.name) : started
      return names.map {
        LogQuery.Source(namespace: pod.metadata.namespace, pod: pod.metadata.name, container: $0)
      }
    }
  }

  private func pods(of object: RowObject) -> [Pod] {
    if object.resource.kind == "Pod" {
      return cluster.get(Pod.self, namespace: object.namespace, name: object.name).map { [$0] } ?? []
    }
    let narrowing = tables.podsNarrowing(of: object, cluster: cluster)
    return cluster.all(Pod.self).filter { narrowing.admits($0, in: cluster) }
      .sorted { ObjectName($0.metadata) < ObjectName($1.metadata) }
  }

  func perform(_ action: Action, key: Key, on logs: LogView) -> [Effect] {
    switch action {
    case .up: logs.move(by: -1)
    case .down: logs.move(by: 1)
    case .pageUp: logs.page(by: -1)
    case .pageDown: logs.page(by: 1)
    case .top: logs.toStart()
    case .bottom: logs.toEnd()
    case .left: logs.moveSideways(by: -8)
    case .right: logs.moveSideways(by: 8)
    case .follow: logs.setFollows(!logs.follows)
    case .timestamps: logs.showsTimes.toggle()
    case .wrap: logs.wraps.toggle()
    case .lockColumns:
      show("columns stay where left and right put them while the log goes on; s follows, or stays here")
    case .prettyJSON: logs.prettyJSON.toggle()
    case .clearLog: logs.clear()
    case .markLine: logs.addRule()
    case .filter: startPrompt(.logFilter)
    case .filterContext:
      return changeContext(logs)
    case .searchNext: logs.findNext(1)
    case .searchPrevious: logs.findNext(-1)
    case .copyText: return [.copy(logs.plainText, what: "\(logs.counts.shown) lines")]
    case .saveText:
      let first = logs.request.sources[0]
      return [.save(name: "\(first.namespace)_\(first.pod)_\(first.container).log", text: logs.plainText)]
    case .previousLogs: return reopen(logs) { $0.previous.toggle() }
    case .logTail:
      return reopen(logs) { request in
        request.tailLines = Self.firstTail
        request.sinceSeconds = nil
      }
    case .logHead:
      return reopen(logs) { request in
        request.tailLines = nil
        request.sinceSeconds = nil
      }
    case .logSince:
      let minutes = [2: 1, 3: 5, 4: 15, 5: 30, 6: 60][key.typed?.wholeNumberValue ?? 0] ?? 60
      return reopen(logs) { request in
        request.tailLines = nil
        request.sinceSeconds = minutes * 60
      }
    case .allContainers:
      guard let first = logs.request.sources.first,
        let pod = cluster.get(Pod.self, namespace: first.namespace, name: first.pod)
      else { return [] }
      let all = (pod.spec.initContainers + pod.spec.containers).map {
        LogQuery.Source(namespace: first.namespace, pod: first.pod, container: $0.name)
      }
      return reopen(logs) { $0.sources = $0.sources.count == all.count ? [first] : all }
    default: break
    }
    return []
  }

  /// From matching lines alone over lines around them to all lines, in which `n` and `N` go from match to match.
  private func changeContext(_ logs: LogView) -> [Effect] {
    guard let search = logs.search else {
      show("nothing is searched for: / does")
      return []
    }
    switch (logs.filter, logs.contextLines) {
    case (nil, _):
      logs.setFilter(search, contextLines: 0)
      show("only lines that match")
    case (_, 0), (_, 2):
      let next = logs.contextLines == 0 ? 2 : 5
      logs.setFilter(search, contextLines: next)
      show("\(next) lines around each match")
    default:
      logs.setFilter(nil, contextLines: 0)
      show("all lines; n and N go from match to match")
    }
    return []
  }

  /// Reads the log anew in another way.
  private func reopen(_ logs: LogView, _ change: (inout LogQuery) -> Void) -> [Effect] {
    let old = logs.request.id
    change(&logs.request)
    logs.request.id = freshID()
    logs.openSources = Set(logs.request.sources.indices)
    logs.clear()
    return [.closeLogs(id: old), .openLogs(logs.request)]
  }
}
