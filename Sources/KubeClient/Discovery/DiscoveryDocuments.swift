import Kube

// What a server says about the kinds that it serves, in the forms of old and new servers.

extension Resource {
  /// An entry of an APIResourceList; nil for subresources.
  init?(discovered json: JSONValue, group: String, version: String) {
    guard let name = json["name"]?.string, !name.contains("/"), let kind = json["kind"]?.string else { return nil }
    self.init(
      group: json["group"]?.string ?? group, version: json["version"]?.string ?? version, kind: kind, plural: name,
      singular: json["singularName"]?.string.flatMap { $0.isEmpty ? nil : $0 },
      shortNames: json["shortNames"]?.array?.compactMap(\.string) ?? [],
      isNamespaced: json["namespaced"]?.bool ?? false,
      verbs: Set(json["verbs"]?.array?.compactMap(\.string) ?? []),
      categories: Set(json["categories"]?.array?.compactMap(\.string) ?? []))
  }

  /// An entry of an aggregated discovery document.
  init?(aggregated json: JSONValue, group: String, version: String) {
    guard let plural = json["resource"]?.string, let kind = json[path: "responseKind", "kind"]?.string else {
      return nil
    }
    self.init(
      group: group, version: version, kind: kind, plural: plural,
      singular: json["singularResource"]?.string.flatMap { $0.isEmpty ? nil : $0 },
      shortNames: json["shortNames"]?.array?.compactMap(\.string) ?? [],
      isNamespaced: json["scope"]?.string == "Namespaced", verbs: Set(json["verbs"]?.array?.compactMap(\.string) ?? []),
      categories: Set(json["categories"]?.array?.compactMap(\.string) ?? []))
  }
}

/// A group with its versions, the preferred one first.
struct DiscoveredGroup: Equatable {
  var name: String
  var versions: [String]
}

enum DiscoveryDocuments {
  /// The kinds of an APIResourceList.
  static func resources(_ json: JSONValue, group: String, version: String) -> [Resource] {
    json["resources"]?.array?.compactMap { Resource(discovered: $0, group: group, version: version) } ?? []
  }

  /// The groups of an APIGroupList; nil when the document is none.
  static func groups(_ json: JSONValue) -> [DiscoveredGroup]? {
    json["groups"]?.array?.map { group in
      let preferred = group[path: "preferredVersion", "version"]?.string
      let versions = group["versions"]?.array?.compactMap { $0["version"]?.string } ?? []
      return DiscoveredGroup(
        name: group["name"]?.string ?? "",
        versions: versions.filter { $0 == preferred } + versions.filter { $0 != preferred })
    }
  }

  /// The kinds of an aggregated document (APIGroupDiscoveryList): for each group its versions, preferred first, with
  /// the groups whose server did not answer; nil when the document is none.
  static func aggregated(_ json: JSONValue) -> (groups: [[[Resource]]], failures: [String: String])? {
    guard json["kind"]?.string == "APIGroupDiscoveryList", let items = json["items"]?.array else { return nil }
    var failures: [String: String] = [:]
    let groups = items.map { item in
      let name = item[path: "metadata", "name"]?.string ?? ""
      return (item["versions"]?.array ?? []).map { version in
        let versionName = version["version"]?.string ?? ""
        if version["freshness"]?.string == "Stale" {
          failures["\(name)/\(versionName)"] = "its server did not answer"
        }
        return (version["resources"]?.array ?? []).compactMap {
          Resource(aggregated: $0, group: name, version: versionName)
        }
      }
    }
    return (groups, failures)
  }
}
