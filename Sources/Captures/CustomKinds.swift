import Kube

/// Kinds without a type of their own.
enum CustomKinds {
  /// What a CustomResourceDefinition says about its kind.
  struct Definition {
    var resource: Resource
    /// `additionalPrinterColumns` of the version.
    var printerColumns: [JSONValue]
  }

  /// The kinds that a capture defines, in the order of their names.
  static func definitions(_ kind: CapturedKind?) -> [Definition] {
    (kind?.objects(in: nil) ?? []).compactMap { object in
      // What is wrong with it has been reported when it was read.
      guard let json = try? object.json(), let spec = json["spec"], let names = spec["names"] else { return nil }
      let versions = spec["versions"]?.array ?? []
      guard let plural = names["plural"]?.string, let name = names["kind"]?.string, let group = spec["group"]?.string,
        let version = versions.first(where: { $0["storage"]?.bool == true }) ?? versions.first
      else { return nil }
      let resource = Resource(
        group: group, version: version["name"]?.string ?? "v1", kind: name, plural: plural,
        singular: names["singular"]?.string, shortNames: names["shortNames"]?.array?.compactMap(\.string) ?? [],
        isNamespaced: spec["scope"]?.string != "Cluster")
      return Definition(resource: resource, printerColumns: version["additionalPrinterColumns"]?.array ?? [])
    }
  }

  /// The kind of an object about which nothing else is known: the plural is formed as code generators form it.
  static func guess(_ apiVersion: String, _ kind: String, isNamespaced: Bool) -> Resource {
    let parts = apiVersion.split(separator: "/", maxSplits: 1).map(String.init)
    let group = parts.count > 1 ? parts[0] : ""
    return Resource(
      group: group, version: parts.last ?? "v1", kind: kind, plural: plural(kind, group), isNamespaced: isNamespaced)
  }

  private static func plural(_ kind: String, _ group: String) -> String {
    // The only group whose plurals are those of other kinds.
    if group == "metrics.k8s.io" { return kind == "NodeMetrics" ? "nodes" : "pods" }
    let word = kind.lowercased()
    if word.hasSuffix("s") || word.hasSuffix("x") || word.hasSuffix("ch") || word.hasSuffix("sh") { return word + "es" }
    if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) {
      return String(word.dropLast()) + "ies"
    }
    return word + "s"
  }
}
