import ClusterState
import DataFiles
import Diagnosis
import Kube

/// Checks of disruption budgets and autoscalers.
let policyChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "budget-overlap",
    "whether pods are under more than one disruption budget, which makes every eviction of them fail: problem names the "
      + "pods and the budgets, ok when each pod has at most one",
    kinds: ["Pod", "PodDisruptionBudget"], reads: [PodDisruptionBudget.self, Pod.self]
  ) { facts, _ in
    let pods: [Pod]
    if let pod = facts.pod {
      pods = [pod]
    } else {
      switch facts.pods {
      case .unknown(let doubt): return Judgement(doubt)
      case .none: pods = []
      case .found(let found): pods = found
      }
    }
    switch facts.state.look(all: PodDisruptionBudget.self, namespace: facts.namespace) {
    case .unknown(let doubt): return Judgement(doubt)
    case .none: return Judgement(.ok, "there is no budget")
    case .found(let budgets):
      for pod in pods {
        let own = budgets.filter { $0.spec.selector?.matches(pod.metadata.labels) ?? false }
        guard own.count > 1 else { continue }
        let names = own.map(\.metadata.name).joined(separator: ", ")
        return Judgement(
          .problem, "pod \(pod.metadata.name) is under \(own.count) budgets: \(names)",
          evidence: own.map {
            Evidence($0.reference, "spec.selector", $0.spec.selector?.query?.description ?? "")
          })
      }
      return Judgement(.ok, "none of \(pods.count) pods is under more than one budget")
    }
  },
  BuiltInCheck(
    "autoscaler-target",
    "what an autoscaler scales: problem when it does not exist (with the likely name), when another autoscaler scales "
      + "it too, or when it has 0 replicas (which switches the autoscaler off); ok otherwise",
    kinds: ["HorizontalPodAutoscaler"], reads: [HorizontalPodAutoscaler.self] + Relation.owners
  ) { facts, _ in
    guard let autoscaler = facts.object as? HorizontalPodAutoscaler else {
      return Judgement(.notApplicable, "it is no autoscaler")
    }
    let reference = autoscaler.spec.scaleTargetRef
    let words = "\(reference.kind) \(reference.name)"
    let evidence = [Evidence(autoscaler.reference, "spec.scaleTargetRef", words)]
    switch facts.target(of: autoscaler) {
    case .unknown(let doubt): return Judgement(doubt, evidence: evidence)
    case .none:
      var names: [String] = []
      if let type = PlaybookScope.type(ofKind: reference.kind), let store = facts.state.store(of: type) {
        store.forEach { if $0.metadata.namespace == facts.namespace { names.append($0.metadata.name) } }
      }
      return Judgement(
        .problem, "\(words) does not exist\(Suggestion.phrase(for: reference.name, among: names.sorted()))",
        evidence: evidence)
    case .found(let target):
      if let doubt = facts.state.doubt(about: HorizontalPodAutoscaler.self, namespace: facts.namespace) {
        return Judgement(doubt, evidence: evidence)
      }
      let rivals = facts.state.all(HorizontalPodAutoscaler.self).filter {
        $0.metadata.namespace == facts.namespace && $0.metadata.name != autoscaler.metadata.name
          && $0.spec.scaleTargetRef.kind == reference.kind && $0.spec.scaleTargetRef.name == reference.name
      }
      if let rival = rivals.first {
        return Judgement(
          .problem, "autoscaler \(rival.metadata.name) scales \(words) too: the two undo each other",
          evidence: evidence + [Evidence(rival.reference, "spec.scaleTargetRef", words)])
      }
      guard let workload = WorkloadFacts(target) else { return Judgement(.ok, "\(words) exists", evidence: evidence) }
      if workload.wanted == 0 {
        return Judgement(
          .problem, "\(words) has 0 replicas, which switches autoscaling off until somebody sets another number",
          evidence: evidence)
      }
      return Judgement(.ok, "\(words) exists and wants \(workload.wanted) replicas", evidence: evidence)
    }
  },
  BuiltInCheck(
    "autoscaler-requests",
    "whether the containers request what the autoscaler measures as a share of the request: problem names the containers "
      + "without such a request (one is enough to stop the whole metric), ok when all have it, not-applicable without "
      + "such a metric",
    kinds: ["HorizontalPodAutoscaler"], reads: Relation.owners
  ) { facts, _ in
    guard let autoscaler = facts.object as? HorizontalPodAutoscaler else {
      return Judgement(.notApplicable, "it is no autoscaler")
    }
    var wanted: [(resource: String, container: String?)] = []
    for metric in autoscaler.spec.metrics {
      if let resource = metric.resource, resource.target.averageUtilization != nil {
        wanted.append((resource.name, nil))
      }
      if let resource = metric.containerResource, resource.target.averageUtilization != nil {
        wanted.append((resource.name, resource.container))
      }
    }
    if wanted.isEmpty { return Judgement(.notApplicable, "no metric is a share of a request") }
    switch facts.workload {
    case .unknown(let doubt): return Judgement(doubt)
    case .none: return Judgement(.notApplicable, "what it scales does not exist")
    case .found(let workload):
      let template = workload.facts.template.spec
      let sidecars = template.initContainers.filter { $0.restartPolicy == "Always" }
      var lacking: [String] = []
      for (resource, only) in wanted {
        let inPod = template.resources?.requests[resource] != nil
        for container in template.containers + sidecars
        where (only ?? container.name) == container.name && container.resources.requests[resource] == nil
          && container.resources.limits[resource] == nil && !inPod
        {
          lacking.append("\(container.name) requests no \(resource)")
        }
      }
      let evidence = lacking.map { Evidence(workload.object.facts, "spec.template.spec.containers", $0) }
      if let first = lacking.first {
        let more = lacking.count > 1 ? " (and \(lacking.count - 1) more)" : ""
        return Judgement(.problem, "\(first)\(more): its use cannot be made a share", evidence: evidence)
      }
      return Judgement(.ok, "all containers request \(wanted.map(\.resource).joined(separator: " and "))")
    }
  },
  BuiltInCheck(
    "autoscaler-metrics",
    "whether the extension of the API that the autoscaler's metrics come from is there: metrics.k8s.io for CPU and "
      + "memory, custom.metrics.k8s.io for pods and objects, external.metrics.k8s.io for what is outside. problem when "
      + "it is missing or not available, ok otherwise",
    kinds: ["HorizontalPodAutoscaler"], reads: [APIService.self]
  ) { facts, _ in
    guard let autoscaler = facts.object as? HorizontalPodAutoscaler else {
      return Judgement(.notApplicable, "it is no autoscaler")
    }
    var groups: [String] = []
    for metric in autoscaler.spec.metrics {
      let group =
        switch metric.type {
        case "External": "external.metrics.k8s.io"
        case "Pods", "Object": "custom.metrics.k8s.io"
        default: "metrics.k8s.io"
        }
      if !groups.contains(group) { groups.append(group) }
    }
    if groups.isEmpty { groups = ["metrics.k8s.io"] }
    switch facts.state.look(all: APIService.self, namespace: "") {
    case .unknown(let doubt): return Judgement(doubt)
    case .none: return Judgement(.problem, "\(groups[0]) is not served")
    case .found(let services):
      for group in groups {
        let own = services.filter { $0.spec.group == group }
        if own.isEmpty {
          let what = group == "metrics.k8s.io" ? "metrics-server" : "an adapter for \(group)"
          return Judgement(.problem, "\(group) is not served: \(what) is not installed")
        }
        let available = own.contains { $0.status.conditions.condition("Available")?.isTrue ?? false }
        if !available, let service = own.first {
          let condition = service.status.conditions.condition("Available")
          return Judgement(
            .problem,
            "\(service.metadata.name) is not available: \((condition?.message ?? "no condition").firstLine)",
            evidence: [
              Evidence(
                service.reference, "status.conditions[Available]", condition?.reason ?? "not set",
                at: condition?.lastTransitionTime)
            ])
        }
      }
      return Judgement(.ok, "\(groups.joined(separator: ", ")) is served and available")
    }
  },
  BuiltInCheck(
    "autoscaler-arithmetic",
    "what the autoscaler computes from its metrics: replicas x current / target, rounded up, the largest of all metrics, "
      + "nothing within a tenth of the target. warning when that lies outside minReplicas and maxReplicas, ok "
      + "otherwise, unknown without current values",
    kinds: ["HorizontalPodAutoscaler"]
  ) { facts, _ in
    guard let autoscaler = facts.object as? HorizontalPodAutoscaler else {
      return Judgement(.notApplicable, "it is no autoscaler")
    }
    return AutoscalerArithmetic(autoscaler).judgement
  },
]

