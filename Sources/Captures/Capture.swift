import Kube

/// What a cluster was like at one time, read from files: objects, which kinds are complete, logs.
///
/// It is what `CaptureTransport` answers from. Absence in a capture means something only where `gap(_:namespace:)` is
/// nil.
public final class Capture {
  /// The paths that were read, as they were given.
  public let paths: [String]
  /// When the cluster was like this; nil when nothing in the capture says so.
  public let time: Timestamp?
  /// The answer of `/version`.
  public let serverVersion: JSONValue
  /// Which version is assumed where the capture tells none: that of the newest kubelet, or the newest known. Nil where
  /// it tells one.
  public let versionRemark: String?
  /// What could not be read, in the order of the files. Kinds that are affected are not complete.
  public let problems: [CaptureProblem]
  /// The kinds that can be asked for: those that podmedic knows, and those that the capture has.
  public let resources: [[[Resource]]]
  /// The columns that CustomResourceDefinitions declare, by qualified name.
  public let printerColumns: [String: [JSONValue]]
  let logs: CapturedLogs
  private let kinds: [String: CapturedKind]
  /// The namespaces of all objects.
  private let namespaces: Set<String>
  /// Whether some list has objects of several namespaces, so that the capture was taken of all of them.
  private let isOfAllNamespaces: Bool

  init(
    paths: [String], time: Timestamp?, serverVersion: JSONValue, versionRemark: String?, problems: [CaptureProblem],
    kinds: [String: CapturedKind], printerColumns: [String: [JSONValue]], logs: CapturedLogs, isOfAllNamespaces: Bool
  ) {
    self.printerColumns = printerColumns
    self.paths = paths
    self.time = time
    self.serverVersion = serverVersion
    self.versionRemark = versionRemark
    self.problems = problems
    self.kinds = kinds
    self.logs = logs
    self.isOfAllNamespaces = isOfAllNamespaces
    var namespaces: Set<String> = []
    for kind in kinds.values where kind.resource.isNamespaced {
      for key in kind.objects.keys { namespaces.insert(key.namespace) }
    }
    self.namespaces = namespaces
    let known = Set(builtInKinds.map { $0.resource.qualifiedName })
    let others = kinds.values.map(\.resource).filter { !known.contains($0.qualifiedName) }
    let builtIn = builtInKinds.map { type in [[Self.readable(type.resource)]] }
    resources = builtIn + others.sorted { $0.qualifiedName < $1.qualifiedName }.map { [[Self.readable($0)]] }
  }

  private static func readable(_ resource: Resource) -> Resource {
    var resource = resource
    resource.verbs = ["get", "list", "watch"]
    return resource
  }

  /// Whether nothing was found: no object, no list, no log.
  var isEmpty: Bool { kinds.values.allSatisfy { $0.refusal != nil } && logs.isEmpty }

  /// The number of objects of all kinds.
  public var count: Int { kinds.values.reduce(0) { $0 + $1.objects.count } }

  /// The number of objects of a kind.
  public func count(of resource: Resource) -> Int { kinds[resource.qualifiedName]?.objects.count ?? 0 }

  /// What there is of a kind; nil when the capture has nothing of it.
  func kind(_ qualifiedName: String) -> CapturedKind? { kinds[qualifiedName] }

  /// Why what is not in the capture may have been in the cluster: a sentence, or nil when the capture has all objects of
  /// the kind in the namespace, or in all.
  public func gap(_ resource: Resource, namespace: String?) -> String? {
    let plural = resource.qualifiedName
    guard let kind = kinds[plural] else { return "the capture has no list of \(plural)" }
    if let refusal = kind.refusal { return "\(plural) were not read when the capture was made: \(refusal)" }
    if let flaw = kind.flaws.first { return flaw }
    if kind.hasWholeList { return nil }
    guard !kind.listedNamespaces.isEmpty else {
      return kind.objects.isEmpty
        ? "the capture has no list of \(plural)" : "the capture has single \(plural), but no list of all of them"
    }
    let isCovered =
      namespace.map { kind.listedNamespaces.contains($0) } ?? namespaces.isSubset(of: kind.listedNamespaces)
    if isCovered || !resource.isNamespaced { return nil }
    let listed = kind.listedNamespaces.sorted().joined(separator: ", ")
    return "the capture has \(plural) of namespace \(listed) only"
  }

  /// Namespaces to which everything that is listed is confined, for a person to know; nil when the lists are of the whole
  /// cluster.
  public var onlyNamespaces: [String]? {
    isOfAllNamespaces || kinds.values.contains { $0.resource.isNamespaced && $0.hasWholeList }
      ? nil : Set(kinds.values.flatMap(\.listedNamespaces)).sorted()
  }
}
