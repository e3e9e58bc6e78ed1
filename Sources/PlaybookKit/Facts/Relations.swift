import ClusterState
import Diagnosis
import Draining
import Expressions
import Kube
import Scheduling

/// A name that the expressions of playbooks may use besides the fields of the subject.
public struct Relation: Sendable {
  /// The name.
  public let name: String
  /// Its type.
  public let type: FieldType
  /// What it stands for, in a few words.
  public let about: String
  /// The kinds that must be watched for it.
  public let reads: [any KubeObject.Type]
  let value: @Sendable (PlaybookFacts) -> Outcome

  init(
    _ name: String, _ type: FieldType, _ about: String, reads: [any KubeObject.Type] = [],
    value: @escaping @Sendable (PlaybookFacts) -> Outcome
  ) {
    self.name = name
    self.type = type
    self.about = about
    self.reads = reads
    self.value = value
  }

  /// The relation with a name.
  public static func named(_ name: String) -> Relation? { byName[name] }

  private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// Controllers, which many relations go through.
  static let owners: [any KubeObject.Type] = [
    ReplicaSet.self, Deployment.self, StatefulSet.self, DaemonSet.self, Job.self, CronJob.self,
  ]

  /// Every relation, in the order of the documentation.
  public static let all: [Relation] = common + workloadRelations + networkRelations

