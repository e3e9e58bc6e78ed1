import ClusterState
import Kube
import Testing

@testable import Details

/// Objects as nobody should write them.
@Suite struct HostileTests {
  @Test
  func secretsAreNeverShown() throws {
    let json = #"""
      {"apiVersion":"v1","kind":"Secret","type":"Opaque","metadata":{"name":"db","namespace":"shop","uid":"s",
       "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"pw\":\"aHVudGVyMg==\"}}"}},
       "data":{"pw":"aHVudGVyMg=="},"stringData":{"other":"hunter2"}}
      """#
    let page = try details(json, Secret.resource)
    let text = page.plainText(width: nil)
    #expect(!text.contains("hunter2") && !text.contains("aHVudGVyMg"))
    #expect(page.text(of: "Data") == "  pw:     7 bytes\n  other:  7 bytes\n")
  }

  @Test func hugeAnnotationsAreCutWithTheirSize() throws {
    let huge = String(repeating: "x", count: 300_000)
    let page = try details(
      #"{"metadata":{"name":"a","annotations":{"big":"\#(huge)","small":"1"}}}"#, ConfigMap.resource)
    let text = page.plainText(width: 80)
    #expect(text.contains("… (300000 bytes)"))
    #expect(text.utf8.count < 2000)
  }

  @Test func manyLinesAreCut() throws {
    let lines = String(repeating: "a\\n", count: 50_000)
    let page = try details(#"{"metadata":{"name":"a"},"data":{"f":"\#(lines)"}}"#, ConfigMap.resource)
    let section = page.sections.first { $0.title == "Data" }
    #expect(section?.lines.count == 202)
    #expect(section?.lines.last?.text == "… 200 lines shown of 100000 bytes")
  }

  @Test func aPageHasAnEnd() throws {
    let members = (0..<30_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
    let widget = Resource(group: "example.com", version: "v1", kind: "Widget", plural: "widgets")
    let page = try details("{\"metadata\":{\"name\":\"a\"},\"spec\":{\(members)}}", widget)
    #expect(page.sections.reduce(0) { $0 + $1.lines.count } <= Page.maximumLines + 1)
    #expect(page.plainText(width: nil).contains("… the page ends here"))
  }

  @Test func controlCharactersStayAndNoLineHasALineFeed() throws {
    let page = try details(
      #"{"metadata":{"name":"a\u001b[31m","labels":{"x\ny":"1\n2"}},"data":{"k\nl":"v\u0007\nw"}}"#, ConfigMap.resource)
    #expect(page.plainText(width: nil).contains("a\u{1b}[31m"))
    for line in page.sections.flatMap(\.lines) {
      #expect(!([line.text, line.label ?? ""] + (line.cells ?? [])).contains { $0.utf8.contains(0x0a) })
    }
  }

  @Test(arguments: builtInKinds.map { $0.resource })
  func nonsenseNeverTraps(resource: Resource) throws {
    var random = SeededRandom(seed: UInt64(resource.plural.utf8.reduce(7) { $0 &* 31 &+ Int($1) }.magnitude))
    let cluster = cluster(read: builtInKinds)
    for _ in 0..<30 {
      let object = JSONValue.random(&random, depth: 0)
      let page = ObjectDetails(object: object, resource: resource, cluster: cluster, findings: [], now: now)
      for width in [nil, 0, 40, 80] { _ = page.plainText(width: width) }
    }
  }
}

/// The same numbers on every run.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

extension JSONValue {
  /// Names that pages look for, so that random documents get deep into them.
  private static let names = [
    "metadata", "name", "namespace", "uid", "labels", "annotations", "creationTimestamp", "deletionTimestamp",
    "deletionGracePeriodSeconds", "ownerReferences", "spec", "status", "template", "containers", "initContainers",
    "containerStatuses", "state", "lastState", "terminated", "waiting", "running", "exitCode", "signal", "startedAt",
    "finishedAt", "restartCount", "conditions", "type", "lastTransitionTime", "volumes", "configMap", "secret",
    "projected", "sources", "env", "valueFrom", "resourceFieldRef", "resource", "resources", "limits", "requests",
    "livenessProbe", "httpGet", "host", "port", "ports", "tolerations", "tolerationSeconds", "allocatable", "capacity",
    "cpu", "memory", "pods", "hard", "used", "data", "binaryData", "rules", "verbs", "apiGroups", "subjects", "metrics",
    "selector", "matchLabels", "matchExpressions", "operator", "values", "renewTime", "leaseDurationSeconds",
    "replicas",
    "strategy", "rollingUpdate", "ingress", "egress", "from", "to", "endpoints", "addresses", "subsets", "http",
    "paths",
    "backend", "service", "claimRef", "nodeAffinity", "volumeClaimTemplates", "jobTemplate", "startTime",
    "completionTime", "involvedObject", "series", "count", "items", "optional", "affinity",
  ]
  private static let texts = [
    "", "a", "True", "False", "Unknown", "2027-01-15T08:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
    "-1", "99999999999999999999E", "100m", "1Gi", "Resource", "é", "e\u{301}", "\u{1b}[2J", "a\nb\n", "日本", "http",
    "[]",
    "Pod", "Terminating", "OOMKilled", "limits.cpu", "Ingress",
  ]

  /// Any document.
  static func random(_ random: inout SeededRandom, depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 5 ? 5 : 12), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return .int([0, 1, -1, 137, 300, .max, .min].randomElement(using: &random) ?? 0)
    case 3: return .double(1e300)
    case 4: return .string(texts.randomElement(using: &random) ?? "")
    case 5, 6:
      return .array((0..<Int.random(in: 0..<3, using: &random)).map { _ in .random(&random, depth: depth + 1) })
    default:
      var map: [(String, JSONValue)] = []
      for _ in 0..<Int.random(in: 0..<8, using: &random) {
        map.append((names.randomElement(using: &random) ?? "", .random(&random, depth: depth + 1)))
      }
      if depth == 0 { for name in ["metadata", "spec", "status"] { map.append((name, .random(&random, depth: 1))) } }
      return .object(SmallMap(uniquing: map))
    }
  }
}
