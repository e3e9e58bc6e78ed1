import ClusterState
import Diagnosis
import Draining
import Kube
import Scheduling

/// Checks of taking nodes out of service.
let drainChecks: [BuiltInCheck] = [
  BuiltInCheck(
    drainPlanCheck,
    "what draining the node would do, as `podmedic drain --plan` and the page behind `r` have it. `flags`: warning names "
      + "the flags that kubectl would ask for, and the pods. `daemonsets`, `local-data` and `bare`: warning names the pods "
      + "of DaemonSets that stay, those whose emptyDir data is lost, those that nothing replaces. `budgets`: problem when a "
      + "budget never allows an eviction, warning when some must wait. `room`: problem when a replacement stays Pending, "
      + "with the scheduler's words. `outages`: warning when all Ready pods of an owner or all endpoints of a Service go. "
      + "`control-plane`: problem when etcd loses its quorum or no other control plane is Ready. `left`: problem when a "
      + "cordoned node still has other pods than those of DaemonSets and static ones. ok otherwise",
    kinds: ["Node"],
    parameters: [
      .init(
        "about", .word(DrainTheme.allCases.map(\.rawValue)), isRequired: true, "which of this it looks at")
    ], reads: DrainPlanner.reads
  ) { facts, arguments in
    guard let node = facts.object as? Node else { return Judgement(.notApplicable, "it is no node") }
    guard let theme = arguments.text("about").flatMap(DrainTheme.init) else {
      return Judgement(.notApplicable, "it is not said what to look at")
    }
    for type in theme.reads { if let doubt = facts.state.doubt(about: type) { return Judgement(doubt) } }
    guard let plan = facts.drainPlan else { return Judgement(.notApplicable, "the node is not there any more") }
    return theme.judge(plan, node, facts.state)
  },
  BuiltInCheck(
    "other-nodes",
    "whether other nodes can take what runs here: problem when none is Ready and takes new pods, warning names those that "
      + "are not Ready or cordoned, ok otherwise",
    kinds: ["Node"], reads: [Node.self]
  ) { facts, _ in
    guard let node = facts.object as? Node else { return Judgement(.notApplicable, "it is no node") }
    if let doubt = facts.state.doubt(about: Node.self) { return Judgement(doubt) }
    let others = facts.state.all(Node.self).filter { $0.metadata.uid != node.metadata.uid }
      .sorted { $0.metadata.name < $1.metadata.name }
    let down = others.filter { !$0.isReady }
    let cordoned = others.filter { $0.isReady && $0.spec.unschedulable }
    let tainted = others.filter { $0.isReady && !$0.spec.unschedulable && !$0.takesAnyPod }
    let evidence =
      down.prefix(10).map { Evidence($0.reference, "status.conditions[Ready]", "not True") }
      + cordoned.prefix(10).map { Evidence($0.reference, "spec.unschedulable", "true") }
    let able = others.count - down.count - cordoned.count - tainted.count
    let onlyTolerant =
      tainted.isEmpty ? "" : "; tainted, only for pods that tolerate it: \(tainted.map(\.metadata.name).few)"
    if able == 0 {
      return Judgement(
        .problem, "none of \(others.count) other nodes is Ready and takes any pod\(onlyTolerant)", evidence: evidence)
    }
    guard !evidence.isEmpty else {
      let all = tainted.isEmpty ? "all \(others.count)" : "\(able) of \(others.count)"
      return Judgement(.ok, "\(all) other nodes are Ready and take pods\(onlyTolerant)")
    }
    var parts: [String] = []
    if !down.isEmpty { parts.append("not Ready: \(down.map(\.metadata.name).few)") }
    if !cordoned.isEmpty { parts.append("cordoned: \(cordoned.map(\.metadata.name).few)") }
    return Judgement(
      .warning, "\(able) of \(others.count) other nodes take pods; \(parts.joined(separator: "; "))\(onlyTolerant)",
      evidence: evidence
    )
  },
  ownersReadyCheck,
]

/// The name of the check whose steps the page of the plan belongs to.
let drainPlanCheck = "drain-plan"

/// What of a drain's plan a step looks at.
private enum DrainTheme: String, CaseIterable {
  case flags, daemonsets, bare, budgets, room, outages, left
  case localData = "local-data"
  case controlPlane = "control-plane"

  /// What must have been read to the end before its silence means anything.
  var reads: [any KubeObject.Type] {
    switch self {
    case .budgets: [Pod.self, PodDisruptionBudget.self]
    case .room: [Pod.self, Node.self]
    case .outages: [Pod.self, Service.self, Deployment.self, ReplicaSet.self, StatefulSet.self]
    case .controlPlane: [Node.self, Pod.self]
    case .daemonsets, .flags: [Pod.self, DaemonSet.self]
    case .bare, .left, .localData: [Pod.self]
    }
  }

