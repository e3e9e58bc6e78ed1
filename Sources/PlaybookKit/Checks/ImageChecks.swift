import ClusterState
import Diagnosis
import Kube

/// Checks of images and of the credentials that they are pulled with.
let imageChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "image-name",
    "problem when the image of the container cannot be a valid name (upper case, spaces, a scheme such as http://), "
      + "warning when it has the tag latest or none, ok otherwise",
    kinds: ["Pod"]
  ) { facts, _ in
    guard let pod = facts.pod, let container = facts.container else {
      return Judgement(.notApplicable, "the pod has no containers")
    }
    let image = ImageName(container.image)
    let evidence = [Evidence(pod.reference, "\(container.specPath).image", container.image)]
    if let fault = image.fault { return Judgement(.problem, "\(container.image): \(fault)", evidence: evidence) }
    if image.digest == nil, image.tag == nil || image.tag == "latest" {
      return Judgement(
        .warning, "\(container.image) has \(image.tag == nil ? "no tag" : "the tag latest"): what runs may change",
        evidence: evidence)
    }
    return Judgement(.ok, container.image, evidence: evidence)
  },
  BuiltInCheck(
    "pull-secrets",
    "the credentials for the image's registry: problem when a pull secret that the pod or its ServiceAccount names does "
      + "not exist or is no registry secret, warning when there is none at all, ok when all exist (what is in them is "
      + "never read)",
    kinds: ["Pod"], reads: [Secret.self, ServiceAccount.self]
  ) { facts, _ in
    guard let pod = facts.pod, let container = facts.container else {
      return Judgement(.notApplicable, "the pod has no containers")
    }
    let registry = ImageName(container.image).registry
    var named = pod.spec.imagePullSecrets.map { ($0.name, "spec.imagePullSecrets", pod.reference) }
    var doubt: Doubt?
    switch facts.serviceAccount {
    case .found(let account):
      named += account.imagePullSecrets.map { ($0.name, "imagePullSecrets", account.reference) }
    case .none: break
    case .unknown(let reason): doubt = reason
    }
    for (name, field, object) in named {
      let evidence = [Evidence(object, field, name)]
      switch facts.state.look(Secret.self, namespace: facts.namespace, name: name) {
      case .none:
        return Judgement(
          .problem, "pull secret \"\(name)\" does not exist in namespace \(facts.namespace)", evidence: evidence)
      case .found(let secret) where !secret.type.hasPrefix("kubernetes.io/dockerc"):
        return Judgement(
          .problem, "pull secret \"\(name)\" has type \(secret.type), not kubernetes.io/dockerconfigjson",
          evidence: evidence)
      case .found: continue
      case .unknown(let reason): doubt = doubt ?? reason
      }
    }
    if let doubt { return Judgement(doubt) }
    let evidence = named.map { Evidence($0.2, $0.1, $0.0) }
    if named.isEmpty { return Judgement(.warning, "neither the pod nor its ServiceAccount names a pull secret") }
    return Judgement(
      .ok, "pull secrets \(named.map(\.0).joined(separator: ", ")) exist; whether they are for \(registry) is in them",
      evidence: evidence)
  },
  BuiltInCheck(
    "image-elsewhere",
    "whether the same image runs on other nodes: problem when it does (so the fault is this node's: its network, disk "
      + "or certificates), ok when it runs nowhere (so the fault is the image's or the registry's)",
    kinds: ["Pod"], reads: [Pod.self]
  ) { facts, _ in
    guard let pod = facts.pod, let container = facts.container else {
      return Judgement(.notApplicable, "the pod has no containers")
    }
    if let doubt = facts.state.doubt(about: Pod.self, namespace: facts.namespace) { return Judgement(doubt) }
    var nodes: Set<String> = []
    for other in facts.state.all(Pod.self) where !other.spec.nodeName.isEmpty {
      let runs = zip(other.spec.containers, other.spec.containers.indices).contains { spec, _ in
        spec.image == container.image
          && other.status.containerStatuses.contains { $0.name == spec.name && $0.state.running != nil }
      }
      if runs { nodes.insert(other.spec.nodeName) }
    }
    if nodes.contains(pod.spec.nodeName) {
      return Judgement(.ok, "\(container.image) also runs on this node, \(pod.spec.nodeName)")
    }
    guard let some = nodes.min() else { return Judgement(.ok, "\(container.image) runs on no node yet") }
    return Judgement(
      .problem,
      "\(container.image) runs on \(some)\(nodes.count > 1 ? " and \(nodes.count - 1) more" : "") but not on "
        + "\(pod.spec.nodeName)",
      evidence: [Evidence(pod.reference, "spec.nodeName", pod.spec.nodeName)])
  },
]

/// The parts of an image's name.
struct ImageName: Equatable {
  /// The registry; `docker.io` when the name has none.
  let registry: String
  /// The repository, without registry, tag and digest.
  let repository: String
  /// The tag, if there is one.
  let tag: String?
  /// The digest, if there is one.
  let digest: String?
  /// Why it cannot be a name; nil when it can.
  let fault: String?

  init(_ text: String) {
    var rest = Substring(text)
    var digest: String?
    if let at = rest.firstIndex(of: "@") {
      digest = String(rest[rest.index(after: at)...])
      rest = rest[..<at]
    }
    var tag: String?
    if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
      tag = String(rest[rest.index(after: colon)...])
      rest = rest[..<colon]
    }
    let first = rest.prefix { $0 != "/" }
    let isRegistry = rest.contains("/") && (first.contains(".") || first.contains(":") || first == "localhost")
    registry = isRegistry ? String(first) : "docker.io"
    repository = String(isRegistry ? rest.dropFirst(first.count + 1) : rest)
    self.tag = tag
    self.digest = digest
    if text.contains("://") {
      fault = "a name has no scheme such as https://"
    } else if text.contains(where: { $0.isWhitespace }) {
      fault = "a name has no spaces"
    } else if repository.isEmpty {
      fault = "the name is empty"
    } else if repository.contains(where: { $0.isUppercase }) {
      fault = "a repository has only small letters"
    } else if tag?.isEmpty == true {
      fault = "nothing stands after the colon"
    } else {
      fault = nil
    }
  }
}