  private static let common: [Relation] = [
    Relation("kind", .string, "the kind of the subject, such as `Pod`") { facts in
      .value(facts.object.map { .string(Swift.type(of: $0).resource.kind) } ?? .null)
    },
    Relation("now", .timestamp, "the moment") { .value(.timestamp($0.now)) },
    Relation("pod", .record(Pod.self), "the subject, if it is a pod", reads: [Pod.self]) { facts in
      .value(facts.pod.map { .record($0) } ?? .null)
    },
    Relation(
      "container", .record(ContainerFacts.self),
      "the container of the pod that matters: the one asked for, the one the finding is about, or the one that fails",
      reads: [Pod.self]
    ) { facts in .value(facts.container.map { .record($0) } ?? .null) },
    Relation(
      "containers", .list(.record(ContainerFacts.self)), "all containers of the pod, init containers first",
      reads: [Pod.self]
    ) { facts in .value(.list(facts.containers.map { .record($0) })) },
    Relation(
      "owner", .record(WorkloadFacts.self),
      "the top of the chain of owners that runs pods from a template; what an autoscaler scales", reads: owners
    ) { facts in outcome(facts.workload.map { .record($0.facts) }) },
    relation("deployment", Deployment.self, "the Deployment: the subject, or the one above it"),
    relation("replicaset", ReplicaSet.self, "the ReplicaSet: the subject, or the one above it"),
    relation("statefulset", StatefulSet.self, "the StatefulSet: the subject, or the one above it"),
    relation("daemonset", DaemonSet.self, "the DaemonSet: the subject, or the one above it"),
    relation("job", Job.self, "the Job: the subject, or the one above it"),
    relation("cronjob", CronJob.self, "the CronJob: the subject, or the one above it"),
    Relation("node", .record(Node.self), "the node: the subject, or that of the pod", reads: [Node.self]) { facts in
      outcome(facts.node.map { .record($0) })
    },
    Relation(
      "placement", .record(PlacementFacts.self),
      "what would place the pod, as the check `placement` finds it; null for other kinds",
      reads: PlacementQuestion.reads
    ) { facts in
      guard let pod = facts.pod, let answer = facts.placement else { return .value(.null) }
      return .value(.record(PlacementFacts(answer, pod)))
    },
    Relation(
      "namespace", .record(Namespace.self), "the namespace of the subject", reads: [Namespace.self]
    ) { facts in
      facts.namespace.isEmpty
        ? .value(.null) : outcome(facts.state.look(Namespace.self, name: facts.namespace).map { .record($0) })
    },
    Relation(
      "pods", .list(.record(Pod.self)),
      "the pods that belong to the subject: all of the same owner for a pod, else those of the workload, on the node, "
        + "behind the Service, under the budget, that use the claim, in the namespace",
      reads: [Pod.self] + owners
    ) { facts in list(facts.pods) },
    Relation(
      "events", .list(.record(EventFacts.self)), "the events about the subject, newest first", reads: [Event.self]
    ) { facts in eventList(facts.ownEvents) },
    Relation(
      "ownerEvents", .list(.record(EventFacts.self)), "the events about `owner`, newest first",
      reads: [Event.self] + owners
    ) { facts in
      eventList(facts.workload.flatMap { facts.events(about: $0.object, kind: $0.facts.kind) })
    },
    Relation(
      "nodeEvents", .list(.record(EventFacts.self)), "the events about `node`, newest first",
      reads: [Event.self, Node.self]
    ) { facts in eventList(facts.node.flatMap { facts.events(about: $0, kind: "Node") }) },
    Relation(
      "claims", .list(.record(PersistentVolumeClaim.self)), "the claims of the pod that exist",
      reads: [PersistentVolumeClaim.self]
    ) { facts in list(facts.claims) },
    Relation(
      "claim", .record(PersistentVolumeClaim.self),
      "the claim: the subject, or the first of the pod that is not bound, else its first; of a volume the one that its "
        + "claimRef names",
      reads: [PersistentVolumeClaim.self]
    ) { facts in outcome(facts.claim.map { .record($0) }) },
    Relation(
      "volume", .record(PersistentVolume.self), "the PersistentVolume: the subject, or that of `claim`",
      reads: [PersistentVolume.self, PersistentVolumeClaim.self]
    ) { facts in outcome(facts.volume.map { .record($0) }) },
    Relation(
      "storageclass", .record(StorageClass.self), "the StorageClass: the subject, or that of `claim` or the volume",
      reads: [StorageClass.self, PersistentVolumeClaim.self]
    ) { facts in outcome(facts.storageClass.map { .record($0) }) },
    Relation(
      "services", .list(.record(Service.self)),
      "the Services that select the pod or the workload's pods; the subject, if it is one; those that an Ingress names, "
        + "without a ready endpoint first",
      reads: [Service.self, EndpointSlice.self]
    ) { facts in list(facts.services) },
    Relation(
      "slices", .list(.record(EndpointSlice.self)), "the EndpointSlices of the Service",
      reads: [EndpointSlice.self]
    ) { facts in list(facts.slices) },
    Relation(
      "autoscalers", .list(.record(HorizontalPodAutoscaler.self)), "the autoscalers that scale `owner`",
      reads: [HorizontalPodAutoscaler.self] + owners
    ) { facts in list(facts.autoscalers) },
    Relation(
      "budgets", .list(.record(PodDisruptionBudget.self)), "the disruption budgets that select the pod",
      reads: [PodDisruptionBudget.self]
    ) { facts in list(facts.budgets) },
    Relation(
      "quotas", .list(.record(ResourceQuota.self)), "the quotas of the namespace", reads: [ResourceQuota.self]
    ) { facts in list(facts.quotas) },
    Relation(
      "limitranges", .list(.record(LimitRange.self)), "the LimitRanges of the namespace", reads: [LimitRange.self]
    ) { facts in
      list(facts.state.look(all: LimitRange.self, namespace: facts.namespace))
    },
    Relation(
      "serviceaccount", .record(ServiceAccount.self), "the account that the pod acts as", reads: [ServiceAccount.self]
    ) { facts in outcome(facts.serviceAccount.map { .record($0) }) },
    Relation(
      "nodes", .list(.record(Node.self)), "all nodes", reads: [Node.self]
    ) { facts in list(facts.state.look(all: Node.self, namespace: "")) },
    Relation(
      "finding", .record(FindingSummary.self),
      "what triage says about the subject: the first of the playbook's findings, else the worst"
    ) { facts in .value(facts.finding.map { .record(FindingSummary($0, now: facts.now)) } ?? .null) },
    Relation(
      "findings", .list(.record(FindingSummary.self)),
      "what triage says about the subject and its pods, owners, node and claims, the worst first"
    ) { facts in .value(.list(facts.findings.map { .record(FindingSummary($0, now: facts.now)) })) },
    Relation(
      "lines", .map(.string),
      "the line that an earlier step has found in what it read, by the step's id: `lines[\"log\"]`; null where there is none"
    ) { facts in
      .value(
        .map(SmallMap(uniquing: facts.lines.sorted { $0.key < $1.key }.map { ($0.key, FieldValue.string($0.value)) })))
    },
    Relation(
      "verdicts", .map(.string),
      "the verdict of an earlier step on the way, by the step's id: `verdicts[\"log\"] == \"problem\"`"
    ) { facts in
      let words = facts.verdicts.sorted { $0.key < $1.key }.map { ($0.key, FieldValue.string($0.value.rawValue)) }
      return .value(.map(SmallMap(uniquing: words)))
    },
    Relation(
      "answers", .map(.string),
      "what a person has said to a step, whether it is on the way or not, by the step's id: yes, no or skip; a question "
        + "that is asked only under a condition stays with `\"id\" in answers || ...` when that does not hold any more"
    ) { facts in
      let words = facts.answers.sorted { $0.key < $1.key }.map { ($0.key, FieldValue.string($0.value)) }
      return .value(.map(SmallMap(uniquing: words)))
    },
    Relation(
      "answered", .timestamp, "in `stands`: when the latest contribution to the step was made; null elsewhere"
    ) { facts in .value(facts.answered.map { .timestamp($0) } ?? .null) },
    Relation(
      "drained", .timestamp,
      "when podmedic's last drain of the node began, by its logs on this machine; null without one"
    ) { facts in
      let last = (facts.object as? Node).flatMap { facts.findDrains($0).map(\.header.time).max() }
      return .value(last.map { .timestamp($0) } ?? .null)
    },
    Relation(
      "usage", .record(UsageRecord.self), "what `container` uses now; unknown while metrics are not served"
    ) { facts in
      outcome(
        facts.usage.flatMap { usage in
          let name = facts.container?.name ?? ""
          return usage[name].map { .found(.record($0)) }
            ?? .unknown(Doubt(.notRead, "metrics have no sample of \(name.isEmpty ? "it" : "container \(name)")"))
        })
    },
  ]

