import Kube
import PlainInterface
import Remedies

/// A run of a remedy as lines for a terminal.
struct RemedyReport {
  private let run: RemedyRun

  init(_ run: RemedyRun) { self.run = run }

  /// Everything that a person has to know before the answer.
  var text: String {
    guard let remedy = run.remedy else { return "" }
    var lines: [(String, String)] = [("remedy", remedy.title), ("cluster", Self.place(run.place))]
    let chain = remedy.chain.map { "\($0.kind.lowercased())/\($0.name)" }.joined(separator: " -> ")
    lines.append(
      ("object", chain + (remedy.target.namespace.isEmpty ? "" : " in namespace \(remedy.target.namespace)")))
    lines += run.permissions.map { ("permission", $0.line) }
    let changes = run.trial.flatMap { $0.changes.isEmpty ? nil : $0.changes } ?? remedy.changes
    lines += changes.map { ("change", $0.line) }
    if let reason = run.trial?.notTried { lines.append(("not tried", reason)) }
    lines += (run.trial?.warnings ?? []).map { ("warning", "the server says: \($0)") }
    lines += remedy.consequences.map { (Self.word($0.weight), $0.text) }
    switch remedy.undo {
    case .order: lines.append(("undo", "possible, as long as nobody else changes the same fields"))
    case .impossible(let why): lines.append(("undo", "not possible: \(why)"))
    }
    lines.append(("done when", remedy.wait.description))
    lines += remedy.kubectl.map { ("kubectl", $0) }
    if let remark = run.remark { lines.append(("!", remark)) }
    var last = ""
    return lines.map { label, value in
      let shown = label == last ? "" : label
      last = label
      let space = String(repeating: " ", count: max(0, 12 - shown.count))
      return "\(shown)\(space)\(PlainText.line(value))\n"
    }.joined()
  }

  private static func word(_ weight: Consequence.Weight) -> String {
    switch weight {
    case .note: "note"
    case .warning: "WARNING"
    case .danger: "DANGER"
    }
  }

  /// `demo (context demo, user demo-admin)`.
  static func place(_ place: RemedyRun.Place) -> String {
    var parts: [String] = []
    if !place.context.isEmpty { parts.append("context \(place.context)") }
    if !place.user.isEmpty { parts.append("user \(place.user)") }
    return place.cluster + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
  }

  /// What to ask.
  static func question(_ run: RemedyRun) -> String {
    let remark = run.remark.map { PlainText.line($0) + ". " } ?? ""
    let cluster = PlainText.line(run.place.cluster)
    switch run.remedy?.confirmation {
    case .name(let name): return "\(remark)Apply it to cluster \(cluster)? Type \(PlainText.line(name)) to agree: "
    case .yes, nil: return "\(remark)Apply it to cluster \(cluster)? [y/N] "
    }
  }

  /// What is waited for.
  static func progress(_ state: WaitState) -> String {
    switch state {
    case .met: "waiting: it is so; whether it stays so is being watched"
    case .pending(let text): text.isEmpty ? "applied" : "waiting: \(text)"
    case .unknown(let text): "waiting: cannot tell: \(text)"
    case .failed(let text): "failed: \(text)"
    }
  }
}
