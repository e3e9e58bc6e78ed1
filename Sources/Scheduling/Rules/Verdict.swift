import ClusterState
import Kube

/// What one filter says about one node.
public enum Verdict: Sendable, Equatable {
  /// The node is good enough for this filter.
  case pass
  /// The pod asks for nothing that this filter looks at.
  case skipped
  /// The node is refused, for these reasons.
  case fail([Reason])
  /// Nobody can say here, for this reason; never to be taken for a pass.
  case unknown(String)
}

/// Why a filter refuses a node.
public struct Reason: Sendable, Equatable {
  /// The scheduler's own words, exactly.
  public let text: String
  /// Whether removing other pods from the node could help; the scheduler preempts on such nodes only.
  public let isResolvable: Bool
  /// What the scheduler does not say.
  public let evidence: Evidence

  init(_ text: String, resolvable: Bool, _ evidence: Evidence) {
    self.text = text
    isResolvable = resolvable
    self.evidence = evidence
  }
}

/// A port of a node that a pod wants for itself.
public struct HostPort: Sendable, Hashable, CustomStringConvertible {
  /// The node's address; `0.0.0.0` for all.
  public let ip: String
  /// `TCP`, `UDP` or `SCTP`.
  public let protocolName: String
  /// The number.
  public let port: Int

  init(_ port: ContainerPort) {
    ip = port.hostIP.isEmpty ? "0.0.0.0" : port.hostIP
    protocolName = port.protocol.isEmpty ? "TCP" : port.protocol
    self.port = port.hostPort
  }

  /// Whether both cannot be on one node: the address `0.0.0.0` means every address.
  func conflicts(with other: HostPort) -> Bool {
    port == other.port && protocolName == other.protocolName
      && (ip == other.ip || ip == "0.0.0.0" || other.ip == "0.0.0.0")
  }

  /// `8080/TCP` or `10.0.0.1:8080/TCP`.
  public var description: String { (ip == "0.0.0.0" ? "" : "\(ip):") + "\(port)/\(protocolName)" }
}

/// The facts behind a reason. Amounts are in the scheduler's units: thousandths of a core for `cpu`, bytes or pieces for
/// everything else.
public enum Evidence: Sendable, Equatable {
  /// The node is cordoned.
  case cordoned
  /// The taint that is not tolerated.
  case taint(Taint)
  /// Not enough of a resource: what the pod asks for, what pods on the node have, what the node offers; and whether
  /// there may be pods that are not known, so that more is used.
  case resource(name: String, requested: Int64, used: Int64, allocatable: Int64, isPartial: Bool = false)
  /// The node has all the pods that it takes; there may be more that are not known.
  case podCount(used: Int, limit: Int64, isPartial: Bool = false)
  /// A port is taken by a pod.
  case hostPort(HostPort, usedBy: ObjectName)
  /// A pod whose presence in the node's place (`key` = `value`) is the reason.
  case neighbour(ObjectName, key: String, value: String)
  /// No pod in the node's place matches the affinity term with this number (from 0).
  case noNeighbour(term: Int, key: String, value: String)
  /// The node lacks a label.
  case missingLabel(String)
  /// What is required of labels and not met.
  case requirement(String)
  /// Placing the pod would make the place uneven: pods there now, in the emptiest place, and what is allowed.
  /// `places` has the pods of every place that counts, as far as there are not too many to tell.
  case skew(
    key: String, value: String, here: Int, minimum: Int, isSelfCounted: Bool, maxSkew: Int, places: [PlaceCount] = [])
  /// Volumes of a driver: attached, wanted, possible.
  case volumeLimit(driver: String, used: Int, wanted: Int, limit: Int)
  /// A claim and what is wrong with it or its volume.
  case claim(ObjectName, String)
  /// A sentence.
  case text(String)
}

extension Evidence: CustomStringConvertible {
  /// One line for a person, numbers included.
  public var description: String {
    switch self {
    case .cordoned: "spec.unschedulable is true (cordoned)"
    case .taint(let taint): "taint \(taint.shortText)"
    case .resource(let name, let requested, let used, let allocatable, let isPartial):
      "requested \(Amount.neededText(requested, of: name)), free \(isPartial ? "at most " : "")"
        + "\(Amount.text(max(0, allocatable.subtracting(used)), of: name)), used \(isPartial ? "at least " : "")"
        + "\(Amount.text(used, of: name)) of \(Amount.text(allocatable, of: name))"
        + (requested > allocatable ? ": the node is too small" : "")
    case .podCount(let used, let limit, let isPartial):
      "\(isPartial ? "at least " : "")\(used) pods of at most \(limit)"
    case .hostPort(let port, let pod): "\(port) is used by \(pod.namespace)/\(pod.name)"
    case .neighbour(let pod, let key, let value): "pod \(pod.namespace)/\(pod.name) in \(key)=\(value)"
    case .noNeighbour(_, let key, let value): "no matching pod in \(key)=\(value)"
    case .missingLabel(let key): "the node has no label \(key)"
    case .requirement(let text): text
    case .skew(let key, let value, let here, let minimum, let isSelfCounted, let maxSkew, let places):
      "\(key)=\(value) has \(here)\(isSelfCounted ? " (+1)" : ""), the emptiest place \(minimum), maxSkew \(maxSkew)"
        + PlaceCount.table(places)
    case .volumeLimit(let driver, let used, let wanted, let limit):
      "\(driver): \(used) attached, \(wanted) wanted, at most \(limit)"
    case .claim(let claim, let text): "claim \(claim.name): \(text)"
    case .text(let text): text
    }
  }
}

/// How many pods a place has, for spreading.
public struct PlaceCount: Sendable, Equatable {
  /// The value of the place's label.
  public let place: String
  /// The pods that count there.
  public let pods: Int

  /// The most places that are told.
  private static let limit = 8

  /// The places with the fewest pods.
  static func few(_ counts: [String: Int]) -> [PlaceCount] {
    counts.map { PlaceCount(place: $0.key, pods: $0.value) }.sorted { ($0.pods, $0.place) < ($1.pods, $1.place) }
      .prefix(limit + 1).map { $0 }
  }

  fileprivate static func table(_ places: [PlaceCount]) -> String {
    guard places.count > 1 else { return "" }
    let list = places.prefix(limit).map { "\($0.place): \($0.pods)" }.joined(separator: ", ")
    return " (\(list)\(places.count > limit ? ", …" : ""))"
  }
}

extension Taint {
  /// `key=value:Effect`, as kubectl writes it.
  public var shortText: String { value.isEmpty ? "\(key):\(effect)" : "\(key)=\(value):\(effect)" }
}
