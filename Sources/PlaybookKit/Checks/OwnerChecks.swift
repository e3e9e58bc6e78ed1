import ClusterState
import Diagnosis
import Kube

/// Checks of what owns and manages an object.
let ownerChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "owner-chain",
    "the chain of owners up to what a change must be made in: ok when it ends in a workload, warning when a tool such "
      + "as Argo CD, Flux or Helm manages the top (it may revert a change), or when nothing owns a pod (nothing makes "
      + "it anew)",
    reads: Relation.owners
  ) { facts, _ in
    guard let object = facts.object else { return Judgement(.notApplicable, "there is no object") }
    let chain = facts.ownerChain.map { "\(PlaybookFacts.kind(of: $0).lowercased())/\($0.metadata.name)" }
    if let doubt = facts.ownerDoubt { return Judgement(doubt) }
    let words = chain.joined(separator: " < ")
    var evidence: [Evidence] = []
    for owner in facts.ownerChain.dropLast() {
      if let reference = owner.metadata.controller {
        var about = ObjectReference()
        about.kind = PlaybookFacts.kind(of: owner)
        about.namespace = owner.metadata.namespace
        about.name = owner.metadata.name
        evidence.append(Evidence(about, "metadata.ownerReferences", "\(reference.kind) \(reference.name)"))
      }
    }
    if let top = facts.ownerChain.last, let tool = ManagingTool(top.metadata) {
      return Judgement(
        .warning, "\(words); \(tool.name) manages it and may revert a change",
        evidence: evidence + [Evidence(object.reference, tool.field, tool.value)])
    }
    if facts.pod != nil, chain.count == 1 {
      return Judgement(.warning, "nothing owns the pod: once it is gone, nothing makes it anew")
    }
    return Judgement(.ok, words, evidence: evidence)
  }
]

/// A tool that keeps an object as its own source has it.
struct ManagingTool: Equatable {
  /// The tool's name.
  let name: String
  /// The label or annotation that tells.
  let field: String
  /// Its value.
  let value: String

  /// The tool that an object's labels and annotations name, if any.
  init?(_ metadata: ObjectMeta) {
    let signs: [(name: String, annotation: Bool, key: String, value: String?)] = [
      ("Argo CD", true, "argocd.argoproj.io/tracking-id", nil),
      ("Argo CD", false, "argocd.argoproj.io/instance", nil),
      ("Flux", false, "kustomize.toolkit.fluxcd.io/name", nil),
      ("Flux", false, "helm.toolkit.fluxcd.io/name", nil),
      ("Helm", false, "app.kubernetes.io/managed-by", "Helm"),
    ]
    for sign in signs {
      guard let value = (sign.annotation ? metadata.annotations : metadata.labels)[sign.key],
        sign.value == nil || sign.value == value
      else { continue }
      name = sign.name
      field = "metadata.\(sign.annotation ? "annotations" : "labels")[\(sign.key)]"
      self.value = value
      return
    }
    return nil
  }
}

extension PlaybookFacts {
  /// The kind of an object of any sort.
  static func kind(of object: any ClusterObject) -> String {
    if let typed = object as? any KubeObject { return Swift.type(of: typed).resource.kind }
    return (object as? DynamicObject)?.json["kind"]?.string ?? ""
  }
}
