import ClusterState
import Kube
import KubeClient

/// One remedy from the order to the end, always in this order: read the object, work the remedy out, ask for permission,
/// let the server try it, show it, wait for a person's word, write the journal, apply it with its preconditions, wait
/// until it has done what it is for.
///
/// A value: it takes what has happened and answers what to do. Answers of requests that it no longer waits for are
/// ignored, so that a run can be left at any time before something is sent.
public struct RemedyRun: Sendable {
  /// Whose cluster it is, for people and for the journal.
  public struct Place: Sendable, Equatable {
    /// Context of the kubeconfig; "" when there is none.
    public var context: String
    /// The cluster's name or address: what a person must recognise.
    public var cluster: String
    /// The user's name, as far as the kubeconfig tells: whoever logs in.
    public var login: String
    /// The user that requests are made as, by impersonation; "" for whoever logs in.
    public var impersonated: String

    /// A place.
    public init(context: String, cluster: String, user: String, actingAs impersonated: String = "") {
      self.context = context
      self.cluster = cluster
      self.login = user
      self.impersonated = impersonated
    }

    /// Who does it, for people and for the journal: `mira`, or `mira as half`.
    public var user: String {
      impersonated.isEmpty ? login : login.isEmpty ? impersonated : "\(login) as \(impersonated)"
    }

    /// Whom the server allows and refuses: the one that is impersonated.
    var subject: String {
      let name = impersonated.isEmpty ? login : impersonated
      return name.isEmpty ? "this user" : name
    }
  }

  /// What has happened.
  public enum Input: Sendable {
    /// A request was answered.
    case answered(Int, Result<RemedyAnswer, APIFailure>)
    /// The journal was written, or why not.
    case recorded(Result<Void, JournalFailure>)
    /// What the person said to the question of `phase == .confirming`.
    case reply(String)
    /// The person does not want it, or does not want to wait any longer.
    case leave
    /// Something in the cluster, or the time, has changed.
    case look
  }

  /// What to do.
  public enum Effect: Sendable {
    /// Send a request and answer with its number.
    case send(Int, APIRequest)
    /// Write the journal, and answer with `recorded`.
    case record(JournalEntry)
    /// Call with `look` whenever the cluster changes, and after this time at the latest.
    case look(after: Duration)
  }

  /// What was asked for.
  public let order: RemedyOrder
  /// Whose cluster it is.
  public let place: Place
  /// What tells this run from others in the journal.
  public let id: String
  /// Whether it ends after the server has tried it.
  public let isDryRun: Bool

  /// Where it is.
  public internal(set) var phase = RemedyPhase.reading
  /// The remedy, once it has been worked out.
  public internal(set) var remedy: Remedy?
  /// What the user may do, once the server has said so: one answer for each kind of request.
  public internal(set) var permissions: [RemedyPermission] = []
  /// What the server made of it when it tried it; nil before.
  public internal(set) var trial: RemedyTrial?
  /// What a person should know beside the question: why it is asked again, or what was wrong with the reply.
  public internal(set) var remark: String?
  /// What takes it back, once it has been applied.
  public internal(set) var undo: RemedyOrder?
  /// Why the outcome is not in the journal.
  public internal(set) var journalProblem: String?

  var nextRequest = 0
  var awaited: [Int: Int] = [:]
  var objects: [Int: JSONValue] = [:]
  var readCount = 0
  var isBegun = false
  /// What the person has agreed to; nil as long as there is a question.
  var agreed: Remedy?
  /// When the remedy was worked out: of the times that it writes.
  var madeAt = Timestamp(seconds: 0)
  var conflicts = 0
  var answers: [JSONValue] = []
  var done = 0
  var lost: APIFailure?
  var rereads = 0
  var nextReread = Duration.zero
  var wait: RemedyWait?
  var waitEnds = Duration.zero
  var metSince: Duration?

  /// How often a remedy is worked out anew because the object had changed: a controller that writes all the time must
  /// not keep a person waiting for ever.
  static let mostConflicts = 8
  /// How often it is asked whether a change whose answer was lost has been made.
  static let mostRereads = 6

  /// A run that has not begun.
  public init(_ order: RemedyOrder, place: Place, id: String, isDryRun: Bool = false) {
    self.order = order
    self.place = place
    self.id = id
    self.isDryRun = isDryRun
  }

  /// Whether it is over.
  public var outcome: RemedyOutcome? { if case .finished(let outcome) = phase { outcome } else { nil } }

