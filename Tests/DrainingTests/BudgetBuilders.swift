import Draining
import Kube

/// A budget of namespace `shop` for pods with the label `app=web`, as its controller would have it: `needs` of `of`
/// pods must be healthy, `has` are.
func budget(
  _ name: String = "web", needs: Int, has: Int, of expected: Int,
  _ change: (inout PodDisruptionBudget) -> Void = { _ in }
) -> PodDisruptionBudget {
  var budget = PodDisruptionBudget()
  budget.metadata.namespace = "shop"
  budget.metadata.name = name
  budget.metadata.generation = 1
  budget.spec.selector = LabelSelector()
  budget.spec.selector?.matchLabels = ["app": "web"]
  budget.status.observedGeneration = 1
  budget.status.desiredHealthy = needs
  budget.status.currentHealthy = has
  budget.status.expectedPods = expected
  budget.status.disruptionsAllowed = expected == 0 ? 0 : max(0, has - needs)
  change(&budget)
  return budget
}

/// A Running pod of namespace `shop` with the label `app=web`.
func webPod(_ name: String = "web-1", isReady: Bool = true, _ change: (inout Pod) -> Void = { _ in }) -> Pod {
  var pod = Pod()
  pod.metadata.namespace = "shop"
  pod.metadata.name = name
  pod.metadata.uid = "uid-\(name)"
  pod.metadata.labels = ["app": "web"]
  pod.spec.nodeName = "n1"
  pod.status.phase = "Running"
  var ready = Condition()
  (ready.type, ready.status) = ("Ready", isReady ? "True" : "False")
  pod.status.conditions = [ready]
  change(&pod)
  return pod
}

extension PodDisruptionBudget {
  /// Gives it the condition of a budget that its controller cannot work out.
  mutating func failSync(_ message: String) {
    var condition = ObjectCondition()
    (condition.type, condition.status, condition.reason) = ("DisruptionAllowed", "False", "SyncFailed")
    condition.message = message
    status.conditions = [condition]
  }
}
