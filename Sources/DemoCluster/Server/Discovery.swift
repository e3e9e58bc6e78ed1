import Kube

/// What a server tells about itself: versions, groups, resources, health.
extension APIServer {
  static let gitVersion = "v1.36.2"

  /// The answer when the path is one of discovery's.
  func discovery(_ request: APIRequest) throws(StatusError) -> APIAnswer? {
    let path = request.path
    if path.first == "openapi" { return try openAPI(request) }
    switch path.count {
    case 0: return .json(200, ["paths": ["/api", "/apis", "/healthz", "/livez", "/readyz", "/version", "/openapi/v3"]])
    case 1: return root(path[0])
    case 2 where path[0] == "api" && path[1] == "v1": return .json(200, resources(group: "", version: "v1"))
    case 2 where path[0] == "apis":
      guard let group = cluster.catalog.groups.first(where: { $0.name == path[1] }) else { throw .noSuchPath }
      return .json(
        200, Self.group(group).setting("kind", "APIGroup").setting("apiVersion", "v1"))
    case 3 where path[0] == "apis":
      guard cluster.catalog.groups.contains(where: { $0.name == path[1] && $0.versions.contains(path[2]) }) else {
        throw .noSuchPath
      }
      return .json(200, resources(group: path[1], version: path[2]))
    default: return nil
    }
  }

  private func root(_ name: String) -> APIAnswer? {
    switch name {
    case "version":
      .json(
        200,
        [
          "major": "1", "minor": "36", "gitVersion": .string(Self.gitVersion), "gitCommit": "demo",
          "gitTreeState": "clean", "buildDate": "2026-01-15T00:00:00Z", "goVersion": "go1.25", "compiler": "gc",
          "platform": "linux/amd64",
        ])
    case "healthz", "livez", "readyz": .bytes(200, "text/plain; charset=utf-8", Array("ok".utf8))
    case "api":
      .json(
        200,
        [
          "kind": "APIVersions", "versions": ["v1"],
          "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1:6443"]],
        ])
    case "apis":
      .json(
        200,
        [
          "kind": "APIGroupList", "apiVersion": "v1",
          "groups": .array(cluster.catalog.groups.map { Self.group($0) }),
        ])
    default: nil
    }
  }

  private static func group(_ group: (name: String, versions: [String])) -> JSONValue {
    func version(_ version: String) -> JSONValue {
      ["groupVersion": .string(group.name + "/" + version), "version": .string(version)]
    }
    return [
      "name": .string(group.name), "versions": .array(group.versions.map { version($0) }),
      "preferredVersion": version(group.versions[0]),
    ]
  }

  private func resources(group: String, version: String) -> JSONValue {
    var entries: [JSONValue] = []
    for served in cluster.catalog.resources where served.resource.group == group && served.resource.version == version {
      let resource = served.resource
      entries.append(
        .object([
          ("name", .string(resource.plural)), ("singularName", .string(resource.singular)),
          ("namespaced", .bool(resource.isNamespaced)), ("kind", .string(resource.kind)),
          ("verbs", .array(resource.verbs.sorted().map { .string($0) })),
          ("shortNames", resource.shortNames.isEmpty ? nil : .array(resource.shortNames.map { .string($0) })),
          ("categories", served.categories.isEmpty ? nil : .array(served.categories.map { .string($0) })),
        ]))
      for subresource in served.subresources {
        entries.append(
          .object([
            ("name", .string(resource.plural + "/" + subresource.name)), ("singularName", ""),
            ("namespaced", .bool(resource.isNamespaced)), ("kind", .string(subresource.kind)),
            ("group", subresource.group.map { .string($0) }), ("version", subresource.version.map { .string($0) }),
            ("verbs", .array(subresource.verbs.map { .string($0) })),
          ]))
      }
    }
    return [
      "kind": "APIResourceList", "apiVersion": "v1",
      "groupVersion": .string(group.isEmpty ? version : group + "/" + version), "resources": .array(entries),
    ]
  }

  /// The little of OpenAPI v3 that kubectl reads before it sends a manifest: which kinds take `fieldValidation`.
  private func openAPI(_ request: APIRequest) throws(StatusError) -> APIAnswer {
    guard request.path.count >= 2, request.path[1] == "v3" else { throw .noSuchPath }
    if request.path.count == 2 {
      let paths = Set(cluster.catalog.resources.map(\.resource.groupPath)).sorted()
      return .json(
        200,
        [
          "paths": .object(
            paths.map { path in
              (String(path.dropFirst()), ["serverRelativeURL": .string("/openapi/v3\(path)?hash=demo")])
            })
        ])
    }
    let groupPath = "/" + request.path.dropFirst(2).joined(separator: "/")
    let served = cluster.catalog.resources.filter { $0.resource.groupPath == groupPath }
    guard !served.isEmpty else { throw .noSuchPath }
    let parameters: JSONValue = .array(
      ["dryRun", "fieldManager", "fieldValidation"].map {
        ["name": .string($0), "in": "query", "schema": ["type": "string"]]
      })
    let paths = served.map { served -> (String, JSONValue?) in
      let resource = served.resource
      let kind: JSONValue = [
        "group": .string(resource.group), "version": .string(resource.version), "kind": .string(resource.kind),
      ]
      let operation: JSONValue = ["parameters": parameters, "responses": [:], "x-kubernetes-group-version-kind": kind]
      let scope = resource.isNamespaced ? "/namespaces/{namespace}" : ""
      return ("\(resource.groupPath)\(scope)/\(resource.plural)/{name}", ["patch": operation, "put": operation])
    }
    return .json(
      200,
      [
        "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": .string(Self.gitVersion)],
        "paths": .object(paths), "components": ["schemas": [:]],
      ])
  }
}
