import ClusterState
import DataFiles
import Diagnosis
import Kube
import ScreenKit
import Terminal

/// Makes the table for a word: a screen file's, or for kinds without one the server's own.
public struct TableFactory {
  private let library: ScreenLibrary

  /// A factory over all screens.
  public init(library: ScreenLibrary) { self.library = library }

  /// The table that a word names; nil when it names none.
  func source(named word: String, narrowing: Narrowing, for interface: Interface) -> (any TableSource)? {
    let word = word.lowercased()
    switch word {
    case "triage", "tri", "tr", "home", "findings":
      return library["triage"].map { screen in
        TriageSource(screen, needs: { [unowned interface] in Self.triageNeeds(interface) }, interface: interface)
      }
    case "contexts", "ctx", "context": return library["contexts"].map { ContextSource($0, interface: interface) }
    case "containers", "container", "co":
      guard case .names(let uids) = narrowing, let uid = uids.first, let screen = library["containers"],
        let pods = interface.catalog.served(Pod.self)
      else { return nil }
      return ContainerSource(screen, uid: uid, resource: pods, interface: interface)
    case "pulses", "pulse", "pu", "hz": return ComposedSource.pulses(interface)
    case "wk": return ComposedSource.workloads(interface)
    // Another kind may have this name, such as Kueue's.
    case "workloads", "workload":
      if interface.catalog.resource(named: word) == nil { return ComposedSource.workloads(interface) }
    default: break
    }
    if word.hasPrefix("xray ") {
      guard let resource = interface.catalog.resource(named: String(word.dropFirst(5))),
        ComposedSource.xrayKinds.contains(resource.kind)
      else { return nil }
      return ComposedSource.xray(resource, interface: interface)
    }
    if let screen = library[word], let wanted = screen.resource, let served = served(wanted, interface.catalog) {
      return objects(screen, served, narrowing, interface)
    }
    guard let resource = interface.catalog.resource(named: word) else { return nil }
    if let screen = library.screen(group: resource.group, kind: resource.kind),
      let wanted = screen.resource, let served = served(wanted, interface.catalog)
    {
      return objects(screen, served, narrowing, interface)
    }
    return ServerTableSource(resource, narrowing: narrowing, interface: interface)
  }

  private func objects(
    _ screen: ScreenDefinition, _ resource: Resource, _ narrowing: Narrowing, _ interface: Interface
  ) -> ObjectTableSource {
    let namespace = narrowing.ignoresScope ? nil : interface.namespace
    var needs = [Need(resource: resource, namespace: resource.isNamespaced ? namespace : nil)]
    for name in screen.needs {
      if let other = builtInKind(named: name).flatMap({ interface.catalog.served($0.type) }) {
        needs.append(Need(resource: other, namespace: other.isNamespaced ? interface.namespace : nil))
      }
    }
    return ObjectTableSource(
      screen, resource: resource, needs: needs, narrowing: narrowing, interface: interface)
  }

  /// The version of a screen's kind that the server serves.
  private func served(_ wanted: ScreenDefinition.Resource, _ catalog: ResourceCatalog) -> Resource? {
    let candidates = catalog.resources.filter { $0.kind == wanted.kind && $0.group == wanted.group }
    guard let first = candidates.first else { return nil }
    let all = catalog.all(first.qualifiedName)
    for version in wanted.versions { if let found = all.first(where: { $0.version == version }) { return found } }
    return nil
  }

  private static func triageNeeds(_ interface: Interface) -> [Need] {
    Triage.resources.compactMap { interface.catalog.served($0) }.map {
      Need(resource: $0, namespace: $0.isNamespaced ? interface.namespace : nil)
    }
  }

  /// Every kind that can be opened, with the words that open it.
  func kinds(_ catalog: ResourceCatalog) -> FixedTableSource {
    FixedTableSource(title: "aliases", headers: ["RESOURCE", "KIND", "SHORT", "APIVERSION", "NAMESPACED"]) {
      catalog.resources.filter { $0.verbs.isEmpty || $0.verbs.contains("list") }.map { resource in
        FixedTableSource.Row(
          id: resource.qualifiedName,
          cells: [
            resource.plural, resource.kind, resource.shortNames.joined(separator: ","), resource.apiVersion,
            resource.isNamespaced ? "yes" : "no",
          ], command: resource.qualifiedName)
      }
    }
  }

  /// Every word that opens a table.
  func words(_ catalog: ResourceCatalog) -> [String] {
    let kinds = catalog.resources.filter { $0.verbs.isEmpty || $0.verbs.contains("list") }
    return Array(
      Set(
        library.names + kinds.map(\.plural) + kinds.flatMap(\.shortNames) + [
          "triage", "contexts", "pulses", "workloads",
        ]))
  }

  /// The word nearest to a mistyped one.
  func closestWord(to word: String, catalog: ResourceCatalog) -> String? {
    // Containers are those of a pod: no word opens them.
    let words = Set(words(catalog)).subtracting(["containers", "container", "co"])
    return Suggestion.closest(to: word.lowercased(), among: words.sorted())
  }

  /// What Enter does on an object, wherever its row is: what it does in the table of its kind.
  func drill(_ object: any KubeObject, _ row: RowObject, now: Timestamp) -> Drill {
    library.screen(group: row.resource.group, kind: row.resource.kind)?.drill(object, row, now: now) ?? .details(row)
  }

  /// Which pods are an object's.
  func podsNarrowing(of object: RowObject, cluster: ClusterState) -> Narrowing {
    guard let found = cluster.store(object.resource)?.object(uid: object.uid) as? any KubeObject else {
      return .owned(uid: object.uid, name: object.name)
    }
    if let selector = PodSelector.of(found) { return .selected(namespace: object.namespace, selector) }
    return .owned(uid: object.uid, name: object.name)
  }
}
