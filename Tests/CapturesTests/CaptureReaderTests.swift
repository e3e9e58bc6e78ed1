import EventLoop
import Foundation
import HTTPTransport
import Kube
import Testing

@testable import Captures

/// A capture need not hold the server's version; its nodes tell one.
@Suite struct CapturedVersionTests {
  private func capture(_ kubelets: [String], _ change: (inout CaptureReader.Options) -> Void = { _ in }) throws
    -> Capture
  {
    let nodes = kubelets.enumerated().map { index, version in
      #"{"metadata":{"name":"n\#(index)"},"status":{"nodeInfo":{"kubeletVersion":"\#(version)"}}}"#
    }
    let text = #"{"apiVersion":"v1","kind":"NodeList","items":[\#(nodes.joined(separator: ","))]}"#
    var options = CaptureReader.Options()
    change(&options)
    let folder = try Folder(["nodes.json": text])
    return try CaptureReader.read([folder.path], options)
  }

  @Test func theNewestKubeletTellsOneWhereTheServerDoesNot() throws {
    let cases: [(kubelets: [String], version: String, says: String)] = [
      (
        ["v1.28.9", "v1.29.3-eks-1", "v1.9.0"], "v1.29.3-eks-1", "that of its newest kubelet, v1.29.3-eks-1, is assumed"
      ),
      (["v1.29.4", "v1.29.3"], "v1.29.3", "that of its newest kubelet, v1.29.3, is assumed"),
      (["", "garbage", "v2.1.0", "v1.x"], "v1.36.0", "the newest known is assumed"),
    ]
    for (kubelets, version, says) in cases {
      let found = try capture(kubelets)
      #expect(found.serverVersion["gitVersion"]?.string == version, "\(kubelets)")
      #expect(found.versionRemark == "the capture does not tell the server's version: \(says)")
    }
    let told = try capture(["v1.29.4"]) { $0.serverVersion = "1.33" }
    #expect(told.serverVersion["gitVersion"] == "v1.33.0" && told.versionRemark == nil)
  }
}

