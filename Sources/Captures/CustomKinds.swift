import Kube

/// Kinds without a type of their own.
enum CustomKinds {
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
    if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) { return String(word.dropLast()) + "ies" }
    return word + "s"
  }
}
