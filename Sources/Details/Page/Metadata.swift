import Kube

extension Page {
  /// Name and namespace, which every description starts with.
  mutating func identity(_ object: JSONValue) {
    add("Name", object.text("metadata", "name"))
    addSet("Namespace", object.text("metadata", "namespace"))
  }

  /// Creation, labels, annotations and, when it is under way, the deletion.
  mutating func metadata(_ object: JSONValue, creation: Bool = true) {
    if creation { add("Created", time: object.time("metadata", "creationTimestamp")) }
    labels("Labels", object.at("metadata", "labels"))
    annotations(object.at("metadata", "annotations"))
    if let deletion = object.time("metadata", "deletionTimestamp") {
      add("Deletion", timeText(deletion), .warning)
      addSet("Finalizers", object.list("metadata", "finalizers").texts.joined(separator: ", "), .warning)
    }
  }

  /// Labels, one a line, by name.
  mutating func labels(_ label: String, _ map: JSONValue) {
    add(label, all: map.members().map { "\($0.key)=\($0.value.scalar)" })
  }

  /// Annotations, one a line; long ones are cut, and of kubectl's record of what was applied only the size is told.
  mutating func annotations(_ map: JSONValue) {
    add(
      "Annotations",
      all: map.members().map { key, value in
        let text = value.scalar
        if key == "kubectl.kubernetes.io/last-applied-configuration" {
          return "\(key): (\(Page.size(text.utf8.count)))"
        }
        return "\(key): \(Page.cut(Page.oneLine(text), to: 140))"
      })
  }

  /// A selector of labels that is a plain map.
  mutating func selectorMap(_ label: String, _ map: JSONValue) {
    addOrNone(label, map.members().map { "\($0.key)=\($0.value.scalar)" }.joined(separator: ","))
  }

  /// The table of conditions, those that are as they should not be marked. `bad` names types that should be false.
  mutating func conditions(_ conditions: [JSONValue], bad: Set<String> = [], neutral: Set<String> = []) {
    table(
      ["Type", "Status", "Age", "Reason", "Message"],
      conditions.map { condition in
        let (type, status) = (condition.text("type"), condition.text("status"))
        let isGood = bad.contains(type) ? status == "False" : status == "True"
        let mark: DetailMark = isGood || neutral.contains(type) ? .plain : status == "Unknown" ? .unknown : .warning
        let time = condition.time("lastTransitionTime") ?? condition.time("lastUpdateTime")
        return (
          [type, status, time == nil ? "" : age(time), condition.text("reason"), condition.text("message")], mark
        )
      })
  }
}