extension ClusterObject {
  /// A reference to the object for evidence.
  fileprivate var facts: ObjectReference {
    var about = ObjectReference()
    about.kind = PlaybookFacts.kind(of: self)
    about.namespace = metadata.namespace
    about.name = metadata.name
    about.uid = metadata.uid
    return about
  }
}

/// The calculation of an autoscaler.
struct AutoscalerArithmetic {
  private struct Step {
    let name: String
    let current: String
    let target: String
    let ratio: Double
  }

  private let autoscaler: HorizontalPodAutoscaler
  private let steps: [Step]

  init(_ autoscaler: HorizontalPodAutoscaler) {
    self.autoscaler = autoscaler
    let current = autoscaler.status.currentMetrics
    var steps: [Step] = []
    for (index, metric) in autoscaler.spec.metrics.enumerated() where index < current.count {
      let status = current[index]
      func add(_ name: String, _ target: MetricTarget, _ value: MetricValueStatus?) {
        guard let value else { return }
        if let wanted = target.averageUtilization, let now = value.averageUtilization, wanted > 0 {
          steps.append(
            Step(name: name, current: "\(now)%", target: "\(wanted)%", ratio: Double(now) / Double(wanted)))
        } else if let wanted = target.averageValue, let now = value.averageValue, let part = Self.ratio(now, wanted) {
          steps.append(Step(name: name, current: now.text, target: wanted.text, ratio: part))
        } else if let wanted = target.value, let now = value.value, let part = Self.ratio(now, wanted) {
          steps.append(Step(name: name, current: now.text, target: wanted.text, ratio: part))
        }
      }
      if let resource = metric.resource { add(resource.name, resource.target, status.resource?.current) }
      if let resource = metric.containerResource {
        add("\(resource.container)/\(resource.name)", resource.target, status.containerResource?.current)
      }
      if let pods = metric.pods { add(pods.metric.name, pods.target, status.pods?.current) }
      if let object = metric.object { add(object.metric.name, object.target, status.object?.current) }
      if let external = metric.external { add(external.metric.name, external.target, status.external?.current) }
    }
    self.steps = steps
  }

