import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// What is likely and not certain in the network: ports that nobody declares, Ingresses that nobody takes.
@Suite struct NetworkHintTests {
  private func port(_ number: Int, _ target: IntOrString?, name: String = "") -> ServicePort {
    var port = ServicePort()
    port.port = number
    port.targetPort = target
    port.name = name
    return port
  }

  private func findings(_ target: IntOrString?, declared: [Int], headless: Bool = false) -> [String] {
    let backend = pod {
      $0.metadata.labels = ["app": "web"]
      $0.spec.containers = [
        container("app") {
          $0.ports = declared.map { number in
            var port = ContainerPort()
            port.containerPort = number
            return port
          }
        }
      ]
    }
    let service = object(Service.self, "web") {
      $0.spec.selector = ["app": "web"]
      $0.spec.clusterIP = headless ? "None" : "10.0.0.1"
      $0.spec.ports = [port(80, target)]
    }
    let slice = object(EndpointSlice.self, "web-1") {
      $0.metadata.labels = ["kubernetes.io/service-name": "web"]
      var endpoint = Endpoint()
      endpoint.targetRef = backend.reference
      $0.endpoints = [endpoint]
      $0.ports = [EndpointSlicePort()]
    }
    return DiagnosisTests.findings(cluster([backend, service, slice]))
  }

  @Test func portsThatNobodyDeclaresAreAHint() {
    let hint = "service.port-undeclared notice: port 80 leads to "
    #expect(
      findings(.int(8081), declared: [8080, 9090]) == [
        hint + "8081, which no container of its pods declares (they declare 8080, 9090)"
      ])
    #expect(
      findings(nil, declared: [8080]) == [hint + "80, which no container of its pods declares (they declare 8080)"])
    #expect(findings(.int(8080), declared: [8080]).isEmpty)
    #expect(findings(.int(8081), declared: []).isEmpty, "who declares nothing says nothing")
    #expect(findings(.int(8081), declared: [8080], headless: true).isEmpty, "clients choose the port themselves")
  }

  private func ingress(_ change: (inout Ingress) -> Void = { _ in }) -> Ingress { object(Ingress.self, "shop", change) }

  @Test func anIngressWithoutClassThatNobodyTakes() {
    let plain = object(IngressClass.self, "nginx")
    let standard = object(IngressClass.self, "traefik") {
      $0.metadata.annotations = ["ingressclass.kubernetes.io/is-default-class": "true"]
    }
    #expect(
      DiagnosisTests.findings(cluster([ingress(), plain])) == [
        "ingress.class-missing warning: names no ingress class, and none is the default (there is nginx): no controller "
          + "has taken it"
      ])
    #expect(DiagnosisTests.findings(cluster([ingress()])).isEmpty, "without classes controllers do not go by them")
    #expect(DiagnosisTests.findings(cluster([ingress(), plain, standard])).isEmpty)
    let old = ingress { $0.metadata.annotations = ["kubernetes.io/ingress.class": "nginx"] }
    #expect(DiagnosisTests.findings(cluster([old, plain])).isEmpty)
    let served = ingress { $0.status.loadBalancer.ingress = [LoadBalancerIngress()] }
    #expect(DiagnosisTests.findings(cluster([served, plain])).isEmpty)
    let young = ingress { $0.metadata.creationTimestamp = ago(60) }
    #expect(DiagnosisTests.findings(cluster([young, plain])).isEmpty)
  }
}
