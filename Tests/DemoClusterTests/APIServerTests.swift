import Kube
import Testing

@testable import DemoCluster

/// The protocol of the API server, asked without a network in between.
@Suite struct APIServerTests {
  static let start = Timestamp(seconds: 1_790_000_000)

  private func server() -> APIServer { APIServer(cluster: CalmScenario.build(Self.start, 1)) }

  private func ask(
    _ server: inout APIServer, _ method: String, _ target: String, _ body: JSONValue? = nil,
    type: String = "application/json", accept: String = "application/json", token: String? = nil
  ) -> (code: Int, json: JSONValue, bytes: [UInt8], stream: AsyncStream<[UInt8]>?) {
    var headers = ["accept": accept, "content-type": type]
    headers["authorization"] = token.map { "Bearer \($0)" }
    let answer = server.answer(APIRequest(method: method, target: target, headers: headers, body: body?.bytes() ?? []))
    switch answer.body {
    case .bytes(let bytes):
      let json = try? bytes.withUnsafeBytes { try JSONValue(parsing: $0) }
      return (answer.code, json ?? .null, bytes, nil)
    case .stream(let stream): return (answer.code, .null, [], stream)
    }
  }

  @Test func pagesOfAListAreOfOneRevisionAndTogetherComplete() {
    var server = server()
    let whole = ask(&server, "GET", "/api/v1/pods").json.list(at: "items").map(\.name)
    let first = ask(&server, "GET", "/api/v1/pods?limit=2").json
    #expect(first.list(at: "items").count == 2)
    #expect(first.int(at: "metadata.remainingItemCount") == whole.count - 2)
    let token = first.text(at: "metadata.continue")
    // What changes in between is not in the later pages.
    server.cluster.remove("pods", namespace: "web", name: whole[2])
    let second = ask(&server, "GET", "/api/v1/pods?limit=2&continue=\(token)").json
    #expect((first.list(at: "items") + second.list(at: "items")).map(\.name) == whole)
    #expect(second[at: "metadata.continue"] == nil)
    #expect(second.text(at: "metadata.resourceVersion") == first.text(at: "metadata.resourceVersion"))
  }

  @Test func oldTokensAndRevisionsAreExpired() {
    var server = server()
    let token = ask(&server, "GET", "/api/v1/pods?limit=1").json.text(at: "metadata.continue")
    server.cluster.advance(to: Self.start.advanced(by: .seconds(301)))
    let late = ask(&server, "GET", "/api/v1/pods?limit=1&continue=\(token)")
    #expect(late.code == 410 && late.json.text(at: "reason") == "Expired")
    #expect(ask(&server, "GET", "/api/v1/pods?continue=nonsense!").code == 400)
  }

  @Test(arguments: [
    ("/api/v1/pods?labelSelector=app%3Dhello", 3), ("/api/v1/pods?labelSelector=app+in+(hello,other)", 3),
    ("/api/v1/pods?labelSelector=app!%3Dhello", 0), ("/api/v1/pods?labelSelector=!app", 0),
    ("/api/v1/pods?fieldSelector=spec.nodeName%3Dcalm-1", 1), ("/api/v1/namespaces/default/pods", 0),
    ("/api/v1/pods?fieldSelector=status.phase!%3DRunning", 0),
    ("/api/v1/nodes?fieldSelector=metadata.name%3Dcalm-2", 1),
  ])
  func selectorsChooseOnTheServer(target: String, count: Int) {
    var server = server()
    #expect(ask(&server, "GET", target).json.list(at: "items").count == count)
  }

