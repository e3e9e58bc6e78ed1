import ClusterState
import Kube
import KubeClient

// From the person's word to the end: journal, requests, waiting.

extension RemedyRun {
  mutating func didRecord(_ result: Result<Void, JournalFailure>) -> [Effect] {
    switch (phase, result) {
    case (.recording, .success):
      isBegun = true
      return apply()
    case (.recording, .failure(let failure)): return finish(.unrecorded(failure.message))
    case (_, .failure(let failure)):
      journalProblem = failure.message
      return []
    case (_, .success): return []
    }
  }

  mutating func apply() -> [Effect] {
    done = 0
    answers = []
    return applyNext()
  }

  private mutating func applyNext() -> [Effect] {
    guard let remedy, done < remedy.steps.count else { return [] }
    phase = .applying(done)
    return [send(remedy.steps[done].request(isDryRun: false), about: done)]
  }

  mutating func didApply(
    _ result: Result<RemedyAnswer, APIFailure>, _ scene: RemedyScene, _ moment: Duration
  ) -> [Effect] {
    guard let step = remedy?.steps[done] else { return [] }
    switch result {
    case .success(let answer): return didStep(answer.json, scene, moment)
    case .failure(let failure):
      if failure.mayHaveHappened {
        lost = failure
        rereads = 0
        return reread()
      }
      switch (failure.code, step.change) {
      case (409, .patch):
        // curl may have sent it twice when a connection broke: then the first one has done it.
        lost = failure
        rereads = 0
        return reread()
      case (404, .delete): return didStep(.null, scene, moment)
      case (409, .delete):
        return stop("\(step.object.shortName) has been replaced by another of the same name: \(failure.sentence)")
      default: return stop(failure.advice)
      }
    }
  }

  private mutating func stop(_ text: String) -> [Effect] {
    guard let remedy, done > 0 else { return finish(.notApplied(text)) }
    return finish(.partlyApplied("\(done) of \(remedy.steps.count) requests were carried out, then: \(text)"))
  }

  private mutating func didStep(_ answer: JSONValue, _ scene: RemedyScene, _ moment: Duration) -> [Effect] {
    answers.append(answer)
    done += 1
    guard let remedy else { return [] }
    return done < remedy.steps.count ? applyNext() : beginWait(scene, moment)
  }

  // MARK: Lost answers

  private mutating func reread() -> [Effect] {
    guard let step = remedy?.steps[done] else { return [] }
    phase = .verifying
    let namespace = step.resource.isNamespaced ? step.object.namespace : nil
    return [send(.get(step.resource, namespace: namespace, name: step.object.name), about: done)]
  }

  mutating func didReread(
    _ result: Result<RemedyAnswer, APIFailure>, _ scene: RemedyScene, _ moment: Duration
  ) -> [Effect] {
    guard let remedy, let lost else { return [] }
    let step = remedy.steps[done]
    let found: JSONValue?
    switch result {
    case .success(let answer): found = answer.json
    case .failure(let failure) where failure.code == 404: found = nil
    case .failure(let failure):
      rereads += 1
      if rereads < Self.mostRereads {
        nextReread = moment + .seconds(1 << rereads)
        return [.look(after: .seconds(1 << rereads))]
      }
      return finish(.unknown("\(lost.sentence); and it cannot be looked up: \(failure.sentence)"))
    }
    let isDone: Bool
    switch step.change {
    case .patch:
      let uid = found?[path: "metadata", "uid"]?.string
      isDone = found.map { EditedObject($0) }.map { object in remedy.edits.allSatisfy(object.holds) } ?? false
      if !isDone, lost.code == 409, uid == step.object.uid { return readAgain(scene, after: lost) }
    case .delete:
      isDone =
        found?[path: "metadata", "uid"]?.string != step.object.uid
        || found?[path: "metadata", "deletionTimestamp"] != nil
    case .create: isDone = found.map { $0[path: "metadata", "uid"]?.string != remedy.target.uid } ?? false
    }
    return isDone ? didStep(found ?? .null, scene, moment) : stop(lost.advice)
  }

  // MARK: Waiting

  private mutating func beginWait(_ scene: RemedyScene, _ moment: Duration) -> [Effect] {
    guard let remedy else { return [] }
    if case .order(var order) = remedy.undo, let answer = answers.first {
      // The server may have written a value in its own way (1024Mi as 1Gi): that is what must still be there.
      for index in order.restores.indices {
        order.restores[index].expected = answer[at: order.restores[index].checkedPath]
      }
      undo = order
    }
    var wait = remedy.wait
    if let answer = answers.first { wait.condition = wait.condition.after(answer) }
    self.wait = wait
    waitEnds = moment + wait.deadline
    metSince = nil
    phase = .waiting(.pending(""))
    return look(scene, moment)
  }

  mutating func look(_ scene: RemedyScene, _ moment: Duration) -> [Effect] {
    if case .verifying = phase, awaited.isEmpty {
      return moment >= nextReread ? reread() : [.look(after: nextReread - moment)]
    }
    guard case .waiting = phase, let wait else { return [] }
    let state = wait.condition.state(in: scene.state)
    phase = .waiting(state)
    let rest = waitEnds - moment
    switch state {
    case .met:
      let since = metSince ?? moment
      metSince = since
      let steady = wait.steadiness - (moment - since)
      if steady <= .zero { return finish(.succeeded) }
      return rest <= .zero ? finish(.timedOut("it has not held long enough")) : [.look(after: min(steady, rest))]
    case .failed(let text): return finish(.failed(text))
    case .pending(let text), .unknown(let text):
      metSince = nil
      return rest <= .zero ? finish(.timedOut(text)) : [.look(after: rest)]
    }
  }
}
