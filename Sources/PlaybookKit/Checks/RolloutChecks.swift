import ClusterState
import Diagnosis
import Kube

/// Checks of how workloads replace their pods.
let rolloutChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "rollout-bounds",
    "the arithmetic of a rolling update: resolves maxSurge (shares rounded up) and maxUnavailable (rounded down) against "
      + "the replicas, and says whether the controller may make or remove a pod now. problem when it may do neither "
      + "although old pods are left, warning when the strategy keeps old pods on purpose (OnDelete, partition) or has "
      + "none of both at a time (Recreate), ok otherwise",
    kinds: ["Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet"], reads: Relation.owners
  ) { facts, _ in
    switch facts.workload {
    case .none: return Judgement(.notApplicable, "nothing above the pod replaces pods")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let workload):
      switch workload.object {
      case let deployment as Deployment: return RolloutBounds.judge(deployment, facts.replicaSets)
      case let set as StatefulSet: return RolloutBounds.judge(set)
      case let set as DaemonSet: return RolloutBounds.judge(set)
      default: return Judgement(.notApplicable, "a \(workload.facts.kind) does not replace pods step by step")
      }
    }
  },
  BuiltInCheck(
    "revisions",
    "the revisions that are kept of a Deployment, StatefulSet or DaemonSet, with the pods that still run each: problem "
      + "when there is none to go back to, warning when no pod of an earlier one is ready, ok otherwise",
    kinds: ["Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet"],
    reads: Relation.owners + [ControllerRevision.self, Pod.self]
  ) { facts, _ in
    switch facts.workload {
    case .none: return Judgement(.notApplicable, "nothing above the pod keeps revisions")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let workload):
      guard workload.object is Deployment || workload.object is StatefulSet || workload.object is DaemonSet else {
        return Judgement(.notApplicable, "a \(workload.facts.kind) keeps no revisions")
      }
      switch KeptTemplate.all(of: workload.object, facts) {
      case .unknown(let doubt): return Judgement(doubt)
      case .none: return Judgement(.notApplicable, "it keeps no revisions")
      case .found(let kept):
        let evidence = kept.prefix(10).map {
          Evidence($0.reference, "revision", "\($0.number)\($0.change.isEmpty ? "" : " (\($0.change))"): \($0.words)")
        }
        guard let current = kept.first, kept.count > 1 else {
          return Judgement(
            .problem, "only revision \(kept.first.map { "\($0.number)" } ?? "0") is kept: there is none to go back to",
            evidence: evidence)
        }
        let list = kept.dropFirst().prefix(3).map { "\($0.number) (\($0.ready) ready)" }.joined(separator: ", ")
        return Judgement(
          kept.dropFirst().contains { $0.ready > 0 } ? .ok : .warning,
          "now revision \(current.number) (\(current.ready) ready); earlier ones: \(list)", evidence: evidence)
      }
    }
  },
  BuiltInCheck(
    "template-change",
    "what the current revision of the pod template changed against the one before (of a Deployment: the newest earlier "
      + "one with ready pods, else the newest): warning with the differences, ok without any. Values of environment "
      + "variables are not compared. For StatefulSets and DaemonSets the pods of the two revisions are compared",
    kinds: ["Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet"], reads: Relation.owners + [Pod.self]
  ) { facts, _ in
    switch facts.workload {
    case .none: return Judgement(.notApplicable, "nothing above the pod has a template")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let workload):
      switch KeptTemplate.lastTwo(of: workload.object, facts) {
      case .none: return Judgement(.notApplicable, "there is no earlier revision to compare with")
      case .unknown(let doubt): return Judgement(doubt)
      case .found(let (old, new, name)):
        let differences = TemplateDifference.all(from: old, to: new)
        guard let object = facts.object else { return Judgement(.notApplicable, "there is no object") }
        if differences.isEmpty { return Judgement(.ok, "nothing that podmedic compares differs from \(name)") }
        let words = differences.prefix(3).map(\.text).joined(separator: "; ")
        let more = differences.count > 3 ? " (and \(differences.count - 3) more)" : ""
        return Judgement(
          .warning, "against \(name): \(words)\(more)",
          evidence: differences.prefix(12).map { Evidence(object.reference, $0.field, $0.text) })
      }
    }
  },
  BuiltInCheck(
    "statefulset-turn",
    "which pod of a StatefulSet the others wait for: with OrderedReady pods are made from the lowest number up, each "
      + "after the one before is ready, and replaced from the highest down. problem names the pod that holds up the "
      + "others, and says when it still has an old revision (only deleting it then helps); ok when none does",
    kinds: ["Pod", "StatefulSet"], reads: Relation.owners + [Pod.self]
  ) { facts, _ in
    switch facts.owner(StatefulSet.self) {
    case .none: return Judgement(.notApplicable, "it is no StatefulSet")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let set):
      if let doubt = facts.state.doubt(about: Pod.self, namespace: facts.namespace) { return Judgement(doubt) }
      return OrdinalPods(set, facts.state.pods(ofOwner: ObjectStore.identity(set.metadata))).judgement
    }
  },
  BuiltInCheck(
    "statefulset-service",
    "the Service that gives the pods of a StatefulSet their names: problem when spec.serviceName does not exist, warning "
      + "when it is not headless or does not select the pods, ok otherwise, not-applicable without a serviceName",
    kinds: ["Pod", "StatefulSet"], reads: Relation.owners + [Service.self]
  ) { facts, _ in
    switch facts.owner(StatefulSet.self) {
    case .none: return Judgement(.notApplicable, "it is no StatefulSet")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let set):
      let name = set.spec.serviceName
      if name.isEmpty { return Judgement(.notApplicable, "it has no serviceName") }
      let evidence = [Evidence(set.reference, "spec.serviceName", name)]
      switch facts.state.look(Service.self, namespace: facts.namespace, name: name) {
      case .unknown(let doubt): return Judgement(doubt)
      case .none:
        return Judgement(
          .problem, "Service \(name) does not exist: the pods have no names of their own in DNS", evidence: evidence)
      case .found(let service):
        let labels = set.spec.template.metadata.labels
        let selects =
          !service.spec.selector.isEmpty && service.spec.selector.entries.allSatisfy { labels[$0.key] == $0.value }
        if !selects { return Judgement(.warning, "Service \(name) does not select the pods", evidence: evidence) }
        if service.spec.clusterIP != "None" {
          return Judgement(
            .warning, "Service \(name) is not headless (clusterIP is not None): single pods have no names",
            evidence: evidence)
        }
        return Judgement(.ok, "pods are named POD.\(name).\(facts.namespace).svc", evidence: evidence)
      }
    }
  },
]

