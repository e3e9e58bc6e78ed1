import Kube

/// A run as labelled lines: what a person has to know before the answer, the same on a page and on a command line.
public struct RemedySummary: Sendable, Equatable {
  /// How a line is meant.
  public enum Tone: Sendable, Equatable {
    /// Plain.
    case plain
    /// What changes.
    case change
    /// Allowed, or possible.
    case good
    /// Think about it.
    case warning
    /// It costs something.
    case danger
  }

  /// A line.
  public struct Line: Sendable, Equatable {
    /// A word or two, such as `change`.
    public var label: String
    /// The rest; comes from the cluster in parts.
    public var text: String
    /// How it is meant.
    public var tone: Tone
  }

  /// The lines, in the order in which a person needs them.
  public private(set) var lines: [Line] = []

  /// The summary of a run; without lines before the remedy has been worked out.
  public init(_ run: RemedyRun) {
    guard let remedy = run.remedy else { return }
    add("remedy", remedy.title)
    add("cluster", run.place.text)
    let chain = remedy.chain.map(\.shortName).joined(separator: " -> ")
    add("object", chain + RemedyScene.place(remedy.target))
    for permission in run.permissions {
      add("permission", permission.line, permission.isAllowed == true ? .good : .warning)
    }
    let changes = run.trial.flatMap { $0.changes.isEmpty ? nil : $0.changes } ?? remedy.changes
    for change in changes { add("change", change.line, .change) }
    if let reason = run.trial?.notTried { add("not tried", reason, .warning) }
    for warning in run.trial?.warnings ?? [] { add("server", warning, .warning) }
    for consequence in remedy.consequences {
      switch consequence.weight {
      case .note: add("note", consequence.text)
      case .warning: add("WARNING", consequence.text, .warning)
      case .danger: add("DANGER", consequence.text, .danger)
      }
    }
    switch remedy.undo {
    case .order: add("undo", "possible, as long as nobody else changes the same fields", .good)
    case .impossible(let why): add("undo", "not possible: \(why)", .warning)
    }
    add("done when", remedy.wait.description)
    for line in remedy.kubectl { add("kubectl", line) }
    if let remark = run.remark { add("look", remark, .danger) }
  }

  mutating func add(_ label: String, _ text: String, _ tone: Tone = .plain) {
    lines.append(Line(label: label, text: text, tone: tone))
  }
}

extension RemedyRun.Place {
  /// `demo (context demo, user demo-admin)`.
  public var text: String {
    var parts: [String] = []
    if !context.isEmpty { parts.append("context \(context)") }
    if !user.isEmpty { parts.append("user \(user)") }
    return cluster + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
  }
}

extension RemedyRun {
  /// What to ask, when it asks.
  public var question: String {
    switch remedy?.confirmation {
    case .name(let name): "Apply it to cluster \(place.cluster)? Type \(name) to agree"
    case .yes, nil: "Apply it to cluster \(place.cluster)? y/N"
    }
  }

  /// What is going on, in a sentence.
  public var progress: String {
    switch phase {
    case .reading: "reading the object"
    case .checkingAccess: "asking whether you may"
    case .dryRunning: "the server tries it, without changing anything"
    case .confirming: question
    case .recording: "writing the journal"
    case .applying: "applying"
    case .verifying: "the answer was lost: finding out whether it was applied"
    case .waiting(.met): "waiting: it is so; whether it stays so is being watched"
    case .waiting(.pending(let text)): text.isEmpty ? "applied" : "waiting: \(text)"
    case .waiting(.unknown(let text)): "waiting: cannot tell: \(text)"
    case .waiting(.failed(let text)): "failed: \(text)"
    case .finished(let outcome): outcome.sentence
    }
  }
}
