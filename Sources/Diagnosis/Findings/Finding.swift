import Kube

/// Something that is wrong with one object, with its cause and what proves it.
public struct Finding: Sendable, Equatable {
  /// What it is; stable across versions.
  public var code: FindingCode
  /// How much it matters here and now.
  public var severity: Severity
  /// The object that it is about.
  public var object: ObjectReference
  /// The container that it is about; "" when it is about the whole object.
  public var container = ""
  /// The top of the object's owner chain, such as the Deployment of a pod; the object itself when nothing owns it.
  public var owner: ObjectReference
  /// The object whose trouble it really is: the owner, unless the cause lies elsewhere, as with a pod's node.
  public var root: ObjectReference
  /// Uids of the objects whose own findings, if each of them has one, are the cause of this one: the node of a pod that
  /// does not go away, the pods that a Service selects. Empty when the finding has a cause of its own.
  var causedBy: [String] = []
  /// Since when, as far as the cluster tells.
  public var since: Timestamp?
  /// One sentence that names the cause with its numbers.
  public var sentence: Sentence
  /// What else stands in trouble beside it, without being proven as the cause: `its last words name service/orders-db, which
  /// …`; "" when nothing does.
  var mention = ""
  /// Uid of the object that `mention` names; "" when it names none that has findings.
  var mentioned = ""
  /// The cause without what differs from pod to pod, as in "3 of 5 pods …"; equal for what has one cause.
  public var cause: String
  /// What the finding rests on.
  public var evidence: [Evidence]
  /// How often it happened, as far as the cluster tells; at least 1.
  public var count: Int

  /// The playbook that handles it.
  public var playbook: String { code.description.playbook }

  /// The sentence at a moment.
  public func summary(now: Timestamp) -> String {
    sentence.text(now: now) + (mention.isEmpty ? "" : "; " + mention)
  }

  /// The sentence where the container's name stands beside it anyway.
  func summaryBesideContainer(now: Timestamp) -> String {
    let text = summary(now: now)
    for role in ContainerInPod.Role.allCases {
      let prefix = role.prefix(container)
      if text.hasPrefix(prefix) { return String(text.dropFirst(prefix.count)) }
    }
    return text
  }

  /// Worse first, then newer first, then by name, so that the order never depends on how findings were found.
  static func precedes(_ left: Finding, _ right: Finding) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    if left.since != right.since {
      return (left.since?.microseconds ?? .min) > (right.since?.microseconds ?? .min)
    }
    return left.orderKey < right.orderKey
  }

  private var orderKey: (String, String, String, String, String) {
    (object.namespace, object.name, object.kind, code.rawValue, cause)
  }
}

/// A value that a finding rests on.
public struct Evidence: Sendable, Hashable {
  /// The object that has the value.
  public var object: ObjectReference
  /// Where in the object, such as `status.containerStatuses[app].restartCount`.
  public var field: String
  /// The value as text; it comes from the cluster and may be anything.
  public var value: String
  /// When it was observed or began, if the cluster tells.
  public var time: Timestamp?

  /// A value in an object.
  public init(_ object: ObjectReference, _ field: String, _ value: String, at time: Timestamp? = nil) {
    self.object = object
    self.field = field
    self.value = value
    self.time = time
  }

  /// What an event tells.
  public init(_ event: Event) {
    self.init(event.involvedObject, "event \(event.reason)", event.message, at: event.lastSeen)
  }
}

extension ObjectReference {
  /// `deployment/checkout`, as people write it.
  public var shortText: String { "\(kind.lowercased())/\(name)" }
}