/// The arithmetic of rolling updates.
enum RolloutBounds {
  static func judge(_ deployment: Deployment, _ sets: Lookup<[ReplicaSet]>) -> Judgement {
    let (spec, status) = (deployment.spec, deployment.status)
    let wanted = max(0, spec.replicas ?? 1)
    let old = max(0, status.replicas - status.updatedReplicas)
    let counts = [
      Evidence(deployment.reference, "spec.replicas", "\(wanted)"),
      Evidence(deployment.reference, "status.replicas", "\(status.replicas)"),
      Evidence(deployment.reference, "status.updatedReplicas", "\(status.updatedReplicas)"),
      Evidence(deployment.reference, "status.availableReplicas", "\(status.availableReplicas)"),
    ]
    if spec.strategy.type == "Recreate" {
      return Judgement(
        old > 0 ? .warning : .ok,
        "Recreate: all old pods go before a new one is made; \(old) old left, \(status.updatedReplicas) new",
        evidence: counts)
    }
    let bounds = spec.strategy.rollingUpdate
    let surgeText = bounds?.maxSurge ?? .string("25%")
    let unavailableText = bounds?.maxUnavailable ?? .string("25%")
    guard let surge = surgeText.resolved(of: wanted, roundingUp: true),
      var unavailable = unavailableText.resolved(of: wanted, roundingUp: false)
    else { return Judgement(Doubt(.failed, "maxSurge \(surgeText) or maxUnavailable \(unavailableText) is no number")) }
    let isForced = surge == 0 && unavailable == 0
    if isForced { unavailable = 1 }
    unavailable = min(unavailable, wanted)
    let evidence =
      [
        Evidence(deployment.reference, "spec.strategy.rollingUpdate.maxSurge", "\(surgeText) = \(surge)"),
        Evidence(
          deployment.reference, "spec.strategy.rollingUpdate.maxUnavailable",
          "\(unavailableText) = \(unavailable)\(isForced ? " (0 and 0 would never move)" : "")"),
      ] + counts
    let (most, least) = (wanted + surge, wanted - unavailable)
    let rule =
      "at most \(most) pods, at least \(least) available; now \(status.replicas) and \(status.availableReplicas)"
    if old == 0, status.updatedReplicas >= wanted {
      return Judgement(.ok, "\(rule); no old pod is left", evidence: evidence)
    }
    if status.replicas < most, status.updatedReplicas < wanted {
      return Judgement(.ok, "\(rule): a new pod may be made", evidence: evidence)
    }
    let current: ReplicaSet?
    switch sets {
    case .unknown(let doubt): return Judgement(doubt, evidence: evidence)
    case .none: current = nil
    case .found(let sets): current = sets.first
    }
    // The controller first counts the new pods that are not available as missing, then takes away old pods: those that
    // are not available before those that are.
    let newUnavailable = max(0, status.updatedReplicas - (current?.status.availableReplicas ?? 0))
    let oldAvailable = max(0, status.availableReplicas - (current?.status.availableReplicas ?? 0))
    let mayRemoveBroken = status.replicas - least - newUnavailable > 0 && old > oldAvailable
    let mayRemove = status.availableReplicas > least && status.replicas - least - newUnavailable > 0
    if old > 0, mayRemove || mayRemoveBroken {
      return Judgement(.ok, "\(rule): an old pod may be removed", evidence: evidence)
    }
    return Judgement(
      .problem,
      "\(rule): no pod may be made or removed until \(newUnavailable == 1 ? "the new pod" : "one of \(newUnavailable) new pods") becomes available",
      evidence: evidence)
  }

