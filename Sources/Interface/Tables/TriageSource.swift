import ClusterState
import Diagnosis
import Kube
import ScreenKit
import Terminal

/// What is wrong in the scope, worst first: one row for each owner and cause.
final class TriageSource: ScreenTableSource {
  let title: String
  let columns: [TableViewColumn]
  /// Asked anew each time: which versions the server serves is learned while this is shown.
  var needs: [Need] { makeNeeds() }
  let contexts: [KeyContext] = [.triage, .logged, .object]
  /// The order of the diagnosis: worst first, then newest.
  let defaultSort = (column: "", descending: false)

  let builder: RowBuilder
  private let makeNeeds: () -> [Need]
  unowned let interface: Interface
  private var groups: [String: FindingGroup] = [:]
  /// What could not be told stands below what was found: not knowing is not the same as being well.
  private var unknowns: [String: Unknown] = [:]
  private var places: [String: Int] = [:]
  /// How many rows there would be in other namespaces, as far as those are read.
  private var elsewhere = 0
  private var seen = -1

  init(_ screen: ScreenDefinition, needs: @escaping () -> [Need], interface: Interface) {
    makeNeeds = needs
    self.interface = interface
    title = screen.name
    builder = RowBuilder(screen, scope: ScopeFacts(namespace: interface.namespace))
    columns = builder.columns.map { TableViewColumn($0) }
  }

  func refresh(now: Timestamp) -> Set<String>? {
    let findings = interface.findings
    guard findings.revision != seen else { return [] }
    seen = findings.revision
    groups = [:]
    places = [:]
    unknowns = [:]
    elsewhere = 0
    for (place, group) in findings.groups.enumerated() {
      if let namespace = interface.namespace, !group.owner.namespace.isEmpty, group.owner.namespace != namespace {
        elsewhere += 1
        continue
      }
      let id =
        "\(group.owner.kind)/\(group.owner.namespace)/\(group.owner.name)/\(group.findings.first?.code.rawValue ?? "")/\(group.findings.first?.cause ?? "")"
      groups[id] = group
      places[id] = place
    }
    // A server that does not answer is one thing to say, not one for each kind.
    let isReached = needs.contains { interface.cluster.store($0.resource)?.freshness.isAnswered == true }
    for (place, unknown) in findings.unknowns.enumerated() where isReached {
      let id = "unknown \(unknown.subject)"
      unknowns[id] = unknown
      places[id] = findings.groups.count + place
    }
    return nil
  }

  var ids: [String] { Array(groups.keys) + unknowns.keys }
  func contains(_ id: String) -> Bool { groups[id] != nil || unknowns[id] != nil }

  /// What a row is about; nil for what could not be told.
  func group(_ id: String) -> FindingGroup? { groups[id] }

  private func cell(_ unknown: Unknown, column: String) -> TableCell {
    switch column {
    case "level": TableCell("unknown", .unknown)
    case "object": TableCell(unknown.subject, .unknown)
    case "why": TableCell(unknown.reason, .unknown)
    default: TableCell("")
    }
  }

  func input(_ id: String, now: Timestamp) -> RowInput? {
    groups[id].map {
      RowInput(
        object: .record(FindingGroupFacts($0, now: now)), scope: ScopeFacts(namespace: interface.namespace), now: now)
    }
  }

  func cell(_ id: String, column: String, now: Timestamp) -> TableCell {
    if let unknown = unknowns[id] { return cell(unknown, column: column) }
    guard let definition = builder.columns.first(where: { $0.id == column }), let input = input(id, now: now) else {
      return TableCell("")
    }
    // What it is and why is said in the colour of its severity; the rest stays quiet.
    let isLoud = column == "level" || column == "why"
    return TableCell(builder.cell(definition, of: input, now: now).text, isLoud ? severity(id).role : .text)
  }

  func place(_ id: String) -> Int { places[id] ?? 0 }

  func severity(_ id: String) -> RowSeverity { groups[id].map { RowSeverity($0.severity) } ?? .none }

  func labels(_ id: String) -> SmallMap<String> {
    guard let object = object(id) else { return [:] }
    return interface.cluster.store(object.resource)?.object(uid: object.uid)?.metadata.labels ?? [:]
  }

  func object(_ id: String) -> RowObject? {
    guard let owner = groups[id]?.owner else { return nil }
    let group = owner.apiVersion.contains("/") ? String(owner.apiVersion.prefix { $0 != "/" }) : ""
    let resource = interface.catalog.resources.first { $0.kind == owner.kind && $0.group == group }
    return resource.map { RowObject(resource: $0, namespace: owner.namespace, name: owner.name, uid: owner.uid) }
  }

  /// The objects that have the trouble.
  func objects(_ id: String) -> [ObjectReference] { groups[id]?.findings.map(\.object) ?? [] }

  /// The objects that have the trouble; a single one is opened itself.
  func drill(_ id: String) -> Drill? {
    guard let group = groups[id] else { return nil }
    let pods = group.findings.filter { $0.object.kind == "Pod" }.map(\.object.name)
    if !pods.isEmpty { return .screen("pods", .names(pods), crumb: group.owner.name) }
    return object(id).map { .details($0) }
  }

  /// A namespace that stands in a kubeconfig is easily forgotten: what it hides is said.
  var note: String? {
    guard interface.namespace != nil else { return nil }
    if elsewhere > 0 { return "+\(elsewhere) in other namespaces: 0 shows all" }
    guard let pods = interface.catalog.served(Pod.self).flatMap({ interface.cluster.store($0) }),
      pods.freshness.isComplete
    else { return nil }
    return pods.coverage == .cluster ? nil : "other namespaces are not read: 0 reads all"
  }

  var condition: TableCondition {
    let now = interface.clock()
    let stores = needs.map { (resource: $0.resource, store: interface.cluster.store($0.resource)) }
    // What was read and has become old says more than what could not be read at all.
    let isStale = { (store: ObjectStore?) in if case .stale? = store?.freshness { true } else { false } }
    if let old = stores.first(where: { isStale($0.store) }) {
      return TableCondition(old.store, resource: old.resource, now: now)
    }
    var reading = 0
    for (resource, store) in stores {
      switch store?.freshness {
      case .stale, .failed: return TableCondition(store, resource: resource, now: now)
      case nil, .unread, .loading: reading += 1
      case .live, .forbidden, .notServed, .notCaptured: break
      }
    }
    if reading > 0 {
      return TableCondition(
        word: "reading", role: .progressing,
        explanation: "Reading the cluster: \(reading) of \(stores.count) kinds to go …")
    }
    guard stores.contains(where: { $0.store?.freshness.isComplete == true }) else {
      return TableCondition(
        word: "not known", role: .unknown,
        explanation: "No kind of object could be read: podmedic cannot tell whether something is wrong.")
    }
    if let explanation = interface.missingNamespace {
      return TableCondition(word: "no such namespace", role: .critical, explanation: explanation)
    }
    return TableCondition(
      word: unknowns.isEmpty ? "live" : "live, \(unknowns.count) not known", role: unknowns.isEmpty ? .ok : .unknown,
      explanation: interface.namespace.map {
        "Nothing is wrong in namespace \($0) that podmedic can see. 0 looks in all namespaces; :pods or ? go on."
      } ?? "Nothing is wrong here that podmedic can see. :pods, :nodes or ? go on.")
  }
}
