import Kube
import PlaybookKit

/// The terms of a glossary, and one of them in words.
public struct GlossaryListing: Sendable {
  private let terms: [GlossaryTerm]

  /// Some terms.
  public init(_ terms: [GlossaryTerm]) { self.terms = terms }

  /// A line for each.
  public var text: String {
    var table = TextTable()
    table.add(["TERM", "IN SHORT"])
    for term in terms { table.add([PlainText.line(term.name), PlainText.line(term.summary)]) }
    return table.takeLines()
  }

  /// The versioned document, `podmedic.dev/v1` Glossary.
  public var json: JSONValue {
    [
      "apiVersion": "podmedic.dev/v1", "kind": "Glossary",
      "terms": .array(terms.map { .object(SmallMap(uniquing: Self.members($0))) }),
    ]
  }

  /// One term as the versioned document `podmedic.dev/v1` GlossaryTerm.
  public static func json(_ term: GlossaryTerm) -> JSONValue {
    .object(SmallMap(uniquing: [("apiVersion", "podmedic.dev/v1"), ("kind", "GlossaryTerm")] + members(term)))
  }

  /// One term: its words, what they mean in lines of at most 80 columns, and where to read on.
  public static func text(_ term: GlossaryTerm) -> String {
    lines(term, width: 80).map { $0 + "\n" }.joined()
  }

  private static func lines(_ term: GlossaryTerm, width: Int) -> [String] {
    var lines = [PlainText.line(term.name)]
    if !term.aliases.isEmpty { lines.append("also: " + PlainText.line(term.aliases.joined(separator: ", "))) }
    lines.append("")
    var line = ""
    for word in PlainText.line(term.text).split(separator: " ") {
      if !line.isEmpty, line.unicodeScalars.count + 1 + word.unicodeScalars.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? word : " \(word)"
    }
    lines.append(line)
    if !term.see.isEmpty { lines.append("") }
    return lines + term.see.map { "see " + PlainText.line($0.reference.description) }
  }

  private static func members(_ term: GlossaryTerm) -> [(String, JSONValue)] {
    [
      ("name", .string(term.name)), ("aliases", .array(term.aliases.map { .string($0) })),
      ("text", .string(term.text)), ("see", .array(term.see.map { json($0.reference) })),
    ]
  }

  private static func json(_ reference: Playbook.Reference) -> JSONValue {
    switch reference {
    case .playbook(let name): ["playbook": .string(name)]
    case .term(let word): ["term": .string(word)]
    case .page(let url, let title): ["url": .string(url), "title": .string(title)]
    }
  }
}
