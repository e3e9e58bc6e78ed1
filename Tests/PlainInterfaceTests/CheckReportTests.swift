import ClusterState
import Kube
import Testing

@testable import Diagnosis
@testable import PlainInterface

@Suite struct CheckReportTests {
  static let now = Timestamp("2026-01-02T03:04:05Z") ?? Timestamp(seconds: 0)

  static func reference(_ kind: String, _ namespace: String, _ name: String) -> ObjectReference {
    var reference = ObjectReference()
    reference.kind = kind
    reference.namespace = namespace
    reference.name = name
    reference.uid = "\(kind)/\(namespace)/\(name)"
    return reference
  }

  /// A report of two findings, one of them with text that would like to be more than text.
  static func report(isEmpty: Bool = false, namespace: String? = nil) -> CheckReport {
    let pod = reference("Pod", "shop", "web-0")
    let node = reference("Node", "", "n1")
    let findings = [
      Finding(
        code: .podOOMKilled, severity: .critical, object: pod, owner: pod, root: pod,
        since: Timestamp(seconds: now.seconds - 300), sentence: "OOMKilled at `256Mi` \u{1B}[31m|x|", cause: "c",
        evidence: [Evidence(pod, "status.reason", "a `b`\nc", at: now)], count: 3),
      Finding(
        code: .nodeNotReady, severity: .warning, object: node, owner: node, root: node, since: nil,
        sentence: "not ready", cause: "d", evidence: [], count: 1),
    ]
    var cluster = CheckReport.Cluster()
    cluster.context = "prod_1"
    cluster.server = "https://h:6443"
    cluster.version = "v1.31.2"
    cluster.namespace = namespace
    let triage = TriageReport(
      findings: isEmpty ? [] : findings,
      unknowns: isEmpty ? [] : [Unknown(subject: "events", reason: "for<b>idden")], state: ClusterState())
    return CheckReport(cluster: cluster, triage: triage, now: now)
  }

  @Test func text() {
    #expect(
      Self.report().text == """
        SEVERITY   NAMESPACE   OBJECT      CODE             SINCE   SUMMARY
        critical   shop        pod/web-0   pod.oom-killed   5m      OOMKilled at `256Mi` ^[[31m|x|
        warning    -           node/n1     node.not-ready   -       not ready

        Cannot tell:
          events (for<b>idden)

        """)
  }

  @Test func nothingFoundIsSaidWithThePlace() {
    #expect(Self.report(isEmpty: true).text == "No findings in all namespaces.\n")
    #expect(Self.report(isEmpty: true, namespace: "shop").text == "No findings in namespace shop.\n")
    #expect(
      Self.report(isEmpty: true, namespace: "shop").markdown == """
        # Check of prod\\_1

        2026-01-02T03:04:05Z, namespace shop, Kubernetes v1.31.2

        No findings.

        """)
  }

  @Test func json() throws {
    let json = Self.report(namespace: "shop").json
    #expect(json["apiVersion"] == "podmedic.dev/v1" && json["kind"] == "CheckReport")
    #expect(json["time"] == "2026-01-02T03:04:05Z")
    #expect(
      json["cluster"] == [
        "context": "prod_1", "server": "https://h:6443", "version": "v1.31.2", "namespace": "shop",
      ])
    #expect(json["unknowns"] == [["subject": "events", "reason": "for<b>idden"]])
    let pod: JSONValue = ["kind": "Pod", "namespace": "shop", "name": "web-0"]
    #expect(
      json["findings"]?[0] == [
        "code": .string(FindingCode.podOOMKilled.rawValue), "severity": "critical", "object": pod, "owner": pod,
        "summary": "OOMKilled at `256Mi` \u{1B}[31m|x|", "since": "2026-01-02T02:59:05Z", "count": 3,
        "evidence": [
          ["object": pod, "field": "status.reason", "value": "a `b`\nc", "time": "2026-01-02T03:04:05Z"]
        ],
        "playbook": .string(FindingCode.podOOMKilled.description.playbook),
      ])
    #expect(
      json["groups"]?[0] == [
        "code": .string(FindingCode.podOOMKilled.rawValue), "severity": "critical", "object": pod,
        "summary": "OOMKilled at `256Mi` \u{1B}[31m|x|", "affected": 1, "since": "2026-01-02T02:59:05Z",
        "playbook": .string(FindingCode.podOOMKilled.description.playbook),
      ])
    #expect(json["groups"]?[1]?["object"] == ["kind": "Node", "name": "n1"])
    #expect(json["findings"]?[1]?["since"] == nil && json["findings"]?[1]?["evidence"] == [])
    #expect(json["findings"]?[1]?["object"] == ["kind": "Node", "name": "n1"])
    #expect(Self.report().json["cluster"]?["namespace"] == nil)
    // What is printed must be read by others: no control character survives as itself.
    #expect(json.text(indent: 2).utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
  }

  @Test func markdown() {
    let oom = FindingCode.podOOMKilled
    let node = FindingCode.nodeNotReady
    #expect(
      Self.report().markdown == """
        # Check of prod\\_1

        2026-01-02T03:04:05Z, all namespaces, Kubernetes v1.31.2

        ## critical: pod/web-0 in shop

        OOMKilled at \\`256Mi\\` ^\\[\\[31m\\|x\\| (`\(oom.rawValue)`, playbook `\(oom.description.playbook)`)

        - pod/web-0: OOMKilled at \\`256Mi\\` ^\\[\\[31m\\|x\\|
          - `status.reason`: `a 'b'^Jc`

        ## warning: node/n1

        not ready (`\(node.rawValue)`, playbook `\(node.description.playbook)`)

        - node/n1: not ready

        ## Cannot tell

        - events: for\\<b\\>idden

        """)
  }
}

