import ClusterState
import Kube

/// What can be told of the scheduler itself: whether it works, and when it will look at a pod again.
struct SchedulerAtWork {
  let state: ClusterState
  let pod: Pod
  let rules: SchedulerRules
  let now: Timestamp

  /// Why nobody has looked at the pod, or nobody will; nil when the scheduler works, or that cannot be told.
  var trouble: String? {
    let name = pod.spec.schedulerName
    if !name.isEmpty, name != "default-scheduler" { return otherSchedulerTrouble(name) }
    let lease = state.get(Lease.self, namespace: "kube-system", name: "kube-scheduler")
    if let renewed = lease?.spec.renewTime {
      // A leader that is lost is replaced within a quarter of a minute.
      let age = now.since(renewed)
      if age <= .seconds(60) { return nil }
      return "the scheduler is down: kube-scheduler has not renewed its Lease for \(age.human)" + (podTrouble ?? "")
    }
    return podTrouble.map { "the scheduler is down" + $0 }
  }

  /// What is wrong with the scheduler's own pods, where the control plane runs as pods; nil when one of them is Ready, or
  /// the control plane is out of sight.
  private var podTrouble: String? {
    guard state.isConclusive(Pod.self, namespace: "kube-system") else { return nil }
    var (schedulers, servers): ([Pod], Int) = ([], 0)
    for pod in state.all(Pod.self) where pod.metadata.namespace == "kube-system" {
      switch pod.metadata.labels["component"] {
      case "kube-scheduler": schedulers.append(pod)
      case "kube-apiserver": servers += 1
      default: break
      }
    }
    if schedulers.isEmpty {
      return servers == 0 ? nil : ": kube-system has pods of the API server and none of kube-scheduler"
    }
    guard !schedulers.contains(where: \.isReady) else { return nil }
    let names = schedulers.map(\.metadata.name).sorted().prefix(3).joined(separator: ", ")
    return
      ": pod\(schedulers.count == 1 ? "" : "s") kube-system/\(names) \(schedulers.count == 1 ? "is" : "are") not ready"
  }

  private func otherSchedulerTrouble(_ name: String) -> String? {
    guard let store = state.store(of: Pod.self), store.freshness.isComplete, store.coverage == .cluster else {
      return nil
    }
    let others = state.all(Pod.self).filter {
      $0.spec.schedulerName == name && $0.metadata.uid != pod.metadata.uid
    }
    let isSeen = others.contains { $0.status.conditions.condition("PodScheduled") != nil }
    if isSeen || pod.status.conditions.condition("PodScheduled") != nil { return nil }
    return "no pod that asks for scheduler \"\(name)\" was ever looked at: it does not run, or the name is wrong (the "
      + "usual one is default-scheduler)"
  }

  /// How long nobody has looked at the pod; nil for pods that are younger than a scheduler needs.
  var silence: String? {
    guard let created = pod.metadata.creationTimestamp else { return nil }
    let age = now.since(created)
    return age > .seconds(5) ? "the scheduler has not looked at the pod for \(age.human)" : nil
  }

  /// When the scheduler last tried and will try again, for a pod that fits by now; nil when no event tells.
  var retry: String? {
    guard let last = lastAttempt, last <= now else { return nil }
    // Pods that nothing woke are tried again after this, and such pods are looked for every half minute.
    let pause = Duration.seconds((rules.minor < 24 ? 60 : 300) + 30)
    let ago = now.since(last)
    let tried = "the scheduler last tried \(ago.human) ago"
    if ago < .seconds(10) { return "\(tried) and waits up to 10s between two tries" }
    guard ago < pause else {
      return "\(tried), and should have tried again by now: it may be busy with other pods, or down"
    }
    let rest = "it tries again within \((pause - ago).human)"
    return rules.hasQueueingHints
      ? "\(tried), and what changed since woke it for no pod that was refused like this; \(rest)"
      : "\(tried); \(rest), sooner after any change to a node or to the pod (an annotation for one)"
  }

  private var lastAttempt: Timestamp? {
    guard let store = state.store(of: Event.self), store.freshness.isComplete, !pod.metadata.uid.isEmpty else {
      return nil
    }
    var last: Timestamp?
    store.forEach { object in
      guard let event = object as? Event, event.reason == "FailedScheduling",
        event.involvedObject.uid == pod.metadata.uid, let time = event.lastTime
      else { return }
      last = max(last ?? time, time)
    }
    return last
  }
}

extension Event {
  /// When it happened last.
  var lastTime: Timestamp? { series?.lastObservedTime ?? eventTime ?? lastTimestamp ?? metadata.creationTimestamp }
}

extension ClusterState {
  /// The newest refusal to create a pod that an object's controller met, in the API server's words: what DaemonSets,
  /// StatefulSets and Jobs tell in events only. Nil when there is none, or a pod was created since.
  func creationRefusal(of metadata: ObjectMeta) -> String? {
    guard let store = store(of: Event.self), !metadata.uid.isEmpty else { return nil }
    var refusal: (time: Timestamp, text: String)?
    var success: Timestamp?
    store.forEach { object in
      guard let event = object as? Event, event.involvedObject.uid == metadata.uid, let time = event.lastTime else {
        return
      }
      switch event.reason {
      case "FailedCreate": if time >= refusal?.time ?? time { refusal = (time, event.message) }
      case "SuccessfulCreate": success = max(success ?? time, time)
      default: break
      }
    }
    guard let refusal, success ?? refusal.time <= refusal.time else { return nil }
    return refusal.text
  }
}