  static func judge(_ set: StatefulSet) -> Judgement {
    let (spec, status) = (set.spec, set.status)
    let wanted = max(0, spec.replicas ?? 1)
    let evidence = [
      Evidence(set.reference, "spec.updateStrategy.type", spec.updateStrategy.type),
      Evidence(set.reference, "status.updatedReplicas", "\(status.updatedReplicas) of \(wanted)"),
    ]
    let isDone = status.updateRevision == status.currentRevision || status.updatedReplicas >= wanted
    if spec.updateStrategy.type == "OnDelete" {
      return Judgement(
        isDone ? .ok : .warning, "OnDelete: a pod gets the new revision only when somebody deletes it",
        evidence: evidence)
    }
    if let partition = spec.updateStrategy.rollingUpdate?.partition, partition > 0 {
      let share = max(0, wanted - partition)
      return Judgement(
        isDone ? .ok : .warning,
        "partition \(partition): only the \(share) pods with number \(partition) and above get the new revision",
        evidence: evidence)
    }
    let most =
      spec.updateStrategy.rollingUpdate?.maxUnavailable.flatMap { $0.resolved(of: wanted, roundingUp: true) } ?? 1
    return Judgement(
      .ok, "pods are replaced from number \(max(0, wanted - 1)) down, \(max(1, most)) at a time", evidence: evidence)
  }