  // MARK: Steps

  /// Begins.
  public mutating func start(in scene: RemedyScene) -> [Effect] { read(in: scene) }

  /// Takes what has happened; `moment` is a time that never jumps.
  public mutating func handle(_ input: Input, in scene: RemedyScene, at moment: Duration) -> [Effect] {
    switch input {
    case .answered(let number, let result):
      guard let index = awaited.removeValue(forKey: number) else { return [] }
      switch phase {
      case .reading: return didRead(index, result, scene)
      case .checkingAccess: return didCheck(index, result)
      case .dryRunning: return didTry(result, scene)
      case .applying: return didApply(result, scene, moment)
      case .verifying: return didReread(result, scene, moment)
      case .confirming, .recording, .waiting, .finished: return []
      }
    case .recorded(let result): return didRecord(result)
    case .reply(let text): return phase == .confirming ? confirm(text, scene) : []
    case .leave: return leave(moment)
    case .look: return look(scene, moment)
    }
  }

  mutating func send(_ request: APIRequest, about index: Int) -> Effect {
    nextRequest += 1
    awaited[nextRequest] = index
    return .send(nextRequest, request)
  }

  mutating func finish(_ outcome: RemedyOutcome) -> [Effect] {
    phase = .finished(outcome)
    awaited = [:]
    guard isBegun else { return [] }
    return [.record(entry(.ended, outcome: outcome))]
  }

  private mutating func leave(_ moment: Duration) -> [Effect] {
    switch phase {
    case .reading, .checkingAccess, .dryRunning, .confirming: return finish(.declined)
    case .waiting(let state):
      let last = if case .pending(let text) = state { text } else { "" }
      return finish(.left(last))
    // What is being sent cannot be called back, and a person must learn what became of it.
    case .recording, .applying, .verifying, .finished: return []
    }
  }

  // MARK: Reading

  mutating func read(in scene: RemedyScene) -> [Effect] {
    phase = .reading
    objects = [:]
    awaited = [:]
    let references: [ObjectReference]
    do throws(RemedyRefusal) {
      references = try Remedy.reads(for: order, in: scene)
    } catch {
      return finish(.refused(error))
    }
    readCount = references.count
    var effects: [Effect] = []
    for (index, reference) in references.enumerated() {
      guard let resource = scene.resource(of: reference) else {
        return finish(.refused(RemedyRefusal(.order, "the server has no kind \(reference.kind)")))
      }
      let namespace = resource.isNamespaced ? reference.namespace : nil
      effects.append(send(.get(resource, namespace: namespace, name: reference.name), about: index))
    }
    return effects
  }

  private mutating func didRead(
    _ index: Int, _ result: Result<RemedyAnswer, APIFailure>, _ scene: RemedyScene
  ) -> [Effect] {
    switch result {
    case .failure(let failure):
      return finish(
        failure.code == 404 ? .refused(RemedyRefusal(.missing, failure.sentence)) : .notApplied(failure.advice))
    case .success(let answer): objects[index] = answer.json
    }
    guard objects.count == readCount else { return [] }
    var scene = scene
    scene.user = place.user
    // What a person has agreed to is compared with what is made after a conflict, times that are written included.
    scene.now = agreed == nil ? scene.now : madeAt
    madeAt = scene.now
    let made: Remedy
    do throws(RemedyRefusal) {
      made = try Remedy.make(order, from: (0..<readCount).compactMap { objects[$0] }, in: scene)
    } catch {
      // After a conflict "it is so already" may be our own doing: the first answer was lost on the way.
      return finish(isBegun && error.reason == .alreadySo ? .notApplied(error.message) : .refused(error))
    }
    remedy = made
    if let agreed {
      if agreed.changes == made.changes, agreed.confirmation == made.confirmation,
        agreed.steps.count == made.steps.count
      {
        // Only something else of the object has changed: what the person has agreed to is still exactly what is sent.
        return apply()
      }
      self.agreed = nil
      remark = "\(made.target.shortName) has changed meanwhile: look again"
    }
    return checkAccess()
  }

  /// Works the remedy out anew, because somebody has changed the object.
  mutating func readAgain(_ scene: RemedyScene, after failure: APIFailure) -> [Effect] {
    conflicts += 1
    guard conflicts <= Self.mostConflicts else {
      return finish(.notApplied("the object changes all the time: \(failure.sentence)"))
    }
    return read(in: scene)
  }
}
