import ClusterState
import Diagnosis
import Expressions
import Kube
import Remedies

// What steps ask of persons and hosts, worked out for the object of a run.

extension Evaluation {
  func target(of request: ReadRequest) -> Lookup<ReadTarget> {
    switch request.source {
    case .logs(let previous, let tail):
      return facts.speaker.flatMap { pod, container in
        .found(
          .logs(
            namespace: pod.metadata.namespace, pod: pod.metadata.name, container: container, previous: previous,
            tail: tail))
      }
    case .object: return facts.object.map { .found(.object($0.reference)) } ?? .none
    case .metrics: return facts.object.map { .found(.metrics($0.reference)) } ?? .none
    case .server(let path):
      guard let path = path.line(facts) else { return .none }
      return .found(request.repeats > 1 ? .repeated(path) : .path(path))
    case .node(let path):
      guard let path = path.line(facts) else { return .none }
      return facts.node.map { .path("/api/v1/nodes/\($0.metadata.name)/proxy/\(Self.relative(path))") }
    case .pod(let port, let path):
      guard let pod = facts.pod, let port = port.line(facts), let path = path.line(facts) else { return .none }
      return .found(
        .path(
          "/api/v1/namespaces/\(pod.metadata.namespace)/pods/\(pod.metadata.name):\(port)/proxy/"
            + Self.relative(path)))
    case .service(let port, let path):
      return facts.services.flatMap { services in
        guard let service = services.first, let port = port.line(facts), let path = path.line(facts) else {
          return .none
        }
        return .found(
          .path(
            "/api/v1/namespaces/\(service.metadata.namespace)/services/\(service.metadata.name):\(port)/proxy/"
              + Self.relative(path)))
      }
    }
  }

  private static func relative(_ path: String) -> String { path.hasPrefix("/") ? String(path.dropFirst()) : path }

  /// The same with kubectl.
  static func commands(_ target: ReadTarget) -> [String] {
    switch target {
    case .logs(let namespace, let pod, let container, let previous, let tail):
      ["kubectl logs -n \(namespace) \(pod) -c \(container)\(previous ? " --previous" : "") --tail=\(tail)"]
    case .object(let object):
      ["kubectl get \(object.kind.lowercased()) \(object.name)\(namespace(object)) -o yaml"]
    case .metrics(let object):
      ["kubectl top \(object.kind.lowercased()) \(object.name)\(namespace(object))"]
    case .path(let path), .repeated(let path): ["kubectl get --raw '\(path)'"]
    }
  }

  /// How to see with kubectl what a verdict rests on.
  static func commands(_ evidence: [Evidence]) -> [String] {
    var commands: [String] = []
    for evidence in evidence where !evidence.object.name.isEmpty {
      let object = evidence.object
      let command = "kubectl describe \(object.kind.lowercased()) \(object.name)\(namespace(object))"
      if !commands.contains(command), commands.count < 3 { commands.append(command) }
    }
    return commands
  }

  private static func namespace(_ object: ObjectReference) -> String {
    object.namespace.isEmpty ? "" : " -n \(object.namespace)"
  }

  /// The object that a remedy is for, named after what it really changes.
  func target(of call: RemedyCall) -> Lookup<ObjectReference> {
    guard let object = call.object else {
      guard let subject = facts.object else { return .none }
      // The pod is only the way to its controller; where that cannot be seen, the remedy says so itself.
      if call.kind.changesOwner, facts.ownerDoubt == nil, let top = facts.ownerChain.last as? any KubeObject,
        WorkloadFacts(top) != nil
      {
        return .found(top.reference)
      }
      return .found(subject.reference)
    }
    return object.name.wholeText(facts).flatMap { text in
      let kind = String(text.prefix { $0 != "/" })
      guard call.kind.accepts(kind: kind) else { return .none }
      var reference = ObjectReference()
      reference.kind = kind
      reference.name = String(text.dropFirst(kind.count + 1))
      if let type = PlaybookScope.type(ofKind: kind) {
        reference.apiVersion = type.resource.apiVersion
        reference.namespace = type.resource.isNamespaced ? facts.namespace : ""
      }
      // What cannot be read may still be changed: the remedy says so if it is not there.
      return .found(facts.state.object(reference).value?.reference ?? reference)
    }
  }

  func offer(_ call: RemedyCall, _ object: ObjectReference) -> RemedyOffer {
    var order = RemedyOrder(call.kind.name, object)
    var problems: [String] = []
    for (name, template) in call.arguments {
      switch template.wholeText(facts) {
      case .found(let text): order.parameters[name] = text
      case .none: continue
      case .unknown(let doubt):
        problems.append(
          // How the value would have been found is of no use to who is to give it.
          doubt.reason == .failed && doubt.text.hasSuffix(" is not set")
            ? "\(name) is not known here" : "\(name): \(doubt.text)")
      }
    }
    if problems.isEmpty, let problem = call.kind.problem(with: order.parameters) { problems.append(problem) }
    return RemedyOffer(
      order: order, title: call.kind.title, problem: problems.isEmpty ? nil : problems.joined(separator: "; "),
      verify: call.verify)
  }
}

extension PlaybookFacts {
  /// The pod and container whose log tells most: the subject, or of several pods the one that failed last, one that is not
  /// ready, or the first.
  fileprivate var speaker: Lookup<(pod: Pod, container: String)> {
    if let pod { return container.map { .found((pod, $0.name)) } ?? .none }
    return pods.flatMap { pods in
      func failed(_ pod: Pod) -> Int64? {
        ContainerFacts.all(of: pod).compactMap(\.end).filter { $0.exitCode != 0 }
          .map { $0.finishedAt?.microseconds ?? .min }.max()
      }
      let pods = pods.sorted { $0.metadata.name < $1.metadata.name }
      let last = pods.filter { failed($0) != nil }.max { (failed($0) ?? .min) < (failed($1) ?? .min) }
      guard let pod = last ?? pods.first(where: { !$0.isTerminal && !$0.hasReadyCondition }) ?? pods.first else {
        return .none
      }
      return about(pod).container.map { .found((pod, $0.name)) } ?? .none
    }
  }
}
