import HTTPTransport
import Kube
import Testing

@testable import KubeClient

@Suite struct RequestTests {
  @Test func selectorsAreEscaped() {
    var options = ListOptions(namespace: "a b")
    options.labelSelector = "app in (x,y),!z&q=1"
    options.fieldSelector = "status.phase!=Running"
    let list = APIRequest.list(Pod.resource, options, codec: .table, resourceVersion: "0", continueToken: "")
    #expect(
      list.target == "/api/v1/namespaces/a%20b/pods?labelSelector=app%20in%20%28x%2Cy%29%2C%21z%26q%3D1"
        + "&fieldSelector=status.phase%21%3DRunning&limit=500&resourceVersion=0")
  }

  @Test func aFollowingPageHasNoVersion() {
    let list = APIRequest.list(Node.resource, ListOptions(), codec: .table, resourceVersion: "5", continueToken: "a+/=")
    #expect(list.target == "/api/v1/nodes?limit=500&continue=a%2B%2F%3D")
  }

  @Test func watchesAskForBookmarksAndOutliveTheUsersLimit() {
    let watch = APIRequest.watch(
      Pod.resource, ListOptions(), codec: .typed(Pod.self), resourceVersion: "7", seconds: 400)
    #expect(
      watch.target == "/api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=400")
    #expect(watch.isLongRunning && watch.timeout == .seconds(430))
  }

  @Test func logsAskForWhatIsWanted() {
    var options = LogOptions()
    options.container = "web"
    options.follow = true
    options.tailLines = 10
    options.limitBytes = 500
    options.sinceTime = Timestamp("2026-01-02T03:04:05Z")
    options.timestamps = true
    let logs = APIRequest.logs(namespace: "shop", pod: "p", options)
    #expect(
      logs.target == "/api/v1/namespaces/shop/pods/p/log?container=web&follow=true&tailLines=10"
        + "&sinceTime=2026-01-02T03%3A04%3A05Z&limitBytes=500&timestamps=true")
    #expect(logs.isLongRunning)
  }

  @Test func preconditionsStandWhereTheServerChecksThem() throws {
    var options = ChangeOptions()
    options.uid = "u"
    options.resourceVersion = "3"
    options.isDryRun = true
    let patch = APIRequest.patch(
      Pod.resource, namespace: "a", name: "p", kind: .merge, patch: ["spec": ["x": 1]], options)
    #expect(patch.method == "PATCH" && patch.target.hasSuffix("/pods/p?dryRun=All"))
    #expect(patch.contentType == "application/merge-patch+json")
    let body = try #require(patch.body)
    let expected: JSONValue = ["spec": ["x": 1], "metadata": ["uid": "u", "resourceVersion": "3"]]
    #expect(String(decoding: body, as: UTF8.self) == expected.text())
    let delete = APIRequest.delete(Pod.resource, namespace: "a", name: "p", gracePeriodSeconds: 0, options)
    let deletion = try #require(delete.body.map { String(decoding: $0, as: UTF8.self) })
    #expect(deletion.contains(#""preconditions":{"uid":"u","resourceVersion":"3"}"#))
    #expect(deletion.contains(#""gracePeriodSeconds":0"#))
    #expect(deletion.contains(#""dryRun":["All"]"#))  // servers do not read the query of a deletion with a body
  }

  @Test(arguments: [
    (401, "Unauthorized", "Unauthorized", "error: You must be logged in to the server (Unauthorized)"),
    (403, "Forbidden", "pods is forbidden", "Error from server (Forbidden): pods is forbidden"),
    (500, "", "boom", "Error from server: boom"),
  ])
  func failuresAreWordedAsKubectlDoes(code: Int, reason: String, message: String, sentence: String) {
    #expect(
      APIFailure.status(Status(code: code, reason: reason, message: message), retryAfter: nil).sentence == sentence)
  }

  @Test func refusedConnectionsAreWordedAsKubectlDoes() {
    #expect(
      APIFailure.transport(.refused(address: "h:1")).sentence
        == "The connection to the server h:1 was refused - did you specify the right host or port?")
  }

  @Test func errorBodiesOfAnySortAreUnderstood() {
    func failure(_ body: String, _ headers: [(name: String, value: String)] = []) -> APIFailure {
      APIFailure(head: HTTPHead(status: 503, headers: headers), body: Array(body.utf8))
    }
    let status = failure(
      #"{"kind":"Status","status":"Failure","message":"m","reason":"R","code":503,"details":{"retryAfterSeconds":3}}"#)
    #expect(status.sentence == "Error from server (R): m")
    #expect(status.retryAfter == .seconds(3))
    #expect(failure("", [("retry-after", "9")]).retryAfter == .seconds(9))
    #expect(
      failure("upstream is gone\nmore", [("content-type", "text/plain")]).sentence
        == "Error from server: upstream is gone")
    #expect(failure("<html>").sentence == "Error from server: the server answered with HTTP status 503 and no details")
  }
}

@Suite struct LogLinesTests {
  static func lines(_ chunks: [[UInt8]]) -> [String] {
    var cutter = LogLines()
    var lines: [String] = []
    for chunk in chunks { chunk.withUnsafeBytes { lines += cutter.feed($0) } }
    return lines + [cutter.finish()].compactMap { $0 }
  }

  @Test func linesDoNotDependOnHowBytesArrive() {
    let text = Array("a\r\n\nwörld\nlast".utf8)
    #expect(Self.lines([text]) == ["a", "", "wörld", "last"])
    #expect(Self.lines(text.map { [$0] }) == ["a", "", "wörld", "last"])
  }

  @Test func aLineOfManyMegabytesIsCutAndSaysSo() {
    let line = [UInt8](repeating: 0x61, count: 3 << 20) + [0x0A]
    let lines = Self.lines([line, Array("b\n".utf8)])
    #expect(lines.count == 2 && lines[1] == "b")
    #expect(lines[0].hasSuffix("… (\(2 << 20) more bytes)"))
  }
}
