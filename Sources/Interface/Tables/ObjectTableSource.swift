import ClusterState
import Diagnosis
import Expressions
import Kube
import ScreenKit
import Terminal

/// Rows from the objects of one kind, as a screen file describes them.
final class ObjectTableSource: TableSource {
  let title: String
  let columns: [TableViewColumn]
  let needs: [Need]
  let contexts: [KeyContext]
  let defaultSort: (column: String, descending: Bool)

  private let screen: ScreenDefinition
  private let resource: Resource
  private let narrowing: Narrowing
  private unowned let interface: Interface
  private let builder: RowBuilder
  private let byID: [String: ColumnDefinition]

  private var objects: [String: any KubeObject] = [:]
  private var storeSeen: ObjectIdentifier?
  private var revisionSeen = -1
  private var namespaceSeen: String??
  private var diagnosisSeen = -1
  private var usageSeen = -1
  /// What the row that was asked for last is made from: cells of a row are asked for one after the other.
  private var latest: (id: String, now: Timestamp, input: RowInput)?

  init(
    _ screen: ScreenDefinition, resource: Resource, needs: [Need], narrowing: Narrowing, interface: Interface
  ) {
    self.screen = screen
    self.resource = resource
    self.needs = needs
    self.narrowing = narrowing
    self.interface = interface
    title = screen.name
    builder = RowBuilder(
      screen,
      scope: ScopeFacts(
        namespace: !resource.isNamespaced ? "" : narrowing.isOfAllNamespaces ? nil : interface.namespace))
    columns = builder.columns.map { TableViewColumn($0) }
    byID = Dictionary(builder.columns.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let sort = screen.sort.first
    defaultSort = (sort?.column ?? "name", sort?.isDescending ?? false)
    contexts = KeyContext.all(ofKind: resource.kind)
  }

  private var store: ObjectStore? { interface.cluster.store(resource) }

  var showsUsage: Bool { screen.needs.contains("metrics") }
  let hasLastingCells = true

  // MARK: Keeping in step

  func refresh(now: Timestamp) -> Set<String>? {
    latest = nil
    guard let store else {
      objects = [:]
      return storeSeen == nil ? [] : nil
    }
    let scope = narrowing.ignoresScope || !resource.isNamespaced ? nil : interface.namespace
    let isSame = storeSeen == ObjectIdentifier(store) && namespaceSeen == .some(scope)
    let changed = isSame ? store.changes(since: revisionSeen) : nil
    storeSeen = ObjectIdentifier(store)
    revisionSeen = store.revision
    namespaceSeen = .some(scope)
    let diagnosed = interface.findings.changes(since: diagnosisSeen)
    diagnosisSeen = interface.findings.revision
    let hasNewUsage = showsUsage && interface.usageRevision != usageSeen
    usageSeen = interface.usageRevision
    guard let changed else {
      objects = [:]
      objects.reserveCapacity(store.count)
      store.forEachIdentified { take($1, id: $0, scope: scope) }
      return nil
    }
    for id in changed {
      objects[id] = nil
      if let object = store.object(uid: id) { take(object, id: id, scope: scope) }
    }
    // What objects use is in no change log.
    guard let diagnosed, !hasNewUsage else { return nil }
    return changed.union(diagnosed.filter { objects[$0] != nil })
  }

  private func take(_ object: any ClusterObject, id: String, scope: String?) {
    guard let object = object.builtIn else { return }
    if let scope, object.metadata.namespace != scope { return }
    if narrowing.admits(object, in: interface.cluster) { objects[id] = object }
  }

  var ids: [String] { Array(objects.keys) }
  func contains(_ id: String) -> Bool { objects[id] != nil }

  // MARK: Cells

  private func input(_ id: String, now: Timestamp) -> RowInput? {
    if let latest, latest.id == id, latest.now == now { return latest.input }
    guard let object = objects[id] else { return nil }
    let input = RowInput(
      object: .record(object), derived: Derived.value(of: object),
      finding: finding(of: object, id: id, now: now),
      usage: showsUsage ? self.object(id).map(interface.usage) ?? .value(.null) : .value(.null),
      scope: ScopeFacts(namespace: narrowing.isOfAllNamespaces ? nil : interface.namespace), now: now)
    latest = (id, now, input)
    return input
  }

  /// What to say about an object. Findings name Deployments, so that a ReplicaSet has those of its pods, and those of its
  /// Deployment where it got no pods.
  private func finding(of object: any KubeObject, id: String, now: Timestamp) -> FindingSummary? {
    if let own = interface.findings.summary(uid: id, now: now) { return own }
    guard let set = object as? ReplicaSet else { return nil }
    // Pods that go away, such as those on a lost node, are replaced already.
    let pods = interface.cluster.pods(ofOwner: id).filter { !$0.isTerminal && $0.metadata.deletionTimestamp == nil }
    if let found = interface.findings.summary(ofPods: pods.map(\.metadata.uid), now: now) { return found }
    guard set.status.conditions.condition("ReplicaFailure")?.isTrue == true,
      let owner = set.metadata.controller
    else { return nil }
    return interface.findings.summary(uid: owner.uid, now: now)
  }

  func cell(_ id: String, column: String, now: Timestamp) -> TableCell {
    guard let definition = byID[column], let input = input(id, now: now) else { return TableCell("") }
    let cell = builder.cell(definition, of: input, now: now)
    if let severity = cell.severity { return TableCell(cell.text, RowSeverity(severity).role) }
    // The cause takes the colour of the row: it is what the eye should find.
    return TableCell(cell.text, definition.id == "why" || definition.id == "status" ? self.severity(id).role : .text)
  }

  func sortKey(_ id: String, column: String) -> ScreenKit.SortKey {
    if column == ScreenDefinition.SortTerm.severity { return .number(Int128(severity(id).rawValue)) }
    let now = interface.clock()
    guard let definition = byID[column], let input = input(id, now: now) else { return .missing }
    return builder.sortKey(definition, of: input, now: now)
  }

  // MARK: What kubectl has of it

  var kubectlColumns: KubectlColumns? { KubectlColumns(of: resource) }

  func kubectlSort(by column: String) -> KubectlSort? {
    guard let definition = byID[column] else { return nil }
    let value = (definition.sort ?? definition.value).source
    switch (resource.kind, value) {
    case ("Pod", "derived.restarts"):
      // kubectl sorts by one field; with several containers no field tells how often they restarted together.
      let areAlone = objects.values.allSatisfy { object in
        guard let pod = object as? Pod else { return false }
        return PodSummary(pod).restarts == pod.status.containerStatuses.first?.restartCount ?? 0
      }
      return areAlone ? KubectlSort(path: ".status.containerStatuses[0].restartCount", isReversed: false) : nil
    case ("Event", "derived.lastSeen"):
      let haveField = objects.values.allSatisfy { object in
        guard let event = object as? Event else { return false }
        return EventSummary(event).lastSeen == event.lastTimestamp
      }
      return haveField ? KubectlSort(path: ".lastTimestamp", isReversed: true) : nil
    case (_, "derived.readyReplicas"): return KubectlSort(path: ".status.readyReplicas", isReversed: false)
    case ("ReplicaSet", "derived.desired"): return KubectlSort(path: ".spec.replicas", isReversed: false)
    default:
      guard let path = Self.field(value) else { return nil }
      return KubectlSort(path: path, isReversed: definition.format == .age)
    }
  }

  /// The path of an expression that is nothing but a field of the object, such as `spec.nodeName`.
  private static func field(_ expression: String) -> String? {
    let parts = expression.split(separator: ".", omittingEmptySubsequences: false)
    let isField = parts.allSatisfy { part in
      part.first?.isLetter == true && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
    // The other names of expressions are podmedic's own.
    guard isField, let first = parts.first, !["derived", "finding", "usage", "scope", "now"].contains(first) else {
      return nil
    }
    return "." + expression
  }

  func severity(_ id: String) -> RowSeverity {
    if let worst = interface.findings.severity(uid: id) { return RowSeverity(worst) }
    if let set = objects[id] as? ReplicaSet {
      let word = finding(of: set, id: id, now: interface.clock())?.severity
      return Severity.allCases.first { $0.description == word }.map { RowSeverity($0) } ?? .none
    }
    // Screens without rules of their own have nothing but the findings to go by.
    guard screen.severity != nil else { return .none }
    let now = interface.clock()
    guard let input = input(id, now: now), let severity = builder.severity(of: input, now: now) else { return .none }
    return RowSeverity(severity)
  }

  func searchText(_ id: String, now: Timestamp) -> String {
    guard let input = input(id, now: now) else { return "" }
    return builder.columns.map { builder.text($0, of: input, now: now) }.joined(separator: " ").lowercased()
  }

  func labels(_ id: String) -> SmallMap<String> { objects[id]?.metadata.labels ?? [:] }

  func object(_ id: String) -> RowObject? {
    objects[id].map {
      RowObject(
        resource: resource, namespace: $0.metadata.namespace, name: $0.metadata.name, uid: $0.metadata.uid)
    }
  }

  func fullName(_ id: String) -> String {
    guard let metadata = objects[id]?.metadata else { return "" }
    return "\(metadata.namespace)/\(metadata.name)"
  }

  var condition: TableCondition {
    var condition = TableCondition(store, resource: resource, now: interface.clock())
    if condition.explanation == nil, resource.isNamespaced { condition.explanation = interface.missingNamespace }
    if condition.explanation == nil { condition.explanation = narrowing.emptiness(of: title) }
    // Where no namespace narrows what is shown, the screen file says what it means that there is nothing.
    if condition.explanation == nil, interface.namespace == nil || !resource.isNamespaced {
      condition.explanation = screen.empty + (resource.plural == "namespaces" ? "" : " Key : goes elsewhere.")
    }
    return condition
  }

  func drill(_ id: String) -> Drill? {
    guard let object = objects[id], let row = self.object(id) else { return nil }
    return screen.drill(object, row, now: interface.clock())
  }
}

extension KeyContext {
  /// What keys mean on rows of a kind, the most special first.
  static func all(ofKind kind: String) -> [KeyContext] {
    switch kind {
    case "Pod": [.pods, .entered, .imaged, .ported, .logged, .object]
    case "Deployment": [.deployments, .scaled, .rolled, .imaged, .ported, .logged, .object]
    case "StatefulSet": [.scaled, .rolled, .imaged, .ported, .logged, .object]
    case "DaemonSet": [.rolled, .imaged, .ported, .logged, .object]
    case "Node": [.nodes, .object]
    case "Namespace": [.namespaces, .object]
    case "Secret": [.secrets, .used, .object]
    case let kind where ComposedSource.usedKinds.contains(kind): [.used, .object]
    case "ReplicaSet": [.replicaSets, .logged, .object]
    case "CronJob": [.cronJobs, .logged, .object]
    case "Service": [.ported, .logged, .object]
    case "Job": [.logged, .object]
    default: [.object]
    }
  }
}
