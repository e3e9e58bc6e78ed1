import ClusterState
import Kube

/// Whether this user may do one of the things that a drain does.
public struct AccessCheck: Sendable, Equatable {
  /// What the server says.
  public enum Answer: Sendable, Equatable {
    /// Yes.
    case allowed
    /// No.
    case denied
    /// It could not be asked, for this reason.
    case unknown(String)
  }

  /// Such as `create`.
  public var verb: String
  /// The kind.
  public var resource: Resource
  /// Such as `eviction`; nil for the object itself.
  public var subresource: String?
  /// The namespace; nil for all, and for kinds outside of namespaces.
  public var namespace: String?
  /// What the server says.
  public var answer: Answer

  /// A question with its answer.
  public init(
    verb: String, _ resource: Resource, subresource: String? = nil, namespace: String? = nil,
    answer: Answer = .unknown("nobody has asked")
  ) {
    self.verb = verb
    self.resource = resource
    self.subresource = subresource
    self.namespace = namespace
    self.answer = answer
  }

  /// `create pods/eviction in shop`.
  public var text: String {
    "\(verb) \(resource.plural)\(subresource.map { "/\($0)" } ?? "")\(namespace.map { " in \($0)" } ?? "")"
  }
}

extension DrainPlan {
  /// What the drain would ask of the API server and this user must be allowed to do.
  public var calls: [AccessCheck] {
    var calls = [AccessCheck(verb: "get", Node.resource)]
    if nodes.contains(where: { $0.cordon == nil }) { calls.append(AccessCheck(verb: "patch", Node.resource)) }
    calls.append(AccessCheck(verb: "list", Pod.resource))
    let going = pods.filter(\.verdict.isRemoval)
    for namespace in Set(going.map(\.name.namespace)).sorted() {
      let actions = Set(going.filter { $0.name.namespace == namespace }.map(\.verdict.action))
      calls.append(AccessCheck(verb: "get", Pod.resource, namespace: namespace))
      if actions.contains(.evict) {
        calls.append(AccessCheck(verb: "create", Pod.resource, subresource: "eviction", namespace: namespace))
      }
      if actions.contains(.delete) {
        calls.append(AccessCheck(verb: "delete", Pod.resource, namespace: namespace))
      }
    }
    let daemons = pods.filter { $0.verdict.cause == .daemonSet }
    for namespace in Set(daemons.map(\.name.namespace)).sorted() {
      calls.append(AccessCheck(verb: "get", DaemonSet.resource, namespace: namespace))
    }
    return calls
  }
}