  private static func relation<Object: KubeObject>(
    _ name: String, _ type: Object.Type, _ about: String
  ) -> Relation {
    Relation(name, .record(Object.self), about, reads: owners) { facts in
      outcome(facts.owner(Object.self).map { .record($0) })
    }
  }

  private static func outcome(_ lookup: Lookup<FieldValue>) -> Outcome {
    switch lookup {
    case .found(let value): .value(value)
    case .none: .value(.null)
    case .unknown(let doubt): .unknown(doubt.text)
    }
  }

  static func list(_ lookup: Lookup<[some KubeRecord]>) -> Outcome {
    outcome(lookup.map { .list($0.map { .record($0) }) })
  }

  private static func eventList(_ lookup: Lookup<[Event]>) -> Outcome {
    list(lookup.map { $0.map { EventFacts($0) } })
  }
}

extension PlaybookFacts {
  /// The Services that select the pod or the workload's pods; the subject, if it is one; those of an Ingress.
  public var services: Lookup<[Service]> {
    if let service = object as? Service { return .found([service]) }
    if let ingress = object as? Ingress { return services(of: ingress) }
    guard let labels = pod?.metadata.labels ?? workload.value?.facts.template.metadata.labels else { return .none }
    return state.look(all: Service.self, namespace: namespace) { service in
      !service.spec.selector.isEmpty
        && service.spec.selector.entries.allSatisfy { labels[$0.key] == $0.value }
    }
  }

  /// The EndpointSlices of the Service, or of the first of the pod's.
  public var slices: Lookup<[EndpointSlice]> {
    services.flatMap { services in
      guard let service = services.first else { return .none }
      return state.look(all: EndpointSlice.self, namespace: namespace) {
        $0.metadata.labels["kubernetes.io/service-name"] == service.metadata.name
      }
    }
  }

  /// The autoscalers that scale the workload; the subject, if it is one.
  public var autoscalers: Lookup<[HorizontalPodAutoscaler]> {
    if let autoscaler = object as? HorizontalPodAutoscaler { return .found([autoscaler]) }
    return workload.flatMap { workload in
      state.look(all: HorizontalPodAutoscaler.self, namespace: namespace) {
        $0.spec.scaleTargetRef.kind == workload.facts.kind && $0.spec.scaleTargetRef.name == workload.facts.name
      }
    }
  }

