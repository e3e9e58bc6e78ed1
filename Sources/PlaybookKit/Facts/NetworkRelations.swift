import ClusterState
import DataFiles
import Diagnosis
import Expressions
import Kube

/// Names for what stands between a client and a pod.
let networkRelations: [Relation] = [
  Relation(
    "ingresses", .list(.record(Ingress.self)), "the Ingresses that lead to the Service; the subject, if it is one",
    reads: [Ingress.self, Service.self]
  ) { facts in Relation.list(facts.ingresses) },
  Relation(
    "ingressclasses", .list(.record(IngressClass.self)), "all IngressClasses, the default one first",
    reads: [IngressClass.self]
  ) { facts in
    Relation.list(
      facts.state.look(all: IngressClass.self, namespace: "").map { classes in
        classes.sorted { ($0.isDefault ? 0 : 1, $0.metadata.name) < ($1.isDefault ? 0 : 1, $1.metadata.name) }
      })
  },
  Relation(
    "policies", .list(.record(NetworkPolicy.self)), "the NetworkPolicies that select a pod of the subject",
    reads: [NetworkPolicy.self, Pod.self] + Relation.owners
  ) { facts in Relation.list(facts.policies) },
  Relation(
    "backing", .record(WorkloadFacts.self),
    "the workload that the Service seems to be for: its pods have all labels of the selector, or all but one",
    reads: [Service.self, EndpointSlice.self] + Relation.owners
  ) { facts in
    switch facts.service.flatMap({ facts.backing(of: $0) }) {
    case .found(let workload): .value(.record(workload))
    case .none: .value(.null)
    case .unknown(let doubt): .unknown(doubt.text)
    }
  },
]

extension PlaybookFacts {
  /// The Ingresses that lead to the Service (of a pod: its first), or the subject.
  var ingresses: Lookup<[Ingress]> {
    if let ingress = object as? Ingress { return .found([ingress]) }
    return services.flatMap { services in
      let names = Set(services.map(\.metadata.name))
      return state.look(all: Ingress.self, namespace: namespace) { ingress in
        ingress.backends.contains { names.contains($0.name) }
      }
    }
  }

  /// The Services that an Ingress names, those without a ready endpoint first.
  func services(of ingress: Ingress) -> Lookup<[Service]> {
    if let doubt = state.doubt(about: Service.self, namespace: namespace) { return .unknown(doubt) }
    var names: Set<String> = []
    var live: [Service] = []
    var dead: [Service] = []
    for backend in ingress.backends where names.insert(backend.name).inserted {
      guard let service = state.get(Service.self, namespace: namespace, name: backend.name) else { continue }
      let slices = endpointSlices(of: service).value ?? []
      if slices.contains(where: { $0.endpoints.contains(where: \.isReady) }) {
        live.append(service)
      } else {
        dead.append(service)
      }
    }
    return .found(dead + live)
  }

  /// The EndpointSlices of a Service.
  func endpointSlices(of service: Service) -> Lookup<[EndpointSlice]> {
    state.look(all: EndpointSlice.self, namespace: service.metadata.namespace) {
      $0.metadata.labels["kubernetes.io/service-name"] == service.metadata.name
    }
  }

  /// The pods that a Service selects and that have not ended.
  func livePods(of service: Service) -> Lookup<[Pod]> {
    let selector = service.spec.selector
    if selector.isEmpty { return .found([]) }
    return state.look(all: Pod.self, namespace: service.metadata.namespace) { pod in
      !pod.isTerminal && selector.entries.allSatisfy { pod.metadata.labels[$0.key] == $0.value }
    }
  }

  /// The workload whose template has the labels that a Service selects, or all but one of them; of a selector with a
  /// single label only one whose value looks alike.
  func backing(of service: Service) -> Lookup<WorkloadFacts> {
    let selector = service.spec.selector
    if selector.isEmpty { return .none }
    var nearest: (misses: Int, workload: WorkloadFacts)?
    var doubt: Doubt?
    func look<Object: KubeObject>(_ type: Object.Type) {
      switch state.look(all: type, namespace: service.metadata.namespace) {
      case .unknown(let reason): doubt = doubt ?? reason
      case .none: return
      case .found(let objects):
        for workload in objects.compactMap({ WorkloadFacts($0) }) {
          let missed = workload.missedLabels(service)
          guard missed.count < nearest?.misses ?? 2 else { continue }
          if let miss = missed.first, selector.count == 1 {
            let value = workload.template.metadata.labels[miss.key] ?? ""
            guard Suggestion.closest(to: miss.value, among: [value]) != nil else { continue }
          }
          nearest = (missed.count, workload)
        }
      }
    }
    look(Deployment.self)
    look(StatefulSet.self)
    look(DaemonSet.self)
    return nearest.map { .found($0.workload) } ?? doubt.map { .unknown($0) } ?? .none
  }

  /// The first of the Services of the subject.
  var service: Lookup<Service> {
    services.flatMap { services in services.first.map { .found($0) } ?? .none }
  }

  /// The policies that select one of the subject's pods.
  var policies: Lookup<[NetworkPolicy]> {
    let own: Lookup<[Pod]> = pod.map { .found([$0]) } ?? pods
    return own.flatMap { pods in
      state.look(all: NetworkPolicy.self, namespace: namespace) { policy in
        pods.contains { policy.spec.podSelector.matches($0.metadata.labels) ?? false }
      }
    }
  }
}

extension WorkloadFacts {
  /// The labels of a Service's selector that its pods lack or have with another value.
  func missedLabels(_ service: Service) -> [(key: String, value: String)] {
    service.spec.selector.entries.filter { template.metadata.labels[$0.key] != $0.value }
      .map { ($0.key, $0.value) }
  }

  /// What keeps it from being behind the Service, such as `Deployment web has tier=front`.
  func words(_ service: Service) -> String {
    guard let miss = missedLabels(service).first else {
      return wanted == 0 ? "\(kind) \(name) is scaled to 0" : "\(kind) \(name) has these labels but no running pod"
    }
    return
      "\(kind) \(name) has \(template.metadata.labels[miss.key].map { "\(miss.key)=\($0)" } ?? "no label \(miss.key)")"
  }
}

extension Endpoint {
  /// Whether it gets traffic: unset means ready, so the API defines it.
  var isReady: Bool { conditions.ready ?? true }
}

extension IngressClass {
  /// Whether Ingresses that name no class get this one when they are made.
  var isDefault: Bool { metadata.annotations["ingressclass.kubernetes.io/is-default-class"] == "true" }
}
