import Kube

extension KubeClient {
  private static let aggregatedAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

  /// Learns what the server serves: in two requests where it can (1.26 and later), else one for each group version.
  /// Groups that do not answer are named in the catalog's failures; only when nothing answers, or what
  /// answers serves nothing, is there no catalog.
  public func discover(_ completion: @escaping (Result<ResourceCatalog, APIFailure>) -> Void) {
    let run = DiscoveryRun(client: self, completion)
    run.fetchRoot("/api", accept: Self.aggregatedAccept) { json in run.takeCore(json) }
    run.fetchRoot("/apis", accept: Self.aggregatedAccept) { json in run.takeGroups(json) }
  }
}

/// One discovery under way: counts open requests and ends when none is left.
private final class DiscoveryRun {
  private let client: KubeClient
  private let completion: (Result<ResourceCatalog, APIFailure>) -> Void
  private var open = 0
  private var core: [[[Resource]]] = []
  private var groups: [[[Resource]]] = []
  private var failures: [String: String] = [:]
  private var rootFailure: APIFailure?
  private var answered = false

  init(client: KubeClient, _ completion: @escaping (Result<ResourceCatalog, APIFailure>) -> Void) {
    self.client = client
    self.completion = completion
  }

  func fetchRoot(_ path: String, accept: String, _ take: @escaping (JSONValue) -> Void) {
    fetch(path, accept: accept) { [self] result in
      switch result {
      case .success(let json):
        answered = true
        take(json)
      case .failure(let failure):
        rootFailure = failure
        failures[path] = failure.sentence
      }
    }
  }

  func takeCore(_ json: JSONValue) {
    if let (found, failed) = DiscoveryDocuments.aggregated(json) {
      core = found
      failures.merge(failed) { old, _ in old }
      return
    }
    let versions = json["versions"]?.array?.compactMap(\.string) ?? []
    core = [[[Resource]](repeating: [], count: versions.count)]
    for (index, version) in versions.enumerated() {
      fetchList("/api/\(Resource.escaped(version))", group: "", version) { [self] in core[0][index] = $0 }
    }
  }

  func takeGroups(_ json: JSONValue) {
    if let (found, failed) = DiscoveryDocuments.aggregated(json) {
      groups = found
      failures.merge(failed) { old, _ in old }
      return
    }
    let found = DiscoveryDocuments.groups(json) ?? []
    groups = found.map { [[Resource]](repeating: [], count: $0.versions.count) }
    for (groupIndex, group) in found.enumerated() {
      for (versionIndex, version) in group.versions.enumerated() {
        let path = "/apis/\(Resource.escaped(group.name))/\(Resource.escaped(version))"
        fetchList(path, group: group.name, version) { [self] in groups[groupIndex][versionIndex] = $0 }
      }
    }
  }

  private func fetchList(_ path: String, group: String, _ version: String, _ store: @escaping ([Resource]) -> Void) {
    fetch(path, accept: "application/json") { [self] result in
      switch result {
      case .success(let json): store(DiscoveryDocuments.resources(json, group: group, version: version))
      case .failure(let failure): failures["\(group)/\(version)"] = failure.sentence
      }
    }
  }

  private func fetch(_ path: String, accept: String, _ take: @escaping (Result<JSONValue, APIFailure>) -> Void) {
    open += 1
    var request = APIRequest(path: path)
    request.accept = accept
    request.timeout = APIRequest.interactiveTimeout
    client.send(request) { [self] result in
      take(
        result.flatMap { response in
          do throws(APIFailure) { return .success(try response.json()) } catch { return .failure(error) }
        })
      open -= 1
      if open == 0 { finish() }
    }
  }

  private func finish() {
    if !answered, let rootFailure { return completion(.failure(rootFailure)) }
    let catalog = ResourceCatalog(groups: core + groups, failures: failures)
    let isNothing = catalog.resources.isEmpty && failures.isEmpty
    completion(isNothing ? .failure(.nothingServed) : .success(catalog))
  }
}
