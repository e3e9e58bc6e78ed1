import Kube

/// POST, PUT, PATCH and DELETE.
extension APIServer {
  mutating func create(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    guard let object = try request.object() else { throw .badRequest("the body of the request is empty") }
    return try create(object, request, target)
  }

  private mutating func create(
    _ body: JSONValue, _ request: APIRequest, _ target: RequestTarget
  ) throws(StatusError) -> APIAnswer {
    var object = body
    if object["kind"]?.string.map({ $0 != target.resource.kind }) ?? false {
      throw .badRequest(
        "\(object.text(at: "kind")) in version \"\(object.text(at: "apiVersion"))\" cannot be handled as a "
          + target.resource.kind)
    }
    if let namespace = target.namespace {
      if !object.namespace.isEmpty, object.namespace != namespace {
        throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
      }
      object.set("metadata.namespace", .string(namespace))
    }
    try check(object, target)
    let created = try cluster.create(target.served.storage, object, isDryRun: request.isDryRun)
    return try answer(created, request, target, code: 201)
  }

  mutating func replace(
    _ request: APIRequest, _ target: RequestTarget, status: Bool
  ) throws(StatusError) -> APIAnswer {
    let old = try existing(target)
    guard let object = try request.object() else { throw .badRequest("the body of the request is empty") }
    return try store(object, over: old, request, target, status: status)
  }

  mutating func patch(_ request: APIRequest, _ target: RequestTarget, status: Bool) throws(StatusError) -> APIAnswer {
    let contentType = request.headers["content-type"] ?? ""
    if contentType.hasPrefix("application/apply-patch") { return try apply(request, target, status: status) }
    let old = try existing(target)
    guard let patch = try request.object() else { throw .badRequest("the body of the request is empty") }
    if contentType.hasPrefix("application/strategic-merge-patch"), target.served.customColumns != nil {
      throw .unsupported(
        "the body of the request was in an unknown format - accepted media types include: "
          + "application/json-patch+json, application/merge-patch+json")
    }
    let shown = Self.converted(old, to: target.served)
    let changed = try Patches.apply(patch, contentType: contentType, to: shown)
    return try store(changed, over: old, request, target, status: status)
  }

  /// Server-side apply without its owners of fields: what is applied is merged in, lists by their keys, and never in
  /// conflict. What is there no more in what is applied stays.
  private mutating func apply(
    _ request: APIRequest, _ target: RequestTarget, status: Bool
  ) throws(StatusError) -> APIAnswer {
    guard (request.query["fieldManager"] ?? "").isEmpty == false else {
      throw StatusError(422, "Invalid", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value")
    }
    guard var applied = try request.object() else { throw .badRequest("the body of the request is empty") }
    guard let old = try? existing(target) else {
      if status { throw .notFound(target.resource, target.name ?? "") }
      if applied.name.isEmpty { applied.set("metadata.name", .string(target.name ?? "")) }
      return try create(applied, request, target)
    }
    let kind = target.served.customColumns == nil ? "strategic-merge-patch" : "merge-patch"
    let shown = Self.converted(old, to: target.served)
    let changed = try Patches.apply(applied, contentType: "application/\(kind)+json", to: shown)
    return try store(changed, over: old, request, target, status: status)
  }

  /// What cannot be read as its kind is refused before it is kept.
  private func check(_ object: JSONValue, _ target: RequestTarget) throws(StatusError) {
    guard let problem = ProtobufEnvelope.problem(object, of: target.resource) else { return }
    let resource = target.resource
    throw .badRequest(
      "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a \(resource.kind): \(problem)")
  }

  private mutating func store(
    _ object: JSONValue, over old: JSONValue, _ request: APIRequest, _ target: RequestTarget, status: Bool
  ) throws(StatusError) -> APIAnswer {
    let resource = target.resource
    try check(object, target)
    guard object.name == old.name else { throw .badRequest("the name of the object (\(object.name)) does not match") }
    let version = object.text(at: "metadata.resourceVersion")
    if !version.isEmpty, version != old.text(at: "metadata.resourceVersion") {
      throw .conflict(resource, old.name, StatusError.changedMeanwhile)
    }
    if !object.uid.isEmpty, object.uid != old.uid {
      throw .conflict(
        resource, old.name,
        "Precondition failed: UID in precondition: \(object.uid), UID in object meta: \(old.uid)")
    }
    var new = status ? old : object
    if status {
      new["status"] = object["status"]
    } else {
      if target.served.hasStatus { new["status"] = old["status"] }
      for field in ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"] {
        new.set("metadata." + field, old[at: "metadata." + field])
      }
      new["apiVersion"] = old["apiVersion"]
      new["kind"] = old["kind"]
      try checkImmutable(new, old, target)
      if new["spec"] != old["spec"], old[at: "metadata.generation"] != nil {
        new.set("metadata.generation", .int(old.generation + 1))
      }
    }
    new.set("metadata.namespace", old[at: "metadata.namespace"])
    if request.isDryRun { return try answer(new, request, target) }
    let stored = cluster.write(target.served.storage, new)
    if stored.isDeleting { cluster.finishDeletion(target.served.storage, stored) }
    return try answer(stored, request, target)
  }

