import Kube
import Terminal

extension Interface {
  /// More ways to go on than these are not listed; typing goes on narrowing them.
  private static let mostSuggestions = 8

  /// Shows how what is being typed behind `:` could go on, above the line, each with what it opens.
  func drawSuggestions(_ prompt: Prompt, in area: Rect, _ grid: inout Grid) {
    guard case .command = prompt.kind, area.rows >= 6, area.columns >= 40 else { return }
    let all = prompt.editor.text.isEmpty ? Self.beginnings : prompt.suggestions
    let shown = all.prefix(min(Self.mostSuggestions, area.rows - 4))
    guard !shown.isEmpty else { return }
    let lines = shown.map { (text: $0, help: help(onCommand: $0)) }
    let first = lines.reduce(0) { max($0, textWidth($1.text)) }
    let second = lines.reduce(0) { max($0, textWidth($1.help)) }
    let more = all.count - shown.count
    let width = min(area.columns - 2, max(first + second + 6, 24))
    let box = Rect(row: area.endRow - lines.count - 2, column: 1, rows: lines.count + 2, columns: width)
    grid.fill(Rect(row: box.row, column: 0, rows: box.rows, columns: area.columns))
    let title = prompt.ghost.isEmpty ? "go to" : "tab takes the first"
    grid.box(box, title: [Span(more > 0 ? "\(title); \(more) more" : title, .title)], glyphs: glyphs)
    clickTargets.removeAll { $0.area.row >= box.row && $0.area.row < box.endRow }
    let inner = box.inset()
    for (place, line) in lines.enumerated() {
      let row = inner.row + place
      grid.put(
        [Span(" "), Span(line.text, place == 0 ? .accent : .text)], row: row, column: inner.column, width: first + 1)
      grid.put(
        [Span(line.help, .dim)], row: row, column: inner.column + first + 3, width: max(0, inner.columns - first - 3),
        ellipsis: glyphs.ellipsis)
      offer(.command(line.text), at: Rect(row: row, column: inner.column, rows: 1, columns: inner.columns))
    }
  }

  /// Where people go most, for a line on which nothing has been typed yet.
  private static let beginnings = ["pods", "deploy", "nodes", "events", "ns", "ctx", "xray deploy", "help"]

  private func help(onCommand text: String) -> String {
    let words = text.split(separator: " ").map(String.init)
    guard let word = words.first else { return "" }
    if words.count == 1, let alias = aliases[word] { return alias }
    switch word {
    case "ctx", "context", "contexts": return words.count > 1 ? "switch to this cluster" : "clusters of the kubeconfig"
    case "triage", "tri": return "what is wrong, worst first"
    case "pulses", "pu": return "how many there are of each kind, and how many are well"
    case "workloads", "workload", "wk":
      if word == "wk" || catalog.resource(named: word) == nil { return "all workloads of all kinds, the worst first" }
    case "xray": return "a kind with all that hangs below it"
    case "can": return "what you may do"
    case "aliases": return "every kind that can be opened"
    case "help": return "all keys"
    case "quit": return "end podmedic"
    case "ns" where words.count > 1: return "the pods of this namespace"
    default: break
    }
    guard let resource = catalog.resource(named: word) else { return "" }
    let names = resource.shortNames.isEmpty ? "" : "  (\(resource.shortNames.joined(separator: ", ")))"
    return "\(resource.kind) \(resource.apiVersion)\(names)"
  }
}
