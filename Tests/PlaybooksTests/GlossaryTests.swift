import DataFiles
import PlaybookKit
import Playbooks
import Testing

/// The glossary that comes with podmedic.
@Suite struct ShippedGlossaryTests {
  @Test func nothingIsWrongWithTheFile() {
    let glossary = ShippedPlaybooksTests.glossary
    #expect(glossary.problems.map(\.description) == [])
    #expect(
      glossary.danglingPlaybooks(ShippedPlaybooksTests.library.names).map(\.description) == [])
    #expect(glossary.terms.count >= 60)
  }

  @Test func everyTermIsExplainedInAFewSentences() {
    for term in ShippedPlaybooksTests.glossary.terms {
      let sentences = term.text.split(separator: ". ").count
      #expect((1...8).contains(sentences), "\(term.name) has \(sentences) sentences")
      #expect(term.text.last == ".", "\(term.name) ends amid a sentence")
      #expect(!term.see.isEmpty || !term.aliases.isEmpty, "\(term.name) leads nowhere")
    }
  }
}
