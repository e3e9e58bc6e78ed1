import ClusterState
import Draining
import HTTPTransport
import Kube
import KubeClient

/// Sends what a drain asks for, and reads the answers.
struct DrainRequests {
  private let client: KubeClient

  init(_ session: ClusterSession) { client = session.client }

  func send(_ request: DrainRequest, _ completion: @escaping (Result<DrainAnswer, APIFailure>) -> Void) {
    switch request {
    case .podsOfNode, .podsOfNamespace:
      Listing<Pod>(client, request.request) { completion($0.map { .pods($0) }) }.next(continueToken: "")
    case .budgets:
      Listing<PodDisruptionBudget>(client, request.request) { completion($0.map { .budgets($0) }) }
        .next(continueToken: "")
    default:
      client.send(request.request) { result in
        completion(result.flatMap { Self.answer(to: request, $0) })
      }
    }
  }

  private static func answer(
    to request: DrainRequest, _ response: APIResponse
  ) -> Result<DrainAnswer, APIFailure> {
    do throws(APIFailure) {
      switch request {
      case .cordon, .node: return .success(.node(try response.object(Node.self)))
      case .pod: return .success(.pod(try response.object(Pod.self)))
      case .owner: return .success(.owner(try response.json()))
      case .evictionSupport: return .success(.evictionVersion(evictionVersion(try response.json())))
      case .daemonSet, .evict, .delete, .podsOfNode, .podsOfNamespace, .budgets: return .success(.done)
      }
    } catch {
      return .failure(error)
    }
  }

  /// What the list of the core group's resources says about evictions; like kubectl, anything but policy/v1 is taken
  /// for v1beta1.
  private static func evictionVersion(_ json: JSONValue) -> String? {
    for resource in json["resources"]?.array ?? []
    where resource["name"]?.string == "pods/eviction" && resource["kind"]?.string == "Eviction" {
      guard let group = resource["group"]?.string, let version = resource["version"]?.string, !group.isEmpty,
        !version.isEmpty
      else { continue }
      return group == "policy" && version == "v1" ? "v1" : "v1beta1"
    }
    return nil
  }
}

/// Reads a list page by page.
private final class Listing<Object: KubeObject> {
  private let client: KubeClient
  private let completion: (Result<[Object], APIFailure>) -> Void
  private var request: APIRequest
  private var objects: [Object] = []

  init(
    _ client: KubeClient, _ request: APIRequest, _ completion: @escaping (Result<[Object], APIFailure>) -> Void
  ) {
    self.client = client
    self.request = request
    self.completion = completion
  }

  /// Asks for the first page, or the next.
  func next(continueToken: String) {
    var page = request
    if !continueToken.isEmpty { page.query.append(("continue", continueToken)) }
    client.send(page) { [self] result in take(result, isFirst: continueToken.isEmpty) }
  }

  private func take(_ result: Result<APIResponse, APIFailure>, isFirst: Bool) {
    do throws(APIFailure) {
      let token = try read(try result.get())
      token.isEmpty ? completion(.success(objects)) : next(continueToken: token)
    } catch {
      guard error.isExpired, !isFirst else { return completion(.failure(error)) }
      // The pages of so old a version are gone: everything at once then.
      objects = []
      request.query.removeAll { $0.0 == "limit" }
      next(continueToken: "")
    }
  }

  private func read(_ response: APIResponse) throws(APIFailure) -> String {
    let type = response.head.first("content-type") ?? ""
    let pool = StringPool(capacity: 1024)
    guard var decoder = ListDecoder(contentType: type, codec: .typed(Object.self), pool: pool) else {
      throw .malformed("the server's answer is no list of \(Object.resource.plural), but \(type)")
    }
    do throws(DecodingFailure) {
      let page = try response.body.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
        try decoder.feed(UnsafeRawBufferPointer(bytes))
      }
      try decoder.finish()
      objects += page.compactMap { $0 as? Object }
    } catch {
      throw .malformed("the server's list of \(Object.resource.plural) cannot be read: \(error)")
    }
    return decoder.metadata.continueToken
  }
}

extension APIResponse {
  /// The body, in JSON, as an object of a built-in kind.
  func object<Object: KubeObject>(_ type: Object.Type) throws(APIFailure) -> Object {
    do throws(DecodingFailure) {
      return try body.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
        var reader = JSONReader(UnsafeRawBufferPointer(bytes), pool: StringPool(capacity: 64))
        return try Object(json: &reader)
      }
    } catch {
      throw .malformed("the server's answer is no \(Object.resource.kind): \(error)")
    }
  }
}
