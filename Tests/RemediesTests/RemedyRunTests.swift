import HTTPTransport
import Kube
import KubeClient
import Testing

@testable import Remedies

/// The way from the order to the end, and every way off it.
@Suite struct RemedyRunTests {
  private func server(_ parameters: [String: String] = ["memory-limit": "256Mi"]) throws -> ScriptedServer {
    try ScriptedServer(Sample.bench(), .setResources, "pod/checkout-2-a", parameters)
  }

  @Test func everyStepInOrder() throws {
    var server = try server()
    try server.start()
    #expect(server.run.phase == .confirming)
    #expect(server.sent == ["GET", "REVIEW", "dry PATCH"])
    #expect(server.journal.isEmpty)
    #expect(
      server.run.trial?.changes.map(\.line) == [
        "spec.template.spec.containers[app].resources.limits.memory: 128Mi -> 256Mi"
      ])
    #expect(server.run.trial?.warnings == ["deprecated"])
    #expect(server.run.permissions.map(\.line) == ["allowed: patch deployments.apps in namespace shop"])

    try server.handle(.reply("yes"))
    #expect(server.sent == ["GET", "REVIEW", "dry PATCH", "PATCH"])
    #expect(server.journal.map(\.moment) == [.began])
    #expect(server.run.phase == .waiting(.pending("the controller has not acted yet")))

