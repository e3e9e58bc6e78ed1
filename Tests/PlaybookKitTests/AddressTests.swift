import Diagnosis
import Kube
import Testing

@testable import PlaybookKit

/// Addresses in logs, and what in the cluster they belong to.
@Suite struct AddressTests {
  @Test(arguments: [
    ("dial tcp 10.96.40.12:5432: connect: connection refused", ["10.96.40.12:5432"]),
    ("10.0.0.9:40312->10.96.40.12:5432: read: connection reset", ["10.96.40.12:5432", "10.0.0.9:40312"]),
    ("lookup orders-db on 10.96.0.10:53: no such host", ["orders-db", "10.96.0.10:53"]),
    ("postgres://app:secret@orders-db.data.svc:5432/x", ["orders-db.data.svc:5432"]),
    ("connect to [fd00::12]:443 failed", ["[v6]"]),
    ("2026-11-21T16:36:08Z 12:30:45 1.5 99", []),
    ("http://10.0.0.1/ready.", ["10.0.0.1"]),
    ("", []), ("::::[[[]]]->->", []),
  ])
  func addresses(line: String, expected: [String]) {
    let found = WrittenAddress.all(in: line)
    if expected == ["[v6]"] {
      #expect(found.contains { $0.host == "fd00::12" && $0.port == 443 && $0.isIP })
    } else if let first = expected.first {
      #expect(found.first?.text == first)
      for text in expected { #expect(found.contains { $0.text == text }, "\(found)") }
    } else {
      #expect(!found.contains { $0.isIP || $0.port != nil })
    }
  }

  @Test func aHostileLineEnds() {
    let line = String(repeating: "1.2.3.4:5->", count: 100_000)
    #expect(WrittenAddress.all(in: line).count == 1)
  }

  private let cluster = """
    { kind: Pod, metadata: { name: web }, spec: { containers: [{ name: a }] }, status: { phase: Running, podIP: 10.0.0.1 } },
    { kind: Pod, metadata: { name: db }, spec: { containers: [{ name: a }] }, status: { phase: Running, podIP: 10.0.0.2,
      conditions: [{ type: Ready, status: "True" }], containerStatuses: [{ name: a, ready: true, state: { running: {} } }] } },
    { kind: Service, metadata: { name: db }, spec: { clusterIP: 10.96.0.7, ports: [{ port: 5432 }] } },
    { kind: EndpointSlice, metadata: { name: s, labels: { kubernetes.io/service-name: db } },
      endpoints: [{ addresses: [10.0.0.2], conditions: { ready: true } }] },
    { kind: Service, metadata: { name: empty, namespace: data, creationTimestamp: now-1h },
      spec: { clusterIP: 10.96.0.8, selector: { app: x }, ports: [{ port: 1 }] } },
    { kind: Node, metadata: { name: n1 }, status: { addresses: [{ type: InternalIP, address: 192.168.0.1 }],
      conditions: [{ type: Ready, status: "True" }] } }
    """

  private func judge(_ line: String, more: String = "") throws -> Judgement {
    let scenario = try Fixtures.scenario("[\(cluster)]", object: "pod/web", more: more)
    let state = scenario.state()
    let facts = PlaybookFacts(
      state, triage: Triage.diagnose(state, now: scenario.now), events: EventIndex(),
      object: scenario.subject.flatMap { state.object($0).value }, now: scenario.now)
    facts.lines["log"] = line
    let check = try #require(CheckTable.named("address-in-line"))
    return check.judge(facts, CheckArguments(values: ["step": .text("log")]))
  }

  @Test(arguments: [
    ("dial tcp 10.96.0.7:5432: refused", Verdict.ok, "is service/db, which has 1 ready endpoint"),
    ("dial tcp 10.96.0.7:5433: refused", .problem, "no port 5433, only 5432"),
    ("dial tcp 10.96.0.8:1: refused", .problem, "service/empty in namespace data: no pod matches app=x"),
    ("dial tcp 10.0.0.2:80: refused", .ok, "is pod/db, which is ready"),
    ("dial tcp 127.0.0.1:80: refused", .problem, "the pod itself"),
    ("localhost:6379: connection refused", .problem, "the pod itself"),
    ("dial tcp 192.168.0.1:10250: refused", .ok, "is node/n1"),
    ("dial tcp 203.0.113.9:443: timeout", .warning, "belongs to no Service, pod or node"),
    ("lookup bd on 10.96.0.10:53: no such host", .problem, "has no Service bd; it has db"),
    ("lookup empty on 10.96.0.10:53: no such host", .problem, "empty.data"),
    ("lookup db.example.com: no such host", .notApplicable, "names no address"),
    ("nope.default.svc.cluster.local:80 refused", .problem, "namespace default has no Service nope"),
    ("panic at main.go:87", .notApplicable, "names no address"),
  ])
  func whatHasTheAddress(line: String, verdict: Verdict, words: String) throws {
    let judgement = try judge(line)
    #expect(judgement.verdict == verdict, "\(judgement.sentence)")
    #expect(judgement.sentence.contains(words), "\(judgement.sentence)")
  }

  @Test func whatMayNotBeReadIsNoEvidence() throws {
    let judgement = try judge("dial tcp 10.96.0.7:5432: refused", more: "forbidden: [Service]")
    #expect(judgement.verdict == .unknown)
    #expect(judgement.doubt?.reason == .forbidden)
  }
}
