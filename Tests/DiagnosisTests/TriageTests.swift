import ClusterState
import Kube
import Testing

@testable import Diagnosis

@Suite struct TriageTests {
  private let deployment = object(Deployment.self, "checkout") {
    $0.spec.replicas = 5
    $0.status.availableReplicas = 2
    $0.status.updatedReplicas = 5
    var condition = DeploymentCondition()
    condition.type = "Available"
    condition.status = "False"
    condition.lastTransitionTime = ago(600)
    $0.status.conditions = [condition]
  }

  /// Five pods of `deployment`, of which the first `broken` ran out of memory at different times.
  private func workload(broken: Int) -> [any KubeObject] {
    let set = own(object(ReplicaSet.self, "checkout-7d"), by: deployment)
    let pods = (0..<5).map { index in
      own(
        pod("checkout-7d-\(index)") {
          guard index < broken else { return }
          $0.spec.containers[0].resources.limits = ["memory": Quantity("256Mi")]
          $0.status.conditions = [condition("Ready", "False")]
          $0.status.containerStatuses = [
            waiting(
              "app", "CrashLoopBackOff", restarts: index + 1,
              last: end(137, "OOMKilled", finished: ago(Int64(60 + index))))
          ]
        }, by: set)
    }
    return [deployment, set] + pods
  }

  private func groups(_ state: ClusterState) -> [String] {
    Triage.diagnose(state, now: now).groups.map {
      "\($0.severity) \($0.owner.shortText): \($0.summary(now: now)) (\($0.affected)/\($0.total.map(String.init) ?? "-"))"
    }
  }

