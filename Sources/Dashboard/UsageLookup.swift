import ClusterState
import Expressions
import Interface
import Kube
import PlaybookKit
import ScreenKit
import Session

extension UsageState {
  /// What an object uses, as a screen's expressions see it.
  func outcome(for object: RowObject) -> Outcome {
    switch self {
    case .unread: return .unknown("metrics have not been read yet")
    case .notServed: return .unknown("the server has no metrics.k8s.io")
    case .failed(let reason): return .unknown(reason)
    case .known(let sample, _):
      let name = ObjectName(namespace: object.namespace, name: object.name)
      let usage =
        switch (object.resource.kind, object.container) {
        case ("Node", _): sample.nodes[object.name]
        case (_, let container?): sample.containers[name]?[container]
        default: sample.pods[name]
        }
      return .value(usage.map { .record(UsageFacts($0)) } ?? .null)
    }
  }
}

extension UsageState {
  /// What the containers of a pod use, as playbooks see it: by name, the pod as a whole under "".
  public func containers(namespace: String, pod: String) -> Lookup<[String: UsageRecord]> {
    switch self {
    case .unread: return .unknown(Doubt(.notRead, "metrics are not read"))
    case .notServed: return .unknown(Doubt(.notServed, "metrics are not served by this cluster"))
    case .failed(let words): return .unknown(Doubt(.failed, "metrics: \(words)"))
    case .known(let sample, _):
      let name = ObjectName(namespace: namespace, name: pod)
      var usage = (sample.containers[name] ?? [:]).mapValues { UsageRecord(cpu: $0.cpu, memory: $0.memory) }
      if let sum = sample.pods[name] { usage[""] = UsageRecord(cpu: sum.cpu, memory: sum.memory) }
      return .found(usage)
    }
  }
}

extension UsageFacts {
  fileprivate init(_ usage: Usage) {
    self.init()
    cpu = usage.cpu
    memory = usage.memory
  }
}
