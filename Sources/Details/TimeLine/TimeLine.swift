import ClusterState
import Diagnosis
import Kube

/// Something that happened to an object.
struct Happening {
  var time: Timestamp
  /// Such as `pod/web-1`; with the container where it is one's.
  var about: String
  /// A word, such as the reason of an event.
  var word: String
  /// A sentence.
  var text = ""
  var mark: DetailMark = .plain
  /// How often.
  var count = 1
  /// The first of several times.
  var first: Timestamp?
}

extension Page {
  /// More than this nobody reads in one go.
  static let maximumHappenings = 200

  /// Events, container states, conditions, creations and deletions of the object, what it owns and what it stands on,
  /// newest first.
  mutating func timeline(of subject: Subject, _ around: Surroundings, in cluster: ClusterState) {
    var happenings = Happening.all(of: subject)
    for relative in around.owned { happenings += Happening.all(of: relative, isOwned: true) }
    for relative in around.ground { happenings += Happening.all(of: relative, isOwned: false) }
    happenings += Happening.events(of: subject, around, in: cluster)
    let order = happenings.indices.sorted { left, right in
      happenings[left].time != happenings[right].time
        ? happenings[left].time > happenings[right].time : left < right
    }
    section("Time line") { page in
      page.table(
        ["When", "Object", "What", "Message"],
        order.prefix(Page.maximumHappenings).map { index in
          let each = happenings[index]
          var when =
            each.time > page.now.advanced(by: .seconds(2))
            ? "in \(each.time.since(page.now).human)" : page.age(each.time)
          if each.count > 1 {
            when += " (x\(each.count)"
            if let first = each.first, first < each.time { when += " over \(page.age(first))" }
            when += ")"
          }
          return ([when, each.about, each.word, each.text], each.mark)
        })
      if order.count > Page.maximumHappenings {
        page.add(nil, "… \(order.count - Page.maximumHappenings) older ones are left out", .dim)
      }
      if !cluster.isConclusive(Event.self, namespace: subject.namespace) {
        page.add(nil, "Events are not read: what they would tell is missing here.", .unknown)
      }
    }
  }
}

extension Happening {
  /// What an object tells of itself.
  static func all(of subject: Subject) -> [Happening] {
    let about = "\(subject.resource.kind.lowercased())/\(subject.name)"
    var result: [Happening] = []
    if let created = subject.json.time("metadata", "creationTimestamp") {
      result.append(Happening(time: created, about: about, word: "Created"))
    }
    if let deletion = subject.json.time("metadata", "deletionTimestamp") {
      let grace = subject.json.number("metadata", "deletionGracePeriodSeconds") ?? 0
      result.append(deleted(deletion, grace, about))
    }
    for condition in subject.json.list("status", "conditions") {
      if let time = condition.time("lastTransitionTime") {
        result.append(
          changed(
            time, about, condition.text("type"), condition.text("status"), condition.text("reason"),
            condition.text("message")))
      }
    }
    if let pod = subject.typed as? Pod { result += containers(of: pod, about) }
    return result
  }

  /// What a known object tells of itself; of the ground only what changed there is news.
  static func all(of relative: Relative, isOwned: Bool) -> [Happening] {
    let about = relative.shortText
    var result: [Happening] = []
    if isOwned, let created = relative.metadata.creationTimestamp {
      var happening = Happening(time: created, about: about, word: "Created")
      if let revision = relative.metadata.annotations["deployment.kubernetes.io/revision"] {
        happening.word = "Rollout"
        happening.text = "revision \(revision) begins"
      }
      result.append(happening)
    }
    if let deletion = relative.metadata.deletionTimestamp {
      result.append(deleted(deletion, relative.metadata.deletionGracePeriodSeconds ?? 0, about))
    }
    func add(_ conditions: [some StatusCondition]) {
      for condition in conditions {
        guard let time = condition.lastTransitionTime else { continue }
        result.append(changed(time, about, condition.type, condition.status, condition.reason, condition.message))
      }
    }
    switch relative.object {
    case let pod as Pod:
      add(pod.status.conditions)
      result += containers(of: pod, about)
    case let node as Node: add(node.status.conditions)
    case let job as Job: add(job.status.conditions)
    case let claim as PersistentVolumeClaim: add(claim.status.conditions)
    default: break
    }
    return result
  }

