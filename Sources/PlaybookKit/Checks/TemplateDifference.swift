import ClusterState
import Diagnosis
import Kube

/// One difference between two pod templates.
struct TemplateDifference: Equatable {
  let field: String
  let text: String

  static func all(from old: PodTemplateSpec, to new: PodTemplateSpec) -> [TemplateDifference] {
    var found: [TemplateDifference] = []
    func add(_ field: String, _ text: String) { found.append(TemplateDifference(field: field, text: text)) }
    func compare(_ field: String, _ before: String, _ after: String) {
      guard before != after else { return }
      add(field, "\(field.split(separator: ".").last.map(String.init) ?? field) \(shown(before)) -> \(shown(after))")
    }
    for (list, before, after) in [
      ("containers", old.spec.containers, new.spec.containers),
      ("initContainers", old.spec.initContainers, new.spec.initContainers),
    ] {
      for container in after {
        let path = "spec.template.spec.\(list)[\(container.name)]"
        guard let earlier = before.first(where: { $0.name == container.name }) else {
          add(path, "container \(container.name) is new")
          continue
        }
        found += differences(earlier, container, path)
      }
      for container in before where !after.contains(where: { $0.name == container.name }) {
        add("spec.template.spec.\(list)[\(container.name)]", "container \(container.name) is gone")
      }
    }
    compare("spec.template.spec.serviceAccountName", old.spec.serviceAccountName, new.spec.serviceAccountName)
    compare("spec.template.spec.priorityClassName", old.spec.priorityClassName, new.spec.priorityClassName)
    compare("spec.template.spec.nodeSelector", text(old.spec.nodeSelector), text(new.spec.nodeSelector))
    if old.spec.affinity != new.spec.affinity { add("spec.template.spec.affinity", "the affinity changed") }
    if old.spec.tolerations != new.spec.tolerations { add("spec.template.spec.tolerations", "the tolerations changed") }
    if old.spec.volumes != new.spec.volumes { add("spec.template.spec.volumes", "the volumes changed") }
    for (key, value) in new.metadata.annotations.entries where old.metadata.annotations[key] != value {
      add("spec.template.metadata.annotations", "annotation \(key) changed")
    }
    return found
  }

  private static func differences(_ old: Container, _ new: Container, _ path: String) -> [TemplateDifference] {
    var found: [TemplateDifference] = []
    func add(_ field: String, _ text: String) {
      found.append(TemplateDifference(field: "\(path).\(field)", text: "\(new.name): \(text)"))
    }
    if old.image != new.image { add("image", "image \(old.image) -> \(new.image)") }
    for (name, before, after) in [
      ("limits", old.resources.limits, new.resources.limits),
      ("requests", old.resources.requests, new.resources.requests),
    ] {
      for key in Set(before.keys + after.keys).sorted() where before[key] != after[key] {
        let change = "\(before[key]?.text ?? "none") -> \(after[key]?.text ?? "none")"
        add("resources.\(name).\(key)", "\(name).\(key) \(change)")
      }
    }
    let (names, earlier) = (new.env.map(\.name), old.env.map(\.name))
    for name in names where !earlier.contains(name) { add("env[\(name)]", "variable \(name) is new") }
    for name in earlier where !names.contains(name) { add("env[\(name)]", "variable \(name) is gone") }
    for variable in new.env where old.env.contains(where: { $0.name == variable.name && $0 != variable }) {
      add("env[\(variable.name)]", "variable \(variable.name) comes from elsewhere")
    }
    if old.envFrom != new.envFrom { add("envFrom", "envFrom changed") }
    if old.ports != new.ports { add("ports", "the ports changed") }
    for (name, before, after) in [
      ("livenessProbe", old.livenessProbe, new.livenessProbe),
      ("readinessProbe", old.readinessProbe, new.readinessProbe),
      ("startupProbe", old.startupProbe, new.startupProbe),
    ] where before != after {
      add(name, before == nil ? "\(name) is new" : after == nil ? "\(name) is gone" : "\(name) changed")
    }
    if old.volumeMounts != new.volumeMounts { add("volumeMounts", "the mounts changed") }
    if old.securityContext != new.securityContext { add("securityContext", "the security context changed") }
    return found
  }

  private static func text(_ labels: SmallMap<String>) -> String {
    labels.entries.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
  }

  private static func shown(_ text: String) -> String { text.isEmpty ? "(none)" : text }
}
