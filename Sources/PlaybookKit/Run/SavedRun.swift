import Kube

// A run as JSON, so that it can be left and taken up again. Texts that were read are not kept: they may hold secrets, and
// are read again.

extension PlaybookRun {
  /// What is kept of the run: the playbook's name, the object, and what persons contributed.
  public var saved: JSONValue {
    var json: JSONValue = [
      "apiVersion": "podmedic.dev/v1", "kind": "SavedPlaybookRun", "playbook": .string(playbook.name),
    ]
    if let subject {
      json["object"] = [
        "kind": .string(subject.kind), "apiVersion": .string(subject.apiVersion),
        "namespace": .string(subject.namespace), "name": .string(subject.name), "uid": .string(subject.uid),
      ]
    }
    json["container"] = container.map { .string($0) }
    json["journal"] = .array(
      journal.compactMap { entry in
        var json: JSONValue = ["step": .string(entry.step), "time": .string(entry.time.description)]
        switch entry.what {
        case .answer(let isYes): json["answer"] = .bool(isYes)
        case .skip: json["skip"] = true
        case .note(let text): json["note"] = .string(text)
        case .applied(let isDone, let words):
          json["applied"] = .bool(isDone)
          json["words"] = .string(words)
        case .text, .output, .noText: return nil
        }
        return json
      })
    return json
  }

  /// The name of the playbook that a saved run follows; nil when it is none.
  public static func playbookName(of saved: JSONValue) -> String? {
    saved["kind"]?.string == "SavedPlaybookRun" ? saved["playbook"]?.string : nil
  }

  /// A run as it was kept; nil when the document is of another playbook or none. Steps that the playbook does not have any
  /// more are left out.
  public init?(saved: JSONValue, _ playbook: Playbook) {
    guard Self.playbookName(of: saved) == playbook.name else { return nil }
    var subject: ObjectReference?
    if let object = saved["object"] {
      var reference = ObjectReference()
      reference.kind = object["kind"]?.string ?? ""
      reference.apiVersion = object["apiVersion"]?.string ?? ""
      reference.namespace = object["namespace"]?.string ?? ""
      reference.name = object["name"]?.string ?? ""
      reference.uid = object["uid"]?.string ?? ""
      subject = reference
    }
    self.init(playbook, subject: subject, container: saved["container"]?.string)
    for entry in saved["journal"]?.array ?? [] {
      guard let step = entry["step"]?.string, let time = entry["time"]?.string.flatMap({ Timestamp($0) }) else {
        continue
      }
      if let isYes = entry["answer"]?.bool {
        add(.answer(isYes), to: step, at: time)
      } else if entry["skip"]?.bool == true {
        add(.skip, to: step, at: time)
      } else if let note = entry["note"]?.string {
        add(.note(note), to: step, at: time)
      } else if let isDone = entry["applied"]?.bool {
        add(.applied(isDone, entry["words"]?.string ?? ""), to: step, at: time)
      }
    }
  }
}
