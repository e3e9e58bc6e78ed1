import DataFiles
import Testing

@testable import PlaybookKit

/// Terms are found by all their words, and every mistake in a file is told at its place.
@Suite struct GlossaryTests {
  private static let head = "apiVersion: podmedic.dev/v1\nkind: Glossary\nname: own\n"

  private static func problems(_ text: String) -> [String] {
    Glossary.problems(
      in: Array((head + text).utf8), file: "own.yaml", embedded: [], playbooks: ["image-pull", "pending"]
    ).map { "\($0.line):\($0.column) \($0.message)" }
  }

  @Test(arguments: [
    ("terms: [{ name: taint, text: A mark. }]", ""),
    ("terms: [{ name: taint, txet: A mark. }]", #"4:24 unknown key "txet"; did you mean "text"?"#),
    ("terms: [{ name: taint }]", #"4:9 the key "text" is missing"#),
    ("term: []", #"4:1 unknown key "term"; did you mean "terms"?"#),
    (
      "terms: [{ name: a, text: A. }, { name: A, text: B. }]",
      #"4:40 "A" is already explained, as "a""#
    ),
    (
      "terms: [{ name: a, text: A. }, { name: b, aliases: [c, a], text: B. }]",
      #"4:56 "a" is already explained, as "a""#
    ),
    ("terms: [{ name: exit-code, aliases: [Exit code], text: A. }]", #"4:38 "Exit code" stands here twice"#),
    ("terms: [{ name: 'a  b', text: A. }]", #"4:17 a term has no spaces but single ones inside; found "a  b""#),
    (
      "terms: [{ name: taint, text: A., see: [{ term: tiant }] }]",
      #"4:48 the glossary has no term "tiant"; did you mean "taint"?"#
    ),
    (
      "terms: [{ name: taint, text: A., see: [{ playbook: image-pul }] }]",
      #"4:52 there is no playbook "image-pul"; did you mean "image-pull"?"#
    ),
    ("terms: [{ name: taint, text: A., see: [{ url: 'http://x' }] }]", "4:47 a url begins with https://"),
    (
      "terms: [{ name: taint, text: A., see: [{ term: taint, playbook: pending }] }]",
      #"4:40 one of "playbook", "term" and "url" (with "title") is needed"#
    ),
  ])
  func mistakes(text: String, problem: String) {
    let found = Self.problems(text)
    if problem.isEmpty { #expect(found == []) } else { #expect(found.contains(problem), "\(found)") }
  }

  @Test func aMistakeInOneTermMakesNoOtherDangle() {
    let text = """
      terms:
        - { name: a, text: A., see: [{ term: b }] }
        - { name: b, txt: B. }
      """
    #expect(
      Self.problems(text) == [#"6:16 unknown key "txt"; did you mean "text"?"#])
  }

  private static func layer(_ name: String, _ terms: String, file: String) -> DataLayer {
    let text = "apiVersion: podmedic.dev/v1\nkind: Glossary\nname: \(file)\nterms: \(terms)"
    return DataLayer(name: name, source: .embedded([.init(path: "\(file).yaml", text: text)]))
  }

  @Test func higherLayersReplaceTermsAndAddSome() {
    let glossary = Glossary(layers: [
      Self.layer("own", "[{ name: Taint, text: Ours. }, { name: pager, aliases: [cordon], text: New. }]", file: "own"),
      Self.layer(
        "embedded", "[{ name: taint, text: Theirs. }, { name: cordon, aliases: [no-more pods], text: A. More. }]",
        file: "glossary"),
    ])
    #expect(glossary.problems == [])
    #expect(glossary.terms.map(\.name) == ["cordon", "pager", "Taint"])
    #expect(glossary["TAINT"]?.text == "Ours.")
    #expect(glossary["cordon"]?.summary == "A.", "a name is meant before an alias")
    #expect(glossary["No More-Pods"]?.name == "cordon")
    #expect(glossary["pagre"] == nil)
    #expect(glossary.words.closest(to: "pagre") == "pager")
  }

  @Test func aBrokenFileTakesNothingAway() {
    let glossary = Glossary(layers: [
      Self.layer("own", "[{ name: taint }]", file: "glossary"),
      Self.layer("embedded", "[{ name: taint, text: Theirs. }]", file: "glossary"),
    ])
    #expect(glossary.problems.count == 1)
    #expect(glossary["taint"]?.text == "Theirs.")
  }

  @Test func playbooksMayOnlyReferToTermsThatThereAre() {
    let text = Fixtures.playbook("see: [{ term: tiant }]\nsteps: [{ id: a, title: A, check: finding }]")
    let problems = PlaybookLint.problems(
      in: Array(text.utf8), file: "own.yaml", embedded: [], terms: GlossaryWords(["taint"]))
    #expect(problems.map(\.description) == [#"own.yaml:7:15: the glossary has no term "tiant"; did you mean "taint"?"#])
  }
}
