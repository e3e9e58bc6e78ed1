import ClusterState
import Kube

/// Commands that change what a pod is made from: the template of its controller where that can be changed, or, where
/// nothing of it can, the object anew.
struct PodTemplateCommands {
  let origin: PodOrigin
  /// The pod that waits, or one as the template would make it.
  let pod: Pod
  let rules: SchedulerRules

  /// One step of a JSON patch, its path below the pod's specification.
  struct PatchStep {
    var operation: String
    var path: String
    var value: JSONValue?

    init(_ operation: String, _ path: String, _ value: JSONValue?) {
      (self.operation, self.path, self.value) = (operation, path, value)
    }
  }

  /// What happens to pods when the object is changed.
  private enum Way: Equatable {
    /// The template is changed and the controller replaces its pods.
    case rollout
    /// The template is changed; this pod has to be deleted for a new one to be made.
    case rolloutByHand
    /// Nothing of it can be changed: it is deleted and created anew.
    case anew
    /// Nobody here knows how that kind makes pods.
    case unknownKind
  }

  var isBarePod: Bool { origin.kind == "pod" }

  private var way: Way {
    switch origin.kind {
    case "deployment", "cronjob": .rollout
    case "daemonset": origin.replacement.isOnDelete ? .rolloutByHand : .rollout
    case "statefulset", "replicaset", "replicationcontroller": .rolloutByHand
    case "pod", "job": .anew
    default: .unknownKind
    }
  }

  /// The pod exists, and is not made up from a template.
  private var exists: Bool { !pod.metadata.uid.isEmpty }

  private var place: String { "kubectl -n \(shellWord(origin.namespace))" }
  private var target: String { "\(shellWord(origin.kind)) \(shellWord(origin.name))" }

  // MARK: Lines

  /// Commands for a JSON patch.
  ///
  /// - Parameter canAddToPods: this is the one thing that may be added to a pod that exists.
  func lines(_ steps: [PatchStep], canAddToPods: Bool = false) -> [String] {
    guard !steps.isEmpty else { return [] }
    let patch = "--type=json -p \(shellWord(json(steps)))"
    switch way {
    case .rollout, .rolloutByHand: return ["\(place) patch \(target) \(patch)"]
    case .anew where isBarePod && canAddToPods: return ["\(place) patch \(target) \(patch)"]
    case .anew: return [anew("kubectl patch --local -f - \(patch) -o yaml")]
    case .unknownKind: return []
    }
  }

  /// The containers whose requests a change lowers, with what they ask for then; none where the pod's own are lowered,
  /// which containers only follow.
  func lowered(by change: Change) -> [(old: Container, amount: Quantity)] {
    guard case .lowerRequest(let resource, _, _) = change else { return [] }
    let spec = spec(after: change)
    guard spec.resources == pod.spec.resources else { return [] }
    return zip(pod.spec.containers + pod.spec.initContainers, spec.containers + spec.initContainers)
      .compactMap { old, new in
        guard let amount = new.resources.requests[resource], amount != old.resources.requests[resource] else {
          return nil
        }
        return (old, amount)
      }
  }

  /// The steps that give containers the requests that they have in another specification.
  private func steps(to changed: PodSpec) -> [PatchStep] {
    func steps(_ list: String, _ old: [Container], _ new: [Container]) -> [PatchStep] {
      zip(old, new).enumerated().compactMap { index, pair in
        let requests = pair.1.resources.requests
        guard requests != pair.0.resources.requests else { return nil }
        // The whole list: where only limits are written there is none to change.
        return PatchStep(
          "add", "/\(list)/\(index)/resources/requests",
          .object(SmallMap(uniquing: requests.entries.map { ($0.key, .string($0.value.text)) })))
      }
    }
    return steps("containers", pod.spec.containers, changed.containers)
      + steps("initContainers", pod.spec.initContainers, changed.initContainers)
  }