@Suite struct CompletenessTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var files: [String: String]
    /// Why pods of everywhere are not complete; nil when they are.
    var gap: String?
    var namespace: String?
    var count = 1

    init(_ name: String, _ files: [String: String], in namespace: String? = nil, gap: String?, count: Int = 1) {
      testDescription = name
      self.files = files
      self.gap = gap
      self.namespace = namespace
      self.count = count
    }
  }

  static let single = "the capture has single pods, but no list of all of them"

  @Test(arguments: [
    Case("a List", ["a.json": listText(podText("a"))], gap: nil),
    Case("a typed list", ["a.json": listText(podText("a", kind: false), kind: "PodList")], gap: nil),
    Case("an empty typed list", ["x.json": listText(kind: "PodList")], gap: nil, count: 0),
    Case("an empty List is of the kind that its file is called", ["pods.json": listText()], gap: nil, count: 0),
    Case("Go's empty list", ["x.json": #"{"kind":"PodList","apiVersion":"v1","items":null}"#], gap: nil, count: 0),
    Case("a list of another kind", ["nodes.json": listText()], gap: "the capture has no list of pods", count: 0),
    Case("a single object", ["a.json": podText("a")], gap: single),
    Case("objects one after the other", ["a.json": podText("a") + "\n" + podText("b")], gap: single, count: 2),
    Case("YAML documents", ["a.yaml": "kind: Pod\napiVersion: v1\nmetadata: {name: a, namespace: s}\n"], gap: single),
    Case("a YAML list", ["a.yml": "kind: PodList\napiVersion: v1\nitems:\n- metadata: {name: a}\n"], gap: nil),
    Case(
      "a list and more objects of its namespace", ["a.json": listText(podText("a")), "b.json": podText("b")], gap: nil,
      count: 2),
    Case(
      "a list of one namespace and an object of another",
      ["a.json": listText(podText("a")), "b.json": podText("b", "other")],
      gap: "the capture has pods of namespace shop only", count: 2),
    Case(
      "the listed namespace of these", ["a.json": listText(podText("a")), "b.json": podText("b", "other")], in: "shop",
      gap: nil,
      count: 2),
    Case(
      "a list of several namespaces is of all",
      ["a.json": listText(podText("a"), podText("b", "other")), "b.json": podText("c", "x")],
      in: "nowhere", gap: nil, count: 3),
    Case(
      "folders of a dump", ["nodes.json": listText(kind: "NodeList"), "shop/pods.json": listText(podText("a"))],
      in: "other",
      gap: "the capture has pods of namespace shop only"),
    Case(
      "the first page of a list",
      ["a.json": #"{"kind":"PodList","apiVersion":"v1","metadata":{"continue":"x"},"items":[]}"#],
      gap: "PATH/a.json is only the first page of a list", count: 0),
    Case(
      "capture.json names its namespace",
      ["capture.json": #"{"namespace":"shop"}"#, "pods.json": listText(podText("a"))],
      in: "other", gap: "the capture has pods of namespace shop only"),
    Case(
      "capture.json without one is of all", ["capture.json": "{}", "pods.json": listText(podText("a"))], in: "other",
      gap: nil),
    Case(
      "a kind that was refused",
      [
        "nodes.json": listText(kind: "NodeList"),
        "capture.json": #"{"notRead":[{"resource":"pods","reason":"pods is forbidden"}]}"#,
      ], gap: "pods were not read when the capture was made: pods is forbidden", count: 0),
  ])
  func aKindIsCompleteWhereAListSaysSo(_ test: Case) throws {
    let folder = try Folder(test.files)
    let capture = try CaptureReader.read([folder.path])
    #expect(capture.problems == [])
    #expect(capture.count == test.count)
    let gap = capture.gap(Pod.resource, namespace: test.namespace)
    #expect(gap?.replacing(folder.path, with: "PATH") == test.gap)
  }

  /// `kubectl get events.events.k8s.io` writes the same events under other names.
  @Test func newerEventsAreEvents() throws {
    let event = """
      {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"e","namespace":"shop"},"reason":"BackOff",
       "regarding":{"kind":"Pod","name":"a","namespace":"shop","uid":"u"},"note":"back-off","type":"Warning",
       "deprecatedCount":7,"deprecatedLastTimestamp":"2026-01-01T00:00:00Z","reportingController":"kubelet"}
      """
    for text in [event, listText(event), listText(event, kind: "EventList")] {
      let folder = try Folder(["events.json": text])
      let capture = try CaptureReader.read([folder.path])
      #expect(capture.problems == [])
      let object = try #require(capture.kind("events")?.objects(in: "shop").first)
      let read = try object.json()
      #expect(read["apiVersion"]?.string == "v1" && read["regarding"] == nil)
      #expect(read[path: "involvedObject", "name"]?.string == "a")
      #expect(read["message"]?.string == "back-off" && read["count"]?.int == 7)
      #expect(read["reportingComponent"]?.string == "kubelet")
      #expect(capture.time == Timestamp("2026-01-01T00:00:00Z"))
      #expect(capture.gap(Event.resource, namespace: "shop") == nil || text == event)
    }
    let empty = try Folder(["e.json": #"{"apiVersion":"events.k8s.io/v1","kind":"EventList","items":[]}"#])
    #expect(try CaptureReader.read([empty.path]).gap(Event.resource, namespace: nil) == nil)
  }

  @Test func theLaterStateOfAnObjectStays() throws {
    let folder = try Folder([
      "a.json": listText(podText("a", version: "9")), "b.json": listText(podText("a", version: "10")),
    ])
    for files in [["a", "b"], ["b", "a"]] {
      let capture = try CaptureReader.read(files.map { "\(folder.path)/\($0).json" })
      let objects = try #require(capture.kind("pods")).objects(in: nil)
      #expect(objects.map(\.resourceVersion) == ["10"])
    }
  }
}

@Suite struct BadFileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var file = "a.json"
    var text: String
    /// What is said; PATH stands for the folder.
    var problem: String
    /// Pods that are read all the same.
    var pods: [String] = []
  }

  @Test(arguments: [
    Case(
      testDescription: "cut off in the second object", text: #"{"items":[\#(podText("a")),{"apiVersion":"v1","ki"#,
      problem: "PATH/a.json:1: unterminated string", pods: ["a"]),
    Case(
      testDescription: "an object that is none",
      text: listText(podText("a"), #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"},"spec":7}"#, podText("c")),
      problem: "PATH/a.json:1: Pod b: spec must be an object", pods: ["a", "c"]),
    Case(
      testDescription: "a number in YAML where a text must be", file: "a.yaml",
      text: "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n# a label\napiVersion: v1\nkind: Pod\nmetadata:\n"
        + "  name: b\n  namespace: shop\n  labels:\n    app: web\n    version: 12\n",
      problem: "PATH/a.yaml:13: Pod shop/b: metadata.labels.version must be a string", pods: ["a"]),
    Case(
      testDescription: "a text in a list in YAML where a number must be", file: "a.yaml",
      text:
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- apiVersion: v1\n"
        + "  kind: Pod\n  metadata: {name: b}\n  spec:\n    containers:\n    - name: app\n      ports:\n"
        + "      - containerPort: http\n",
      problem: "PATH/a.yaml:14: Pod b: spec.containers[0].ports[0].containerPort must be a number", pods: ["a"]),
    Case(
      testDescription: "a text in JSON where a number must be",
      text:
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"b\"},\n\"spec\":{\n\"priority\": \"high\"}}",
      problem: "PATH/a.json:3: Pod b: spec.priority must be a number"),
    Case(
      testDescription: "a line that is broken", text: podText("a") + "\n{\"kind\": oops}\n" + podText("b"),
      problem: "PATH/a.json:2: expected a value", pods: ["a", "b"]),
    Case(
      testDescription: "no kind", text: podText("a") + "\n\n{\"x\":1}",
      problem: "PATH/a.json:3: this is no Kubernetes object: it has no kind", pods: ["a"]),
    Case(
      testDescription: "no name", text: podText("a") + #"{"apiVersion":"v1","kind":"Pod"}"#,
      problem: "PATH/a.json:1: this Pod has no name", pods: ["a"]),
    Case(testDescription: "binary", text: "{\0\u{1}\u{2}", problem: "PATH/a.json: this is no text"),
    Case(testDescription: "empty", text: " \n", problem: "PATH/a.json: the file is empty"),
    Case(
      testDescription: "nested without end", text: String(repeating: "[", count: 100_000),
      problem: "PATH/a.json:1: expected an object"),
    Case(
      testDescription: "nested without end in an object",
      text: #"{"apiVersion":"v1","kind":"Pod","spec":"# + String(repeating: "[", count: 100_000),
      problem: "PATH/a.json:1: nested more than 512 deep"),
    Case(
      testDescription: "YAML that breaks off", file: "a.yaml",
      text: "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\nkind: \"Po", problem: "PATH/a.yaml:5: ",
      pods: ["a"]),
    Case(
      testDescription: "a bomb of aliases", file: "a.yaml",
      text: "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + (1...12).map { level in
          let (name, before) = (
            String(repeating: "b", count: level), level == 1 ? "a" : String(repeating: "b", count: level - 1)
          )
          return "\(name): &\(name) [" + Array(repeating: "*\(before)", count: 10).joined(separator: ",") + "]\n"
        }.joined(), problem: "PATH/a.yaml:8: the aliases of this file stand for more than 64 MiB"),
    Case(
      testDescription: "a log without its end",
      text: podText("a") + "\n==== START logs for container c of pod s/p ====\nx\n",
      problem: "PATH/a.json:2: this log is cut off", pods: ["a"]),
  ])
  func oneSentenceNamesTheFileAndTheRestIsRead(_ test: Case) throws {
    let folder = try Folder([test.file: test.text, "other.json": listText(kind: "NodeList")])
    let capture = try CaptureReader.read([folder.path])
    let problems = capture.problems.map { $0.description.replacing(folder.path, with: "PATH") }
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix(test.problem) == true, "\(problems)")
    #expect(capture.kind("pods")?.objects(in: nil).map(\.name) ?? [] == test.pods)
    #expect(capture.gap(Pod.resource, namespace: nil) != nil)
    #expect(capture.gap(Node.resource, namespace: nil) == nil)
  }

  @Test func linksThatLeadInACircleEnd() throws {
    let folder = try Folder(["a/pods.json": listText(podText("a"))])
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/a/again", withDestinationPath: folder.path)
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/gone.json", withDestinationPath: "missing/file")
    let capture = try CaptureReader.read([folder.path])
    #expect(capture.count == 1)
    #expect(capture.problems.map(\.message) == ["No such file or directory"])
  }

  @Test func limitsAreSaid() throws {
    let folder = try Folder([
      "a.json": listText(podText("a")), "b.yaml": "kind: Pod\n" + String(repeating: "#\n", count: 1000),
    ])
    var options = CaptureReader.Options()
    options.limits.yamlBytes = 1024
    let capture = try CaptureReader.read([folder.path], options)
    let message = "it is larger than the 1 KiB of YAML that are read of one file; save it as JSON"
    #expect(capture.problems.map(\.message) == [message])
    options.limits.fileBytes = 10
    let failure = #expect(throws: CaptureProblem.self) { try CaptureReader.read([folder.path + "/a.json"], options) }
    #expect(failure?.message == "it is larger than the 10 bytes that are read of one file")
  }

  @Test func notesAndScriptsAreLeftAlone() throws {
    let folder = try Folder([
      "pods.json": listText(podText("a")), "README.md": "what happened", "collect.sh": "kubectl get pods",
      "core": "\0\u{1}",
      "unnamed": listText(podText("b")),
    ])
    let capture = try CaptureReader.read([folder.path])
    #expect(capture.problems == [] && capture.count == 2)
  }

  @Test func nothingAtAllIsAFailure() throws {
    let folder = try Folder(["notes.txt": "nothing"])
    let failure = #expect(throws: CaptureProblem.self) { try CaptureReader.read([folder.path]) }
    #expect(failure?.message == "there are no Kubernetes objects in it")
    #expect(throws: CaptureProblem.self) { try CaptureReader.read([folder.path + "/missing"]) }
  }
}

@Suite struct CaptureTimeTests {
  private static let node = """
    {"apiVersion":"v1","kind":"Node","metadata":{"name":"n","creationTimestamp":"2026-01-01T00:00:00Z",
    "deletionTimestamp":"2027-01-01T00:00:00Z"},
    "status":{"conditions":[{"lastHeartbeatTime":"2026-01-02T00:00:00Z","lastTransitionTime":"2026-01-01T10:00:00Z"}]}}
    """
  private static let lease = """
    {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"n","namespace":"kube-node-lease"},
    "spec":{"renewTime":"2026-01-02T00:00:10.123456Z","leaseTransitions":1}}
    """

  @Test(arguments: [
    (["a.json": node], "2026-01-02T00:00:00Z"),
    (["a.json": node, "b.json": lease], "2026-01-02T00:00:10Z"),
    (["a.json": node, "capture.json": #"{"time":"2026-01-03T00:00:00Z"}"#], "2026-01-03T00:00:00Z"),
    (["a.json": podText("a")], nil),
  ])
  func theNewestTimeThatHasPassed(_ files: [String: String], _ expected: String?) throws {
    let folder = try Folder(files)
    let time = try CaptureReader.read([folder.path]).time
    #expect(time.map { Timestamp(seconds: $0.seconds).description } == expected)
  }

  @Test func whatAPersonSaysWins() throws {
    let folder = try Folder([
      "a.json": Self.node, "capture.json": #"{"time":"2026-01-03T00:00:00Z","serverVersion":{"gitVersion":"v1.30.4"}}"#,
    ])
    var options = CaptureReader.Options()
    #expect(try CaptureReader.read([folder.path], options).serverVersion["gitVersion"] == "v1.30.4")
    options.time = Timestamp("2026-02-01T00:00:00Z")
    options.serverVersion = "1.31"
    let capture = try CaptureReader.read([folder.path], options)
    #expect(capture.time == options.time)
    #expect(capture.serverVersion == ["major": "1", "minor": "31", "gitVersion": "v1.31.0"])
    options.serverVersion = "new"
    #expect(throws: CaptureProblem.self) { try CaptureReader.read([folder.path], options) }
  }
}
