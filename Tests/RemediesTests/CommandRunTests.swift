import HTTPTransport
import Kube
import KubeClient
import Testing

@testable import Remedies

/// A command in a container: nothing is sent before a person has agreed and the journal has it.
@Suite struct CommandRunTests {
  private var order: CommandOrder {
    var pod = ObjectReference()
    pod.kind = "Pod"
    pod.namespace = "shop"
    pod.name = "web"
    pod.uid = "u1"
    return CommandOrder(pod: pod, container: "app", command: ["cat", "/a b"])
  }

  private func begun(uid: String = "u1", denied: String? = nil) -> CommandRun {
    var run = CommandRun(order, place: .init(context: "c", cluster: "k", user: "me"), id: "1")
    for effect in run.start() {
      guard case .send(let number, let request) = effect else { continue }
      var answer: JSONValue = ["metadata": ["uid": .string(uid)]]
      if request.method == "POST" {
        let body = String(decoding: request.body ?? [], as: UTF8.self)
        #expect(body.contains(#""subresource":"exec""#) && body.contains(#""name":"web""#))
        answer = ["status": ["allowed": .bool(denied.map { !body.contains("\"verb\":\"\($0)\"") } ?? true)]]
      }
      _ = run.handle(.answered(number, .success(RemedyAnswer(json: answer))))
    }
    return run
  }

  @Test func everyStepInOrder() throws {
    var run = begun()
    #expect(run.phase == .confirming)
    #expect(run.question == "Run it in cluster k? y/N")
    let lines = RemedySummary(run).lines.map { "\($0.label): \($0.text)" }
    #expect(lines.contains("command: cat '/a b'"))
    #expect(lines.contains("kubectl: kubectl exec -n shop web -c app -- cat '/a b'"))
    #expect(run.handle(.ran(.success(CommandOutput(text: "", end: .exited(0))))).isEmpty)

    guard case .record(let began)? = run.handle(.reply("y")).first else {
      Issue.record("the journal does not come first")
      return
    }
    #expect(began.moment == .began && began.remedy == "run-command" && began.object.name == "web")
    guard case .run(let request)? = run.handle(.recorded(.success(()))).first else {
      Issue.record("it is not run")
      return
    }
    #expect(
      request.target == "/api/v1/namespaces/shop/pods/web/exec?command=cat&command=%2Fa%20b&container=app&stdin=false"
        + "&stdout=true&stderr=true")
    #expect(!request.isRead)
    let effects = run.handle(.ran(.success(CommandOutput(text: "password", end: .exited(3)))))
    guard case .record(let ended)? = effects.first else {
      Issue.record("its end is not written down")
      return
    }
    #expect(ended.moment == .ended && ended.outcome == "failed" && ended.detail == "it ended with exit status 3")
    #expect(!ended.line.contains("password"), "what it wrote is nobody else's business")
    #expect(JournalHistory(text: began.line + "\n" + ended.line).records.first?.whyNoUndo?.contains("command") == true)
  }

  @Test(arguments: [
    ("get", "me may not get pods/exec in namespace shop"), ("create", "me may not create pods/exec in namespace shop"),
  ])
  func bothPermissionsAreNeeded(_ verb: String, _ says: String) {
    #expect(begun(denied: verb).outcome == .forbidden(says))
  }

  @Test func anotherPodOfTheNameIsNotTouched() {
    #expect(begun(uid: "u2").outcome == .notRun("pod/web has been replaced by another of the same name"))
  }

  @Test(arguments: ["n", "", "yess"]) func withoutAYesNothingHappens(_ reply: String) {
    var run = begun()
    #expect(run.handle(.reply(reply)).isEmpty)
    #expect(run.outcome == .declined)
  }

  @Test func whatCannotBeRecordedIsNotRun() {
    var run = begun()
    _ = run.handle(.reply("y"))
    #expect(run.handle(.recorded(.failure(JournalFailure(message: "disk full")))).isEmpty)
    #expect(run.outcome == .unrecorded("disk full"))
  }

  @Test(arguments: [
    (APIFailure.status(Status(code: 403, reason: "Forbidden", message: "no"), retryAfter: nil), "forbidden"),
    (.status(Status(code: 400, reason: "BadRequest", message: "container not found"), retryAfter: nil), "not-applied"),
    (.readOnly("protected"), "not-applied"), (.transport(.refused(address: "a:1")), "not-applied"),
    (.transport(.closedEarly(reason: "x")), "unknown"),
  ])
  func failuresSayWhetherItWasRun(_ failure: APIFailure, _ word: String) {
    var run = begun()
    _ = run.handle(.reply("y"))
    _ = run.handle(.recorded(.success(())))
    _ = run.handle(.ran(.failure(failure)))
    #expect(run.outcome?.word == word)
  }
}