  private func spec(after change: Change) -> PodSpec {
    var changed = pod
    var unused = ClusterSnapshot(rules: rules)
    change.apply(to: &changed, &unused)
    return changed.spec
  }

  /// Commands for lower requests.
  func lines(lowering resource: String, by change: Change) -> [String] {
    let changed = spec(after: change)
    let whole = changed.resources?.requests[resource]
    if let whole, whole != pod.spec.resources?.requests[resource] {
      // The whole list: where only limits are written there is none to change.
      let requests = (changed.resources?.requests ?? [:]).entries.map { ($0.key, JSONValue.string($0.value.text)) }
      return lines(
        [.init("add", "/resources/requests", .object(SmallMap(uniquing: requests)))] + steps(to: changed))
    }
    let lowered = lowered(by: change)
    let settings = lowered.map {
      "-c \(shellWord($0.old.name)) --requests=\(shellWord("\(resource)=\($0.amount.text)"))"
    }
    if way == .anew, canResize(lowered.map(\.old), resource) { return [resize(lowered, resource)] }
    return lines(settings: settings)
  }

  /// Commands for `kubectl set resources` with these options, one after another.
  func lines(settings: [String]) -> [String] {
    switch way {
    case .rollout, .rolloutByHand:
      return settings.map { "\(place) set resources \(shellWord("\(origin.kind)/\(origin.name)")) \($0)" }
    case .anew:
      return [
        anew(settings.map { "kubectl set resources --local -f - \($0) -o yaml" }.joined(separator: " | "))
      ]
    case .unknownKind: return []
    }
  }

  private func json(_ steps: [PatchStep]) -> String {
    let root =
      switch origin.kind {
      case "pod": "/spec"
      case "cronjob": "/spec/jobTemplate/spec/template/spec"
      default: "/spec/template/spec"
      }
    let list = steps.map { step -> JSONValue in
      var json: JSONValue = ["op": .string(step.operation), "path": .string(root + step.path)]
      json["value"] = step.value
      return json
    }
    return String(decoding: JSONValue.array(list).bytes(), as: UTF8.self)
  }

  /// The pods that wait, where their controller leaves them alone when the template changes.
  var replaced: [ObjectName] {
    guard way == .rolloutByHand else { return [] }
    // Whoever asks without knowing the cluster knows the pod.
    let names = origin.replacement.waiting.isEmpty && exists ? [pod.metadata.name] : origin.replacement.waiting
    return names.map { ObjectName(namespace: origin.namespace, name: $0) }
  }

  /// The commands for several changes, in order.
  func commands(_ changes: [Change]) -> [String] {
    var commands: [String] = []
    // Lists are written as a whole and their items are counted, so each change starts from what those before it leave.
    var current = pod
    for change in changes {
      commands += change.kubectl(PodTemplateCommands(origin: origin, pod: current, rules: rules))
      guard change.isOfTemplate else { continue }
      // Every resource is lowered once, in a field of its own; how that is done depends on the pod as it is.
      if case .lowerRequest = change { continue }
      var unused = ClusterSnapshot(rules: rules)
      change.apply(to: &current, &unused)
    }
    let ofTemplate = changes.filter(\.isOfTemplate)
    guard !ofTemplate.isEmpty else { return commands }
    if !replaced.isEmpty {
      commands.append("\(place) delete pod \(replaced.map { shellWord($0.name) }.joined(separator: " "))")
    }
    if origin.replacement.isPaused { commands.append("\(place) rollout resume \(target)") }
    if let job = ownJob { commands += job.commands(ofTemplate) }
    return commands
  }

  /// For a pod of a CronJob's Job: the Job, whose template does not follow the CronJob's.
  private var ownJob: PodTemplateCommands? {
    origin.replacement.job.map {
      PodTemplateCommands(
        origin: PodOrigin(kind: "job", name: $0, namespace: origin.namespace), pod: pod, rules: rules)
    }
  }