  private static func deleted(_ deletion: Timestamp, _ grace: Int, _ about: String) -> Happening {
    let grace = min(max(grace, 0), 1_000_000_000)
    return Happening(
      time: deletion.advanced(by: .seconds(-grace)), about: about, word: "Deletion asked for",
      text: "grace period \(grace)s", mark: .notice)
  }

  private static func changed(
    _ time: Timestamp, _ about: String, _ type: String, _ status: String, _ reason: String, _ message: String
  ) -> Happening {
    let text = reason.isEmpty || message.isEmpty ? reason + message : "\(reason): \(message)"
    return Happening(time: time, about: about, word: "\(type)=\(status)", text: text, mark: .dim)
  }

  /// Starts and ends of containers.
  private static func containers(of pod: Pod, _ about: String) -> [Happening] {
    var result: [Happening] = []
    let statuses =
      pod.status.initContainerStatuses + pod.status.containerStatuses + pod.status.ephemeralContainerStatuses
    for status in statuses {
      let about = "\(about) \(status.name)"
      if let start = status.state.running?.startedAt {
        let restarts = status.restartCount > 0 ? "restart \(status.restartCount)" : ""
        result.append(Happening(time: start, about: about, word: "Started", text: restarts, mark: .good))
      }
      for end in [status.state.terminated, status.lastState?.terminated] {
        guard let end else { continue }
        if let start = end.startedAt {
          result.append(Happening(time: start, about: about, word: "Started", mark: .plain))
        }
        guard let finish = end.finishedAt else { continue }
        let isBad = end.exitCode != 0 || end.reason == "OOMKilled"
        var text = ExitCode.text(end.exitCode)
        if !end.message.isEmpty { text += ": \(end.message)" }
        result.append(
          Happening(
            time: finish, about: about, word: end.reason.isEmpty ? "Terminated" : end.reason, text: text,
            mark: isBad ? .critical : .plain))
      }
    }
    return result
  }

  /// The events about an object and its surroundings. Those about an earlier object of a name are not meant; kubelets
  /// give a node's name as its uid.
  static func events(of subject: Subject, _ around: Surroundings, in cluster: ClusterState) -> [Happening] {
    var uids: [String: String] = [:]
    func key(_ kind: String, _ namespace: String, _ name: String) -> String { "\(kind)/\(namespace)/\(name)" }
    for relative in around.owned + around.ground {
      uids[key(relative.kind, relative.metadata.namespace, relative.metadata.name)] = relative.metadata.uid
    }
    uids[key(subject.resource.kind, subject.namespace, subject.name)] = subject.uid
    var result: [Happening] = []
    cluster.store(of: Event.self)?.forEach { object in
      guard let event = object as? Event else { return }
      let target = event.involvedObject
      guard let uid = uids[key(target.kind, target.namespace, target.name)],
        target.uid.isEmpty || uid.isEmpty || target.uid == uid || target.uid == target.name,
        let time = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime
          ?? event.metadata.creationTimestamp
      else { return }
      result.append(
        Happening(
          time: time, about: "\(target.kind.lowercased())/\(target.name)\(event.containerText)", word: event.reason,
          text: event.message, mark: event.type == "Normal" || event.type.isEmpty ? .plain : .warning,
          count: max(1, event.series?.count ?? event.count),
          first: event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp))
    }
    // The store has no order of its own; names make one among events of one moment.
    return result.sorted { ($0.about, $0.word, $0.text) < ($1.about, $1.word, $1.text) }
  }
}

extension Event {
  /// ` web` for an event about `spec.containers{web}`.
  fileprivate var containerText: String {
    guard let open = involvedObject.fieldPath.firstIndex(of: "{"), involvedObject.fieldPath.last == "}" else {
      return ""
    }
    return " " + involvedObject.fieldPath[involvedObject.fieldPath.index(after: open)...].dropLast()
  }
}
