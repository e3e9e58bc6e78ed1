import DataFiles

/// A word of Kubernetes or Linux, explained.
public struct GlossaryTerm: Sendable {
  /// Where to read on, with the place in the file that says so.
  public struct Link: Sendable {
    /// A playbook, a page or another term.
    public var reference: Playbook.Reference
    /// Where the link stands.
    public var position: DataPosition
  }

  /// The word, spelled as Kubernetes spells it.
  public var name: String
  /// Other words for the same.
  public var aliases: [String]
  /// What it means, in a few sentences; one paragraph.
  public var text: String
  /// Where to read on.
  public var see: [Link]

  /// The first sentence of the text.
  public var summary: String {
    guard let end = text.firstRange(of: ". ") else { return text }
    return String(text[..<end.lowerBound]) + "."
  }

  /// All words that name it, its name first.
  public var words: [String] { [name] + aliases }
}
