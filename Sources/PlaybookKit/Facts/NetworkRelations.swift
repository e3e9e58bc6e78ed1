import ClusterState
import Expressions
import Kube

/// Names for what stands between a client and a pod.
let networkRelations: [Relation] = [
  Relation(
    "ingresses", .list(.record(Ingress.self)), "the Ingresses that lead to the Service; the subject, if it is one",
    reads: [Ingress.self, Service.self]
  ) { facts in Relation.list(facts.ingresses) },
  Relation(
    "policies", .list(.record(NetworkPolicy.self)), "the NetworkPolicies that select a pod of the subject",
    reads: [NetworkPolicy.self, Pod.self] + Relation.owners
  ) { facts in Relation.list(facts.policies) },
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

extension Ingress {
  /// The Services that it names, in the order of its rules, the default one last.
  var backends: [IngressServiceBackend] {
    spec.rules.flatMap { $0.http?.paths.compactMap(\.backend.service) ?? [] }
      + [spec.defaultBackend?.service].compactMap { $0 }
  }
}

extension Endpoint {
  /// Whether it gets traffic: unset means ready, so the API defines it.
  var isReady: Bool { conditions.ready ?? true }
}