  @Test(arguments: [
    ("GET", "/api/v1/namespaces/web/pods/none", 404, "NotFound"), ("GET", "/apis/none/v1/things", 404, "NotFound"),
    ("GET", "/api/v1/pods?fieldSelector=spec.colour%3Dred", 400, "BadRequest"),
    ("POST", "/api/v1/namespaces/web/pods/none/log", 405, "MethodNotAllowed"),
    ("GET", "/api/v1/pods?labelSelector=a%20b", 400, "BadRequest"),
  ])
  func refusalsHaveTheWordsThatClientsKnow(method: String, target: String, code: Int, reason: String) {
    var server = server()
    let answer = ask(&server, method, target)
    #expect(answer.code == code)
    #expect(answer.json.text(at: "reason") == reason && answer.json.text(at: "kind") == "Status")
  }

  @Test func aWatchTellsWhatMovesInAndOutOfItsSelection() async {
    var server = server()
    let revision = server.cluster.store.revision
    let pod = server.cluster.pods(in: "web", prefix: "hello-")[0]
    let stream = ask(
      &server, "GET", "/api/v1/pods?watch=true&labelSelector=tier%3Dfront&resourceVersion=\(revision)"
    ).stream
    let path = "/api/v1/namespaces/web/pods/\(pod.name)"
    let merge = "application/merge-patch+json"
    for labels: JSONValue in [["tier": "front"], ["note": "x"], ["tier": "back"]] {
      #expect(ask(&server, "PATCH", path, ["metadata": ["labels": labels]], type: merge).code == 200)
    }
    server.publish()
    server.endStreams()
    var types: [String] = []
    for await line in stream ?? .nothing {
      types.append(((try? line.withUnsafeBytes { try JSONValue(parsing: $0) }) ?? .null).text(at: "type"))
    }
    #expect(types == ["ADDED", "MODIFIED", "DELETED"])
  }

  @Test func aWatchFromForgottenHistoryIsExpired() async {
    var server = server()
    server.cluster.store.compact()
    let stream = ask(&server, "GET", "/api/v1/pods?watch=1&resourceVersion=5").stream
    var events: [JSONValue] = []
    for await line in stream ?? .nothing {
      events.append((try? line.withUnsafeBytes { try JSONValue(parsing: $0) }) ?? .null)
    }
    #expect(events.map { $0.text(at: "type") } == ["ERROR"])
    #expect(events.first?.int(at: "object.code") == 410)
  }

  @Test func aProtobufWatchFramesItsEvents() async throws {
    var server = server()
    let stream = ask(
      &server, "GET", "/api/v1/nodes?watch=1", accept: "application/vnd.kubernetes.protobuf;stream=watch"
    ).stream
    server.endStreams()
    var frames = 0
    for await frame in stream ?? .nothing {
      let length = frame.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      #expect(length == frame.count - 4)
      frames += 1
    }
    #expect(frames == 3)
  }

  @Test func aProtobufListHoldsWhatTheJSONListHolds() throws {
    var server = server()
    let bytes = ask(&server, "GET", "/api/v1/nodes", accept: "application/vnd.kubernetes.protobuf,application/json")
      .bytes
    #expect(bytes.prefix(4) == [0x6b, 0x38, 0x73, 0])
    var names: [String] = []
    bytes.dropFirst(4).withUnsafeBytes { raw in
      var unknown = ProtobufReader(raw, pool: StringPool(capacity: 16))
      while let field = unknown.nextField() {
        guard field == 2 else {
          unknown.skip()
          continue
        }
        unknown.message { list in
          while let field = list.nextField() {
            if field == 2 {
              if let node = Node(protobuf: list.bytes(), pool: StringPool(capacity: 16)) {
                names.append(node.metadata.name)
              }
            } else {
              list.skip()
            }
          }
        }
      }
    }
    #expect(names == ["calm-1", "calm-2", "calm-3"])
  }

