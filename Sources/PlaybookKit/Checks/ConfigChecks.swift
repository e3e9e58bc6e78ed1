import ClusterState
import DataFiles
import Diagnosis
import Kube

/// Checks of the ConfigMaps and Secrets that a pod needs.
let configChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "missing-references",
    "problem when a ConfigMap, Secret, ServiceAccount, claim or PriorityClass that the pod (or the workload's template) "
      + "names does not exist, or lacks a key that it names; says which name or key looks alike. Optional references "
      + "do not count. unknown when the kind may not be read and nothing else is missing",
    parameters: [
      .init(
        "kinds", .texts,
        "only references to these of ConfigMap, Secret, ServiceAccount, PersistentVolumeClaim, PriorityClass")
    ],
    reads: [ConfigMap.self, Secret.self, ServiceAccount.self, PersistentVolumeClaim.self, PriorityClass.self]
      + Relation.owners
  ) { facts, arguments in
    guard let spec = facts.pod?.spec ?? facts.workload.value?.facts.template.spec, let object = facts.object else {
      return Judgement(.notApplicable, "it has no pod template")
    }
    let wanted = arguments.texts("kinds")
    var doubt: Doubt?
    var missing: [(text: String, evidence: Evidence)] = []
    var looked = 0
    for reference in ConfigReference.all(of: spec, podName: facts.pod?.metadata.name)
    where wanted?.contains(reference.kind) ?? true {
      looked += 1
      switch reference.missing(in: facts.state, namespace: facts.namespace) {
      case .found(let text):
        // A mount by subPath names the object of its volume a second time.
        if missing.contains(where: { $0.text == text }), reference.field.hasSuffix(".subPath") { continue }
        missing.append((text, Evidence(object.reference, reference.field, reference.words)))
      case .none: continue
      case .unknown(let reason): doubt = doubt ?? reason
      }
    }
    if let first = missing.first {
      let more = missing.count == 1 ? "" : " (and \(missing.count - 1) more)"
      return Judgement(.problem, first.text + more, evidence: missing.prefix(10).map(\.evidence))
    }
    if let doubt { return Judgement(doubt) }
    return Judgement(.ok, "all \(looked) references exist")
  }
]

/// A reference of a pod to another object of its namespace.
struct ConfigReference: Equatable {
  /// Kind of the object.
  let kind: String
  /// Name of the object.
  let name: String
  /// The key that it must have; nil when it need only exist.
  let key: String?
  /// Where the reference is.
  let field: String

  /// `key "x" of ConfigMap y`, for evidence.
  var words: String { key.map { "\(kind) \(name), key \($0)" } ?? "\(kind) \(name)" }

  /// The references of a pod that are not optional, each once.
  static func all(of spec: PodSpec, podName: String?) -> [ConfigReference] {
    var references: [ConfigReference] = []
    func add(_ kind: String, _ name: String?, key: String? = nil, optional: Bool?, _ field: String) {
      guard let name, !name.isEmpty, optional != true else { return }
      references.append(ConfigReference(kind: kind, name: name, key: key, field: field))
    }
    let containers =
      spec.initContainers.map { ($0, "initContainers") } + spec.containers.map { ($0, "containers") }
    for (container, list) in containers {
      let path = "spec.\(list)[\(container.name)]"
      for source in container.envFrom {
        add("ConfigMap", source.configMapRef?.name, optional: source.configMapRef?.optional, "\(path).envFrom")
        add("Secret", source.secretRef?.name, optional: source.secretRef?.optional, "\(path).envFrom")
      }
      for variable in container.env {
        let field = "\(path).env[\(variable.name)]"
        if let key = variable.valueFrom?.configMapKeyRef {
          add("ConfigMap", key.name, key: key.key, optional: key.optional, field)
        }
        if let key = variable.valueFrom?.secretKeyRef {
          add("Secret", key.name, key: key.key, optional: key.optional, field)
        }
      }
      for use in spec.subPaths(of: container) {
        // What the volume's items name is looked for with them.
        guard let key = use.key, use.subPath == key else { continue }
        add(use.kind, use.name, key: key, optional: nil, "\(path).\(use.field)")
      }
    }
    for volume in spec.volumes {
      let field = "spec.volumes[\(volume.name)]"
      func addItems(_ items: [KeyToPath], _ kind: String, _ name: String?, optional: Bool?) {
        if items.isEmpty { add(kind, name, optional: optional, field) }
        for item in items { add(kind, name, key: item.key, optional: optional, field) }
      }
      if let map = volume.configMap { addItems(map.items, "ConfigMap", map.name, optional: map.optional) }
      if let secret = volume.secret { addItems(secret.items, "Secret", secret.secretName, optional: secret.optional) }
      for source in volume.projected?.sources ?? [] {
        if let map = source.configMap { addItems(map.items, "ConfigMap", map.name, optional: map.optional) }
        if let secret = source.secret { addItems(secret.items, "Secret", secret.name, optional: secret.optional) }
      }
      if let claim = volume.persistentVolumeClaim {
        add("PersistentVolumeClaim", claim.claimName, optional: nil, field)
      }
    }
    add("ServiceAccount", spec.serviceAccountName, optional: nil, "spec.serviceAccountName")
    if !spec.priorityClassName.hasPrefix("system-") {
      add("PriorityClass", spec.priorityClassName, optional: nil, "spec.priorityClassName")
    }
    return references
  }

  /// What is missing in one sentence, with the likely spelling; none when it is there.
  func missing(in state: ClusterState, namespace: String) -> Lookup<String> {
    switch kind {
    case "ConfigMap":
      missing(in: state, namespace: namespace, ConfigMap.self) { $0.data.keys + $0.binaryData.keys }
    case "Secret": missing(in: state, namespace: namespace, Secret.self) { $0.data.keys }
    case "ServiceAccount": missing(in: state, namespace: namespace, ServiceAccount.self) { _ in [] }
    case "PriorityClass": missing(in: state, namespace: "", PriorityClass.self) { _ in [] }
    default: missing(in: state, namespace: namespace, PersistentVolumeClaim.self) { _ in [] }
    }
  }

  private func missing<Object: KubeObject>(
    in state: ClusterState, namespace: String, _ type: Object.Type, keys: (Object) -> [String]
  ) -> Lookup<String> {
    let place = namespace.isEmpty ? "" : " in namespace \(namespace)"
    switch state.look(type, namespace: namespace, name: name) {
    case .unknown(let doubt): return .unknown(doubt)
    case .none:
      let names = state.all(type).filter { namespace.isEmpty || $0.metadata.namespace == namespace }
        .map(\.metadata.name).sorted()
      return .found("\(kind) \"\(name)\" does not exist\(place)\(Suggestion.phrase(for: name, among: names))")
    case .found(let object):
      guard let key else { return .none }
      let keys = keys(object).sorted()
      if keys.contains(key) { return .none }
      return .found("\(kind) \"\(name)\" has no key \"\(key)\"\(Suggestion.phrase(for: key, among: keys))")
    }
  }
}
