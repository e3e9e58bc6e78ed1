import ClusterState
import Kube

// The requests that podmedic makes, as values: what is sent can be read, tested and shown without sending it.

/// Narrows a list or a watch on the server.
public struct ListOptions: Sendable, Hashable {
  /// One namespace; nil for all, and for cluster-scoped kinds.
  public var namespace: String?
  /// Label selector in kubectl's syntax; "" for everything.
  public var labelSelector = ""
  /// Field selector in kubectl's syntax; "" for everything.
  public var fieldSelector = ""

  /// Everything in the given namespace, or everywhere.
  public init(namespace: String? = nil) { self.namespace = namespace }
}

/// What to send a change with.
public struct ChangeOptions: Sendable, Equatable {
  /// Let the server check and answer as if, without changing anything.
  public var isDryRun = false
  /// Only if the object is still this one.
  public var uid: String?
  /// Only if the object has not changed since.
  public var resourceVersion: String?

  /// A real change without preconditions.
  public init() {}

  var query: [(String, String)] { isDryRun ? [("dryRun", "All")] : [] }

  /// `preconditions` of DeleteOptions; nil when there are none.
  var preconditions: JSONValue? {
    guard uid != nil || resourceVersion != nil else { return nil }
    var value: JSONValue = [:]
    value["uid"] = uid.map { .string($0) }
    value["resourceVersion"] = resourceVersion.map { .string($0) }
    return value
  }
}

/// How a patch is written.
public enum PatchKind: String, Sendable {
  /// RFC 7386.
  case merge = "application/merge-patch+json"
  /// Kubernetes' own, which merges lists by key; built-in kinds only.
  case strategicMerge = "application/strategic-merge-patch+json"
  /// RFC 6902.
  case json = "application/json-patch+json"
}

extension APIRequest {
  /// How many objects to ask for at a time: client-go's page size.
  public static let pageSize = 500
  /// Longest time for a page of a list: twice what the server itself allows, for slow networks.
  static let pageTimeout = Duration.seconds(120)
  /// Longest time for requests that a person waits for.
  static let interactiveTimeout = Duration.seconds(60)

  /// A page of a list. `resourceVersion` nil asks for a consistent read; a `continueToken` goes on with a list. A
  /// `pageSize` of 0 asks for everything at once.
  public static func list(
    _ resource: Resource, _ options: ListOptions, codec: ObjectCodec, resourceVersion: String?, continueToken: String,
    pageSize: Int = APIRequest.pageSize
  ) -> APIRequest {
    var request = collection(resource, options)
    request.accept = codec.accept
    request.timeout = pageTimeout
    if pageSize > 0 { request.query.append(("limit", "\(pageSize)")) }
    if !continueToken.isEmpty {
      request.query.append(("continue", continueToken))
    } else if let resourceVersion {
      request.query.append(("resourceVersion", resourceVersion))
    }
    return request
  }

  /// A watch from a version that the server ends after about `seconds`.
  public static func watch(
    _ resource: Resource, _ options: ListOptions, codec: ObjectCodec, resourceVersion: String, seconds: Int
  ) -> APIRequest {
    var request = collection(resource, options)
    request.accept = codec.acceptWatch
    request.query += [
      ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
      ("timeoutSeconds", "\(seconds)"),
    ]
    request.isLongRunning = true
    // A connection that died without a word must not look alive for ever.
    request.timeout = .seconds(seconds + 30)
    return request
  }

  private static func collection(_ resource: Resource, _ options: ListOptions) -> APIRequest {
    var request = APIRequest(path: resource.path(namespace: options.namespace))
    if !options.labelSelector.isEmpty { request.query.append(("labelSelector", options.labelSelector)) }
    if !options.fieldSelector.isEmpty { request.query.append(("fieldSelector", options.fieldSelector)) }
    return request
  }

  /// One object as JSON.
  public static func get(
    _ resource: Resource, namespace: String?, name: String, subresource: String? = nil
  ) -> APIRequest {
    var request = APIRequest(path: resource.path(namespace: namespace, name: name, subresource: subresource))
    request.timeout = interactiveTimeout
    return request
  }

  /// The metadata of one object, and nothing else of it: a server that cannot leave the rest out refuses (406).
  public static func metadata(of object: NamedObject) -> APIRequest {
    let namespace = object.resource.isNamespaced ? object.namespace : nil
    var request = get(object.resource, namespace: namespace, name: object.name)
    request.accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    return request
  }

  /// Creates an object.
  public static func create(
    _ resource: Resource, namespace: String?, object: JSONValue, _ options: ChangeOptions = ChangeOptions()
  ) -> APIRequest {
    change("POST", resource.path(namespace: namespace), body: object, options)
  }

  /// Changes an object. Preconditions go into the patch's `metadata`, where the server checks them (merge patches
  /// only; a JSON patch has its own `test` operations).
  public static func patch(
    _ resource: Resource, namespace: String?, name: String, subresource: String? = nil, kind: PatchKind,
    patch: JSONValue, _ options: ChangeOptions = ChangeOptions()
  ) -> APIRequest {
    var body = patch
    if kind != .json, let preconditions = options.preconditions?.object {
      var metadata = body["metadata"] ?? [:]
      for (name, value) in preconditions.entries { metadata[name] = value }
      body["metadata"] = metadata
    }
    var request = change(
      "PATCH", resource.path(namespace: namespace, name: name, subresource: subresource), body: body, options)
    request.contentType = kind.rawValue
    return request
  }

