import DataFiles
import HTTPTransport
import Kube
import KubeClient
import Testing

@testable import Session

/// A session that may not write does not write, whoever asks.
@Suite struct WritePolicyTests {
  static let pod = Pod.resource
  static let options = ChangeOptions()
  static let dryRun: ChangeOptions = {
    var options = ChangeOptions()
    options.isDryRun = true
    return options
  }()

  static func bare(_ method: String, _ path: String) -> APIRequest {
    var request = APIRequest(path: path)
    request.method = method
    return request
  }

  /// Every kind of request that could change something.
  static let writes: [APIRequest] = [
    .create(pod, namespace: "a", object: [:], options), .create(pod, namespace: "a", object: [:], dryRun),
    .patch(pod, namespace: "a", name: "x", kind: .merge, patch: [:], options),
    .patch(pod, namespace: "a", name: "x", kind: .strategicMerge, patch: [:], dryRun),
    .patch(pod, namespace: "a", name: "x", kind: .json, patch: [], options), .delete(pod, namespace: "a", name: "x"),
    .delete(pod, namespace: "a", name: "x", dryRun), .evict(namespace: "a", pod: "x", version: "v1"),
    bare("PUT", "/api/v1/namespaces/a/pods/x"), bare("DELETE", "/api/v1/namespaces/a/pods"),
    bare("POST", "/api/v1/namespaces/a/pods/selfsubjectaccessreviews"),
    bare("POST", "/apis/example.com/v1/selfsubjectaccessreviews"), bare("OPTIONS", "/api"), bare("get", "/api"),
    bare("GET", "/api/v1/namespaces/a/pods/x/exec"), bare("GET", "/api/v1/namespaces/a/pods/x/attach"),
    bare("POST", "/api/v1/namespaces/a/pods/x/portforward"),
    bare("POST", "/api/v1/namespaces/a/pods/x/proxy/selfsubjectaccessreviews"),
  ]

  @Test(arguments: writes.indices) func nothingThatChangesSomethingIsSent(_ index: Int) throws {
    let run = try SessionRun(writePolicy: .readOnly("started with --read-only"))
    var result: Result<APIResponse, APIFailure>?
    run.session.client.send(Self.writes[index]) { result = $0 }
    run.settle()
    #expect(run.transport.started.isEmpty)
    guard case .failure(.readOnly("started with --read-only"))? = result else {
      Issue.record("\(String(describing: result))")
      return
    }
  }

  @Test func whatOnlyReadsIsSent() throws {
    let run = try SessionRun(writePolicy: .readOnly("started with --read-only"))
    let reads: [APIRequest] = [
      .get(Self.pod, namespace: "a", name: "x"), .logs(namespace: "a", pod: "x", LogOptions()),
      .accessReview(verb: "delete", Self.pod, namespace: "a"), .version,
    ]
    for request in reads { run.session.client.send(request) { _ in } }
    run.settle()
    #expect(run.transport.started.count == reads.count)
  }

  @Test func withoutAPolicyASessionOnlyReads() throws {
    let run = try SessionRun()
    #expect(run.session.client.readOnlyReason != nil)
  }

  @Test func unlockingNamesTheContext() throws {
    let locked = WritePolicy.locked("context prod is protected")
    let run = try SessionRun(writePolicy: locked, context: "prod")
    #expect(!run.session.unlock(context: "prod-eu"))
    #expect(run.session.writePolicy == locked)
    #expect(run.session.unlock(context: "prod"))
    #expect(run.session.client.readOnlyReason == nil)
    let closed = try SessionRun(writePolicy: .readOnly("r"), context: "prod")
    #expect(!closed.session.unlock(context: "prod"))
    #expect(closed.session.client.readOnlyReason == "r")
  }

  struct Row: CustomTestStringConvertible {
    var file: String
    var context = "prod-eu"
    var readOnly = false
    var unlocked: Set<String> = []
    var reason: String?
    var testDescription: String { file + context }
  }

  @Test(arguments: [
    Row(file: "", reason: nil),
    Row(file: "", readOnly: true, reason: "--read-only"),
    Row(file: "readOnly: true", reason: "readOnly: true"),
    Row(file: "protected: [prod-*]", reason: "context prod-eu is protected (prod-*)"),
    Row(file: "protected: [prod-*]", unlocked: ["prod-eu"], reason: nil),
    Row(file: "protected: [prod-*]", unlocked: ["prod-us"], reason: "unlock it first"),
    Row(file: "protected: [prod-*]", context: "dev", reason: nil),
    Row(file: "protected: ['*']", context: "", reason: "a cluster without a context is protected"),
    Row(file: "protected: [prod-*]", readOnly: true, unlocked: ["prod-eu"], reason: "--read-only"),
    // A mistake must not open what it meant to close.
    Row(file: "protectd: [prod-*]", context: "dev", reason: "config.yaml:1:1: unknown key \"protectd\""),
    Row(file: "protected: prod", context: "dev", reason: "config.yaml:1:12"),
    Row(file: "readOnly: maybe", context: "dev", reason: "config.yaml:1:11"),
    Row(file: "protected: [", context: "dev", reason: "config.yaml"),
  ])
  func flagsAndConfigurationDecide(_ row: Row) {
    var files = MemoryFileSystem()
    files.files["/home/config/podmedic/config.yaml"] = Array(row.file.utf8)
    let configuration = Configuration(environment: ["XDG_CONFIG_HOME": "/home/config"], fileSystem: files)
    let policy = WritePolicy(
      context: row.context, readOnly: row.readOnly, configuration: configuration, unlocked: row.unlocked)
    if let reason = row.reason {
      #expect(policy.reason?.contains(reason) == true, "\(policy)")
    } else {
      #expect(policy == .open)
    }
  }

  @Test func aMissingConfigurationIsNone() {
    let configuration = Configuration(environment: ["HOME": "/home"], fileSystem: MemoryFileSystem())
    #expect(configuration == Configuration())
  }

  @Test(arguments: [
    ("prod", "prod", true), ("prod", "*", true), ("", "*", true), ("prod", "p?od", true), ("prod-eu", "prod", false),
    ("a/b@c:d", "a/*:d", true), ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "*a*a*a*a*a*a*a*a*c", false), ("x", "", false),
    ("prod-eu-1", "*-eu-*", true),
  ])
  func patternsMatchWholeNames(_ text: String, _ pattern: String, _ matches: Bool) {
    #expect(WritePolicy.matches(text, pattern) == matches)
  }
}