@Suite struct EventTableTests {
  static let now = CheckReportTests.now

  static func event(_ name: String, _ change: (inout Event) -> Void) -> Event {
    var event = Event()
    event.metadata.name = name
    event.metadata.namespace = "shop"
    event.type = "Warning"
    event.reason = "BackOff"
    event.message = "one\ntwo \u{1B}[0m"
    event.involvedObject = CheckReportTests.reference("Pod", "shop", "web-0")
    change(&event)
    return event
  }

  static func ago(_ seconds: Int64) -> Timestamp { Timestamp(seconds: now.seconds - seconds) }

  @Test func eventsAreLaidOutAsKubectlDoes() {
    var table = EventTable(withNamespace: true, noHeaders: false)
    table.add(Self.event("a") { $0.lastTimestamp = Self.ago(30) }, now: Self.now)
    table.add(
      Self.event("b") {
        $0.count = 7
        $0.firstTimestamp = Self.ago(3600)
        $0.lastTimestamp = Self.ago(10)
      }, now: Self.now)
    #expect(
      table.takeLines() == """
        NAMESPACE   LAST SEEN           TYPE      REASON    OBJECT      MESSAGE
        shop        30s                 Warning   BackOff   Pod/web-0   one two ^[[0m
        shop        10s (x7 over 60m)   Warning   BackOff   Pod/web-0   one two ^[[0m

        """)
    // What comes later keeps the columns and has no headers.
    table.add(Self.event("c") { _ in }, now: Self.now)
    #expect(table.takeLines().hasPrefix("shop        <unknown> "))
  }

  @Test func withoutNamespaceAndHeaders() {
    var table = EventTable(withNamespace: false, noHeaders: true)
    table.add(Self.event("a") { $0.eventTime = Self.ago(120) }, now: Self.now)
    #expect(table.takeLines() == "2m    Warning   BackOff   Pod/web-0   one two ^[[0m\n")
  }

  @Test func theLatestIsLast() {
    let early = Self.event("b") { $0.lastTimestamp = Self.ago(20) }
    let late = Self.event("a") { $0.eventTime = Self.ago(10) }
    let never = Self.event("z") { _ in }
    let same = Self.event("c") { $0.lastTimestamp = Self.ago(20) }
    #expect([late, same, never, early].sorted(by: EventTable.precedes).map(\.metadata.name) == ["z", "b", "c", "a"])
  }
}
