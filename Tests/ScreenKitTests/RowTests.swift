import DataFiles
import Diagnosis
import Expressions
import Kube
import Testing

@testable import ScreenKit

@Suite struct RowTests {
  private func builder(_ column: String, more: String = "", allNamespaces: Bool = false) throws -> RowBuilder {
    let text = Fixtures.screen("columns: [{ id: a, header: A, \(column) }]\n\(more)")
    #expect(Fixtures.problems(text) == [])
    let library = Fixtures.library(user: [:], embedded: ["p.yaml": text])
    return RowBuilder(try #require(library["pods"]), scope: ScopeFacts(namespace: allNamespaces ? nil : "shop"))
  }

  private var pod: Pod {
    var pod = Pod()
    pod.metadata.name = "web-1"
    pod.metadata.namespace = "shop"
    pod.metadata.labels = ["b": "2", "a": "1"]
    pod.metadata.finalizers = ["x", "y"]
    pod.metadata.creationTimestamp = Fixtures.now.advanced(by: .seconds(-7_500))
    pod.metadata.generation = 12
    return pod
  }

  private func input(usage: Outcome = .value(.null), finding: FindingSummary? = nil) -> RowInput {
    RowInput(
      object: .record(pod), derived: PodSummary(pod), finding: finding, usage: usage,
      scope: ScopeFacts(namespace: "shop"), now: Fixtures.now)
  }

  @Test(arguments: [
    ("value: metadata.name", "web-1"), ("value: metadata.labels", "a=1,b=2"), ("value: metadata.finalizers", "x,y"),
    ("value: metadata.finalizers, format: list", "x,y"), ("value: metadata.generation, format: number", "12"),
    ("value: metadata.creationTimestamp, format: age", "125m"),
    ("value: metadata.deletionTimestamp, format: age", "<unknown>"),
    ("value: metadata.deletionTimestamp, format: age, missing: ''", ""),
    ("value: spec.nodeName, missing: <none>", "<none>"),
    ("value: spec.nodeSelector, missing: <none>", "<none>"),
    ("value: metadata.creationTimestamp", "2027-01-15T05:55:00Z"),
    ("value: 'quantity(\"1536Mi\")', format: bytes", "1536Mi"), ("value: 'quantity(\"2G\")', format: bytes", "1907Mi"),
    ("value: 'quantity(\"1.5\")', format: cpu", "1500m"), ("value: 'quantity(\"1.5\")', format: quantity", "1.5"),
    ("value: 0.379, format: percent", "37%"), ("value: 2, format: percent", "200%"),
    ("value: usage.cpu, format: cpu", "n/a"),
    ("value: finding.summary", ""), ("value: spec.hostNetwork", "false"), ("value: 1e300, format: percent", "n/a"),
  ])
  func texts(_ column: String, _ expected: String) throws {
    let builder = try builder(column)
    let row = builder.row(input(usage: .unknown("metrics are not served")), now: Fixtures.now)
    #expect(row.cells.map(\.text) == [expected])
  }

  @Test func keysAreTyped() {
    func order(_ left: FieldValue, _ right: FieldValue, asAge: Bool = false, descending: Bool = false) -> Bool {
      SortKey.areInOrder(SortKey(left, asAge: asAge), SortKey(right, asAge: asAge), descending: descending)
    }
    #expect(order(.int(9), .int(10)))
    #expect(order(.quantity(Quantity("900Ki")), .quantity(Quantity("1Mi"))))
    #expect(order(.quantity(Quantity("500m")), .double(0.6)))
    #expect(order(.duration(.seconds(59)), .duration(.seconds(120))))
    #expect(order(.timestamp(Timestamp(seconds: 1)), .timestamp(Timestamp(seconds: 2))))
    #expect(order(.timestamp(Timestamp(seconds: 2)), .timestamp(Timestamp(seconds: 1)), asAge: true))
    #expect(order(.string("a"), .null) && order(.string("a"), .null, descending: true))
    #expect(!order(.null, .int(1)) && !order(.null, .int(1), descending: true))
    #expect(order(.int(10), .int(9), descending: true))
    #expect(!order(.int(1), .int(1)))
    #expect(order(.int(.max), .double(1e300)))
  }

  @Test func aColumnMaySortByAnotherValue() throws {
    let builder = try builder("value: derived.ready, sort: derived.readyContainers")
    let cell = builder.cell(builder.columns[0], of: input(), now: Fixtures.now)
    #expect(cell.text == "0/0")
    #expect(cell.sortKey == .number(0))
    #expect(builder.sortKey(builder.columns[0], of: input(), now: Fixtures.now) == cell.sortKey)
  }

  @Test func columnsDependOnTheScope() throws {
    let column = "value: metadata.namespace, when: scope.allNamespaces"
    #expect(try builder(column).columns.isEmpty)
    #expect(try builder(column, allNamespaces: true).columns.map(\.id) == ["a"])
  }

  @Test func theFirstRuleDecides() throws {
    let rules = """
      severity:
        - { level: critical, when: usage.memory > quantity("1Gi") }
        - { level: warning, when: metadata.generation > 10 }
        - { level: notice, when: "true" }
      """
    let builder = try builder(
      "value: metadata.name, severity: [{ level: notice, when: metadata.name == 'web-1' }]", more: rules)
    let row = builder.row(input(usage: .unknown("metrics are not served")), now: Fixtures.now)
    #expect(row.severity == .warning)
    #expect(row.cells[0].severity == .notice)
  }

  @Test func withoutRulesTheFindingDecides() throws {
    let builder = try builder("value: metadata.name")
    var finding = FindingSummary()
    finding.severity = "critical"
    #expect(builder.severity(of: input(finding: finding), now: Fixtures.now) == .critical)
    #expect(builder.severity(of: input(), now: Fixtures.now) == nil)
  }
}
