import Kube

/// A remedy worked out for one object as it is now: exactly what would be sent, what would follow, and how it could be
/// taken back. Nothing has been sent.
public struct Remedy: Sendable, Equatable {
  /// What was asked for.
  public var order: RemedyOrder
  /// The object that is changed: the order's own, or what is at the top of its owner chain.
  public var target: ObjectReference
  /// One sentence without a full stop, such as `set the memory limit of container app to 512Mi`.
  public var title: String
  /// The chain from the object that was named to the one that is changed, such as `pod/a`, `replicaset/b`,
  /// `deployment/c`; just one where they are the same.
  public var chain: [ObjectReference]
  /// The requests, in order.
  public var steps: [RemedyStep]
  /// What will differ, worked out here.
  public var changes: [FieldChange]
  /// What else happens, the worst first.
  public var consequences: [Consequence]
  /// Commands of kubectl that do the same.
  public var kubectl: [String]
  /// What takes it back, or why nothing does.
  public var undo: RemedyUndo
  /// When it is done.
  public var wait: RemedyWait
  /// What a person has to do to agree.
  public var confirmation: Confirmation
  /// What the patch among the steps does, to tell later whether it has been done.
  var edits: [FieldEdit] = []

  /// `deployment/checkout`, with the namespace when there is one.
  public var targetText: String {
    target.namespace.isEmpty ? target.shortName : "\(target.shortName) in namespace \(target.namespace)"
  }
}

/// One request that changes the cluster.
public struct RemedyStep: Sendable, Equatable {
  /// What is sent.
  public enum Change: Sendable, Equatable {
    /// A JSON patch (RFC 6902). The version precondition is part of it.
    case patch([JSONValue])
    /// A deletion of exactly the object with the reference's uid.
    case delete(gracePeriodSeconds: Int?, propagation: String)
    /// A new object.
    case create(JSONValue)
  }

  /// Kind in the version to use.
  public var resource: Resource
  /// The object; the uid is the precondition of deletions.
  public var object: ObjectReference
  /// What is sent.
  public var change: Change
  /// The object before, when it has been read: what the server's answer is compared with.
  public var before: JSONValue?
  /// Whether the server can be asked to try it before the earlier steps have been done.
  public var canDryRun = true

  /// The verb that the user needs for it.
  public var verb: String {
    switch change {
    case .patch: "patch"
    case .delete: "delete"
    case .create: "create"
    }
  }
}

/// Something that happens because of a remedy.
public struct Consequence: Sendable, Equatable {
  /// How much it matters.
  public enum Weight: Int, Sendable, Comparable {
    /// Good to know.
    case note
    /// Think about it.
    case warning
    /// It costs data, or a service is down meanwhile, or it is taken back by somebody else at once.
    case danger

    /// Notes are less than warnings.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }
  /// How much it matters.
  public var weight: Weight
  /// A sentence.
  public var text: String

  /// A consequence.
  public init(_ weight: Weight, _ text: String) {
    self.weight = weight
    self.text = text
  }
}

/// Whether a remedy can be taken back.
public enum RemedyUndo: Sendable, Equatable {
  /// With this order, unless somebody changes the same fields in between.
  case order(RemedyOrder)
  /// It cannot, for this reason.
  case impossible(String)
}

/// What a person has to do to agree.
public enum Confirmation: Sendable, Equatable {
  /// Say yes; no is the default.
  case yes
  /// Type this name.
  case name(String)

  /// Whether `answer` agrees.
  public func accepts(_ answer: String) -> Bool {
    switch self {
    case .yes: ["y", "yes"].contains(answer.lowercased())
    case .name(let name): answer == name
    }
  }
}

extension ObjectReference {
  /// `deployment/checkout`.
  var shortName: String { "\(kind.lowercased())/\(name)" }
}
