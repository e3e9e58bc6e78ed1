import ClusterState
import Kube
import Remedies

extension Interface {
  /// kubectl's command for the log as it is read now: one for each container where there is no single one that shows the
  /// same containers and no others.
  func kubectlLine(of logs: LogView) -> String {
    let request = logs.request
    let command = session.kubectlPrefix + " logs "
    let ending = request.previous ? " --previous" : " -f"
    var options = request.tailLines.map { " --tail=\($0)" } ?? ""
    if let seconds = request.sinceSeconds { options += " --since=" + Self.time(seconds) }
    if logs.showsTimes { options += " --timestamps" }
    if request.sources.count > 1, let (target, isSelector) = target(of: logs) {
      var line = command + target + " --prefix" + ending
      // By labels kubectl reads ten lines of each log where nothing is said, and follows no more than five anywhere.
      if isSelector, request.tailLines == nil { line += " --tail=-1" }
      if !request.previous, request.sources.count > 5 { line += " --max-log-requests=\(request.sources.count)" }
      return line + options
    }
    return request.sources.map { source in
      "\(command)\(source.pod) -c \(source.container) -n \(source.namespace)\(ending)\(options)"
    }.joined(separator: "\n")
  }

  private static func time(_ seconds: Int) -> String {
    if seconds % 3600 == 0 { return "\(seconds / 3600)h" }
    return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
  }

  /// What names all the containers that are read: a pod, or labels.
  private func target(of logs: LogView) -> (String, isSelector: Bool)? {
    let sources = logs.request.sources
    guard let first = sources.first, sources.allSatisfy({ $0.namespace == first.namespace }) else { return nil }
    let scope = " -n \(first.namespace)"
    func areAll(of pods: [Pod]) -> Bool {
      let all = pods.flatMap { pod in
        Self.containers(of: pod).map {
          LogQuery.Source(namespace: pod.metadata.namespace, pod: pod.metadata.name, container: $0)
        }
      }
      return Set(all) == Set(sources)
    }
    if Set(sources.map(\.pod)).count == 1 {
      guard let pod = cluster.get(Pod.self, namespace: first.namespace, name: first.pod), areAll(of: [pod]) else {
        return nil
      }
      return ("\(first.pod) --all-containers" + scope, false)
    }
    guard let selector = logs.selector, let query = selector.query else { return nil }
    let pods = cluster.all(Pod.self).filter {
      $0.metadata.namespace == first.namespace && selector.matches($0.metadata.labels) == true
    }
    guard areAll(of: pods) else { return nil }
    let all = pods.contains { Self.containers(of: $0).count > 1 } ? " --all-containers" : ""
    return ("-l \(ShellText.quoted("\(query)"))" + all + scope, true)
  }

  private static func containers(of pod: Pod) -> [String] {
    pod.spec.initContainers.map(\.name) + pod.spec.containers.map(\.name)
      + pod.spec.ephemeralContainers.map(\.container.name)
  }
}
