import ClusterState
import Dashboard
import Diagnosis
import Draining
import Kube
import KubeClient
import KubeConfig
import PlainInterface
import PlaybookKit
import Scheduling
import Session

/// What a run needs of a cluster on the command line: kinds read to the end, objects, texts.
final class RunHost {
  let context: CommandContext
  let events = EventIndex()
  /// What was found in what was read.
  private(set) lazy var triage = Triage.diagnose(state, now: context.now)

  private let probing: ProbingFlags?
  private let commands: CommandConsent?

  /// Without `probing` nothing is asked about what a playbook wants to read; without `commands` none is run.
  init(_ context: CommandContext, _ probing: ProbingFlags? = nil, _ commands: CommandConsent? = nil) {
    self.context = context
    self.probing = probing
    self.commands = commands
  }

  var state: ClusterState { context.session.state }

  var cluster: CheckReport.Cluster {
    var cluster = CheckReport.Cluster()
    cluster.context = context.connection.contextName
    cluster.server = context.isCapture ? "" : context.connection.server.description
    cluster.version = context.session.serverVersion?.gitVersion ?? ""
    cluster.namespace = context.namespace
    return cluster
  }

  /// Reads kinds and diagnoses what was read. All namespaces are read where that is allowed, since nodes and quotas are
  /// shared; else those kinds that are refused in the one namespace.
  func read(_ types: [any KubeObject.Type]) throws(CommandFailure) {
    var all: [any KubeObject.Type] = Triage.resources
    for type in types where !all.contains(where: { $0 == type }) { all.append(type) }
    try readEverywhere(all)
    triage = context.diagnose()
  }

  /// Reads kinds without diagnosing anything; of kinds that are refused everywhere, the one namespace.
  func readEverywhere(_ all: [any KubeObject.Type]) throws(CommandFailure) {
    context.session.discover()
    var needs = Set(all.map { Subscription($0.resource, namespace: nil) })
    context.session.setNeeds(needs)
    context.wait { self.context.session.failure != nil || all.allSatisfy { self.isSettled($0) } }
    if let failure = context.session.failure, !failure.isForbidden { throw CommandFailure(failure, status: 2) }
    context.wait { all.allSatisfy { self.isSettled($0) } }
    let refused = all.filter { $0.resource.isNamespaced && isForbidden($0) }
    if let namespace = context.namespace, !refused.isEmpty {
      for type in refused {
        needs.remove(Subscription(type.resource, namespace: nil))
        needs.insert(Subscription(type.resource, namespace: namespace))
      }
      context.session.setNeeds(needs)
      context.wait { refused.allSatisfy { self.isSettled($0) } }
    }
  }

  private func isSettled(_ type: any KubeObject.Type) -> Bool {
    switch state.store(type.resource)?.freshness {
    case nil, .unread?, .loading?: false
    default: true
    }
  }

  private func isForbidden(_ type: any KubeObject.Type) -> Bool {
    if case .forbidden? = state.store(type.resource)?.freshness { return true }
    return false
  }

  // MARK: Objects

  /// The object that the words `TYPE/NAME` or `TYPE NAME` name.
  func reference(_ words: [String]) throws(CommandFailure) -> ObjectReference {
    let targets = try KindWords(context: context).targets(words)
    guard targets.count == 1, let target = targets.first, target.names.count == 1, let name = target.names.first else {
      throw .usage("expected one object", hint: "For example: pod/web or deployment/web")
    }
    guard let resource = builtInKind(of: target.resource)?.resource else {
      throw CommandFailure("error: podmedic knows nothing about the kind \(target.resource.kind)")
    }
    var reference = ObjectReference()
    reference.kind = resource.kind
    reference.apiVersion = resource.apiVersion
    reference.namespace = resource.isNamespaced ? context.namespaceOfNames ?? "" : ""
    reference.name = name
    return reference
  }

