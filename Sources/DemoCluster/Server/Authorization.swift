import Kube

/// Who may do what: everybody everything, unless the faults say otherwise.
extension APIServer {
  /// The user that requests without a token are from.
  static let userName = "demo-admin"

  func authorize(_ request: APIRequest) throws(StatusError) {
    if let expected = faults.token, request.headers["authorization"] != "Bearer " + expected,
      request.headers["authorization"] != "Bearer " + (faults.readOnlyToken ?? expected)
    {
      throw StatusError(401, "Unauthorized", "Unauthorized")
    }
    guard let target = RequestTarget(path: request.path, catalog: cluster.catalog),
      target.resource.group != "authorization.k8s.io"
    else { return }
    let verb = Self.verb(request, target)
    guard !isAllowed(verb, target.resource, namespace: target.namespace, request) else { return }
    let resource = target.resource
    let plural = target.subresource.map { "\(resource.plural)/\($0)" } ?? resource.plural
    let scope =
      target.namespace.map { " in the namespace \"\($0)\"" } ?? " at the cluster scope"
    let name = target.name.map { " \"\($0)\"" } ?? ""
    throw StatusError(
      403, "Forbidden",
      "\(resource.qualifiedName)\(name) is forbidden: User \"\(Self.userName)\" cannot \(verb) resource \"\(plural)\" in "
        + "API group \"\(resource.group)\"\(scope)", details: StatusError.details(resource, target.name ?? ""))
  }

  private static func verb(_ request: APIRequest, _ target: RequestTarget) -> String {
    switch request.method {
    case "POST": "create"
    case "PUT": "update"
    case "PATCH": "patch"
    case "DELETE": target.name == nil ? "deletecollection" : "delete"
    default: request.isOn("watch") ? "watch" : target.name == nil ? "list" : "get"
    }
  }

  private func isAllowed(_ verb: String, _ resource: Resource, namespace: String?, _ request: APIRequest) -> Bool {
    let reads = ["get", "list", "watch"].contains(verb)
    let isReadOnly =
      faults.isReadOnly
      || (faults.readOnlyToken != nil && request.headers["authorization"] == "Bearer " + (faults.readOnlyToken ?? ""))
    if isReadOnly, !reads { return false }
    if faults.forbiddenKinds.contains(resource.qualifiedName) || faults.forbiddenKinds.contains(resource.plural) {
      return false
    }
    if let allowed = faults.onlyNamespaces {
      if resource.isNamespaced { return namespace.map { allowed.contains($0) } ?? false }
      return false
    }
    return true
  }

  /// SelfSubjectAccessReview and SelfSubjectRulesReview.
  func accessReview(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    guard request.method == "POST", let review = try request.object() else {
      throw .notAllowed("the server does not allow this method on the requested resource")
    }
    if target.resource.kind == "SelfSubjectRulesReview" {
      return .json(201, rulesReview(review, request))
    }
    guard let attributes = review[at: "spec.resourceAttributes"] else {
      return .json(201, review.setting("status", ["allowed": true]))
    }
    let plural = attributes.text(at: "resource")
    let group = attributes.text(at: "group")
    let served = cluster.catalog.resources.first {
      $0.resource.plural == plural && ($0.resource.group == group || group == "*")
    }
    let resource =
      served?.resource ?? Resource(group: group, version: "v1", kind: plural, plural: plural)
    let namespace = attributes.text(at: "namespace")
    let allowed = isAllowed(
      attributes.text(at: "verb"), resource, namespace: namespace.isEmpty ? nil : namespace, request)
    return .json(
      201,
      review.setting(
        "status",
        .object([
          ("allowed", .bool(allowed)),
          (
            "reason",
            allowed ? "RBAC: allowed by ClusterRoleBinding \"demo-admin\" of ClusterRole \"cluster-admin\"" : nil
          ),
        ])))
  }

  private func rulesReview(_ review: JSONValue, _ request: APIRequest) -> JSONValue {
    let namespace = review.text(at: "spec.namespace")
    let rules: [JSONValue] = cluster.catalog.resources.compactMap { served in
      let verbs = served.resource.verbs.sorted().filter {
        isAllowed($0, served.resource, namespace: namespace, request)
      }
      guard !verbs.isEmpty else { return nil }
      return [
        "verbs": .array(verbs.map { .string($0) }), "apiGroups": [.string(served.resource.group)],
        "resources": [.string(served.resource.plural)],
      ]
    }
    let nonResource: JSONValue = [["verbs": ["get"], "nonResourceURLs": ["/api", "/apis", "/healthz", "/version"]]]
    return review.setting(
      "status",
      ["resourceRules": .array(rules), "nonResourceRules": nonResource, "incomplete": false])
  }
}