  /// The few immutable fields that people run into.
  private func checkImmutable(_ new: JSONValue, _ old: JSONValue, _ target: RequestTarget) throws(StatusError) {
    let resource = target.resource
    switch target.served.storage {
    case "deployments.apps", "replicasets.apps", "daemonsets.apps":
      if new[at: "spec.selector"] != old[at: "spec.selector"] {
        throw .invalid(resource, old.name, field: "spec.selector", "Invalid value: field is immutable")
      }
    case "pods":
      var (left, right) = (new["spec"] ?? .null, old["spec"] ?? .null)
      for field in ["tolerations", "activeDeadlineSeconds", "terminationGracePeriodSeconds", "schedulingGates"] {
        left[field] = nil
        right[field] = nil
      }
      for field in ["containers", "initContainers"] {
        for side in [\JSONValue.self] as [WritableKeyPath<JSONValue, JSONValue>] {
          left[keyPath: side][field] = Self.withoutImages(left[field])
          right[keyPath: side][field] = Self.withoutImages(right[field])
        }
      }
      if left != right {
        throw .invalid(
          resource, old.name, field: "spec",
          "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
            + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
            + "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
        )
      }
    default: break
    }
  }

  private static func withoutImages(_ containers: JSONValue?) -> JSONValue? {
    containers?.array.map { .array($0.map { $0.setting("image", nil) }) }
  }

  mutating func delete(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    let object = try existing(target)
    let options = try request.object() ?? .emptyObject
    try checkPreconditions(options, object, target)
    if request.isDryRun || options.list(at: "dryRun").contains("All") { return try answer(object, request, target) }
    let grace = options["gracePeriodSeconds"]?.int ?? request.int("gracePeriodSeconds")
    let propagation = Simulation.Propagation(
      rawValue: options["propagationPolicy"]?.string ?? request.query["propagationPolicy"] ?? "")
    let (last, isGone) = cluster.delete(
      target.served.storage, object, grace: grace, propagation: propagation ?? .background)
    guard isGone, target.served.storage != "pods" else { return try answer(last, request, target) }
    return .json(
      200,
      .object([
        ("kind", "Status"), ("apiVersion", "v1"), ("metadata", .emptyObject), ("status", "Success"),
        ("details", StatusError.details(target.resource, object.name).setting("uid", .string(object.uid))),
      ]))
  }

  func checkPreconditions(_ options: JSONValue, _ object: JSONValue, _ target: RequestTarget) throws(StatusError) {
    if let uid = options[at: "preconditions.uid"]?.string, uid != object.uid {
      throw .conflict(
        target.resource, object.name,
        "the UID in the precondition (\(uid)) does not match the UID in record (\(object.uid)). The object might have "
          + "been deleted and then recreated")
    }
    if let version = options[at: "preconditions.resourceVersion"]?.string,
      version != object.text(at: "metadata.resourceVersion")
    {
      throw .conflict(
        target.resource, object.name,
        "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record "
          + "(\(object.text(at: "metadata.resourceVersion"))). The object might have been modified")
    }
  }

  mutating func deleteCollection(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    guard target.resource.verbs.contains("deletecollection"), target.namespace != nil || !target.resource.isNamespaced
    else { throw .notAllowed("the server does not allow this method on the requested resource") }
    let selection = try Selection(request, target)
    let chosen = cluster.store.list(target.served.storage, namespace: target.namespace).filter { selection.matches($0) }
    if !request.isDryRun {
      for object in chosen { cluster.delete(target.served.storage, object, grace: request.int("gracePeriodSeconds")) }
    }
    let encoder = try encoder(request, target)
    let shown = chosen.map { Self.converted($0, to: target.served) }
    let metadata: JSONValue = ["resourceVersion": .string(String(cluster.store.revision))]
    return .bytes(200, encoder.format.contentType, encoder.list(shown, metadata: metadata))
  }
}
