import Draining
import Kube
import Remedies
import Terminal

extension Interface {
  // MARK: The run

  /// Puts the page of a drain on top, where it is not there already.
  func showDrain(_ drain: DrainShow) {
    if case .run(let shown)? = page?.drain, shown === drain { return }
    push(
      Page(
        crumb: "drain \(Self.words(drain.order.nodes.map(\.name)))", address: "drain",
        kubectl: session.kubectlPrefix + drain.order.kubectl.dropFirst("kubectl".count),
        content: .table(table(ComposedSource.drainRun(drain, self))), drain: .run(drain)))
  }

  /// A drain has gone on.
  public func drainChanged(id: Int, _ run: DrainRun) {
    guard let drain, drain.id == id else { return }
    let wasRunning = drain.isRunning
    drain.take(run)
    guard wasRunning, let outcome = run.outcome else { return }
    let names = Self.words(drain.order.nodes.map(\.name))
    switch outcome {
    case .drained: show("\(names) drained: \(drain.progress(in: cluster))", role: .ok)
    case .cancelled: show("drain of \(names) cancelled: \(drain.progress(in: cluster))", role: .notice)
    case .failed, .interrupted: show("drain of \(names) \(drain.word): \(outcome.sentence)", role: .warning)
    }
  }

  /// Something has happened in a drain.
  public func drainTold(id: Int, _ event: DrainEvent) {
    guard let drain, drain.id == id else { return }
    drain.note(event)
  }

  /// An earlier podmedic has left a drain unfinished.
  public func offerDrain(_ log: DrainLog) {
    guard drain == nil else { return }
    let drain = DrainShow(id: freshID(), cutOff: log)
    self.drain = drain
    let names = Self.words(log.header.order.nodes.map(\.name))
    let ending = log.wasCancelled ? "cancelled" : "cut off"
    show("a drain of \(names) was \(ending): :drain shows it, and R there goes on", role: .warning)
  }

  /// A drain could not begin.
  public func drainRefused(id: Int, _ reason: String) {
    guard let drain, drain.id == id else { return }
    drain.refuse("nothing was changed: \(reason)")
    show("nothing was changed: \(reason)", role: .warning)
  }

  func perform(_ action: Action, on drain: DrainShow, in table: TableView) -> [Effect] {
    let isRunning = drain.isRunning
    func onlyWhileRunning(_ control: DrainControl) -> [Effect] {
      guard isRunning, drain.run != nil else {
        show("this drain has ended")
        return []
      }
      return [.tellDrain(id: drain.id, control)]
    }
    switch action {
    case .pauseDrain: return onlyWhileRunning(drain.isPaused ? .resume : .pause)
    case .cancelDrain: return onlyWhileRunning(.cancel)
    case .skipPod:
      let chosen = Set(table.selection)
      let pods = drain.pods.filter { chosen.contains("pod \($0.pod.uid)") }
      guard !pods.isEmpty else {
        show("only pods can be left alone")
        return []
      }
      let told = pods.filter { $0.canBeSkipped(now: now) }
      if told.count < pods.count { show("what has been told to go cannot be called back", role: .notice) }
      return told.isEmpty ? [] : onlyWhileRunning(.skip(told.map(\.pod)))
    case .uncordon:
      guard !isRunning else {
        show("first x ends the drain", role: .notice)
        return []
      }
      let nodes = stillCordoned(by: drain)
      guard !nodes.isEmpty else {
        show(Self.nothingIsClosed)
        return []
      }
      return startRemedies(nodes.map { RemedyOrder(.uncordon, Self.reference(ofNode: $0.name, uid: $0.uid)) })
    case .drain:
      guard !isRunning else {
        show("it is going on")
        return []
      }
      var terms = DrainTerms(options: drain.order.options)
      terms.batch = drain.order.batch
      terms.waitsReady = drain.order.waitsReady
      let names = drain.order.nodes.map(\.name)
      if let why = whyNoPlan(names) {
        show(why, role: .warning)
        return []
      }
      pages.removeLast()
      return openDrain(names, terms: terms)
    case .resumeDrain:
      guard let run = drain.run, drain.canBeResumed else {
        show("only a drain that was cut off or cancelled can go on")
        return []
      }
      guard mayWrite() else { return [] }
      if let name = run.reopened {
        startPrompt(.drainAgain(name))
        return []
      }
      return [.resumeDrain(id: drain.id, run: run.header.id, cordonsAgain: false)]
    default: return []
    }
  }

  /// What a person has typed to have a node cordoned again that somebody has opened while nobody carried the drain out.
  func resumeDrain(opened name: String, typed text: String) -> [Effect] {
    guard case .run(let drain)? = page?.drain, let run = drain.run, drain.canBeResumed, mayWrite() else { return [] }
    guard text == name else {
      show("nothing was done: that is not \"\(name)\"", role: .warning)
      return []
    }
    return [.resumeDrain(id: drain.id, run: run.header.id, cordonsAgain: true)]
  }

  /// A node; with a uid only if it is still that one.
  static func reference(ofNode name: String, uid: String = "") -> ObjectReference {
    var reference = ObjectReference()
    reference.kind = Node.resource.kind
    reference.apiVersion = Node.resource.apiVersion
    reference.name = name
    reference.uid = uid
    return reference
  }
}

extension Interface {
  /// The nodes that a drain has cordoned and that, as far as is known, nobody has opened since.
  func stillCordoned(by drain: DrainShow) -> [DrainOrder.Target] {
    drain.cordoned(in: cluster).filter { isCordoned($0.name) }
  }

  private static let nothingIsClosed = "this drain has cordoned nothing that is still cordoned"

  /// Why a key of a drain that goes on does nothing any more; nil for other keys.
  func drainIsOver(for key: Key) -> String? {
    guard case .run(let drain)? = page?.drain, !drain.isRunning else { return nil }
    if Binding.action(for: key, in: [.drainClosed]) != nil { return Self.nothingIsClosed }
    guard Binding.action(for: key, in: [.drainRun]) != nil else { return nil }
    if drain.isCutOff { return "nobody carries this drain out now; R goes on with it" }
    return "this drain is over: \(drain.word); r makes a new plan\(drain.canBeResumed ? ", R goes on with it" : "")"
  }
}

extension DrainShow {
  /// What keys mean on its page, where nodes are still closed by it or are not.
  func contexts(_ contexts: [KeyContext], hasClosed: Bool) -> [KeyContext] {
    guard !isRunning else { return isPaused ? [.drainPaused] + contexts : contexts }
    return contexts.flatMap { context -> [KeyContext] in
      guard context == .drainRun else { return [context] }
      return (canBeResumed ? [.drainLeft] : []) + (hasClosed ? [.drainClosed] : []) + [.drainEnd]
    }
  }

  /// Whether its log allows it to go on.
  fileprivate var canBeResumed: Bool {
    if isCutOff { return true }
    switch run?.outcome {
    case .interrupted, .cancelled: return true
    case .drained, .failed, nil: return false
    }
  }
}

extension PodProgress {
  /// Whether it has not been told to go, or need not be waited for any more.
  fileprivate func canBeSkipped(now: Timestamp) -> Bool {
    switch state {
    case .waiting, .blocked, .retrying: true
    case .terminating: isOverdue(now: now)
    case .evicting, .ended: false
    }
  }
}
