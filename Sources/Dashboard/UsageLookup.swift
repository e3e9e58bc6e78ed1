import ClusterState
import Expressions
import Interface
import Kube
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

extension UsageFacts {
  fileprivate init(_ usage: Usage) {
    self.init()
    cpu = usage.cpu
    memory = usage.memory
  }
}