  /// The object of a reference, which must be among what was read. A capture needs no namespace where the name is unique.
  func object(_ named: ObjectReference) throws(CommandFailure) -> any KubeObject {
    var reference = named
    if let type = builtInKind(apiVersion: named.apiVersion, kind: named.kind)?.type, type.resource.isNamespaced,
      named.namespace.isEmpty
    {
      reference.namespace = try namespace(of: named, type)
    }
    switch state.object(reference) {
    case .found(let object): return object
    case .none:
      let plural = builtInKind(apiVersion: reference.apiVersion, kind: reference.kind)?.resource.plural
      throw CommandFailure(
        "Error from server (NotFound): \(plural ?? reference.kind) \"\(PlainText.line(reference.name))\" not found",
        status: 2)
    case .unknown(let doubt): throw CommandFailure("error: \(PlainText.line(doubt.text))", status: 2)
    }
  }

  private func namespace(of named: ObjectReference, _ type: any KubeObject.Type) throws(CommandFailure) -> String {
    var namespaces: [String] = []
    state.store(type.resource)?.forEach { object in
      if object.metadata.name == named.name { namespaces.append(object.metadata.namespace) }
    }
    guard namespaces.count > 1 else { return namespaces.first ?? "default" }
    throw CommandFailure(
      "error: several namespaces have a \(named.kind.lowercased()) \(PlainText.line(named.name))",
      hint: "Say which with -n: \(namespaces.sorted().map { PlainText.line($0) }.joined(separator: ", "))", status: 2)
  }

  // MARK: Running

  /// Follows a run to its end: what it wants to have read is read, as far as the way leads there.
  func follow(_ run: inout PlaybookRun) -> RunReport {
    var report = evaluate(run)
    // Each step asks at most ten times: see `ReadRequest.repeats`.
    for _ in 0..<(10 * run.playbook.steps.count) {
      let open = report.steps.first { step in
        guard step.isReached, step.verdict == nil, !step.isSkipped else { return false }
        switch step.request {
        case .read?, .run?: return true
        case .ask?, .remedy?, nil: return false
        }
      }
      switch open?.request {
      case .read(let target)?:
        run.add(probing?.refusal(of: target).map { .noText($0) } ?? text(target), to: open?.id ?? "", at: context.now)
      case .run(let order)?:
        let contribution =
          commands?.run(order, context)
          ?? .noText(
            Doubt(
              .notAnswered,
              "it runs a command in a container: podmedic playbook run \(run.playbook.name) does, after asking"))
        run.add(contribution, to: open?.id ?? "", at: context.now)
      case .ask?, .remedy?, nil: return report
      }
      report = evaluate(run)
    }
    return report
  }

  private func evaluate(_ run: PlaybookRun) -> RunReport {
    let facts = run.facts(
      state, triage: triage, events: events, usage: usage(run),
      version: KubernetesVersion(context.session.serverVersion?.gitVersion ?? ""), now: context.now)
    if let version = context.session.serverVersion {
      let rules = SchedulerRules(gitVersion: version.gitVersion)
      facts.makeSnapshot = { ClusterSnapshot($0, rules: rules) }
    }
    if !context.isCapture {
      facts.findDrains = { [context] node in
        DrainLogs.maintenance(
          of: DrainOrder.Target(node), server: context.connection.server.description,
          environment: CommandContext.environment)
      }
    }
    return run.evaluate(facts)
  }

  /// What the containers of the subject use, if the playbook wants to know.
  private func usage(_ run: PlaybookRun) -> Lookup<[String: UsageRecord]> {
    guard run.playbook.wantsUsage, let subject = run.subject, subject.kind == "Pod" else { return .none }
    context.session.wantUsage(namespace: subject.namespace)
    defer { context.session.releaseUsage() }
    context.wait { self.context.session.usage != .unread }
    return context.session.usage.containers(namespace: subject.namespace, pod: subject.name)
  }

  // MARK: Texts

  private func text(_ target: ReadTarget) -> PlaybookRun.Contribution {
    switch target.request {
    case .failure(let refusal): return .noText(refusal.doubt)
    case .success(let request):
      do throws(APIFailure) {
        let response = try context.answer { (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
          self.context.client.send(request, done)
        }
        return target.contribution(.success(response))
      } catch {
        return target.contribution(.failure(error))
      }
    }
  }
}
