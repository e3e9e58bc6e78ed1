import ClusterState
import Kube

/// What something uses, as metrics.k8s.io last said.
public struct Usage: Sendable, Hashable {
  /// CPU; nil when the sample has none.
  public var cpu: Quantity?
  /// Memory; nil when the sample has none.
  public var memory: Quantity?

  /// Nothing known.
  public init() {}

  init(_ json: JSONValue?) {
    cpu = json?["cpu"]?.string.map { Quantity($0) }
    memory = json?["memory"]?.string.map { Quantity($0) }
  }

  /// Both together; an amount that only one side has counts alone.
  static func + (left: Usage, right: Usage) -> Usage {
    var sum = Usage()
    sum.cpu = add(left.cpu, right.cpu)
    sum.memory = add(left.memory, right.memory)
    return sum
  }

  private static func add(_ left: Quantity?, _ right: Quantity?) -> Quantity? {
    guard let a = left?.nanos, let b = right?.nanos else { return left ?? right }
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : Quantity(nanos: sum)
  }
}

/// The usage of all pods and nodes at one time.
public struct UsageSample: Sendable, Equatable {
  /// By pod; the sum of its containers.
  public var pods: [ObjectName: Usage] = [:]
  /// By pod, then by container.
  public var containers: [ObjectName: [String: Usage]] = [:]
  /// By node.
  public var nodes: [String: Usage] = [:]

  /// No sample.
  public init() {}

  /// Takes a PodMetricsList in.
  mutating func takePods(_ json: JSONValue) {
    pods = [:]
    containers = [:]
    for item in json["items"]?.array ?? [] {
      guard let name = item[path: "metadata", "name"]?.string else { continue }
      let pod = ObjectName(namespace: item[path: "metadata", "namespace"]?.string ?? "", name: name)
      for container in item["containers"]?.array ?? [] {
        let usage = Usage(container["usage"])
        pods[pod] = (pods[pod] ?? Usage()) + usage
        if let name = container["name"]?.string { containers[pod, default: [:]][name] = usage }
      }
    }
  }

  /// Takes a NodeMetricsList in.
  mutating func takeNodes(_ json: JSONValue) {
    nodes = [:]
    for item in json["items"]?.array ?? [] {
      if let name = item[path: "metadata", "name"]?.string { nodes[name] = Usage(item["usage"]) }
    }
  }
}

/// Whether usage is known.
public enum UsageState: Sendable, Equatable {
  /// Nobody wants it, or no answer has come yet.
  case unread
  /// The server has no metrics.k8s.io.
  case notServed
  /// It cannot be had, for this reason; it is tried again.
  case failed(String)
  /// Known as of a time.
  case known(UsageSample, at: Timestamp)
}
