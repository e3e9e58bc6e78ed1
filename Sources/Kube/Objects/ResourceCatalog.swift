/// The kinds that a server serves, and what people may call them.
public struct ResourceCatalog: Sendable {
  /// One entry per kind and group in the group's preferred version, core group first, then as the server orders them.
  public let resources: [Resource]
  /// Versions served beside the preferred one, by qualified name.
  private let otherVersions: [String: [Resource]]
  /// Groups whose kinds could not be learned, with the reason.
  public let failures: [String: String]

  /// A catalog of what was discovered: for each group its versions, the preferred one first.
  public init(groups: [[[Resource]]], failures: [String: String] = [:]) {
    var preferred: [Resource] = []
    var others: [String: [Resource]] = [:]
    for versions in groups {
      var seen: Set<String> = []
      for resource in versions.joined() {
        if seen.insert(resource.plural).inserted {
          preferred.append(resource)
        } else {
          others[resource.qualifiedName, default: []].append(resource)
        }
      }
    }
    resources = preferred
    otherVersions = others
    self.failures = failures
  }

  /// The kinds that podmedic knows without asking a server.
  public static var builtIn: ResourceCatalog {
    ResourceCatalog(groups: builtInKinds.map { [$0.resources] })
  }

  /// The version of a built-in kind to use with this server: the first of the type's own that the server serves.
  public func served(_ type: any KubeObject.Type) -> Resource? {
    for wanted in type.resources {
      if let found = all(wanted.qualifiedName).first(where: { $0.version == wanted.version }) { return found }
    }
    return nil
  }

  /// All served versions of a kind, the preferred one first.
  public func all(_ qualifiedName: String) -> [Resource] {
    resources.filter { $0.qualifiedName == qualifiedName } + (otherVersions[qualifiedName] ?? [])
  }

  /// The kind that a person means by a word: plural, singular, short name or kind, in any case, with group or version
  /// and group behind dots (`deployments.apps`, `deployments.v1.apps`, `pods.v1.`). Core kinds win over others of the
  /// same name, as in kubectl.
  public func resource(named word: String) -> Resource? {
    let word = word.lowercased()
    if let found = resources.first(where: { $0.answers(to: word) }) { return found }
    guard let dot = word.firstIndex(of: ".") else { return nil }
    let name = String(word[..<dot])
    let rest = String(word[word.index(after: dot)...])
    let candidates = resources.filter { $0.answers(to: name) }
    if let found = candidates.first(where: { $0.group == rest }) { return found }
    if let found = candidates.first(where: { $0.group.hasPrefix(rest + ".") }) { return found }
    let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1 else { return nil }
    for candidate in candidates where candidate.group == parts[1] {
      if let found = all(candidate.qualifiedName).first(where: { $0.version == parts[0] }) { return found }
    }
    return nil
  }
}

extension Resource {
  fileprivate func answers(to word: String) -> Bool {
    plural == word || singular == word || kind.lowercased() == word || shortNames.contains(word)
  }
}
