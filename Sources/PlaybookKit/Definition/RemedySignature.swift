/// What a remedy is called and what it is given: enough to check a playbook without being able to change a cluster.
public struct RemedySignature: Sendable, Hashable {
  /// The name, such as `set-memory-limit`.
  public let name: String
  /// Parameters that must be given.
  public let required: [String]
  /// Parameters that may be given.
  public let optional: [String]

  /// A signature.
  public init(_ name: String, _ required: [String] = [], optional: [String] = []) {
    self.name = name
    self.required = required
    self.optional = optional
  }

  /// The remedies that playbooks may offer.
  public static let all: [RemedySignature] = [
    RemedySignature("set-memory-limit", ["container", "limit"], optional: ["request"]),
    RemedySignature("set-cpu-limit", ["container", "limit"], optional: ["request"]),
    RemedySignature("set-image", ["container", "image"]),
    RemedySignature("rollout-undo", optional: ["revision"]),
    RemedySignature("rollout-restart"),
    RemedySignature("rollout-resume"),
    RemedySignature("scale", ["replicas"]),
    RemedySignature("uncordon"),
    RemedySignature("delete-pod"),
    RemedySignature("remove-finalizer", ["finalizer"]),
    RemedySignature("patch-pdb", optional: ["minAvailable", "maxUnavailable"]),
    RemedySignature("patch-service", optional: ["selector", "targetPort"]),
  ]
}
