import Diagnosis
import Kube
import Testing

@testable import PlaybookKit

/// The way of a request, nodes, and the control plane.
@Suite struct NetworkCheckTests {
  private func judge(
    _ check: String, _ objects: String, on object: String, more: String = "",
    _ arguments: [String: CheckArguments.Value] = [:]
  ) throws -> Judgement {
    try #require(Fixtures.judge(check, Fixtures.scenario("[\(objects)]", object: object, more: more), arguments))
  }

  private let pod =
    "{ kind: Pod, metadata: { name: web, labels: { app: web } }, spec: { nodeName: n1, containers: [{ name: a, "
    + "ports: [{ name: http, containerPort: 8080 }, { name: dns, containerPort: 53, protocol: UDP }] }] }, status: { "
    + "phase: Running, podIP: 10.0.0.1, conditions: [{ type: Ready, status: \"True\" }] } }"

  private func service(_ ports: String, _ more: String = "") -> String {
    "{ kind: Service, metadata: { name: web }, spec: { selector: { app: web }, ports: [\(ports)]\(more) } }"
  }

  @Test(arguments: [
    ("{ port: 80, targetPort: http }", Verdict.ok, "80 to http"),
    ("{ port: 80, targetPort: web }", .problem, "they have http, dns"),
    ("{ port: 53, targetPort: dns }", .problem, "is TCP"),
    ("{ port: 80, targetPort: 9090 }", .warning, "declares 8080, 53"),
    ("{ port: 8080 }", .ok, "8080 to 8080"),
  ])
  func ports(port: String, verdict: Verdict, words: String) throws {
    let judgement = try judge("service-ports", "\(service(port)), \(pod)", on: "pod/web")
    #expect(judgement.verdict == verdict)
    #expect(judgement.sentence.contains(words))
  }

  @Test func aReadyPodThatNoSliceHasIsTheControllersFault() throws {
    let slice =
      "{ kind: EndpointSlice, metadata: { name: s, labels: { kubernetes.io/service-name: web } }, endpoints: [{ addresses: "
      + "[10.0.0.9], targetRef: { kind: Pod, name: gone } }] }"
    let judgement = try judge("service-endpoints", "\(service("")), \(pod), \(slice)", on: "pod/web")
    #expect(judgement.verdict == .problem)
    #expect(judgement.sentence.contains("web is ready, but no EndpointSlice"))
  }

  @Test func endpointsThatShutDownStillServe() throws {
    let objects =
      "{ kind: Service, metadata: { name: web }, spec: { selector: { app: web } } }, { kind: EndpointSlice, metadata: { "
      + "name: s, labels: { kubernetes.io/service-name: web } }, endpoints: [{ addresses: [10.0.0.9], conditions: { ready: "
      + "false, serving: true, terminating: true } }] }, { kind: Pod, metadata: { name: web, labels: { app: web } } }"
    let judgement = try judge("service-endpoints", objects, on: "pod/web")
    #expect(judgement.verdict == .problem)
    #expect(judgement.sentence.contains("1 that are shutting down still serve"))
  }

  private func policy(_ ingress: String) -> String {
    "{ kind: NetworkPolicy, metadata: { name: p }, spec: { podSelector: { matchLabels: { app: web } }, policyTypes: "
      + "[Ingress], ingress: [\(ingress)] } }"
  }

  @Test(arguments: [
    ("", Verdict.problem, "nothing through (ingress)"),
    ("{}", .ok, "everybody"),
    ("{ ports: [{ port: 443 }] }", .problem, "on port 8080"),
    ("{ ports: [{ port: 8000, endPort: 9000 }] }", .ok, "everybody"),
    ("{ ports: [{ port: http }] }", .ok, "everybody"),
    (
      "{ from: [{ namespaceSelector: { matchLabels: { team: shop } } }] }", .warning,
      "all pods|of namespaces team=shop"
    ),
    ("{ from: [{ ipBlock: { cidr: 192.0.2.0/24 } }] }", .warning, "192.0.2.0/24"),
  ])
  func policies(rule: String, verdict: Verdict, words: String) throws {
    let objects = "\(service("{ port: 80, targetPort: 8080 }")), \(pod), \(policy(rule))"
    let judgement = try judge("network-policies", objects, on: "pod/web")
    #expect(judgement.verdict == verdict)
    #expect(words.split(separator: "|").contains { judgement.sentence.contains($0) })
    // A policy about ingress says nothing about egress.
    #expect(try judge("network-policies", objects, on: "pod/web", ["direction": .text("egress")]).verdict == .ok)
  }

