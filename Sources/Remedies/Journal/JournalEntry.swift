import Kube

/// A line of the journal: what podmedic was about to do to a cluster, or what became of it. It never has values that may
/// be secret.
public struct JournalEntry: Sendable, Equatable {
  /// Which of the two lines of a run.
  public enum Moment: String, Sendable {
    /// Written before anything is sent.
    case began
    /// Written at the end.
    case ended
  }

  /// The same for both lines of a run.
  public var id = ""
  /// Which of the two it is.
  public var moment = Moment.began
  /// When.
  public var time = Timestamp(microseconds: 0)
  /// Context of the kubeconfig.
  public var context = ""
  /// The cluster.
  public var cluster = ""
  /// The user.
  public var user = ""
  /// What was changed.
  public var object = ObjectReference()
  /// Name of the remedy.
  public var remedy = ""
  /// What it does, in words.
  public var title = ""
  /// What differed, by field.
  public var changes: [String] = []
  /// The same with kubectl.
  public var kubectl: [String] = []
  /// How it can be taken back, or why not.
  public var undo = ""
  /// What takes it back, in a line that ends a run; nil when nothing does, or when that is not kept because an earlier
  /// value may be a secret.
  public var back: RemedyOrder?
  /// How it ended, as a word; "" at the beginning.
  public var outcome = ""
  /// How it ended, as a sentence.
  public var detail = ""

  /// An empty entry.
  public init() {}

  // MARK: Lines

  /// The entry as one line of JSON, without the newline.
  public var line: String {
    var json: JSONValue = [
      "id": .string(id), "moment": .string(moment.rawValue), "time": .string(time.description),
      "context": .string(context), "cluster": .string(cluster), "user": .string(user), "remedy": .string(remedy),
      "title": .string(title),
    ]
    json["object"] = [
      "kind": .string(object.kind), "apiVersion": .string(object.apiVersion), "namespace": .string(object.namespace),
      "name": .string(object.name), "uid": .string(object.uid),
    ]
    json["changes"] = .array(changes.map { .string($0) })
    json["kubectl"] = .array(kubectl.map { .string($0) })
    json["undo"] = .string(undo)
    if !outcome.isEmpty { json["outcome"] = .string(outcome) }
    if !detail.isEmpty { json["detail"] = .string(detail) }
    json["back"] = back?.saved
    return String(decoding: json.bytes(), as: UTF8.self)
  }

  /// The entry of a line; nil when it is none, as after a crash in the middle of writing.
  public init?(line: some StringProtocol) {
    guard let json = try? JSONValue(parsing: String(line)), let id = json["id"]?.string,
      let moment = json["moment"]?.string.flatMap(Moment.init),
      let time = json["time"]?.string.flatMap({ Timestamp($0) })
    else { return nil }
    func text(_ name: String) -> String { json[name]?.string ?? "" }
    self.id = id
    self.moment = moment
    self.time = time
    context = text("context")
    cluster = text("cluster")
    user = text("user")
    remedy = text("remedy")
    title = text("title")
    undo = text("undo")
    outcome = text("outcome")
    detail = text("detail")
    changes = (json["changes"]?.array ?? []).compactMap(\.string)
    kubectl = (json["kubectl"]?.array ?? []).compactMap(\.string)
    object.kind = json[path: "object", "kind"]?.string ?? ""
    object.apiVersion = json[path: "object", "apiVersion"]?.string ?? ""
    object.namespace = json[path: "object", "namespace"]?.string ?? ""
    object.name = json[path: "object", "name"]?.string ?? ""
    object.uid = json[path: "object", "uid"]?.string ?? ""
    back = json["back"].flatMap { RemedyOrder(saved: $0, object: object) }
  }
}

