import ClusterState
import Diagnosis
import Kube

/// What a VerticalPodAutoscaler has learned from the use of the pods.
let recommendationCheck = BuiltInCheck(
  "vpa-recommendation",
  "what a VerticalPodAutoscaler recommends for the container that matters: problem when its target is more than the "
    + "container's limit, warning when it is more than its request (or that is not set), ok when the request suffices; "
    + "not-applicable where no VerticalPodAutoscaler looks at the pod's owners, or the cluster serves none",
  kinds: ["Pod"],
  parameters: [.init("resource", .word(["memory", "cpu"]), isRequired: true, "what is compared")],
  reads: [VerticalPodAutoscaler.self] + Relation.owners
) { facts, arguments in
  let resource = arguments.text("resource") ?? "memory"
  guard let pod = facts.pod, let container = facts.container else {
    return Judgement(.notApplicable, "there is no container")
  }
  if let doubt = facts.state.doubt(about: VerticalPodAutoscaler.self, namespace: facts.namespace) {
    if doubt.reason == .notServed { return Judgement(.notApplicable, "the cluster serves no VerticalPodAutoscalers") }
    return Judgement(doubt)
  }
  if let doubt = facts.ownerDoubt { return Judgement(doubt) }
  let owners = facts.ownerChain.dropFirst()
  let autoscaler = facts.state.all(VerticalPodAutoscaler.self).first { autoscaler in
    let target = autoscaler.spec.targetRef
    return autoscaler.metadata.namespace == facts.namespace
      && owners.contains { $0.metadata.name == target.name && ($0 as? any KubeObject)?.reference.kind == target.kind }
  }
  guard let autoscaler else {
    return Judgement(.notApplicable, "no VerticalPodAutoscaler looks at the owners of \(pod.metadata.name)")
  }
  return RecommendationView(autoscaler, container, resource).judgement
}

/// One recommendation beside what a container has.
private struct RecommendationView {
  let autoscaler: VerticalPodAutoscaler
  let container: ContainerFacts
  let resource: String
  private let words: AmountText

  init(_ autoscaler: VerticalPodAutoscaler, _ container: ContainerFacts, _ resource: String) {
    self.autoscaler = autoscaler
    self.container = container
    self.resource = resource
    words = AmountText(resource: resource)
  }

  var judgement: Judgement {
    let name = "VerticalPodAutoscaler \(autoscaler.metadata.name)"
    let all = autoscaler.status.recommendation?.containerRecommendations ?? []
    guard let found = all.first(where: { $0.containerName == container.name }),
      let target = found.target[resource]?.nanos
    else { return Judgement(.notApplicable, "\(name) recommends nothing for \(container.name) yet") }
    let request = resource == "cpu" ? container.cpuRequest : container.memoryRequest
    let limit = resource == "cpu" ? container.cpuLimit : container.memoryLimit
    let sentence = "\(name) recommends to request \(words.text(target)) \(resource) for \(container.name)"
    let bounds = [("lowerBound", found.lowerBound), ("target", found.target), ("upperBound", found.upperBound)]
    var evidence = bounds.compactMap { field, amounts in
      amounts[resource].map { Evidence(autoscaler.reference, "\(field).\(resource)", $0.text) }
    }
    evidence.append(Evidence(autoscaler.reference, "spec.updatePolicy.updateMode", mode))
    if let limit = limit?.nanos, target > limit {
      return Judgement(
        .problem, "\(sentence): more than its limit of \(words.text(limit)); \(meaning)", evidence: evidence)
    }
    guard let request = request?.nanos else {
      return Judgement(.warning, "\(sentence), which requests none; \(meaning)", evidence: evidence)
    }
    if target > request {
      return Judgement(
        .warning, "\(sentence): more than its request of \(words.text(request)); \(meaning)", evidence: evidence)
    }
    return Judgement(.ok, "\(sentence): its request of \(words.text(request)) suffices", evidence: evidence)
  }

  private var mode: String {
    let mode = autoscaler.spec.updatePolicy?.updateMode ?? ""
    return mode.isEmpty ? "Auto" : mode
  }

  /// What becomes of the recommendation by itself (autoscaler project, UpdateMode).
  private var meaning: String {
    switch mode {
    case "Off": "its mode is Off: a person applies it"
    case "Initial": "its mode is Initial: pods that are made anew get it"
    case "InPlaceOrRecreate":
      "its mode is InPlaceOrRecreate: pods get it by themselves, in place where that is possible"
    case "Recreate": "its mode is Recreate: pods are evicted to get it"
    default: "its mode is \(mode), which is deprecated: pods are evicted to get it"
    }
  }
}