  static func judge(_ set: DaemonSet) -> Judgement {
    let (spec, status) = (set.spec, set.status)
    let wanted = status.desiredNumberScheduled
    let evidence = [
      Evidence(set.reference, "status.desiredNumberScheduled", "\(wanted)"),
      Evidence(set.reference, "status.updatedNumberScheduled", "\(status.updatedNumberScheduled)"),
      Evidence(set.reference, "status.numberAvailable", "\(status.numberAvailable)"),
    ]
    let isDone = status.updatedNumberScheduled >= wanted
    if spec.updateStrategy.type == "OnDelete" {
      return Judgement(
        isDone ? .ok : .warning, "OnDelete: a pod gets the new revision only when somebody deletes it",
        evidence: evidence)
    }
    let bounds = spec.updateStrategy.rollingUpdate
    let surge = bounds?.maxSurge?.resolved(of: wanted, roundingUp: true) ?? 0
    let most = bounds?.maxUnavailable.map { $0.resolved(of: wanted, roundingUp: true) } ?? 1
    guard let unavailable = most else { return Judgement(Doubt(.failed, "maxUnavailable is no number")) }
    let missing = max(0, wanted - status.numberAvailable)
    let rule =
      "at most \(max(unavailable, surge > 0 ? 0 : 1)) of \(wanted) nodes may lack an available pod; \(missing) do"
    if isDone { return Judgement(.ok, "\(rule); all pods have the new template", evidence: evidence) }
    if surge == 0, missing >= max(1, unavailable) {
      return Judgement(
        .problem, "\(rule): no further node gets the new template until that is better", evidence: evidence)
    }
    return Judgement(.ok, rule, evidence: evidence)
  }
}

/// A revision of a pod template that is kept.
struct KeptTemplate {
  var reference: ObjectReference
  var number: Int
  var ready: Int
  var pods: Int
  /// Why it was made, where somebody wrote it down.
  var change: String
  /// Images; only known of ReplicaSets.
  var images: [String]

  var words: String { "\(ready) of \(pods) pods ready\(images.isEmpty ? "" : ", \(images.joined(separator: ", "))")" }

  static let changeCause = "kubernetes.io/change-cause"

  /// The revisions that are kept, the newest first.
  static func all(of workload: any ClusterObject, _ facts: PlaybookFacts) -> Lookup<[KeptTemplate]> {
    let uid = ObjectStore.identity(workload.metadata)
    if workload is Deployment {
      return facts.replicaSets.map { sets in
        sets.filter { $0.revision > 0 }.map { set in
          KeptTemplate(
            reference: set.reference, number: set.revision, ready: set.status.readyReplicas, pods: set.status.replicas,
            change: set.metadata.annotations[changeCause] ?? "",
            images: set.spec.template.spec.containers.map(\.image))
        }
      }
    }
    if let doubt = facts.state.doubt(about: ControllerRevision.self, namespace: facts.namespace) {
      return .unknown(doubt)
    }
    if let doubt = facts.state.doubt(about: Pod.self, namespace: facts.namespace) { return .unknown(doubt) }
    let pods = facts.state.pods(ofOwner: uid)
    let revisions = facts.state.owned(ControllerRevision.self, by: uid).sorted { $0.revision > $1.revision }
    return .found(
      revisions.map { revision in
        // A StatefulSet's pods carry the revision's name, a DaemonSet's only the hash at its end.
        let own = pods.filter { pod in
          guard let label = pod.metadata.labels[revisionLabel], !label.isEmpty else { return false }
          return label == revision.metadata.name || revision.metadata.name.hasSuffix("-\(label)")
        }
        return KeptTemplate(
          reference: revision.reference, number: revision.revision, ready: own.filter(\.hasReadyCondition).count,
          pods: own.count, change: revision.metadata.annotations[changeCause] ?? "", images: [])
      })
  }

  static let revisionLabel = "controller-revision-hash"

