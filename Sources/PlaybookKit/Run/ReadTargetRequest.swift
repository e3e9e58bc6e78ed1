import Kube
import KubeClient

extension ReadTarget {
  /// Most bytes of a text that are looked at; of a longer one it is the end.
  private static let longestText = 4 << 20

  /// What to send to have it read, or why there is nothing to send.
  public var request: Result<APIRequest, ReadRefusal> {
    switch self {
    case .logs(let namespace, let pod, let container, let previous, let tail):
      var options = LogOptions()
      options.container = container
      options.previous = previous
      options.tailLines = tail
      return .success(.logs(namespace: namespace, pod: pod, options))
    case .object(let reference):
      guard let kind = builtInKind(apiVersion: reference.apiVersion, kind: reference.kind) else {
        return .failure(ReadRefusal(doubt: Doubt(.notModelled, "podmedic does not know the kind \(reference.kind)")))
      }
      let namespace = kind.resource.isNamespaced ? reference.namespace : nil
      return .success(.get(kind.resource, namespace: namespace, name: reference.name))
    case .metrics(let reference):
      let place = reference.kind == "Node" ? "nodes/" : "namespaces/\(Resource.escaped(reference.namespace))/pods/"
      return .success(
        APIRequest(path: "/apis/metrics.k8s.io/v1beta1/\(place)\(Resource.escaped(reference.name))"))
    case .path(let path), .repeated(let path):
      var request = APIRequest(path: String(path.prefix { $0 != "?" }))
      request.accept = "*/*"
      for pair in path.drop(while: { $0 != "?" }).dropFirst().split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        request.query.append((sides[0], sides.count > 1 ? sides[1] : ""))
      }
      if case .repeated = self { request.isAlone = true }
      return .success(request)
    }
  }

  /// What the answer to `request` adds to a run.
  public func contribution(_ answer: Result<APIResponse, APIFailure>) -> PlaybookRun.Contribution {
    switch answer {
    case .success(let response):
      let text = String(decoding: response.body.suffix(Self.longestText), as: UTF8.self)
      return use(text).map { .text($0) } ?? .noText(Doubt(.failed, text.isEmpty ? "there is no text" : text))
    case .failure(let failure):
      let reason: Doubt.Reason =
        switch failure.code {
        case 403, 401: .forbidden
        case 404: .notServed
        default: .failed
        }
      return .noText(Doubt(reason, failure.sentence))
    }
  }

  /// What a body says; nil when it is no such text.
  private func use(_ text: String) -> String? {
    switch self {
    case .logs:
      // Kubelets answer so with status 200 when the runtime has no log any more.
      text.hasPrefix("unable to retrieve container logs for") ? nil : text
    case .object: (try? JSONValue(parsing: text)).map { YAMLWriter.text($0.withoutSecrets) }
    case .metrics, .path, .repeated: text
    }
  }
}

/// Why something cannot even be asked for.
public struct ReadRefusal: Error, Sendable, Hashable {
  /// The reason.
  public var doubt: Doubt
}

extension JSONValue {
  /// The object without the values of a Secret and without what only the API server's book-keeping needs.
  fileprivate var withoutSecrets: JSONValue {
    guard case .object = self else { return self }
    var json = self
    if var metadata = json["metadata"] {
      metadata["managedFields"] = nil
      json["metadata"] = metadata
    }
    guard json["kind"]?.string == "Secret" else { return json }
    for field in ["data", "stringData"] {
      guard let data = json[field]?.object else { continue }
      json[field] = .object(SmallMap(uniquing: data.entries.map { ($0.key, .string("(hidden)")) }))
    }
    return json
  }
}