  private static func ratio(_ now: Quantity, _ wanted: Quantity) -> Double? {
    guard let now = now.nanos, let wanted = wanted.nanos, wanted > 0 else { return nil }
    return Double(now) / Double(wanted)
  }

  var judgement: Judgement {
    let replicas = max(0, autoscaler.status.currentReplicas)
    guard !steps.isEmpty else { return Judgement(Doubt(.failed, "the autoscaler has no current value of its metrics")) }
    var largest = 0
    var evidence: [Evidence] = []
    for step in steps {
      let isNear = abs(step.ratio - 1) <= 0.1
      let wanted = isNear ? replicas : Int(min(Double(replicas) * step.ratio, 1e6).rounded(.up))
      largest = max(largest, wanted)
      evidence.append(
        Evidence(
          autoscaler.reference, "metric \(step.name)",
          "\(step.current) of \(step.target): \(replicas) x \(step.current)/\(step.target) "
            + (isNear ? "is near enough, stays \(replicas)" : "= \(wanted)")))
    }
    let (least, most) = (autoscaler.spec.minReplicas ?? 1, autoscaler.spec.maxReplicas)
    let metrics = steps.map { "\($0.name) \($0.current) of \($0.target)" }.joined(separator: ", ")
    let sentence = "\(metrics): \(replicas) replicas should be \(largest)"
    if largest > most {
      return Judgement(.warning, "\(sentence), but maxReplicas is \(most)", evidence: evidence)
    }
    if largest < least {
      return Judgement(.warning, "\(sentence), but minReplicas is \(least)", evidence: evidence)
    }
    return Judgement(.ok, sentence, evidence: evidence)
  }
}
