import Kube

/// The columns of a HorizontalPodAutoscaler.
public struct HorizontalPodAutoscalerSummary: KubeRecord, Equatable {
  /// REFERENCE, such as `Deployment/web`.
  public var reference = ""
  /// TARGETS, such as `cpu: 80%/50%`: at most two.
  public var targets = ""

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<HorizontalPodAutoscalerSummary>([
    .string(1, "reference", \.reference),
    .string(2, "targets", \.targets),
  ])

  /// The columns of a HorizontalPodAutoscaler.
  public init(_ autoscaler: HorizontalPodAutoscaler) {
    let target = autoscaler.spec.scaleTargetRef
    reference = "\(target.kind)/\(target.name)"
    let metrics = autoscaler.spec.metrics
    // kubectl pairs the two lists by position.
    let statuses = autoscaler.status.currentMetrics
    let texts = metrics.enumerated().map { index, metric in
      Self.text(metric, index < statuses.count ? statuses[index] : MetricStatus())
    }
    targets = texts.isEmpty ? "<none>" : ColumnTexts.abridged(texts, most: 2, separator: ", ")
  }

  private static func text(_ metric: MetricSpec, _ status: MetricStatus) -> String {
    switch metric.type {
    case "External": amount(metric.external?.target, status.external?.current)
    case "Object": amount(metric.object?.target, status.object?.current)
    case "Pods": "\(average(status.pods?.current))/\(metric.pods?.target.averageValue?.text ?? unknown)"
    case "Resource": resource(metric.resource?.name, metric.resource?.target, status.resource?.current)
    case "ContainerResource":
      resource(
        metric.containerResource?.name, metric.containerResource?.target, status.containerResource?.current)
    default: "<unknown type>"
    }
  }

  private static let unknown = "<unknown>"

  private static func average(_ status: MetricValueStatus?) -> String { status?.averageValue?.text ?? unknown }

  /// An amount, of all or of each pod.
  private static func amount(_ target: MetricTarget?, _ status: MetricValueStatus?) -> String {
    if let wanted = target?.averageValue { return "\(average(status))/\(wanted.text) (avg)" }
    return "\(status?.value?.text ?? unknown)/\(target?.value?.text ?? unknown)"
  }

  /// An amount of a resource for each pod, or a share of what the pods request.
  private static func resource(_ name: String?, _ target: MetricTarget?, _ status: MetricValueStatus?) -> String {
    let name = name ?? ""
    if let wanted = target?.averageValue { return "\(name): \(average(status))/\(wanted.text)" }
    let current = status?.averageUtilization.map { "\($0)%" } ?? unknown
    return "\(name): \(current)/\(target?.averageUtilization.map { "\($0)%" } ?? "<auto>")"
  }
}
