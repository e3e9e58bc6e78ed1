import ClusterState
import Diagnosis
import Kube

/// Everything a person wants to know about one object, on one page: what is wrong with it, what it belongs to, owns and
/// stands on, what `kubectl describe` tells, and what happened around it.
public struct ObjectDetails: Sendable, Equatable {
  /// The parts of the page, the most pressing first.
  public var sections: [DetailSection]

  /// A page of given parts.
  init(sections: [DetailSection]) { self.sections = sections }

  /// The page of an object.
  ///
  /// - Parameters:
  ///   - object: the whole object as the server has it; nonsense makes a poor page but never a failure.
  ///   - resource: its kind.
  ///   - cluster: what is known around it. What is not read there is said to be unknown, never to be missing.
  ///   - findings: about it and what it owns, in the order to show.
  ///   - now: the moment that ages are told for.
  public init(object: JSONValue, resource: Resource, cluster: ClusterState, findings: [Finding], now: Timestamp) {
    var page = Page(now: now)
    let subject = Subject(object, resource)
    page.findings(findings, about: subject)
    let around = Surroundings(of: subject, in: cluster)
    page.relations(of: subject, around, in: cluster)
    page.describe(subject, in: cluster)
    page.timeline(of: subject, around, in: cluster)
    sections = page.sections
  }
}

extension ObjectDetails {
  /// The kinds that the page of an object of this kind also reads, its events first. All are of the object's own
  /// namespace where they have one; of a Namespace, of the namespace that it is.
  public static func sources(of resource: Resource) -> [any KubeObject.Type] {
    let others: [any KubeObject.Type] =
      switch builtInKind(group: resource.group, plural: resource.plural)?.resource.kind {
      case "Deployment": [ReplicaSet.self, Pod.self]
      case "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job", "PodDisruptionBudget": [Pod.self]
      case "CronJob": [Job.self]
      case "Node", "ConfigMap", "Secret", "ServiceAccount": [Pod.self]
      case "Service": [EndpointSlice.self, Pod.self]
      case "Ingress": [Service.self, EndpointSlice.self]
      case "PersistentVolumeClaim": [Pod.self, PersistentVolume.self, StorageClass.self]
      case "PersistentVolume": [PersistentVolumeClaim.self]
      case "Namespace": [ResourceQuota.self, LimitRange.self]
      default: []
      }
    return [Event.self] + others
  }
}

/// The object that a page is about.
struct Subject {
  /// The whole object.
  let json: JSONValue
  /// Its kind.
  let resource: Resource
  /// The object in its own type; nil for other kinds and for nonsense.
  let typed: (any KubeObject)?

  init(_ json: JSONValue, _ resource: Resource) {
    self.json = json
    self.resource = resource
    let known = builtInKind(group: resource.group, plural: resource.plural)
    typed = known.flatMap { Subject.decode($0.type, json) }
  }

  /// Its kind when that is one of Kubernetes' own; "" for others, whose kinds may have the same names.
  var builtIn: String { builtInKind(group: resource.group, plural: resource.plural)?.resource.kind ?? "" }
  var name: String { json.text("metadata", "name") }
  var namespace: String { json.text("metadata", "namespace") }
  var uid: String { json.text("metadata", "uid") }

  private static func decode<Object: KubeObject>(_ type: Object.Type, _ json: JSONValue) -> Object? {
    let bytes = json.bytes()
    return bytes.withUnsafeBufferPointer { bytes in
      var reader = JSONReader(UnsafeRawBufferPointer(bytes), pool: StringPool(capacity: 256))
      do throws(DecodingFailure) {
        return try Object(json: &reader)
      } catch {
        return nil  // the page is written from the document; only what needs the type is left out
      }
    }
  }
}

extension Page {
  /// What `kubectl describe` tells of a kind.
  mutating func describe(_ subject: Subject, in cluster: ClusterState) {
    let object = subject.json
    switch subject.builtIn {
    case "Pod": pod(object, summary: (subject.typed as? Pod).map { PodSummary($0) })
    case "Deployment": deployment(object, sets: cluster.owned(by: subject))
    case "ReplicaSet", "ReplicationController":
      replicaSet(object, kind: subject.builtIn, pods: cluster.owned(by: subject))
    case "StatefulSet": statefulSet(object, pods: cluster.owned(by: subject))
    case "DaemonSet": daemonSet(object, pods: cluster.owned(by: subject))
    case "Job": job(object)
    case "CronJob": cronJob(object)
    case "Node":
      let isRead = cluster.isConclusive(Pod.self) && cluster.store(of: Pod.self)?.coverage == .cluster
      node(object, pods: isRead ? cluster.pods(onNode: subject.name) : nil)
    case "Service": service(object, slices: cluster.slices(ofService: subject.name, namespace: subject.namespace))
    case "Endpoints": endpoints(object)
    case "EndpointSlice": endpointSlice(object)
    case "Ingress": ingress(object, in: cluster)
    case "IngressClass": ingressClass(object)
    case "NetworkPolicy": networkPolicy(object)
    case "PersistentVolumeClaim": persistentVolumeClaim(object)
    case "PersistentVolume": persistentVolume(object)
    case "StorageClass": storageClass(object)
    case "ConfigMap": configMap(object)
    case "Secret": secret(object)
    case "ServiceAccount": serviceAccount(object)
    case "Namespace": namespace(object, in: cluster)
    case "ResourceQuota": quota(object)
    case "LimitRange": limitRange(object)
    case "PodDisruptionBudget": budget(object)
    case "HorizontalPodAutoscaler": autoscaler(object)
    case "Lease": lease(object)
    case "Event": event(object)
    case "Role", "ClusterRole": role(object, kind: subject.builtIn)
    case "RoleBinding", "ClusterRoleBinding": binding(object, kind: subject.builtIn)
    default: anything(object, kind: subject.resource.kind)
    }
  }
}

extension ClusterState {
  /// The slices of a Service; nil when it cannot be told whether those that are known are all.
  func slices(ofService name: String, namespace: String) -> [EndpointSlice]? {
    guard isConclusive(EndpointSlice.self, namespace: namespace) else { return nil }
    return all(EndpointSlice.self).filter {
      $0.metadata.namespace == namespace && $0.metadata.labels["kubernetes.io/service-name"] == name
    }
  }

  /// What an object controls of a kind; nil when it cannot be told whether those that are known are all.
  func owned<Object: KubeObject>(by subject: Subject) -> [Object]? {
    guard !subject.uid.isEmpty, isConclusive(Object.self, namespace: subject.namespace) else { return nil }
    return owned(Object.self, by: subject.uid)
  }
}
