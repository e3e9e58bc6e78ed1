import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// A crash and the Service in trouble that its last words name.
@Suite struct LastWordsTests {
  private func crash(_ words: String, namespace: String = "shop", labels: SmallMap<String> = ["app": "api"]) -> Pod {
    pod("api", namespace: namespace) {
      $0.metadata.labels = labels
      $0.status.conditions = [condition("Ready", "False")]
      $0.status.containerStatuses = [
        waiting("app", "CrashLoopBackOff", restarts: 4, last: end(1, "Error", message: words))
      ]
    }
  }

  private let database = object(Service.self, "orders-db") {
    $0.spec.selector = ["app": "db"]
    $0.spec.clusterIP = "10.96.0.7"
  }

  private func row(_ words: String, namespace: String = "shop", service: Service? = nil) -> String? {
    let pod = crash(words, namespace: namespace)
    let report = Triage.diagnose(cluster([pod, service ?? database]), now: now)
    return report.groups.first { $0.owner.kind == "Pod" }?.summary(now: now)
  }

  private let mention = "; its last words name service/orders-db, which selects no pods"

  @Test(arguments: [
    ("dial tcp 10.96.0.7:5432: connect: connection refused", true),
    ("starting\nlookup orders-db on 10.96.0.10:53: no such host", true),
    ("postgres://app@orders-db.shop.svc.cluster.local:5432/x refused\nexit", true),
    ("ready in 3 s\nno config", false), ("orders-db", false), ("dial tcp 10.96.0.8:5432: refused", false),
    ("lookup orders-db.data on 10.96.0.10:53", false), ("", false),
  ])
  func services(words: String, isNamed: Bool) throws {
    let found = try #require(row(words))
    #expect(found.hasSuffix(mention) == isNamed, "\(found)")
  }

  @Test func aRightThatIsMissingIsNamed() {
    let refusal =
      #"secrets is forbidden: User "system:serviceaccount:shop:api" cannot list resource "secrets" in API group "" "#
      + "at the cluster scope"
    #expect(row("starting\n" + refusal + "\n")?.hasSuffix("; its last words: " + refusal) == true)
    let logged =
      #"E0601 main.go:81] "cannot start" err="failed to list: "# + refusal.replacing("\"", with: "\\\"") + "\""
    #expect(row(logged)?.hasSuffix("; its last words: " + refusal) == true)
    #expect(row("entry is forbidden: closed")?.contains("last words") == false)
  }

  @Test func aServiceOfAnotherNamespaceIsNamedWithIt() {
    #expect(
      row("dial tcp 10.96.0.7:5432: refused", namespace: "web")?.hasSuffix(
        "; its last words name service/orders-db in namespace shop, which selects no pods") == true)
  }

  @Test func aServiceThatIsWellOrLeadsToTheCrashItselfIsNotMentioned() {
    var own = database
    own.spec.selector = ["app": "api"]
    #expect(row("listening on 10.96.0.7:5432", service: own)?.contains("last words") == false)
    let db = pod("db") { $0.metadata.labels = ["app": "db"] }
    let slice = object(EndpointSlice.self, "s") {
      $0.metadata.labels = ["kubernetes.io/service-name": "orders-db"]
      $0.endpoints = [Endpoint()]
    }
    let state = cluster([crash("dial tcp 10.96.0.7:5432: refused"), database, db, slice])
    #expect(Triage.diagnose(state, now: now).findings.allSatisfy { $0.mention.isEmpty })
  }

  @Test func severalPodsSayItOnce() throws {
    let web = object(StatefulSet.self, "api") { $0.spec.replicas = 2 }
    var (first, second) = (own(crash("to 10.96.0.7:5432 refused"), by: web), own(crash("killed"), by: web))
    (first.metadata.name, second.metadata.name) = ("api-0", "api-1")
    second.metadata.uid = "uid-2"
    let groups = Triage.diagnose(cluster([web, first, second, database]), now: now).groups
    #expect(groups.first { $0.owner.name == "api" }?.summary(now: now) == "2 of 2 pods: exit 1" + mention)
  }

  @Test func hugeWordsEnd() {
    #expect(row(String(repeating: "a:1 b.c ", count: 1_000_000)) != nil)
  }
}