  /// The template before, the current one and what to call the former; none without an earlier one.
  static func lastTwo(
    of workload: any ClusterObject, _ facts: PlaybookFacts
  ) -> Lookup<(old: PodTemplateSpec, new: PodTemplateSpec, name: String)> {
    if let deployment = workload as? Deployment {
      return facts.replicaSets.flatMap { sets in
        let earlier = sets.dropFirst().filter { $0.revision > 0 }
        guard let old = earlier.first(where: { $0.status.readyReplicas > 0 }) ?? earlier.first else { return .none }
        return .found((old.spec.template, deployment.spec.template, "revision \(old.revision)"))
      }
    }
    let template: PodTemplateSpec
    switch workload {
    case let set as StatefulSet: template = set.spec.template
    case let set as DaemonSet: template = set.spec.template
    default: return .none
    }
    if let doubt = facts.state.doubt(about: Pod.self, namespace: facts.namespace) { return .unknown(doubt) }
    let pods = facts.state.pods(ofOwner: ObjectStore.identity(workload.metadata))
    // A pod whose images differ from the template's was made from an earlier one.
    let images = template.spec.containers.map(\.image)
    let old = pods.filter { pod in
      if let set = workload as? StatefulSet, !set.status.updateRevision.isEmpty {
        return pod.metadata.labels[revisionLabel] != set.status.updateRevision
      }
      return pod.spec.containers.prefix(images.count).map(\.image) != images
    }.min { $0.metadata.name < $1.metadata.name }
    guard let old else { return .none }
    var before = template
    before.spec.containers = old.spec.containers.map { container in
      // What admission adds to a pod (the account's token) is no change of the template.
      var container = container
      container.volumeMounts.removeAll { $0.mountPath == "/var/run/secrets/kubernetes.io/serviceaccount" }
      return container
    }
    return .found((before, template, "pod \(old.metadata.name)"))
  }
}

extension Pod {
  /// Whether its condition Ready is true.
  var hasReadyCondition: Bool { status.conditions.condition("Ready")?.isTrue ?? false }
}

/// One difference between two pod templates.
struct TemplateDifference: Equatable {
  let field: String
  let text: String

  static func all(from old: PodTemplateSpec, to new: PodTemplateSpec) -> [TemplateDifference] {
    var found: [TemplateDifference] = []
    func add(_ field: String, _ text: String) { found.append(TemplateDifference(field: field, text: text)) }
    func compare(_ field: String, _ before: String, _ after: String) {
      guard before != after else { return }
      add(field, "\(field.split(separator: ".").last.map(String.init) ?? field) \(shown(before)) -> \(shown(after))")
    }
    for (list, before, after) in [
      ("containers", old.spec.containers, new.spec.containers),
      ("initContainers", old.spec.initContainers, new.spec.initContainers),
    ] {
      for container in after {
        let path = "spec.template.spec.\(list)[\(container.name)]"
        guard let earlier = before.first(where: { $0.name == container.name }) else {
          add(path, "container \(container.name) is new")
          continue
        }
        found += differences(earlier, container, path)
      }
      for container in before where !after.contains(where: { $0.name == container.name }) {
        add("spec.template.spec.\(list)[\(container.name)]", "container \(container.name) is gone")
      }
    }
    compare("spec.template.spec.serviceAccountName", old.spec.serviceAccountName, new.spec.serviceAccountName)
    compare("spec.template.spec.priorityClassName", old.spec.priorityClassName, new.spec.priorityClassName)
    compare("spec.template.spec.nodeSelector", text(old.spec.nodeSelector), text(new.spec.nodeSelector))
    if old.spec.affinity != new.spec.affinity { add("spec.template.spec.affinity", "the affinity changed") }
    if old.spec.tolerations != new.spec.tolerations { add("spec.template.spec.tolerations", "the tolerations changed") }
    if old.spec.volumes != new.spec.volumes { add("spec.template.spec.volumes", "the volumes changed") }
    for (key, value) in new.metadata.annotations.entries where old.metadata.annotations[key] != value {
      add("spec.template.metadata.annotations", "annotation \(key) changed")
    }
    return found
  }