  @Test(arguments: [
    ("3", 3, Verdict.ok, "1 more may fail"), ("3", 2, .warning, "no further"), ("3", 1, .problem, "no majority"),
    ("4", 4, .warning, "even number"), ("1", 1, .warning, "one member"),
  ])
  func quorum(members: String, ready: Int, verdict: Verdict, words: String) throws {
    let count = Int(members) ?? 0
    let pods = (1...count).map {
      "{ kind: Pod, metadata: { name: etcd-\($0), namespace: kube-system, labels: { component: etcd } }, status: { phase: "
        + "Running, conditions: [{ type: Ready, status: \"\($0 <= ready ? "True" : "False")\" }] } }"
    }
    let judgement = try judge("etcd-quorum", pods.joined(separator: ", "), on: "pod/kube-system/etcd-1")
    #expect(judgement.verdict == verdict)
    #expect(judgement.sentence.contains(words))
  }

  @Test func ignoredWebhooksOnlyWarn() throws {
    let hook =
      "{ kind: MutatingWebhookConfiguration, metadata: { name: m }, webhooks: [{ name: w, failurePolicy: Ignore, "
      + "clientConfig: { service: { namespace: a, name: b } } }, { name: u, clientConfig: { url: \"https://x\" } }] }"
    let judgement = try judge("webhooks-served", "\(pod), \(hook)", on: "pod/web")
    #expect(judgement.verdict == .warning)
    #expect(judgement.sentence.contains("a/b does not exist"))
  }

  @Test func aDeadWebhookIsProvenWithoutTheOtherSort() throws {
    func hook(_ kind: String, service: String) -> String {
      "{ kind: \(kind), metadata: { name: m }, webhooks: [{ name: w, failurePolicy: Fail, "
        + "clientConfig: { service: { namespace: default, name: \(service) } } }] }"
    }
    let slice =
      "{ kind: EndpointSlice, metadata: { name: web-x, labels: { kubernetes.io/service-name: web } }, endpoints: "
      + "[{ addresses: [10.0.0.1], conditions: { ready: true } }] }"
    let unread = "forbidden: [MutatingWebhookConfiguration]"
    let dead = "\(pod), \(hook("ValidatingWebhookConfiguration", service: "gone"))"
    #expect(try judge("webhooks-served", dead, on: "pod/web", more: unread).verdict == .problem)
    let served =
      "\(pod), \(service("{ port: 80 }")), \(slice), \(hook("ValidatingWebhookConfiguration", service: "web"))"
    #expect(try judge("webhooks-served", served, on: "pod/web").verdict == .ok)
    #expect(try judge("webhooks-served", served, on: "pod/web", more: unread).verdict == .unknown)
    // Without the Services nothing is proven.
    #expect(try judge("webhooks-served", dead, on: "pod/web", more: "forbidden: [Service]").verdict == .unknown)
  }

  @Test func rightsAreThoseOfTheAccountAlone() throws {
    let everybody =
      "{ kind: ClusterRole, metadata: { name: basic }, rules: [{ apiGroups: [authorization.k8s.io], resources: [x], verbs: "
      + "[create] }] }, { kind: ClusterRoleBinding, metadata: { name: \"system:basic-user\" }, subjects: [{ kind: Group, name: "
      + "\"system:authenticated\" }], roleRef: { kind: ClusterRole, name: basic } }"
    #expect(try judge("account-rights", "\(pod), \(everybody)", on: "pod/web").verdict == .warning)
    let role =
      "{ kind: Role, metadata: { name: r }, rules: [{ apiGroups: [apps], resources: [deployments], verbs: [get] }] }, { "
      + "kind: RoleBinding, metadata: { name: r }, subjects: [{ kind: ServiceAccount, name: default }], roleRef: { kind: "
      + "Role, name: r } }"
    let all = "\(pod), \(everybody), \(role)"
    #expect(try judge("account-rights", all, on: "pod/web").verdict == .ok)
    for (verb, verdict) in [("get", Verdict.ok), ("list", .problem)] {
      let asked = try judge(
        "account-rights", all, on: "pod/web", ["verb": .text(verb), "resource": .text("deployments.apps")])
      #expect(asked.verdict == verdict)
    }
    #expect(try judge("account-rights", all, on: "pod/web", more: "forbidden: [RoleBinding]").verdict == .unknown)
  }
}