  /// The disruption budgets that select the pod; the subject, if it is one.
  public var budgets: Lookup<[PodDisruptionBudget]> {
    if let budget = object as? PodDisruptionBudget { return .found([budget]) }
    guard let labels = pod?.metadata.labels ?? workload.value?.facts.template.metadata.labels else { return .none }
    return state.look(all: PodDisruptionBudget.self, namespace: namespace) {
      $0.spec.selector?.matches(labels) ?? false
    }
  }

  /// The quotas of the namespace; the subject, if it is one.
  public var quotas: Lookup<[ResourceQuota]> {
    if let quota = object as? ResourceQuota { return .found([quota]) }
    return namespace.isEmpty ? .none : state.look(all: ResourceQuota.self, namespace: namespace)
  }

  /// The account that the pod, or the workload's pods, act as.
  public var serviceAccount: Lookup<ServiceAccount> {
    guard let spec = pod?.spec ?? workload.value?.facts.template.spec else { return .none }
    let name = spec.serviceAccountName.isEmpty ? "default" : spec.serviceAccountName
    return state.look(ServiceAccount.self, namespace: namespace, name: name)
  }
}

/// The types that a playbook's expressions are checked against, and the values they get.
public enum PlaybookScope {
  /// The name of what kubectl's columns compute from the subject.
  static let derived = "derived"

  /// The kinds that playbooks may be about.
  public static let kinds: [String] = builtInKinds.map { $0.resource.kind }

  /// The type of a kind's objects.
  public static func type(ofKind kind: String) -> (any KubeObject.Type)? { types[kind] }

  private static let types = Dictionary(
    builtInKinds.map { ($0.resource.kind, $0) }, uniquingKeysWith: { first, _ in first })

  /// Made once: every expression of every playbook is checked against it, for each of its kinds.
  private static let relationTypes = SmallMap(uniquing: Relation.all.map { ($0.name, $0.type) })

  /// The scope of expressions about a subject of a kind; nil for playbooks without a subject.
  static func scope(kind: String?) -> Scope {
    var names = relationTypes
    guard let type = kind.flatMap({ type(ofKind: $0) }) else { return Scope(object: nil, names: names) }
    if let derived = Derived.type(for: type) { names[Self.derived] = .record(derived) }
    return Scope(object: .record(type), names: names)
  }

  /// The values of the names that an expression uses.
  static func bindings(_ expression: Expression, _ facts: PlaybookFacts) -> Bindings {
    bindings(expression.names, facts)
  }

  /// The values of names.
  static func bindings(_ names: Set<String>, _ facts: PlaybookFacts) -> Bindings {
    var values = SmallMap<Outcome>()
    for name in names.sorted() {
      if name == derived {
        let value = facts.object.flatMap { Derived.value(of: $0) }
        values[name] = .value(value.map { .record($0) } ?? .null)
      } else if let relation = Relation.named(name) {
        values[name] = relation.value(facts)
      }
    }
    return Bindings(object: facts.object.map { .record($0) } ?? .null, names: values)
  }
}

extension Template {
  /// The text about a run's subject; `line` is what `{line}` stands for, `said` what `{said}` does.
  func text(_ facts: PlaybookFacts, line: String? = nil, said: String? = nil) -> String {
    var bindings = bindings(facts)
    if let line { bindings.names["line"] = .value(.string(line)) }
    if let said { bindings.names["said"] = .value(.string(said)) }
    return text(bindings, now: facts.now)
  }

  /// The line to type about a run's subject; nil when a part of it is missing.
  func line(_ facts: PlaybookFacts) -> String? { line(bindings(facts), now: facts.now) }

  /// The text about a run's subject, or why there is none.
  func wholeText(_ facts: PlaybookFacts) -> Lookup<String> { wholeText(bindings(facts), now: facts.now) }

  private func bindings(_ facts: PlaybookFacts) -> Bindings {
    let names = expressions.reduce(into: Set<String>()) { $0.formUnion($1.names) }
    return names.isEmpty ? Bindings() : PlaybookScope.bindings(names, facts)
  }
}