/// What a journal has: one record for each run, the newest last, and how many lines could not be read.
public struct JournalHistory: Sendable, Equatable {
  /// One run.
  public struct Record: Sendable, Equatable {
    /// What was about to be done.
    public var entry: JournalEntry
    /// When it ended; nil when nothing was written any more: podmedic was killed, or it still runs.
    public var ended: Timestamp?
  }
  /// The run with an id.
  public func record(_ id: String) -> Record? { records.last { $0.entry.id == id } }

  /// The runs, the newest last.
  public var records: [Record] = []
  /// Lines that are no entries.
  public var brokenLines = 0

  /// The history in a journal's text; never fails, since a journal may have been cut off anywhere.
  public init(text: String) {
    var places: [String: Int] = [:]
    for line in text.split(separator: "\n") {
      guard let entry = JournalEntry(line: line) else {
        brokenLines += 1
        continue
      }
      if let place = places[entry.id] {
        records[place].entry.outcome = entry.outcome
        records[place].entry.detail = entry.detail
        records[place].entry.back = entry.back
        if entry.moment == .ended { records[place].ended = entry.time }
      } else {
        places[entry.id] = records.count
        records.append(Record(entry: entry, ended: entry.moment == .ended ? entry.time : nil))
      }
    }
  }
}

/// Why the journal could not be written, as a sentence.
public struct JournalFailure: Error, Sendable, Equatable {
  /// For a person.
  public var message: String

  /// A failure.
  public init(message: String) { self.message = message }
}

extension JournalHistory.Record {
  /// Whether it was done in the cluster of this context. The name of the cluster is compared where there is one.
  public func isAbout(context: String, cluster: String) -> Bool {
    entry.context == context && (cluster.isEmpty || entry.cluster == cluster)
  }

  /// Why it cannot be taken back, as a sentence; nil when it can.
  public var whyNoUndo: String? {
    if entry.back != nil { return nil }
    let impossible = "not possible: "
    if entry.undo.hasPrefix(impossible) { return String(entry.undo.dropFirst(impossible.count)) }
    switch entry.outcome {
    // Lines of earlier versions, and drains that had not cordoned the node.
    case _ where ["cordon", "uncordon", "drain"].contains(entry.remedy) && entry.outcome != "unknown":
      return "the journal does not say that it has \(entry.remedy == "uncordon" ? "opened" : "closed") the node"
    case "": return "it never ended, so nobody knows what has been changed"
    case "succeeded", "failed", "timed-out", "not-awaited":
      return "the journal does not have the earlier values, which may be secrets"
    case "partly-applied", "unknown": return "it is not known what has been changed: \(entry.detail)"
    default: return "nothing was changed"
    }
  }
}

extension RemedyRun {
  /// The journal's line about this run. Whoever writes it sets the time.
  func entry(_ moment: JournalEntry.Moment, outcome: RemedyOutcome?) -> JournalEntry {
    var entry = JournalEntry()
    entry.id = id
    entry.moment = moment
    entry.context = place.context
    entry.cluster = place.cluster
    entry.user = place.user
    entry.remedy = order.name.rawValue
    if let remedy {
      let changes = trial.flatMap { $0.changes.isEmpty ? nil : $0.changes } ?? remedy.changes
      entry.object = remedy.target
      entry.title = remedy.title
      entry.changes = changes.map(\.journalLine)
      entry.kubectl = remedy.kubectl.map { line in
        line.contains(" -p ") && changes.contains { $0.line != $0.journalLine }
          ? String(line.prefix(upTo: line.firstRange(of: " -p ")?.lowerBound ?? line.endIndex))
            + " (values not recorded)"
          : line
      }
      switch remedy.undo {
      case .order:
        let back = changes.map { FieldChange(path: $0.path, before: $0.after, after: $0.before).journalLine }
        entry.undo = back.joined(separator: "; ")
      case .impossible(let why): entry.undo = "not possible: \(why)"
      }
    }
    if let outcome {
      entry.outcome = outcome.word
      entry.detail = outcome.sentence
      entry.back = undo
    }
    return entry
  }
}