    // The controller has acted; that must last before it counts, since the container starts well before it is killed.
    var deployment = try #require(server.bench.objects["deployment/checkout"])
    deployment["status"] = [
      "observedGeneration": 4, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2,
    ]
    try server.bench.put(deployment)
    try server.pass(.seconds(3))
    #expect(server.run.phase == .waiting(.met))
    #expect(server.lookAfter == .seconds(15))
    try server.pass(.seconds(15))
    #expect(server.run.outcome == .succeeded)
    #expect(server.journal.map(\.outcome) == ["", "succeeded"])
  }

  @Test func whatHoldsOnlyForAWhileDoesNotCount() throws {
    var server = try server()
    try server.start(replying: "y")
    var deployment = try #require(server.bench.objects["deployment/checkout"])
    deployment["status"] = [
      "observedGeneration": 4, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2,
    ]
    try server.bench.put(deployment)
    try server.pass(.seconds(1))
    var broken = deployment
    broken["status"] = ["observedGeneration": 4, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 1]
    try server.bench.put(broken)
    try server.pass(.seconds(10))
    #expect(server.run.phase == .waiting(.pending("1 of 2 new pods are available")))
    try server.bench.put(deployment)
    try server.pass(.seconds(1))
    try server.pass(.seconds(14))
    #expect(server.run.outcome == nil)
    try server.bench.put(broken)
    try server.pass(.seconds(700))
    #expect(server.run.outcome == .timedOut("1 of 2 new pods are available"))
    #expect(server.run.undo != nil)
  }

  @Test func nothingIsSentWithoutAWord() throws {
    for reply in ["", "n", "no", "checkout", "Y es"] {
      var server = try server()
      try server.start(replying: reply)
      #expect(server.run.outcome == .declined)
      #expect(!server.sent.contains("PATCH"))
      #expect(server.journal.isEmpty)
    }
  }

  @Test func severeOnesWantTheName() throws {
    var server = try ScriptedServer(Sample.bench(), .scale, "deployment/checkout", ["replicas": "0"])
    try server.start(replying: "y")
    #expect(server.run.phase == .confirming)
    #expect(server.run.remark == "that is not checkout")
    try server.handle(.reply("checkout"))
    #expect(server.sent.last == "PATCH")
  }

  @Test func aJournalThatCannotBeWrittenStopsIt() throws {
    var server = try server()
    server.journalFailure = JournalFailure(message: "No space left on device")
    try server.start(replying: "y")
    #expect(server.run.outcome == .unrecorded("No space left on device"))
    #expect(!server.sent.contains("PATCH"))
  }

  struct Failing: CustomTestStringConvertible {
    var request: String
    var failure: APIFailure
    var outcome: String
    var says: String
    var testDescription: String { "\(request) \(says)" }
  }

  @Test(arguments: [
    Failing(request: "GET", failure: .code(404, "NotFound"), outcome: "refused", says: "NotFound it is"),
    Failing(request: "GET", failure: .refused, outcome: "not-applied", says: "was refused"),
    Failing(request: "REVIEW", failure: .refused, outcome: "not-applied", says: "was refused"),
    Failing(request: "dry PATCH", failure: .code(403, "Forbidden"), outcome: "rejected", says: "Forbidden it is"),
    Failing(request: "dry PATCH", failure: .code(422, "Invalid"), outcome: "rejected", says: "Invalid it is"),
    Failing(
      request: "dry PATCH", failure: .code(429, "TooManyRequests", retryAfter: .seconds(9)), outcome: "not-applied",
      says: "asks to wait 9s"),
    Failing(request: "dry PATCH", failure: .code(500, "InternalError"), outcome: "not-applied", says: "InternalError"),
    Failing(request: "PATCH", failure: .code(403, "Forbidden"), outcome: "not-applied", says: "Forbidden it is"),
    Failing(request: "PATCH", failure: .code(429, "TooManyRequests"), outcome: "not-applied", says: "TooMany"),
    Failing(request: "PATCH", failure: .refused, outcome: "not-applied", says: "was refused"),
    Failing(request: "PATCH", failure: .lost, outcome: "not-applied", says: "reset by peer"),
    Failing(request: "PATCH", failure: .code(504, "Timeout"), outcome: "not-applied", says: "Timeout it is"),
    Failing(request: "PATCH", failure: .readOnly("locked"), outcome: "not-applied", says: "nothing was sent: locked"),
  ])
  func everyFailureIsSaid(_ row: Failing) throws {
    var server = try server()
    server.failures = [row.request: [row.failure]]
    try server.start(replying: "y")
    let outcome = try #require(server.run.outcome)
    #expect(outcome.word == row.outcome)
    #expect(outcome.sentence.contains(row.says), "\(outcome.sentence)")
    #expect(outcome.changedCluster == false)
    // What has begun in the journal has an end there.
    #expect(server.journal.map(\.moment) == (row.request == "PATCH" ? [.began, .ended] : []))
    let limit = server.bench.objects["deployment/checkout"]?[path: "spec", "template", "spec", "containers"]
    #expect(limit?[0]?[path: "resources", "limits", "memory"] == "128Mi")
  }

  @Test func aLostAnswerIsLookedUp() throws {
    var server = try server()
    server.failures = ["PATCH": [.lost]]
    server.lostAnswers = ["PATCH"]
    try server.start(replying: "y")
    #expect(server.sent == ["GET", "REVIEW", "dry PATCH", "PATCH", "GET"])
    #expect(server.run.phase == .waiting(.pending("the controller has not acted yet")))
  }

  @Test func whatCannotBeLookedUpIsUnknown() throws {
    var server = try server()
    server.failures = ["PATCH": [.lost]]
    try server.start()
    server.failures["GET"] = Array(repeating: .refused, count: 20)
    try server.handle(.reply("y"))
    #expect(server.run.phase == .verifying)
    // Changes of the cluster do not make it ask more often.
    try server.handle(.look)
    #expect(server.sent.count { $0 == "GET" } == 2)
    for _ in 0..<8 { try server.pass(.seconds(64)) }
    #expect(server.run.outcome?.word == "unknown")
    #expect(server.run.outcome?.changedCluster == nil)
    #expect(server.sent.count { $0 == "PATCH" } == 1)
  }

  @Test func aConflictThatLeavesTheDiffAloneIsTriedAgain() throws {
    var server = try server()
    try server.start()
    try server.bench.put(changed("deployment/checkout", in: server.bench) { $0["status"] = ["replicas": 1] })
    try server.handle(.reply("y"))
    #expect(server.sent == ["GET", "REVIEW", "dry PATCH", "PATCH", "GET", "GET", "PATCH"])
    if case .waiting = server.run.phase {} else { Issue.record("\(server.run.phase)") }
  }

  @Test func aConflictThatChangesTheDiffIsAskedAgain() throws {
    var server = try server()
    try server.start()
    let other = Sample.deployment.replacing("128Mi", with: "200Mi").replacing(#""77""#, with: #""78""#)
    try server.bench.put(other)
    try server.handle(.reply("y"))
    #expect(server.run.phase == .confirming)
    #expect(server.run.remark == "deployment/checkout has changed meanwhile: look again")
    #expect(server.run.trial?.changes.first?.before == "200Mi")
    try server.handle(.reply("y"))
    #expect(server.sent.count { $0 == "PATCH" } == 2)
  }

  /// Found on a real server, where controllers write at any time: the second dry run of a change that the person had not
  /// seen yet met a conflict, and what came out of it was taken for what the person had agreed to.
  @Test func aConflictBeforeTheSecondQuestionDoesNotAnswerIt() throws {
    var server = try server()
    try server.start()
    try server.bench.put(Sample.deployment.replacing("128Mi", with: "200Mi").replacing(#""77""#, with: #""78""#))
    server.failures["dry PATCH"] = [.code(409, "Conflict")]
    try server.handle(.reply("y"))
    #expect(server.run.phase == .confirming)
    #expect(server.run.remark == "deployment/checkout has changed meanwhile: look again")
    #expect(server.sent.count { $0 == "PATCH" } == 1)
  }

  @Test func endlessConflictsEnd() throws {
    var server = try server()
    var version = 100
    server.before = { word, bench in
      guard word == "PATCH" else { return }
      version += 1
      try bench.put(Sample.deployment.replacing(#""77""#, with: "\"\(version)\""))
    }
    try server.start(replying: "y")
    #expect(server.run.outcome?.sentence.contains("changes all the time") == true)
  }

  @Test func deniedPermissionStopsIt() throws {
    var server = try server()
    _ = server.run.start(in: server.bench.scene)
    let object = try #require(server.bench.objects["deployment/checkout"])
    let scene = server.bench.scene
    let review = server.run.handle(.answered(1, .success(RemedyAnswer(json: object))), in: scene, at: .zero)
    #expect(review.count == 1)
    let denied: JSONValue = ["status": ["allowed": false, "reason": "no role"]]
    let effects = server.run.handle(.answered(2, .success(RemedyAnswer(json: denied))), in: scene, at: .zero)
    #expect(effects.isEmpty)
    #expect(
      server.run.outcome?.sentence
        == "nothing was changed: mira may not patch deployments.apps in namespace shop: no role")
  }

  @Test func refusalsAreAboutWhoeverIsImpersonated() throws {
    let server = try server()
    let place = RemedyRun.Place(context: "prod", cluster: "prod-eu", user: "mira", actingAs: "half")
    var run = RemedyRun(server.run.order, place: place, id: "run-1")
    _ = run.start(in: server.bench.scene)
    let object = try #require(server.bench.objects["deployment/checkout"])
    _ = run.handle(.answered(1, .success(RemedyAnswer(json: object))), in: server.bench.scene, at: .zero)
    let denied: JSONValue = ["status": ["allowed": false]]
    _ = run.handle(.answered(2, .success(RemedyAnswer(json: denied))), in: server.bench.scene, at: .zero)
    #expect(
      run.outcome?.sentence == "nothing was changed: half may not patch deployments.apps in namespace shop")
    #expect(place.user == "mira as half")
  }

  @Test func webhooksWithoutDryRunAreNamed() throws {
    var server = try server()
    server.failures = [
      "dry PATCH": [
        .status(Status(code: 400, reason: "BadRequest", message: "webhook a does not support dry run"), retryAfter: nil)
      ]
    ]
    try server.start()
    #expect(server.run.phase == .confirming)
    #expect(server.run.trial?.notTried?.contains("does not support dry run") == true)
  }

  @Test func undoWritesTheEarlierValueBack() throws {
    var server = try server(["memory-limit": "1024Mi"])
    try server.start(replying: "y")
    // The server writes amounts in its own way.
    let canonical = try changed("deployment/checkout", in: server.bench) { _ in }
    try server.bench.put(canonical)
    let undo = try #require(server.run.undo)
    var back = ScriptedServer(server.bench, undo)
    try back.start(replying: "y")
    let containers = back.bench.objects["deployment/checkout"]?[path: "spec", "template", "spec", "containers"]
    #expect(containers?[0]?[path: "resources", "limits", "memory"] == "128Mi")

    // Who has changed it in between is not overruled.
    var other = ScriptedServer(back.bench, undo)
    try other.start(replying: "y")
    #expect(
      other.run.outcome?.sentence
        == "spec.template.spec.containers[app].resources.limits.memory has changed since: it was set to "
        + "1024Mi and is 128Mi now")
  }

  @Test func leavingSendsNothingAndStopsNothingThatIsSent() throws {
    var server = try server()
    try server.start()
    try server.handle(.leave)
    #expect(server.run.outcome == .declined)
    var waiting = try self.server()
    try waiting.start(replying: "y")
    try waiting.handle(.leave)
    #expect(waiting.run.outcome?.changedCluster == true)
    #expect(waiting.journal.last?.outcome == "not-awaited")
  }

  @Test func deletionsNameTheUIDAndCountWhatIsGone() throws {
    var server = try ScriptedServer(Sample.bench(), .deleteFailedPods, "namespace/shop")
    server.failures = ["DELETE": [.code(404, "NotFound")]]
    try server.start(replying: "y")
    server.bench.remove("Pod", "gone")
    try server.handle(.look)
    #expect(server.run.outcome == .succeeded)
    let step = try #require(server.run.remedy?.steps.first)
    let body = try JSONValue(parsing: String(decoding: step.request(isDryRun: false).body ?? [], as: UTF8.self))
    #expect(body[path: "preconditions", "uid"] == "p7")
  }

  private func changed(_ word: String, in bench: Bench, _ change: (inout JSONValue) -> Void) throws -> JSONValue {
    var object = try #require(bench.objects[word])
    change(&object)
    var metadata = object["metadata"] ?? [:]
    metadata["resourceVersion"] = "changed"
    object["metadata"] = metadata
    return object
  }
}
