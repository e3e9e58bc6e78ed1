import Diagnosis
import Expressions
import Kube

/// The types that the expressions of screens are checked against.
public struct ScreenTypes: Sendable {
  private struct Kind: Sendable {
    var object: any KubeObject.Type
    var derived: (any KubeRecord.Type)?
  }

  private var kinds: [String: Kind] = [:]
  /// Kinds by the names that `needs` may use.
  private(set) var plurals: [String] = []

  /// The given kinds, each with the type of what is derived from its objects.
  public init(objects: [any KubeObject.Type], derived: (any KubeObject.Type) -> (any KubeRecord.Type)?) {
    for object in objects {
      for resource in object.resources {
        let name = resource.group.isEmpty ? resource.kind : "\(resource.kind).\(resource.group)"
        kinds[name] = Kind(object: object, derived: derived(object))
        if !plurals.contains(resource.plural) { plurals.append(resource.plural) }
      }
    }
  }

  /// The names and types that a screen's expressions may use. Nothing is known about the fields of kinds without a
  /// type of their own: those are checked when there are values.
  func scope(_ rows: ScreenDefinition.Rows, _ resource: ScreenDefinition.Resource?) -> Scope {
    var names: SmallMap<FieldType> = [
      ScreenScope.finding: .record(FindingSummary.self), ScreenScope.usage: .record(UsageFacts.self),
      ScreenScope.scope: .record(ScopeFacts.self), ScreenScope.now: .timestamp,
    ]
    switch rows {
    case .objects:
      guard let kind = resource.flatMap({ kinds[$0.qualifiedKind] }) else { return Scope(object: .any, names: names) }
      if let derived = kind.derived { names[ScreenScope.derived] = .record(derived) }
      return Scope(object: .record(kind.object), names: names)
    case .containers:
      names[ScreenScope.pod] = .record(Pod.self)
      return Scope(object: .record(ContainerSummary.self), names: names)
    case .contexts: return Scope(object: .record(ContextFacts.self), names: names)
    case .findings: return Scope(object: .record(FindingGroupFacts.self), names: names)
    }
  }
}