  /// Deletes the object and creates it with a change, which is a command that reads and writes it.
  private func anew(_ change: String) -> String {
    // The server gives every Job labels and a selector with its uid, which another Job must not bring along.
    let labels = #"{"controller-uid":null,"batch.kubernetes.io/controller-uid":null}"#
    let cleaned =
      isBarePod
      ? ""
      : " | kubectl patch --local -f - --type=merge -p "
        + #"'{"spec":{"selector":null,"template":{"metadata":{"labels":"# + labels + #"}}}}' -o yaml"#
    return "\(place) get \(target) -o yaml\(cleaned) | \(change) | kubectl replace --force -f -"
  }

  // MARK: Resizing in place

  /// Whether a bare pod's requests can be lowered as it waits: from 1.33 on, CPU and memory of what is no ordinary init
  /// container, without becoming of another quality of service.
  private func canResize(_ containers: [Container], _ resource: String) -> Bool {
    guard isBarePod, exists, rules.hasInPlaceResize, resource == "cpu" || resource == "memory" else { return false }
    let initial = pod.spec.initContainers.filter { !$0.isSidecar }.map(\.name)
    if containers.contains(where: { initial.contains($0.name) }) { return false }
    // Its limits have to follow, and a memory limit can be lowered only from 1.34 on.
    return !isGuaranteed || resource == "cpu" || rules.minor >= 34
  }

  /// Every container has limits of CPU and memory, and requests that equal them.
  private var isGuaranteed: Bool {
    (pod.spec.containers + pod.spec.initContainers).allSatisfy { container in
      ["cpu", "memory"].allSatisfy { resource in
        guard let limit = container.resources.limits[resource] else { return false }
        return container.resources.requestsOrLimits[resource]?.nanos == limit.nanos
      }
    }
  }

  private func resize(_ lowered: [(old: Container, amount: Quantity)], _ resource: String) -> String {
    func list(_ containers: [Container]) -> JSONValue? {
      let own = lowered.filter { entry in containers.contains { $0.name == entry.old.name } }
      guard !own.isEmpty else { return nil }
      return .array(
        own.map { entry in
          let amount: JSONValue = [resource: .string(entry.amount.text)]
          var resources: JSONValue = ["requests": amount]
          if isGuaranteed { resources["limits"] = amount }
          return ["name": .string(entry.old.name), "resources": resources]
        })
    }
    var spec: JSONValue = [:]
    spec["containers"] = list(pod.spec.containers)
    spec["initContainers"] = list(pod.spec.initContainers)
    let patch: JSONValue = ["spec": spec]
    return "\(place) patch \(target) --subresource resize -p "
      + shellWord(String(decoding: patch.bytes(), as: UTF8.self))
  }

  // MARK: What to know

  /// What happens to pods when these changes are made.
  func remarks(_ changes: [Change]) -> [String] {
    let own = changes.filter(\.isOfTemplate)
    switch way {
    case .rollout:
      if origin.kind == "cronjob" {
        return ["the next run gets it; the Job that runs now keeps its template"] + (ownJob?.remarks(changes) ?? [])
      }
      if origin.replacement.isPaused {
        return [
          "\(origin.kind) \(origin.name) is paused: to resume it rolls out all that has been changed since, step by step"
        ]
      }
      return ["all pods of \(origin.kind) \(origin.name) are replaced, step by step"]
    case .rolloutByHand:
      let reason = origin.replacement.isOnDelete ? " (updateStrategy OnDelete)" : ""
      return [
        "\(origin.kind) \(origin.name) does not replace a pod that waits\(reason): it is deleted to be made again"
      ]
    case .anew:
      let isAnew = own.flatMap { $0.kubectl(self) }.contains { $0.hasSuffix("kubectl replace --force -f -") }
      if !isAnew { return [] }
      return [
        isBarePod
          ? "this cannot be changed in a pod that exists: it is deleted and created anew"
          : "a Job's template cannot be changed: the Job is deleted, with its pods, and created anew"
      ]
    case .unknownKind:
      return ["to be changed in \(origin.kind) \(origin.name), whose controller makes the pod"]
    }
  }
}
