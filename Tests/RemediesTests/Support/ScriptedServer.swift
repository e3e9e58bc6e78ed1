import ClusterState
import HTTPTransport
import Kube
import KubeClient
import Testing

@testable import Remedies

/// A run against a server that has the objects of a bench, with failures where the test wants them.
struct ScriptedServer {
  /// The request as the test names it: `GET`, `dry PATCH`, `PATCH`, `REVIEW` and so on.
  typealias Word = String

  var bench: Bench
  var run: RemedyRun
  /// Failures to answer with, by request, in order; requests without one succeed.
  var failures: [Word: [APIFailure]] = [:]
  /// Failures after which the request has been carried out all the same.
  var lostAnswers: Set<Word> = []
  var journalFailure: JournalFailure?
  /// Called before a request is answered.
  var before: (Word, inout Bench) throws -> Void = { _, _ in }
  private(set) var sent: [Word] = []
  private(set) var journal: [JournalEntry] = []
  private(set) var lookAfter: Duration?
  private(set) var moment = Duration.zero
  private(set) var warnings: [String] = []

  init(_ bench: Bench, _ order: RemedyOrder, isDryRun: Bool = false) {
    self.bench = bench
    run = RemedyRun(
      order, place: .init(context: "prod", cluster: "prod-eu", user: "mira"), id: "run-1", isDryRun: isDryRun)
  }

  init(_ bench: Bench, _ name: RemedyName, _ object: String, _ parameters: [String: String] = [:]) throws {
    self.init(bench, RemedyOrder(name, try bench.reference(object), parameters))
  }

  mutating func start() throws { try perform(run.start(in: bench.scene)) }

  /// Runs up to the question and answers it.
  mutating func start(replying reply: String) throws {
    try start()
    if run.phase == .confirming { try handle(.reply(reply)) }
  }

  mutating func handle(_ input: RemedyRun.Input) throws {
    try perform(run.handle(input, in: bench.scene, at: moment))
  }

  /// Time passes and the run looks again.
  mutating func pass(_ duration: Duration) throws {
    moment += duration
    try handle(.look)
  }

  private mutating func perform(_ effects: [RemedyRun.Effect]) throws {
    for effect in effects {
      switch effect {
      case .send(let number, let request):
        let word = Self.word(request)
        sent.append(word)
        try before(word, &bench)
        let result = try answer(request, word)
        try handle(.answered(number, result))
      case .record(let entry):
        journal.append(entry)
        try handle(.recorded(journalFailure.map { .failure($0) } ?? .success(())))
      case .look(let duration): lookAfter = duration
      }
    }
  }

  private static func word(_ request: APIRequest) -> Word {
    if request.path.hasSuffix("accessreviews") { return "REVIEW" }
    let isDryRun = request.query.contains { $0 == ("dryRun", "All") }
    return (isDryRun ? "dry " : "") + request.method
  }

  private mutating func answer(_ request: APIRequest, _ word: Word) throws -> Result<RemedyAnswer, APIFailure> {
    if var list = failures[word], !list.isEmpty {
      let failure = list.removeFirst()
      failures[word] = list
      if lostAnswers.contains(word) { _ = try carryOut(request, word) }
      return .failure(failure)
    }
    return try carryOut(request, word)
  }

  private mutating func carryOut(_ request: APIRequest, _ word: Word) throws -> Result<RemedyAnswer, APIFailure> {
    if word == "REVIEW" { return .success(RemedyAnswer(json: ["status": ["allowed": true, "reason": "role"]])) }
    let parts = request.path.split(separator: "/").suffix(2).map(String.init)
    let (plural, name) = (parts.first ?? "", parts.last ?? "")
    let kind = builtInKind(named: plural)?.resource.kind.lowercased() ?? ""
    guard let object = bench.objects["\(kind)/\(name)"] else { return .failure(.code(404, "NotFound")) }
    switch request.method {
    case "PATCH":
      let patch = try JSONValue(parsing: String(decoding: request.body ?? [], as: UTF8.self))
      let operations = patch.array ?? []
      guard operations.first?["value"] == object[path: "metadata", "resourceVersion"] else {
        return .failure(.code(409, "Conflict"))
      }
      var changed = try EditedObject.following(operations, object)
      var metadata = changed["metadata"] ?? [:]
      metadata["resourceVersion"] = "next"
      metadata["generation"] = .int((metadata["generation"]?.int ?? 0) + 1)
      changed["metadata"] = metadata
      if !word.hasPrefix("dry") { try bench.put(changed) }
      return .success(RemedyAnswer(json: changed, warnings: ["deprecated"]))
    case "DELETE":
      if !word.hasPrefix("dry"), let kind = object["kind"]?.string { bench.remove(kind, name) }
      return .success(RemedyAnswer(json: object))
    default: return .success(RemedyAnswer(json: object))
    }
  }
}

extension APIFailure {
  /// A refusal with an HTTP status.
  static func code(_ code: Int, _ reason: String, retryAfter: Duration? = nil) -> APIFailure {
    .status(Status(code: code, reason: reason, message: "\(reason) it is"), retryAfter: retryAfter)
  }

  /// The connection broke before the answer.
  static let lost = APIFailure.transport(.closedEarly(reason: "reset by peer"))
  /// The connection was never there.
  static let refused = APIFailure.transport(.refused(address: "10.0.0.1:6443"))
}