  func judge(_ plan: DrainPlan, _ node: Node, _ state: ClusterState) -> Judgement {
    switch self {
    case .flags:
      // Worked out under every flag: what each pod would have asked for is its cause.
      let unowned: [PodVerdict.Cause] = [.noController, .daemonSetGone]
      let wanted: [(flag: String, isFor: (PodPlan) -> Bool)] = [
        ("--ignore-daemonsets", { $0.verdict.cause == .daemonSet }),
        (
          "--delete-emptydir-data",
          { pod in
            ([.replaced] + unowned).contains(pod.verdict.cause)
              && state.get(Pod.self, namespace: pod.name.namespace, name: pod.name.name)?.hasLocalStorage == true
          }
        ),
        ("--force", { unowned.contains($0.verdict.cause) }),
      ]
      let flags = wanted.compactMap { flag, isFor -> String? in
        let count = plan.pods.count(where: isFor)
        return count == 0 ? nil : "\(flag) (\(count.pods))"
      }
      return flags.isEmpty
        ? Judgement(.ok, "none") : Judgement(.warning, flags.joined(separator: ", "))
    case .daemonsets:
      return pods(
        plan, { $0.verdict.cause == .daemonSet }, "stays, and its DaemonSet would bring it back at once",
        many: "stay, and their DaemonSets would bring them back at once", none: "it has none")
    case .localData:
      return pods(
        plan, { !$0.loses.isEmpty }, "loses data", many: "lose data", none: "no pod loses data",
        detail: { $0.loses.map(\.text).joined(separator: ", ") })
    case .bare:
      return pods(
        plan, { [.noController, .daemonSetGone].contains($0.verdict.cause) },
        "is gone for ever: nothing replaces it", many: "are gone for ever: nothing replaces them",
        none: "nothing goes that has no controller")
    case .budgets: return budgets(plan)
    case .room: return room(plan)
    case .outages:
      return pods(
        plan,
        {
          $0.warnings.contains {
            switch $0 {
            case .isOutage, .isLastEndpoint: true
            default: false
            }
          }
        }, "would be missed until its replacement is Ready", many: "would be missed until replacements are Ready",
        none: "no pod here is the last Ready one of its owner or Service",
        detail: { $0.warnings.map(\.text).joined(separator: "; ") })
    case .controlPlane: return controlPlane(plan)
    case .left: return left(plan, node)
    }
  }

  private func pods(
    _ plan: DrainPlan, _ isMeant: (PodPlan) -> Bool, _ one: String, many: String, none: String,
    detail: (PodPlan) -> String = { $0.owner?.shortText ?? "no owner" }
  ) -> Judgement {
    let found = plan.pods.filter(isMeant)
    guard !found.isEmpty else { return Judgement(.ok, none) }
    return Judgement(
      .warning, "\(found.count.pods) \(found.count == 1 ? one : many): \(found.map(\.fullName).few)",
      evidence: found.prefix(20).map { Diagnosis.Evidence($0.reference, "pod", detail($0)) })
  }

  private func budgets(_ plan: DrainPlan) -> Judgement {
    let never = plan.pods.filter(\.isNeverEvicted)
    let waiting = plan.pods.filter { !$0.isNeverEvicted && $0.blockedBy.contains { $0.state == .waits } }
    let evidence = (never + waiting).prefix(20).flatMap { pod in
      pod.blockedBy.filter { $0.state != .allowed }.map { verdict in
        Diagnosis.Evidence(
          pod.reference, "budget \(verdict.budget.name)",
          "needs \(verdict.needs), has \(verdict.has)\(verdict.reason.isEmpty ? "" : ": \(verdict.reason)")")
      }
    }
    if !never.isEmpty {
      let names = Set(never.flatMap(\.blockedBy).filter { $0.state == .never }.map(\.budget.name)).sorted()
      return Judgement(
        .problem, "budget \(names.few) never allows the eviction of \(never.map(\.fullName).few)", evidence: evidence)
    }
    let outside = waiting.filter { $0.outsideWait != nil }
    if !outside.isEmpty {
      let names = Set(outside.compactMap { $0.outsideWait?.budget.name }).sorted()
      let sick = Set(outside.flatMap(\.waitsFor)).sorted().map(\.name)
      return Judgement(
        .problem,
        "budget \(names.few) has no room now: \(outside.map(\.fullName).few) "
          + (outside.count == 1 ? "waits" : "wait") + " for \(sick.isEmpty ? "more pods" : sick.few) to be Ready",
        evidence: evidence)
    }
    if !waiting.isEmpty {
      return Judgement(
        .warning,
        "\(waiting.count.pods) must wait until replacements of others are Ready: \(waiting.map(\.fullName).few)",
        evidence: evidence)
    }
    return Judgement(.ok, "no budget stands in the way")
  }