  private static func differences(_ old: Container, _ new: Container, _ path: String) -> [TemplateDifference] {
    var found: [TemplateDifference] = []
    func add(_ field: String, _ text: String) {
      found.append(TemplateDifference(field: "\(path).\(field)", text: "\(new.name): \(text)"))
    }
    if old.image != new.image { add("image", "image \(old.image) -> \(new.image)") }
    for (name, before, after) in [
      ("limits", old.resources.limits, new.resources.limits),
      ("requests", old.resources.requests, new.resources.requests),
    ] {
      for key in Set(before.keys + after.keys).sorted() where before[key] != after[key] {
        let change = "\(before[key]?.text ?? "none") -> \(after[key]?.text ?? "none")"
        add("resources.\(name).\(key)", "\(name).\(key) \(change)")
      }
    }
    let (names, earlier) = (new.env.map(\.name), old.env.map(\.name))
    for name in names where !earlier.contains(name) { add("env[\(name)]", "variable \(name) is new") }
    for name in earlier where !names.contains(name) { add("env[\(name)]", "variable \(name) is gone") }
    for variable in new.env where old.env.contains(where: { $0.name == variable.name && $0 != variable }) {
      add("env[\(variable.name)]", "variable \(variable.name) comes from elsewhere")
    }
    if old.envFrom != new.envFrom { add("envFrom", "envFrom changed") }
    if old.ports != new.ports { add("ports", "the ports changed") }
    for (name, before, after) in [
      ("livenessProbe", old.livenessProbe, new.livenessProbe),
      ("readinessProbe", old.readinessProbe, new.readinessProbe),
      ("startupProbe", old.startupProbe, new.startupProbe),
    ] where before != after {
      add(name, before == nil ? "\(name) is new" : after == nil ? "\(name) is gone" : "\(name) changed")
    }
    if old.volumeMounts != new.volumeMounts { add("volumeMounts", "the mounts changed") }
    if old.securityContext != new.securityContext { add("securityContext", "the security context changed") }
    return found
  }

  private static func text(_ labels: SmallMap<String>) -> String {
    labels.entries.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
  }

  private static func shown(_ text: String) -> String { text.isEmpty ? "(none)" : text }
}

/// The pods of a StatefulSet by their numbers.
struct OrdinalPods {
  private let set: StatefulSet
  private let pods: [Int: Pod]
  private let ordinals: Range<Int>

  init(_ set: StatefulSet, _ all: [Pod]) {
    self.set = set
    var pods: [Int: Pod] = [:]
    for pod in all {
      if let dash = pod.metadata.name.lastIndex(of: "-"),
        let number = Int(pod.metadata.name[pod.metadata.name.index(after: dash)...])
      {
        pods[number] = pod
      }
    }
    self.pods = pods
    let start = max(0, min(set.spec.ordinals?.start ?? 0, 1 << 30))
    // More pods than a set can have in practice would only be looked through for nothing.
    ordinals = start..<(start + max(0, min(set.spec.replicas ?? 1, 100_000)))
  }

  var judgement: Judgement {
    if set.spec.podManagementPolicy == "Parallel" {
      return Judgement(.ok, "podManagementPolicy is Parallel: no pod waits for another when pods are made")
    }
    guard let number = ordinals.first(where: { !isDone($0) }) else {
      return Judgement(.ok, "all \(ordinals.count) pods are ready")
    }
    let name = "\(set.metadata.name)-\(number)"
    let after = ordinals.filter { $0 > number && pods[$0] == nil }.count
    let waiting = after == 0 ? "" : "; \(after) pods after it are not made"
    guard let pod = pods[number] else {
      return Judgement(
        .problem, "\(name) does not exist\(waiting)",
        evidence: [Evidence(set.reference, "spec.replicas", "\(ordinals.count)")])
    }
    var evidence = [
      Evidence(pod.reference, "status.phase", pod.status.phase),
      Evidence(
        pod.reference, "status.conditions[Ready]", pod.status.conditions.condition("Ready")?.status ?? "not set"),
    ]
    let revision = pod.metadata.labels[KeptTemplate.revisionLabel] ?? ""
    let isOld = !revision.isEmpty && !set.status.updateRevision.isEmpty && revision != set.status.updateRevision
    if isOld {
      evidence.append(
        Evidence(
          pod.reference, "metadata.labels[\(KeptTemplate.revisionLabel)]",
          "\(revision), the set wants \(set.status.updateRevision)"))
    }
    let state = pod.metadata.deletionTimestamp != nil ? "is being deleted" : "is not ready"
    let old =
      isOld && pod.metadata.deletionTimestamp == nil
      ? "; it has an old revision and is not replaced until it is ready or deleted" : ""
    return Judgement(.problem, "\(name) \(state)\(waiting)\(old)", evidence: evidence)
  }

  private func isDone(_ number: Int) -> Bool {
    guard let pod = pods[number] else { return false }
    return pod.metadata.deletionTimestamp == nil && pod.hasReadyCondition
  }
}
