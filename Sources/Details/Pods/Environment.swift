import Kube

extension Page {
  /// The environment of a container: values as they are, references as references and never what they refer to.
  mutating func environment(_ container: JSONValue) {
    let sources = container.list("envFrom")
    if !sources.isEmpty { add("Environment Variables from", all: sources.map(Page.sourceText)) }
    let variables = container.list("env")
    guard !variables.isEmpty else {
      add("Environment", "<none>", .dim)
      return
    }
    group("Environment", mark: .plain) { page in
      for variable in variables.prefix(1000) {
        let from = variable.at("valueFrom")
        page.add(variable.text("name"), from == .null ? variable.text("value") : Page.referenceText(from, container))
      }
      if variables.count > 1000 { page.add(nil, "… and \(variables.count - 1000) more", .dim) }
    }
  }

  private static func sourceText(_ source: JSONValue) -> String {
    let prefix = source.text("prefix")
    let isSecret = source.has("secretRef")
    let reference = source.at(isSecret ? "secretRef" : "configMapRef")
    return "\(reference.text("name"))  \(isSecret ? "Secret" : "ConfigMap")"
      + (prefix.isEmpty ? "" : " with prefix '\(prefix)'") + "  Optional: \(reference["optional"] == true)"
  }

  private static func referenceText(_ from: JSONValue, _ container: JSONValue) -> String {
    if from.has("secretKeyRef") {
      let key = from.at("secretKeyRef")
      return
        "<set to the key '\(key.text("key"))' in secret '\(key.text("name"))'>  Optional: \(key["optional"] == true)"
    }
    if from.has("configMapKeyRef") {
      let key = from.at("configMapKeyRef")
      return "<set to the key '\(key.text("key"))' of config map '\(key.text("name"))'>  "
        + "Optional: \(key["optional"] == true)"
    }
    if from.has("fieldRef") { return "(\(from.text("fieldRef", "apiVersion")):\(from.text("fieldRef", "fieldPath")))" }
    if from.has("resourceFieldRef") {
      let resource = from.text("resourceFieldRef", "resource")
      let other = from.text("resourceFieldRef", "containerName")
      let parts = resource.split(separator: ".", maxSplits: 1).map(String.init)
      let isOwn = other.isEmpty || other == container.text("name")
      if isOwn, parts.count == 2, ["limits", "requests"].contains(parts[0]) {
        if let value = container.at("resources").at(parts[0])[parts[1]] {
          return "\(divided(value.scalar, by: from.text("resourceFieldRef", "divisor"))) (\(resource))"
        }
        // The kubelet puts in what the node has for pods.
        if resource == "limits.cpu" || resource == "limits.memory" { return "node allocatable (\(resource))" }
      }
      return "(\(resource)\(other.isEmpty ? "" : " of \(other)"))"
    }
    if from.has("fileKeyRef") {
      let key = from.at("fileKeyRef")
      return "<set to the key '\(key.text("key"))' of '\(key.text("path"))' in volume '\(key.text("volumeName"))'>"
    }
    return from.scalar
  }

  /// The number that a container sees of a resource: whole divisors, rounded up; one core or byte where none is named.
  private static func divided(_ amount: String, by divisor: String) -> String {
    guard let nanos = Quantity(amount).nanos, nanos >= 0 else { return amount }
    let unit = Quantity(divisor).nanos.flatMap { $0 > 0 ? $0 : nil } ?? 1_000_000_000
    return "\(nanos / unit + (nanos % unit == 0 ? 0 : 1))"
  }
}
