import Kube

/// The columns of a ResourceQuota.
public struct ResourceQuotaSummary: KubeRecord, Equatable {
  /// REQUEST: everything that is counted but limits, as `cpu: 1/2, pods: 3/10`.
  public var request = ""
  /// LIMIT: what containers' limits add up to.
  public var limit = ""
  /// The resource with the largest share in use, from 0 to 100 and more; nil when nothing is limited.
  public var usedPercent: Int?

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<ResourceQuotaSummary>([
    .string(1, "request", \.request),
    .string(2, "limit", \.limit),
    .int(3, "usedPercent", \.usedPercent),
  ])

  /// The columns of a ResourceQuota.
  public init(_ quota: ResourceQuota) {
    var requests: [String] = []
    var limits: [String] = []
    for (name, hard) in quota.status.hard.entries.sorted(by: { $0.key < $1.key }) {
      let used = quota.status.used[name] ?? Quantity("0")
      let text = "\(name): \(used.text)/\(hard.text)"
      if name.hasPrefix("limits.") { limits.append(text) } else { requests.append(text) }
      if let usedNanos = used.nanos, let hardNanos = hard.nanos {
        // Of what must be 0, anything is all.
        let share = hardNanos > 0 ? Double(usedNanos) / Double(hardNanos) * 100 : usedNanos > 0 ? 100 : 0
        usedPercent = max(usedPercent ?? 0, Int(min(max(share, 0), 1_000_000)))
      }
    }
    request = requests.joined(separator: ", ")
    limit = limits.joined(separator: ", ")
  }
}