  @Test func podsOfOneOwnerWithOneCauseAreOneGroup() {
    #expect(
      groups(cluster(workload(broken: 3))) == [
        "critical deployment/checkout: 3 of 5 pods OOMKilled at 256Mi (3/5)"
      ])
    let report = Triage.diagnose(cluster(workload(broken: 3)), now: now)
    #expect(
      report.groups[0].findings.map(\.code) == [
        .podOOMKilled, .podOOMKilled, .podOOMKilled, .workloadReplicasMissing,
      ], "missing replicas are a consequence and come last")
    #expect(report.groups[0].playbook == "oom-killed")
  }

  @Test func aSinglePodTellsItsOwnNumbers() {
    #expect(
      groups(cluster(workload(broken: 1))) == [
        "critical deployment/checkout: OOMKilled (137) limit 256Mi, 60s ago (1/5)"
      ])
  }

  @Test func missingReplicasWithoutCauseStandAlone() {
    #expect(
      groups(cluster(workload(broken: 0))) == [
        "warning deployment/checkout: 2 of 5 replicas available (1/-)"
      ])
  }

  @Test func differentCausesAreDifferentGroups() {
    var objects = workload(broken: 2)
    if var other = objects[4] as? Pod {
      other.status.conditions = [condition("Ready", "False")]
      other.status.containerStatuses = [waiting("app", "ErrImagePull", "not found")]
      objects[4] = other
    }
    #expect(
      Set(groups(cluster(objects))) == [
        "critical deployment/checkout: image not found: registry.example/app:1 (1/5)",
        "critical deployment/checkout: 2 of 5 pods OOMKilled at 256Mi (2/5)",
      ])
  }

  @Test func podsOfANodeInTroubleAreTheNodesGroup() {
    let pods = (0..<3).map { index in
      pod("p\(index)") {
        $0.spec.nodeName = "node-2"
        $0.status.conditions = [condition("Ready", "False")]
      }
    }
    #expect(
      groups(cluster(pods + [node("node-2", ready: "False")])) == [
        "critical node/node-2: NotReady for 5m: NodeStatusUnknown; 3 pods affected (3/3)"
      ])
  }

  @Test func worstThenNewestFirst() {
    let objects: [any KubeObject] = [
      node("cordoned") { $0.spec.unschedulable = true },
      pod("older") { $0.status.containerStatuses = [terminated("app", end(1, finished: ago(50)))] },
      pod("newer") { $0.status.containerStatuses = [terminated("app", end(1, finished: ago(40)))] },
      node("pressed") { $0.status.conditions.append(nodeCondition("DiskPressure", "True")) },
    ]
    let report = Triage.diagnose(cluster(objects), now: now)
    #expect(report.findings.map(\.object.name) == ["newer", "older", "pressed", "cordoned"])
    #expect(report.groups.map(\.owner.name) == ["newer", "older", "pressed", "cordoned"])
  }

  @Test func scopeOfANamespace() {
    let broken = { (namespace: String) in
      pod("p", namespace: namespace) { $0.status.containerStatuses = [terminated("app", end(1))] }
    }
    let state = cluster([broken("a"), broken("b"), node("n", ready: "False")])
    let report = Triage.diagnose(state, namespace: "a", now: now)
    #expect(Set(report.findings.map(\.object.namespace)) == ["", "a"])
  }

  @Test func worstFindingOfAnObject() {
    let pod = pod {
      $0.spec.containers.append(container("b"))
      $0.status.conditions = [condition("Ready", "False")]
      $0.status.containerStatuses = [
        running("app", restarts: 1, last: end(137, "OOMKilled")), waiting("b", "ErrImagePull", "not found"),
      ]
    }
    let report = Triage.diagnose(cluster([pod]), now: now)
    #expect(report.findings.count == 2)
    #expect(report.finding(for: pod.metadata.uid)?.code == .podImageNotFound)
    #expect(report.finding(for: "other") == nil)
  }

  @Test func whatIsNotReadIsUnknown() {
    let state = cluster(freshness: .forbidden("pods is forbidden"))
    let report = Triage.diagnose(state, now: now)
    #expect(report.unknowns.count == Triage.sources.count)
    #expect(report.unknowns.contains(Unknown(subject: "what is wrong with pods", reason: "pods: pods is forbidden")))
    #expect(Triage.diagnose(cluster(), now: now).unknowns == [])
  }

  /// What is there cannot be called well without what it is judged by; what is not there need not be judged.
  @Test func whatIsMissedDependsOnWhatIsThere() {
    func missed(_ freshness: Freshness, of resource: Resource, _ objects: [any KubeObject] = []) -> [String] {
      let state = cluster(objects)
      state.store(resource)?.freshness = freshness
      return Triage.sources.filter { $0.isMissed(in: state) }.map { $0.type.resource.plural }
    }
    let ingress = object(Ingress.self, "site") { _ in }
    #expect(missed(.live, of: Service.resource, [ingress]) == [])
    #expect(missed(.notCaptured("no"), of: Service.resource) == [])
    #expect(missed(.notCaptured("no"), of: Service.resource, [ingress]) == ["services"])
    let service = object(Service.self, "web") { _ in }
    #expect(missed(.forbidden("no"), of: EndpointSlice.resource, [service]) == ["endpointslices"])
    #expect(missed(.notServed, of: EndpointSlice.resource, [service]) == [], "a server of long ago")
    #expect(missed(.forbidden("no"), of: Node.resource) == ["nodes"])
    #expect(missed(.forbidden("no"), of: APIService.resource) == [])
  }

  @Test func evidenceNamesFieldAndValue() {
    let report = Triage.diagnose(cluster(workload(broken: 1)), now: now)
    let evidence = report.findings[0].evidence.map { "\($0.field)=\($0.value)" }
    #expect(evidence.contains("status.containerStatuses[app].lastState.terminated.reason=OOMKilled"))
    #expect(evidence.contains("status.containerStatuses[app].restartCount=1"))
    #expect(evidence.contains("spec.containers[app].resources.limits.memory=256Mi"))
    #expect(report.findings[0].owner.shortText == "deployment/checkout")
  }

  @Test func sentencesAreBroughtUpToDateWithoutDiagnosis() {
    let report = Triage.diagnose(cluster(workload(broken: 1)), now: now)
    let later = Timestamp(seconds: now.seconds + 60)
    #expect(report.findings[0].summary(now: later).hasSuffix("2m ago"))
  }

  @Test func summariesAreRows() {
    let report = Triage.diagnose(cluster(workload(broken: 2)), now: now)
    let row = FindingSummary(report.findings[0], now: now)
    #expect(row.code == "pod.oom-killed" && row.severity == "critical" && row.owner == "deployment/checkout")
    #expect(row.summary == report.findings[0].summary(now: now))
  }
}

@Suite struct FindingCodeTests {
  @Test(arguments: FindingCode.allCases)
  func everyCodeIsDescribed(code: FindingCode) {
    let description = code.description
    #expect(!description.title.isEmpty && description.meaning.hasSuffix("."))
    #expect(!description.playbook.isEmpty)
    #expect(code.rawValue.allSatisfy { $0.isASCII && ($0.isLowercase || $0 == "." || $0 == "-") })
    #expect(code.rawValue.split(separator: ".").count == 2)
  }
}
