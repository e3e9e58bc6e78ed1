import Kube
import KubeClient

// What is asked of a cluster once, when a person wants to see or do something.

/// Whether a user may do something, as the server answers (SelfSubjectAccessReview).
public struct AccessAnswer: Sendable, Equatable {
  /// Whether it is allowed.
  public var isAllowed: Bool
  /// Why; "" when the server does not say.
  public var reason: String
}

extension ClusterSession {
  /// The whole object as the server has it now; `namespace` is nil for cluster-scoped kinds.
  @discardableResult
  public func fetch(
    _ resource: Resource, namespace: String?, name: String,
    _ completion: @escaping (Result<JSONValue, APIFailure>) -> Void
  ) -> RequestHandle {
    client.send(.get(resource, namespace: namespace, name: name)) { result in
      completion(result.flatMapJSON())
    }
  }

  /// Asks whether this user may do something.
  public func mayDo(
    verb: String, _ resource: Resource, subresource: String? = nil, namespace: String? = nil, name: String? = nil,
    _ completion: @escaping (Result<AccessAnswer, APIFailure>) -> Void
  ) {
    let request = APIRequest.accessReview(
      verb: verb, resource, subresource: subresource, namespace: namespace, name: name)
    client.send(request) { result in
      completion(
        result.flatMapJSON().map { json in
          AccessAnswer(
            isAllowed: json[path: "status", "allowed"]?.bool ?? false,
            reason: json[path: "status", "reason"]?.string ?? "")
        })
    }
  }

  /// Asks what this user may do in a namespace, and hands out the whole review.
  public func rules(namespace: String, _ completion: @escaping (Result<JSONValue, APIFailure>) -> Void) {
    client.send(.rulesReview(namespace: namespace)) { completion($0.flatMapJSON()) }
  }

  /// The version of the policy group to evict pods with: `v1` where the server has it (1.22 and later), else `v1beta1`.
  /// nil until the server has said what it serves.
  public var evictionVersion: String? {
    guard isDiscovered else { return nil }
    let versions = catalog.all("poddisruptionbudgets.policy").map(\.version)
    return versions.contains("v1") ? "v1" : "v1beta1"
  }

  /// Reads the logs of some containers; the handler gets what happened, in order, at most once a turn of the loop.
  /// Closing the stream ends it.
  public func openLogs(_ request: LogRequest, _ handler: @escaping ([LogEvent]) -> Void) -> LogStream {
    let stream = LogStream(client: client, loop: loop, request: request, random: random, handler)
    if request.follow { watchOver(stream) }
    return stream
  }
}

extension Result where Success == APIResponse, Failure == APIFailure {
  /// The body as JSON.
  func flatMapJSON() -> Result<JSONValue, APIFailure> {
    flatMap { response in
      do throws(APIFailure) { return .success(try response.json()) } catch { return .failure(error) }
    }
  }
}