  private func room(_ plan: DrainPlan) -> Judgement {
    var homeless: [(pod: PodPlan, reason: String)] = []
    var unknown: [(pod: PodPlan, reason: String)] = []
    var returning: [PodPlan] = []
    var placed = 0
    for pod in plan.pods {
      switch pod.replacement {
      case .findsNoRoom(let reason): homeless.append((pod, reason))
      case .unknown(let reason): unknown.append((pod, reason))
      case .fits: placed += 1
      case .comesBack: returning.append(pod)
      case Replacement.none?, nil: break
      }
    }
    let evidence = (homeless + unknown).prefix(20).map {
      Diagnosis.Evidence($0.pod.reference, "replacement", $0.reason)
    }
    if let first = homeless.first {
      return Judgement(
        .problem, "\(homeless.count.pods) would stay Pending: \(first.pod.fullName): \(first.reason)",
        evidence: evidence)
    }
    if !returning.isEmpty {
      return Judgement(
        .problem,
        "\(returning.count.pods) would come back to the node, which their template names: "
          + returning.map(\.fullName).few)
    }
    if let first = unknown.first {
      return Judgement(Doubt(.notRead, "where \(first.pod.fullName) goes: \(first.reason)"), evidence: evidence)
    }
    return Judgement(
      .ok,
      placed == 0
        ? "nothing has to be placed anew"
        : placed == 1 ? "1 pod fits on another node" : "\(placed) pods fit on other nodes")
  }

  private func controlPlane(_ plan: DrainPlan) -> Judgement {
    guard let node = plan.nodes.first else { return Judgement(.notApplicable, "the node is not there any more") }
    var verdict = Verdict.notApplicable
    var words: [String] = []
    for warning in node.warnings {
      switch warning {
      case .isControlPlane(let others): verdict = others == 0 ? .problem : verdict == .problem ? .problem : .ok
      case .hasEtcd(let left, let all):
        if left < all / 2 + 1 {
          verdict = .problem
        } else if left == all / 2 + 1, verdict != .problem {
          verdict = .warning
        }
      case .etcdIsElsewhere: if verdict != .problem { verdict = .warning }
      default: continue
      }
      words.append(warning.text)
    }
    return Judgement(verdict, words.isEmpty ? "it is no control plane" : words.joined(separator: "; "))
  }

  private func left(_ plan: DrainPlan, _ node: Node) -> Judgement {
    let left = plan.pods.filter { $0.verdict.isRemoval }
    guard node.spec.unschedulable else {
      return Judgement(.warning, "it is not cordoned; \(left.count.pods) would have to go")
    }
    guard !left.isEmpty else { return Judgement(.ok, "only pods of DaemonSets and static pods are left") }
    return Judgement(
      .problem, "\(left.count.pods) must still go: \(left.map(\.fullName).few)",
      evidence: left.prefix(20).map { Diagnosis.Evidence($0.reference, "is on", $0.node) })
  }
}

extension PlaybookFacts {
  /// What draining the subject would do when kubectl is told to do all it can; nil when it is no node.
  func planDrain() -> DrainPlan? {
    guard let node = object as? Node else { return nil }
    var options = DrainOptions()
    options.ignoreDaemonSets = true
    options.deleteEmptyDirData = true
    options.force = true
    let snapshot = makeSnapshot(state)
    var planner = DrainPlanner(state, options: options, rules: snapshot.rules, now: now)
    planner.snapshot = snapshot
    let plan = planner.plan([node.metadata.name])
    return plan.nodes.isEmpty ? nil : plan
  }
}

extension PodPlan {
  fileprivate var fullName: String { "\(name.namespace)/\(name.name)" }

  fileprivate var reference: ObjectReference {
    var reference = ObjectReference()
    reference.kind = Pod.resource.kind
    reference.apiVersion = Pod.resource.apiVersion
    reference.namespace = name.namespace
    reference.name = name.name
    reference.uid = uid
    return reference
  }
}

extension Int {
  var pods: String { "\(self) pod\(self == 1 ? "" : "s")" }
}

extension [String] {
  /// The first few, and how many more.
  var few: String {
    prefix(4).joined(separator: ", ") + (count > 4 ? " and \(count - 4) more" : "")
  }
}
