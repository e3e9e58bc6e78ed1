import ClusterState
import Kube
import KubeClient

// From the remedy to the question: permission and dry run.

extension RemedyRun {
  // MARK: Permission

  /// What to ask the server about permissions: one question for each kind of request.
  private var questions: [RemedyStep] {
    var seen: Set<String> = []
    return (remedy?.steps ?? []).filter {
      seen.insert("\($0.verb) \($0.resource.qualifiedName) \($0.object.namespace)").inserted
    }
  }

  mutating func checkAccess() -> [Effect] {
    phase = .checkingAccess
    let questions = questions
    // Many objects of one kind are asked about at once, one by its name, since a role may be bound to names.
    let isOne = questions.count == remedy?.steps.count
    permissions = questions.map { step in
      let place = step.object.namespace.isEmpty ? "" : " in namespace \(step.object.namespace)"
      return RemedyPermission(
        request: "\(step.verb) \(step.resource.qualifiedName)\(place)", isAllowed: nil, reason: "")
    }
    return questions.enumerated().map { index, step in
      let namespace = step.resource.isNamespaced ? step.object.namespace : nil
      let name = isOne && step.verb != "create" ? step.object.name : nil
      return send(.accessReview(verb: step.verb, step.resource, namespace: namespace, name: name), about: index)
    }
  }

  mutating func didCheck(_ index: Int, _ result: Result<RemedyAnswer, APIFailure>) -> [Effect] {
    switch result {
    case .success(let answer):
      permissions[index].isAllowed = answer.json[path: "status", "allowed"]?.bool ?? false
      permissions[index].reason = answer.json[path: "status", "reason"]?.string ?? ""
    case .failure(let failure):
      // A server that does not answer this question will answer the request itself; one that cannot be reached will not.
      guard failure.code != nil else { return finish(.notApplied(failure.advice)) }
      permissions[index].reason = failure.sentence
    }
    guard awaited.isEmpty else { return [] }
    if let denied = permissions.first(where: { $0.isAllowed == false }) {
      let why = denied.reason.isEmpty ? "" : ": \(denied.reason)"
      return finish(.forbidden("\(place.subject) may not \(denied.request)\(why)"))
    }
    trial = RemedyTrial()
    done = 0
    phase = .dryRunning
    return tryNext()
  }

  // MARK: Dry run

  private mutating func tryNext() -> [Effect] {
    guard let remedy else { return [] }
    while done < remedy.steps.count {
      let step = remedy.steps[done]
      if step.canDryRun { return [send(step.request(isDryRun: true), about: done)] }
      trial?.notTried = "\(step.verb) of \(step.object.shortName) can only be tried after the steps before it"
      done += 1
    }
    return ask()
  }

  mutating func didTry(_ result: Result<RemedyAnswer, APIFailure>, _ scene: RemedyScene) -> [Effect] {
    guard let step = remedy?.steps[done] else { return [] }
    switch result {
    case .success(let answer):
      if case .patch = step.change, let before = step.before {
        trial?.changes += FieldChange.between(before, answer.json)
      }
      for warning in answer.warnings where trial?.warnings.contains(warning) == false {
        trial?.warnings.append(warning)
      }
    case .failure(let failure):
      if failure.code == 409 { return readAgain(scene, after: failure) }
      let isGone = failure.code == 404 && step.verb == "delete" && (remedy?.steps.count ?? 0) > 1
      if failure.code == 400, failure.sentence.contains("dry run") {
        trial?.notTried = failure.sentence
      } else if !isGone {
        return finish(failure.isRefusal ? .rejected(failure.advice) : .notApplied(failure.advice))
      }
    }
    done += 1
    return tryNext()
  }

  private mutating func ask() -> [Effect] {
    if isDryRun { return finish(.tried) }
    phase = .confirming
    return []
  }

  mutating func confirm(_ reply: String, _ scene: RemedyScene) -> [Effect] {
    guard let remedy else { return [] }
    if remedy.confirmation.accepts(reply) {
      remark = nil
      noteTimeOfCordon(scene)
      agreed = self.remedy
      phase = .recording
      return [.record(entry(.began, outcome: nil))]
    }
    if case .name(let name) = remedy.confirmation, !reply.isEmpty {
      remark = "that is not \(name)"
      return []
    }
    return finish(.declined)
  }
}

extension RemedyRun {
  /// A cordon notes when it was made, which is now, and not when it was first shown.
  private mutating func noteTimeOfCordon(_ scene: RemedyScene) {
    guard order.name == .cordon, let remedy else { return }
    var scene = scene
    scene.user = place.user
    let known = (0..<readCount).compactMap { objects[$0] }
    do throws(RemedyRefusal) {
      let made = try Remedy.make(order, from: known, in: scene)
      guard made.changes.map(\.path) == remedy.changes.map(\.path), made.confirmation == remedy.confirmation else {
        return
      }
      // What the server made of it was compared with the time of then.
      for place in trial?.changes.indices ?? 0..<0 {
        let path = trial?.changes[place].path
        if let now = made.changes.first(where: { $0.path == path }), path?.contains(CordonNote.atKey) == true {
          trial?.changes[place].after = now.after
        }
      }
      madeAt = scene.now
      self.remedy = made
    } catch {
      // What was shown is what was agreed to, with its time.
    }
  }
}

extension APIFailure {
  /// Whether the server has looked at the request and does not want it.
  fileprivate var isRefusal: Bool { code.map { (400..<500).contains($0) && $0 != 429 } ?? false }
}

extension RemedyStep {
  /// The request, with its preconditions.
  public func request(isDryRun: Bool) -> APIRequest {
    var options = ChangeOptions()
    options.isDryRun = isDryRun
    let namespace = resource.isNamespaced ? object.namespace : nil
    switch change {
    case .patch(let operations):
      return .patch(
        resource, namespace: namespace, name: object.name, kind: .json, patch: .array(operations), options)
    case .delete(let grace, let propagation):
      options.uid = object.uid.isEmpty ? nil : object.uid
      return .delete(
        resource, namespace: namespace, name: object.name, gracePeriodSeconds: grace, propagation: propagation, options)
    case .create(let object):
      return .create(resource, namespace: namespace, object: object, options)
    }
  }
}
