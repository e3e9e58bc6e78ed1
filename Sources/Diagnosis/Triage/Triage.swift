import ClusterState
import Kube

/// The diagnosis of a whole scope: what is wrong, in groups, and what could not be told.
public struct TriageReport: Sendable, Equatable {
  /// Every finding, the worst first, then the newest.
  public var findings: [Finding] = []
  /// The findings by owner and cause, in the same order.
  public var groups: [FindingGroup] = []
  /// What could not be told, and why.
  public var unknowns: [Unknown] = []

  /// Objects of kinds that are not read, in order, about which it matters whether they exist: who can ask the server puts
  /// the answers into the state and diagnoses again.
  public var named: [NamedObject] = []

  /// The worst finding about an object.
  public func finding(for uid: String) -> Finding? { worst[uid] }

  private var worst: [String: Finding] = [:]

  /// Sorts and groups findings.
  init(findings: [Finding] = [], unknowns: [Unknown] = [], named: [NamedObject] = [], state: ClusterState) {
    self.findings = findings.sorted(by: Finding.precedes)
    self.named = named
    groups = FindingGroup.groups(of: self.findings, state: state)
    self.unknowns = unknowns.sorted { ($0.subject, $0.reason) < ($1.subject, $1.reason) }
    for finding in self.findings where worst[finding.object.uid] == nil { worst[finding.object.uid] = finding }
  }
}

/// What triage reads and how it is done once.
public enum Triage {
  /// A kind that triage reads.
  public struct Source: Sendable {
    /// The kind.
    public var type: any KubeObject.Type
    /// Without these there is no triage; the others make it better where they are served and allowed.
    public var isRequired: Bool
    /// What cannot be told without the kind.
    public var purpose: String
    /// Where there are objects of this kind, nobody can call them well without the source.
    public var judges: (any KubeObject.Type)?

    /// Whether nothing can be called well without the kind, as far as it is known what there is to judge. A kind that the
    /// server does not have is not missed.
    public func isMissed(in state: ClusterState) -> Bool {
      let store = state.store(anyOf: type)
      if store?.freshness.isComplete == true { return false }
      if isRequired { return true }
      guard let judges, store?.freshness != .notServed else { return false }
      return (state.store(anyOf: judges)?.count ?? 0) > 0
    }
  }

  /// The kinds that triage wants watched.
  public static let sources: [Source] = [
    Source(type: Pod.self, isRequired: true, purpose: "what is wrong with pods"),
    Source(type: Node.self, isRequired: true, purpose: "which nodes are not ready"),
    Source(type: Event.self, isRequired: true, purpose: "causes that only events tell"),
    Source(type: Deployment.self, isRequired: true, purpose: "missing replicas and stuck rollouts"),
    Source(type: ReplicaSet.self, isRequired: true, purpose: "which Deployment a pod belongs to"),
    Source(type: StatefulSet.self, isRequired: false, purpose: "missing replicas of StatefulSets"),
    Source(type: DaemonSet.self, isRequired: false, purpose: "missing pods of DaemonSets"),
    Source(type: Job.self, isRequired: false, purpose: "failed Jobs"),
    Source(type: CronJob.self, isRequired: false, purpose: "missed schedules"),
    Source(
      type: Service.self, isRequired: false, purpose: "Services without endpoints, Ingresses without a Service",
      judges: Ingress.self),
    Source(
      type: EndpointSlice.self, isRequired: false, purpose: "Services without ready endpoints", judges: Service.self),
    Source(type: Ingress.self, isRequired: false, purpose: "Ingresses without a Service"),
    Source(type: IngressClass.self, isRequired: false, purpose: "Ingresses of a class that does not exist"),
    Source(type: PersistentVolumeClaim.self, isRequired: false, purpose: "claims that are not bound"),
    Source(type: PersistentVolume.self, isRequired: false, purpose: "volumes that are left over"),
    Source(type: StorageClass.self, isRequired: false, purpose: "claims whose class is missing"),
    Source(type: PodDisruptionBudget.self, isRequired: false, purpose: "budgets that block evictions"),
    Source(type: ResourceQuota.self, isRequired: false, purpose: "quotas that are used up"),
    Source(type: HorizontalPodAutoscaler.self, isRequired: false, purpose: "autoscalers that cannot act"),
    Source(type: APIService.self, isRequired: false, purpose: "extensions of the API that do not answer"),
    Source(type: Namespace.self, isRequired: false, purpose: "namespaces that do not go away"),
  ]

  /// Kinds that are too large to be read from a server for the little that they add to triage, but are at hand in a
  /// capture. Of a server it is asked by name about the few objects that matter: see `TriageReport.named`.
  public static let furtherResources: [any KubeObject.Type] = [ConfigMap.self, Secret.self, Lease.self]

  /// The kinds alone.
  public static var resources: [any KubeObject.Type] { sources.map(\.type) }

  /// A diagnosis from scratch. Who diagnoses again and again keeps a `TriageEngine`.
  public static func diagnose(_ state: ClusterState, namespace: String? = nil, now: Timestamp) -> TriageReport {
    TriageEngine(state).diagnose(namespace: namespace, now: now)
  }
}
