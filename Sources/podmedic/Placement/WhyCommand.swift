import ArgumentParser
import Captures
import ClusterState
import DataFiles
import Kube
import KubeClient
import PlainInterface
import Scheduling
import Session

/// `podmedic why`: why a pod has no node, filter by filter on every node, and what would give it one.
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Says why a pod has no node, node by node, and what would place it.",
    discussion: """
      Of a Deployment, ReplicaSet, StatefulSet, DaemonSet, Job or CronJob, or of a manifest, it says whether one more of \
      its pods would fit, and how many; nothing is created. Exit status: 0 when the pod fits or has a node, 1 when not, \
      2 when it could not be told.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var connection: ConnectionFlags
  @Argument(help: ArgumentHelp("The object, such as pod/web or deployment/web.", valueName: "object"))
  var words: [String] = []
  @Option(
    name: [.customShort("f"), .customLong("filename")],
    help: ArgumentHelp("A manifest: would its pods fit? - for standard input.", valueName: "file"))
  var filename: String?
  @Option(name: [.short, .long], help: "Format of the report.") var output = Format.text

  func run() throws {
    do throws(CommandFailure) {
      guard !words.isEmpty || filename != nil else {
        throw .usage("expected an object or a manifest", hint: "For example: podmedic why pod/web")
      }
      let manifest = try filename.map { (file) throws(CommandFailure) in try Manifest(file) }
      let host = RunHost(try CommandContext(connection))
      let subject: any KubeObject
      var others: [any KubeObject] = []
      if let manifest {
        var object = try manifest.subject(words, KindWords(context: host.context))
        if object.metadata.namespace.isEmpty { object.metadata.namespace = host.context.namespaceOfNames ?? "default" }
        others = manifest.others(than: object)
        subject = object
        try host.readEverywhere(PlacementQuestion.reads + [ServiceAccount.self])
      } else {
        let reference = try host.reference(words)
        var types = PlacementQuestion.reads
        let type = builtInKind(apiVersion: reference.apiVersion, kind: reference.kind)?.type
        if let type, !types.contains(where: { $0 == type }) { types.append(type) }
        try host.readEverywhere(types)
        subject = try host.object(reference)
      }
      // The version decides about the rules; reading the kinds has told it too.
      let version = host.context.session.serverVersion ?? version(host.context)
      let rules = version.map { SchedulerRules(gitVersion: $0.gitVersion) } ?? .current
      var remarks: [String] = []
      if version == nil {
        remarks = ["the server does not tell its version: the rules of today's scheduler are followed"]
      } else if let remark = host.context.capture?.versionRemark {
        remarks = [remark]
      }
      try report(subject, others, remarks, host, rules)
    } catch {
      // Whatever kept it from looking, it could not be told.
      var failure = error
      if failure.status == 1, !failure.message.isEmpty { failure.status = 2 }
      throw failure
    }
  }

  private func report(
    _ subject: any KubeObject, _ others: [any KubeObject], _ remarks: [String], _ host: RunHost, _ rules: SchedulerRules
  ) throws(CommandFailure) {
    let snapshot = ClusterSnapshot(host.state, rules: rules)
    guard
      var question = PlacementQuestion(
        subject, in: host.state, snapshot, isManifest: filename != nil, with: others, now: host.context.now)
    else {
      throw CommandFailure(
        "error: \(subject.reference.kind) \(PlainText.line(subject.metadata.name)) makes no pods",
        hint: "Name a pod or what makes pods: a deployment, replicaset, statefulset, daemonset, job or cronjob.")
    }
    question.origin = origin(of: subject, host)
    let answer = question.answer
    let writer = PlacementWriter(
      subject: subject.reference, answer: answer, remarks: remarks, cluster: host.cluster, now: host.context.now)
    switch output {
    case .text: Output.write(writer.text)
    case .json: Output.write(writer.json.text(indent: 2) + "\n")
    }
    try host.context.finish()
    switch answer.outcome {
    case .fits: return
    case .doesNotFit: throw CommandFailure("", status: 1)
    case .unknown: throw CommandFailure("", status: 2)
    }
  }

  /// The version decides about the rules, so it is waited for.
  private func version(_ context: CommandContext) -> ServerVersion? {
    let answer: Result<APIResponse, APIFailure>
    do throws(APIFailure) {
      answer = .success(
        try context.answer { (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
          context.client.send(.version, done)
        })
    } catch {
      answer = .failure(error)
    }
    return (try? answer.get().json()).flatMap { ServerVersion($0) }
  }

  /// What has to be changed for the pod to be changed: the topmost controller that can be read.
  private func origin(of subject: any KubeObject, _ host: RunHost) -> PodOrigin {
    var kind = subject.reference.kind
    var metadata = subject.metadata
    // No chain of Kubernetes' own has more links; a cycle ends here too.
    for _ in 0..<4 {
      guard let owner = metadata.controller,
        let found = builtInKind(apiVersion: owner.apiVersion, kind: owner.kind), found.resource.isNamespaced
      else { break }
      kind = owner.kind
      let namespace = metadata.namespace
      let request = APIRequest.get(found.resource, namespace: namespace, name: owner.name)
      metadata = ObjectMeta()
      (metadata.namespace, metadata.name) = (namespace, owner.name)
      guard
        let response = try? host.context.answer({ (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
          host.context.client.send(request, done)
        }), let json = try? response.json(), let owners = json[path: "metadata", "ownerReferences"]?.array
      else { break }
      metadata.ownerReferences = owners.filter { $0["controller"]?.bool == true }.map { json in
        var reference = OwnerReference()
        reference.apiVersion = json["apiVersion"]?.string ?? ""
        reference.kind = json["kind"]?.string ?? ""
        reference.name = json["name"]?.string ?? ""
        reference.controller = true
        return reference
      }
    }
    return PodOrigin(kind: kind.lowercased(), name: metadata.name, namespace: metadata.namespace)
  }
}