  /// Deletes an object. `gracePeriod` nil leaves the object's own; `propagation` is `Background`, `Foreground` or
  /// `Orphan`.
  public static func delete(
    _ resource: Resource, namespace: String?, name: String, gracePeriodSeconds: Int? = nil,
    propagation: String = "Background", _ options: ChangeOptions = ChangeOptions()
  ) -> APIRequest {
    var body: JSONValue = ["kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": .string(propagation)]
    body["gracePeriodSeconds"] = gracePeriodSeconds.map { .int($0) }
    body["preconditions"] = options.preconditions
    // The server reads options from the query only when there is no body.
    if options.isDryRun { body["dryRun"] = ["All"] }
    return change("DELETE", resource.path(namespace: namespace, name: name), body: body, options)
  }

  /// Asks the server to evict a pod, which it refuses with 429 while a disruption budget forbids it. `version` is that
  /// of the policy group that the server serves for evictions: `v1`, before 1.22 `v1beta1`.
  public static func evict(
    namespace: String, pod: String, version: String, gracePeriodSeconds: Int? = nil,
    _ options: ChangeOptions = ChangeOptions()
  ) -> APIRequest {
    var deleteOptions: JSONValue = [:]
    deleteOptions["gracePeriodSeconds"] = gracePeriodSeconds.map { .int($0) }
    deleteOptions["preconditions"] = options.preconditions
    if options.isDryRun { deleteOptions["dryRun"] = ["All"] }
    let body: JSONValue = [
      "apiVersion": .string("policy/\(version)"), "kind": "Eviction",
      "metadata": ["name": .string(pod), "namespace": .string(namespace)], "deleteOptions": deleteOptions,
    ]
    return change(
      "POST", Pod.resource.path(namespace: namespace, name: pod, subresource: "eviction"), body: body, options)
  }

  /// Asks whether this user may do something (authorization.k8s.io SelfSubjectAccessReview).
  public static func accessReview(
    verb: String, _ resource: Resource, subresource: String? = nil, namespace: String? = nil, name: String? = nil
  ) -> APIRequest {
    var attributes: JSONValue = [
      "verb": .string(verb), "group": .string(resource.group), "resource": .string(resource.plural),
    ]
    attributes["subresource"] = subresource.map { .string($0) }
    attributes["namespace"] = namespace.map { .string($0) }
    attributes["name"] = name.map { .string($0) }
    let body: JSONValue = [
      "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
      "spec": ["resourceAttributes": attributes],
    ]
    return change("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body: body, ChangeOptions())
  }

  /// Asks what this user may do in a namespace (authorization.k8s.io SelfSubjectRulesReview).
  public static func rulesReview(namespace: String) -> APIRequest {
    let body: JSONValue = [
      "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
      "spec": ["namespace": .string(namespace)],
    ]
    return change("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", body: body, ChangeOptions())
  }

  private static func change(
    _ method: String, _ path: String, body: JSONValue, _ options: ChangeOptions
  ) -> APIRequest {
    var request = APIRequest(path: path)
    request.method = method
    request.query = options.query
    request.isDryRun = options.isDryRun
    request.contentType = "application/json"
    request.body = body.bytes()
    request.timeout = interactiveTimeout
    return request
  }
}

/// What to read of a container's log.
public struct LogOptions: Sendable, Hashable {
  /// Container; nil when the pod has just one.
  public var container: String?
  /// Go on as lines are written.
  public var follow = false
  /// The log of the container before its last restart.
  public var previous = false
  /// Only so many of the last lines.
  public var tailLines: Int?
  /// Only what was written in the last so many seconds.
  public var sinceSeconds: Int?
  /// Only what was written since this time.
  public var sinceTime: Timestamp?
  /// Put the time before each line.
  public var timestamps = false
  /// Only so many of the first bytes, the times included.
  public var limitBytes: Int?
  /// Whether the API server may take the log from a kubelet whose certificate it cannot verify.
  public var skipsKubeletVerification = false

  /// The whole log.
  public init() {}
}

extension APIRequest {
  /// A container's log as text.
  public static func logs(namespace: String, pod: String, _ options: LogOptions) -> APIRequest {
    var request = APIRequest(path: Pod.resource.path(namespace: namespace, name: pod, subresource: "log"))
    request.accept = "*/*"
    if let container = options.container { request.query.append(("container", container)) }
    if options.follow { request.query.append(("follow", "true")) }
    request.isLongRunning = options.follow
    if options.previous { request.query.append(("previous", "true")) }
    if let lines = options.tailLines { request.query.append(("tailLines", "\(lines)")) }
    if let seconds = options.sinceSeconds { request.query.append(("sinceSeconds", "\(seconds)")) }
    if let time = options.sinceTime { request.query.append(("sinceTime", time.description)) }
    if let bytes = options.limitBytes { request.query.append(("limitBytes", "\(bytes)")) }
    if options.skipsKubeletVerification { request.query.append(("insecureSkipTLSVerifyBackend", "true")) }
    if options.timestamps { request.query.append(("timestamps", "true")) }
    return request
  }
}
