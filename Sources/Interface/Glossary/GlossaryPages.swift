import PlaybookKit
import Remedies
import Terminal

// `:glossary`: the words that are explained, as a table, and one of them, as a text.
extension Interface {
  func openGlossary(_ word: String?) {
    guard let word else {
      return push(glossaryTable(), address: "glossary", kubectl: "podmedic glossary")
    }
    guard let term = glossary[word] else {
      let suggestion = glossary.words.closest(to: word).map { "; did you mean :glossary \($0)?" }
      return show(
        "the glossary has no term \"\(word)\"\(suggestion ?? "; :glossary lists them")", role: .warning)
    }
    let text = TextPage(.fixed)
    text.view.wraps = true
    text.view.setLines(Self.lines(term))
    push(
      Page(
        crumb: term.name, address: "glossary \(term.name)", kubectl: "podmedic glossary \(ShellText.quoted(term.name))",
        content: .text(text)))
  }

  private func glossaryTable() -> FixedTableSource {
    FixedTableSource(title: "glossary", headers: ["TERM", "IN SHORT", "ALSO"]) { [unowned self] in
      glossary.terms.map { term in
        FixedTableSource.Row(
          id: term.name, cells: [term.name, term.summary, term.aliases.joined(separator: ", ")],
          command: "glossary \(term.name)")
      }
    }
  }

  private static func lines(_ term: GlossaryTerm) -> [[Span]] {
    var lines: [[Span]] = [[Span(term.name, .title)]]
    if !term.aliases.isEmpty {
      lines.append([Span("also: ", .fieldName), Span(term.aliases.joined(separator: ", "))])
    }
    lines += [[], [Span(term.text)]]
    if !term.see.isEmpty { lines += [[], [Span("See also", .header)]] }
    return lines
      + term.see.map { link in
        switch link.reference {
        case .term(let word): [Span("  :glossary \(word)", .accent)]
        case .playbook(let name): [Span("  :playbook \(name)", .accent)]
        case .page: [Span("  \(link.reference.description)")]
        }
      }
  }
}