  @Test func aTableHasKubectlsColumns() {
    var server = server()
    let table = ask(
      &server, "GET", "/api/v1/namespaces/web/pods",
      accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    ).json
    #expect(table.text(at: "kind") == "Table")
    let names = table.list(at: "columnDefinitions").filter { $0.int(at: "priority") == 0 }.map { $0.text(at: "name") }
    #expect(names == ["Name", "Ready", "Status", "Restarts", "Age"])
    let cells = table.list(at: "rows").first?.list(at: "cells")
    #expect(cells?[1].string == "1/1" && cells?[2].string == "Running" && cells?[4].string == "9d")
    #expect(table.list(at: "rows").first?.text(at: "object.kind") == "PartialObjectMetadata")
  }

  @Test func conflictsAndPreconditionsAreKept() {
    var server = server()
    let path = "/apis/apps/v1/namespaces/web/deployments/hello"
    var object = ask(&server, "GET", path).json
    object.set("metadata.resourceVersion", "1")
    #expect(ask(&server, "PUT", path, object).code == 409)
    let body: JSONValue = ["preconditions": ["uid": "another"]]
    #expect(ask(&server, "DELETE", path, body).code == 409)
    #expect(
      ask(&server, "POST", "/api/v1/namespaces", ["metadata": ["name": "web"]]).json.text(at: "reason")
        == "AlreadyExists")
  }

  @Test func dryRunsLeaveNothingBehind() {
    var server = server()
    let revision = server.cluster.store.revision
    let path = "/apis/apps/v1/namespaces/web/deployments/hello"
    let patched = ask(
      &server, "PATCH", path + "?dryRun=All", ["spec": ["replicas": 9]], type: "application/merge-patch+json")
    #expect(patched.code == 200 && patched.json.int(at: "spec.replicas") == 9)
    #expect(ask(&server, "DELETE", path + "?dryRun=All").code == 200)
    #expect(ask(&server, "POST", "/api/v1/namespaces?dryRun=All", ["metadata": ["name": "new"]]).code == 201)
    #expect(server.cluster.store.revision == revision)
  }

  @Test(arguments: [
    ("application/merge-patch+json", #"{"spec":{"replicas":5}}"#),
    ("application/strategic-merge-patch+json", #"{"spec":{"replicas":5}}"#),
    ("application/json-patch+json", #"[{"op":"replace","path":"/spec/replicas","value":5}]"#),
  ])
  func patchesOfEveryKindChangeTheObject(type: String, text: String) throws {
    var server = server()
    let patch = try JSONValue(parsing: text)
    let path = "/apis/apps/v1/namespaces/web/deployments/hello"
    let answer = ask(&server, "PATCH", path, patch, type: type)
    #expect(answer.code == 200 && answer.json.int(at: "spec.replicas") == 5 && answer.json.generation == 2)
    #expect(ask(&server, "PATCH", path, patch, type: "application/apply-patch+yaml").code == 422)
  }

  @Test func aFieldThatAPatchRemovesIsGone() throws {
    var server = server()
    let path = "/apis/apps/v1/namespaces/web/deployments/hello"
    let type = "application/json-patch+json"
    let add = try JSONValue(parsing: #"[{"op":"add","path":"/metadata/annotations","value":{"a":"1","b":"2"}}]"#)
    #expect(ask(&server, "PATCH", path, add, type: type).code == 200)
    let remove = try JSONValue(parsing: #"[{"op":"remove","path":"/metadata/annotations/a"}]"#)
    let answer = ask(&server, "PATCH", path, remove, type: type)
    #expect(answer.code == 200 && answer.json[path: "metadata", "annotations"] == ["b": "2"], "\(answer.json)")
  }

  @Test func aBudgetBlocksEvictionsUntilThereIsRoom() throws {
    var server = server()
    _ = try server.cluster.create(
      "poddisruptionbudgets.policy", Manifests.budget("web", "hello", app: "hello", minAvailable: 3))
    server.cluster.advance(to: Self.start.advanced(by: .seconds(5)))
    let pod = server.cluster.pods(in: "web", prefix: "hello-")[0]
    let path = "/api/v1/namespaces/web/pods/\(pod.name)/eviction"
    let eviction: JSONValue = ["kind": "Eviction", "apiVersion": "policy/v1", "metadata": ["name": .string(pod.name)]]
    let refused = ask(&server, "POST", path, eviction)
    #expect(refused.code == 429)
    #expect(refused.json.list(at: "details.causes").first?.text(at: "reason") == "DisruptionBudget")
    server.cluster.change("deployments.apps", namespace: "web", name: "hello") { $0.set("spec.replicas", 4) }
    server.cluster.advance(to: Self.start.advanced(by: .seconds(40)))
    #expect(ask(&server, "POST", path, eviction).code == 201)
    _ = try server.cluster.create(
      "poddisruptionbudgets.policy", Manifests.budget("web", "second", app: "hello", minAvailable: 1))
    let other = server.cluster.pods(in: "web", prefix: "hello-").first { !$0.isDeleting }
    #expect(ask(&server, "POST", "/api/v1/namespaces/web/pods/\(other?.name ?? "")/eviction", eviction).code == 500)
  }

  @Test func kubeletsTellWhatVolumesHold() throws {
    var server = server()
    let node = try #require(server.cluster.store.list("nodes").first?.name)
    let answer = ask(&server, "GET", "/api/v1/nodes/\(node)/proxy/stats/summary")
    #expect(answer.code == 200 && answer.json.text(at: "node.nodeName") == node)
    let on = server.cluster.store.list("pods").filter { $0.text(at: "spec.nodeName") == node }
    #expect(Set(answer.json.list(at: "pods").map { $0.text(at: "podRef.uid") }) == Set(on.map(\.uid)))
    #expect(ask(&server, "GET", "/api/v1/nodes/nope/proxy/stats/summary").code == 404)
    server.cluster.setNode(node, ready: false)
    #expect(ask(&server, "GET", "/api/v1/nodes/\(node)/proxy/stats/summary").code == 503)
  }

  @Test func faultsForbidAndAccessReviewsSayTheSame() {
    var server = server()
    server.faults.forbiddenKinds = ["secrets"]
    let refused = ask(&server, "GET", "/api/v1/namespaces/web/secrets")
    #expect(refused.code == 403)
    #expect(
      refused.json.text(at: "message")
        == "secrets is forbidden: User \"demo-admin\" cannot list resource \"secrets\" in API group \"\" in the namespace \"web\""
    )
    let review: JSONValue = [
      "spec": ["resourceAttributes": ["verb": "list", "resource": "secrets", "namespace": "web"]]
    ]
    let answer = ask(&server, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
    #expect(answer.json[at: "status.allowed"]?.bool == false)
    server.faults = Faults()
    server.faults.onlyNamespaces = ["web"]
    #expect(ask(&server, "GET", "/api/v1/namespaces").code == 403)
    #expect(ask(&server, "GET", "/api/v1/namespaces/web/pods").code == 200)
    server.faults = Faults()
    server.faults.token = "secret"
    #expect(ask(&server, "GET", "/api/v1/nodes").code == 401)
    #expect(ask(&server, "GET", "/api/v1/nodes", token: "secret").code == 200)
    server.faults.readOnlyToken = "reader"
    #expect(ask(&server, "DELETE", "/api/v1/nodes/calm-1", token: "reader").code == 403)
  }

  @Test func bothGroupsOfEventsShowTheSameEvents() {
    var server = APIServer(cluster: ShopScenario.build(Self.start, 1))
    let old = ask(&server, "GET", "/api/v1/namespaces/shop/events").json.list(at: "items")
    let new = ask(&server, "GET", "/apis/events.k8s.io/v1/namespaces/shop/events").json.list(at: "items")
    #expect(!old.isEmpty && old.map { $0.text(at: "message") } == new.map { $0.text(at: "note") })
  }
}

extension AsyncStream<[UInt8]> {
  /// A stream that ends at once.
  fileprivate static var nothing: AsyncStream<[UInt8]> { AsyncStream { $0.finish() } }
}
