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
      its pods would fit, and how many; nothing is created. Of a DaemonSet it says where its pods are and where they \
      wait. Of a manifest with several, all are explained one after another, each as if the pods of those before it \
      were there (JSON: a PlacementReportList). Exit status: 0 when all fit or have a node, 1 when one does not, 2 when \
      it could not be told.
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
      var subjects: [Subject] = []
      if let manifest {
        let found = try manifest.subjects(words, KindWords(context: host.context))
        for (place, entry) in found.enumerated() {
          var object = entry.object
          if object.metadata.namespace.isEmpty {
            object.metadata.namespace = host.context.namespaceOfNames ?? "default"
          }
          subjects.append(
            Subject(object: object, others: manifest.others(than: object), earlier: place, isAsked: entry.isAsked))
        }
        try host.readEverywhere(PlacementQuestion.reads + [ServiceAccount.self])
      } else {
        let reference = try host.reference(words)
        var types = PlacementQuestion.reads
        let type = builtInKind(apiVersion: reference.apiVersion, kind: reference.kind)?.type
        if let type, !types.contains(where: { $0 == type }) { types.append(type) }
        try host.readEverywhere(types)
        if let failure = OrdinalPod(reference, in: host.state)?.notMade { throw failure }
        subjects = [Subject(object: try host.object(reference))]
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
      try report(subjects, remarks, host, rules)
    } catch {
      // Whatever kept it from looking, it could not be told.
      var failure = error
      if failure.status == 1, !failure.message.isEmpty { failure.status = 2 }
      throw failure
    }
  }

  /// What is asked about, with what a manifest has beside it.
  private struct Subject {
    var object: any KubeObject
    var others: [any KubeObject] = []
    /// How many of the others stand before it and make pods.
    var earlier = 0
    /// Whether it is to be explained; what stands before that in a manifest only counts.
    var isAsked = true
  }

  private func report(
    _ subjects: [Subject], _ remarks: [String], _ host: RunHost, _ rules: SchedulerRules
  ) throws(CommandFailure) {
    var snapshot = ClusterSnapshot(host.state, rules: rules)
    var writers: [PlacementWriter] = []
    var outcomes: [PlacementReport.Outcome] = []
    for (place, subject) in subjects.enumerated() {
      guard
        var question = PlacementQuestion(
          subject.object, in: host.state, snapshot, isManifest: filename != nil, with: subject.others,
          after: subject.earlier, now: host.context.now)
      else {
        throw CommandFailure(
          "error: \(subject.object.reference.kind) \(PlainText.line(subject.object.metadata.name)) makes no pods",
          hint: "Name a pod or what makes pods: a deployment, replicaset, statefulset, daemonset, job or cronjob.")
      }
      if subject.isAsked {
        question.findOrigin { owner($0, $1, host) }
        let answer = question.answer
        outcomes.append(answer.outcome)
        writers.append(
          PlacementWriter(
            subject: subject.object.reference, answer: answer, remarks: remarks, cluster: host.cluster,
            now: host.context.now))
      }
      if place + 1 < subjects.count { question.place(in: &snapshot) }
    }
    switch output {
    case .text: Output.write(writers.map(\.text).joined(separator: "\n"))
    case .json:
      let json = writers.count == 1 ? writers[0].json : PlacementWriter.list(writers)
      Output.write(json.text(indent: 2) + "\n")
    }
    try host.context.finish()
    if outcomes.contains(.doesNotFit) { throw CommandFailure("", status: 1) }
    if outcomes.contains(.unknown) { throw CommandFailure("", status: 2) }
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

  /// An owner, asked for by name: its kind need not be among those that are read.
  private func owner(_ owner: OwnerReference, _ namespace: String, _ host: RunHost) -> PodOrigin.Owner {
    guard let kind = builtInKind(apiVersion: owner.apiVersion, kind: owner.kind), kind.resource.isNamespaced else {
      return .unknown
    }
    let request = APIRequest.get(kind.resource, namespace: namespace, name: owner.name)
    do throws(APIFailure) {
      let response = try host.context.answer { (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
        host.context.client.send(request, done)
      }
      let json = try response.json()
      var metadata = ObjectMeta()
      (metadata.namespace, metadata.name) = (namespace, owner.name)
      metadata.uid = json[path: "metadata", "uid"]?.string ?? ""
      let owners = json[path: "metadata", "ownerReferences"]?.array ?? []
      metadata.ownerReferences = owners.filter { $0["controller"]?.bool == true }.map { json in
        var reference = OwnerReference()
        reference.apiVersion = json["apiVersion"]?.string ?? ""
        reference.kind = json["kind"]?.string ?? ""
        reference.name = json["name"]?.string ?? ""
        reference.uid = json["uid"]?.string ?? ""
        reference.controller = true
        return reference
      }
      return .found(metadata)
    } catch {
      return error.isNotFound ? .missing : .unknown
    }
  }
}
