import ClusterState
import Kube

/// What remedies are worked out with besides the objects themselves.
public struct RemedyScene {
  /// The cluster as far as it is read; `RemedyOrder.needs` says what should be.
  public let state: ClusterState
  /// What the server serves.
  public let catalog: ResourceCatalog
  /// The moment.
  public internal(set) var now: Timestamp
  /// Who changes something, as far as the kubeconfig tells: a run's own user.
  var user = ""

  /// A scene.
  public init(state: ClusterState, catalog: ResourceCatalog, now: Timestamp) {
    self.state = state
    self.catalog = catalog
    self.now = now
  }

  /// The kind of an object in the version that the server serves; nil for kinds that nobody knows.
  func resource(of reference: ObjectReference) -> Resource? {
    let builtIn =
      builtInKind(apiVersion: reference.apiVersion, kind: reference.kind)
      ?? (reference.apiVersion.isEmpty ? builtInKind(named: reference.kind) : nil)
    if let builtIn { return catalog.served(builtIn.type) ?? builtIn.resource }
    return catalog.resources.first {
      $0.kind == reference.kind && (reference.apiVersion.isEmpty || $0.apiVersion == reference.apiVersion)
    }
  }

  /// The type of an object's kind; nil for kinds without one.
  func type(of reference: ObjectReference) -> (any KubeObject.Type)? {
    if let found = builtInKind(apiVersion: reference.apiVersion, kind: reference.kind) { return found.type }
    return reference.apiVersion.isEmpty ? builtInKind(named: reference.kind)?.type : nil
  }

  /// Why a kind cannot be relied on; nil when it is read to the end.
  func doubt<Object: KubeObject>(about type: Object.Type) -> String? {
    let plural = Object.resource.plural
    switch state.store(of: type)?.freshness {
    case .live, .stale: return nil
    case nil, .unread: return "\(plural) have not been read"
    case .loading: return "\(plural) are still being read"
    case .forbidden(let words): return "\(plural) may not be read: \(words)"
    case .notServed: return "the server does not serve \(plural)"
    case .notCaptured(let words): return "\(plural) are not known: \(words)"
    case .failed(let words): return "\(plural) could not be read: \(words)"
    }
  }

  // MARK: Owners

  /// The chain of controllers from an object to the one at the top, the object first.
  func chain(of reference: ObjectReference) throws(RemedyRefusal) -> [ObjectReference] {
    var chain = [reference]
    guard let type = type(of: reference) else { return chain }
    guard let object = found(reference, type) else {
      if let doubt = doubt(about: type) {
        throw RemedyRefusal(.unknown, "who controls \(reference.shortName) cannot be told: \(doubt)")
      }
      throw RemedyRefusal(.missing, "there is no \(reference.shortName)\(Self.place(reference))")
    }
    if !reference.uid.isEmpty, object.metadata.uid != reference.uid {
      throw RemedyRefusal(.missing, "\(reference.shortName) has been replaced by another of the same name")
    }
    chain[0].uid = object.metadata.uid
    chain[0].apiVersion = type.resource.apiVersion
    chain[0].kind = type.resource.kind
    var next = object.metadata.controller
    // Chains are three long in practice; the limit ends circles, which the API does not forbid.
    for _ in 0..<8 {
      guard let owner = next else { return chain }
      var link = ObjectReference()
      link.kind = owner.kind
      link.apiVersion = owner.apiVersion
      link.name = owner.name
      link.uid = owner.uid
      link.namespace = owner.kind == "Node" ? "" : reference.namespace
      chain.append(link)
      guard let known = self.type(of: link) else { return chain }
      guard let above = found(link, known) else {
        guard let doubt = doubt(about: known) else { return chain }
        throw RemedyRefusal(.unknown, "who controls \(link.shortName) cannot be told: \(doubt)")
      }
      next = above.metadata.controller
    }
    return chain
  }

  private func found(_ reference: ObjectReference, _ type: any KubeObject.Type) -> (any ClusterObject)? {
    state.store(of: type)?.object(namespace: reference.namespace, name: reference.name)
  }

  static func place(_ reference: ObjectReference) -> String {
    reference.namespace.isEmpty ? "" : " in namespace \(reference.namespace)"
  }

  // MARK: Relations

  /// The pods below a controller that are not over.
  func pods(below reference: ObjectReference) -> [Pod] {
    let uid = reference.uid
    return
      (state.owned(Pod.self, by: uid)
      + state.owned(ReplicaSet.self, by: uid).flatMap { state.owned(Pod.self, by: $0.metadata.uid) }
      + state.owned(Job.self, by: uid).flatMap { state.owned(Pod.self, by: $0.metadata.uid) })
      .filter { !$0.isTerminal && !$0.isBeingDeleted }
  }

  /// The autoscaler that sets an object's replicas.
  func autoscaler(of reference: ObjectReference) -> HorizontalPodAutoscaler? {
    state.all(HorizontalPodAutoscaler.self).first {
      $0.metadata.namespace == reference.namespace && $0.spec.scaleTargetRef.kind == reference.kind
        && $0.spec.scaleTargetRef.name == reference.name
    }
  }

  /// The budgets that protect a pod.
  func budgets(of pod: Pod) -> [PodDisruptionBudget] {
    state.all(PodDisruptionBudget.self).filter {
      $0.metadata.namespace == pod.metadata.namespace
        && $0.spec.selector?.query?.matches(pod.metadata.labels) ?? false
    }
  }
}

extension RemedyOrder {
  /// The kinds that should be read before the remedy is worked out, and while it is waited for. Those that may not be
  /// read make it say what it cannot tell; they do not stop it unless it depends on them.
  public var needs: [any KubeObject.Type] {
    let controllers: [any KubeObject.Type] = [
      Pod.self, ReplicaSet.self, Deployment.self, StatefulSet.self, DaemonSet.self, ReplicationController.self,
      Job.self, CronJob.self, HorizontalPodAutoscaler.self, PodDisruptionBudget.self,
    ]
    switch name {
    case .setResources: return controllers + [Node.self]
    case .rolloutUndo: return controllers + [ControllerRevision.self]
    case .undo, .deleteObject:
      return controllers + [
        Node.self, Service.self, EndpointSlice.self, PersistentVolumeClaim.self, PersistentVolume.self,
      ]
    case .cordon, .uncordon, .removeTaint, .outOfService, .labelNode: return [Node.self, Pod.self]
    case .deleteFailedPods: return [Pod.self, Namespace.self, Node.self]
    case .expandClaim, .lowerClaim, .clearSelectedNode:
      return [PersistentVolumeClaim.self, PersistentVolume.self, StorageClass.self, Node.self, Pod.self]
    case .clearClaimReference: return [PersistentVolume.self, PersistentVolumeClaim.self]
    case .allowVolumeExpansion: return [StorageClass.self]
    case .patchServiceSelector, .setTargetPort: return [Service.self, EndpointSlice.self, Pod.self]
    case .setIngressClass: return [Ingress.self, IngressClass.self]
    case .patchBudget: return [PodDisruptionBudget.self, Pod.self]
    case .raiseQuota: return [ResourceQuota.self]
    case .webhookFailurePolicy: return [ValidatingWebhookConfiguration.self, MutatingWebhookConfiguration.self]
    case .setAutoscalerBounds: return [HorizontalPodAutoscaler.self]
    case .removeFinalizer: return [Pod.self, PersistentVolumeClaim.self, PersistentVolume.self]
    default: return controllers
    }
  }
}
