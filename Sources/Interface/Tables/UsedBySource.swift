import Diagnosis
import Kube
import Terminal

extension ComposedSource {
  /// The kinds of which can be asked who uses them.
  static let usedKinds: Set<String> = [
    "ConfigMap", "Secret", "ServiceAccount", "PersistentVolumeClaim", "PriorityClass",
  ]

  /// Who names an object in its specification.
  static func users(of used: RowObject, interface: Interface) -> ComposedSource {
    var reference = ObjectReference()
    reference.kind = used.resource.kind
    reference.namespace = used.namespace
    reference.name = used.name
    let recipe = Recipe(
      title: "used by",
      columns: [
        TableViewColumn(id: "name", title: "USED BY", width: .fit(maximum: 60)),
        TableViewColumn(id: "how", title: "HOW", width: .fit(maximum: 60), priority: 0),
        TableViewColumn(id: "why", title: "WHY", width: .fill, priority: 1),
      ],
      contexts: [.logged, .object], kinds: ObjectUser.kinds(using: used.resource.kind),
      namespace: used.namespace.isEmpty ? nil : used.namespace,
      empty:
        "Nothing that podmedic reads names \(used.resource.kind) \(used.name). Programs may still read it by themselves.",
      rows: { [unowned interface] now in
        ObjectUser.all(of: reference, in: interface.cluster).map { user in
          let verdict = interface.verdict(uid: user.object.uid, now: now)
          return Row(
            id: user.object.uid, cells: [user.object.shortText, user.how, verdict.why], severity: verdict.severity,
            object: interface.rowObject(user.object))
        }
      })
    return ComposedSource(recipe, interface: interface)
  }
}
