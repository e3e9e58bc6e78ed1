import Testing

@testable import ScreenKit

@Suite struct LintTests {
  @Test(arguments: [
    // Keys and words
    ("colums: []", ["6:1 unknown key \"colums\"; did you mean \"columns\"?"]),
    ("columns: []", ["6:10 at least one column is needed"]),
    (
      "columns: [{ id: a, header: A, value: metadata.name, widht: 5 }]",
      ["6:53 unknown key \"widht\"; did you mean \"width\"?"]
    ),
    ("columns: [{ id: a, header: A }]", ["6:11 the key \"value\" is missing"]),
    (
      "columns: [{ id: a, header: A, value: metadata.name, width: wide }]",
      ["6:60 a width is a number, fit, fit(NUMBER) or fill; found \"wide\""]
    ),
    (
      "columns: [{ id: a, header: A, value: metadata.name, priority: 12 }]",
      ["6:63 12 is out of range; a number from 0 to 9 is needed"]
    ),
    (
      "columns: [{ id: a, header: A, value: metadata.name, wide: yes }]",
      ["6:59 \"yes\" is not true or false; write true"]
    ),
    (
      "columns: [{ id: a, header: A, value: metadata.name, format: agge }]",
      ["6:61 unknown value \"agge\"; did you mean \"age\"?"]
    ),
    (
      "columns: [{ id: A b, header: A, value: metadata.name }]",
      ["6:17 an id has small letters, digits and dashes, and is not \"severity\"; found \"A b\""]
    ),
    (
      "columns: [{ id: a, header: A, value: metadata.name }, { id: a, header: B, value: metadata.uid }]",
      ["6:61 a column \"a\" is already there"]
    ),
    // Expressions
    (
      "columns: [{ id: a, header: A, value: metadata.nam }]",
      ["6:47 metadata has no field \"nam\"; did you mean \"name\"?"]
    ),
    (
      "columns: [{ id: a, header: A, value: 'metadta.name' }]",
      ["6:39 unknown name \"metadta\"; did you mean \"metadata\"?"]
    ),
    (
      "columns: [{ id: a, header: A, value: derived.statu }]",
      ["6:46 derived has no field \"statu\"; did you mean \"status\"?"]
    ),
    (
      "columns: [{ id: a, header: A, value: status.phase, format: age }]",
      ["6:38 the format \"age\" cannot show a text"]
    ),
    ("columns: [{ id: a, header: A, value: spec }]", ["6:38 the format \"text\" cannot show an object"]),
    (
      "columns: [{ id: a, header: A, value: [1] }]",
      ["6:38 expected an expression, found a list; an expression that begins with [ or { needs quotes"]
    ),
    (
      "columns:\n  - id: a\n    header: A\n    value: >-\n      metadata.name +\n      1",
      ["9:13 \"+\" does not work on a text and a whole number; write string(1)"]
    ),
    (
      "columns: [{ id: a, header: A, value: metadata.name, when: metadata.name == 'x' }]",
      ["6:59 unknown name \"metadata\"; known are scope"]
    ),
    // Severity, sorting, keys
    (
      "\(Fixtures.column)\nseverity: [{ level: fatal, when: 'true' }]",
      ["7:21 unknown value \"fatal\"; one of \"critical\", \"warning\", \"notice\""]
    ),
    (
      "\(Fixtures.column)\nseverity: [{ level: notice, when: metadata.name }]",
      ["7:35 a condition is needed, this is a text"]
    ),
    (
      "\(Fixtures.column)\nsort: [-nam]", ["7:8 there is no column \"nam\" to sort by; did you mean \"name\"?"]
    ),
    ("\(Fixtures.column)\nkeys: { l: log }", ["7:12 unknown value \"log\"; did you mean \"logs\"?"]),
    (
      "\(Fixtures.column)\nkeys: { ctrl-1: logs }",
      ["7:9 \"ctrl-1\" is no key; write one character, shift-x, ctrl-x or f1 to f12"]
    ),
    (
      "\(Fixtures.column)\nenter: { screen: nods, by: owner }",
      ["7:18 there is no screen \"nods\"; did you mean \"nodes\"?"]
    ),
    (
      "\(Fixtures.column)\nenter: { screen: nodes, by: ower }",
      ["7:29 unknown relation \"ower\"; did you mean \"owner\"?"]
    ),
    (
      "\(Fixtures.column)\nenter: { screen: nodes, field: metadata.nme, equals: spec.nodeName }",
      ["7:41 metadata has no field \"nme\"; did you mean \"name\"?"]
    ),
    (
      "\(Fixtures.column)\nenter: { screen: nodes }",
      ["7:8 either \"by\" or both \"field\" and \"equals\" are needed"]
    ),
    (
      "\(Fixtures.column)\nenter: { object: metadata.name }",
      ["7:18 a reference to an object is needed, this is a text"]
    ),
    ("\(Fixtures.column)\nneeds: [node]", ["7:9 unknown resource \"node\"; did you mean \"nodes\"?"]),
    (
      "\(Fixtures.column)\ndetails: [sumary]",
      ["7:11 unknown value \"sumary\"; did you mean \"summary\"?"]
    ),
    (Fixtures.column, []),
  ])
  func messages(_ lines: String, _ expected: [String]) {
    #expect(Fixtures.problems(Fixtures.screen(lines)) == expected)
  }

  @Test func everythingIsReportedAtOnce() {
    let text = Fixtures.screen(
      "columns: [{ id: a, header: A, value: metadata.nam }]\nsort: [b]\nempti: x\nkeys: { l: lgs }")
    #expect(Fixtures.problems(text).count == 4)
  }

  @Test func otherFilesAreRefused() {
    #expect(Fixtures.problems("kind: [") != [])
    #expect(Fixtures.problems("a\tb: c\n- d") != [])
    #expect(Fixtures.problems("just text") != [])
    let playbook = Fixtures.screen(Fixtures.column).replacing("kind: Screen", with: "kind: Playbook")
    #expect(Fixtures.problems(playbook) == ["2:7 expected \"Screen\", found \"Playbook\""])
  }

  @Test func kindsWithoutATypeAreCheckedAtRunTime() {
    let text = """
      apiVersion: podmedic.dev/v1
      kind: Screen
      name: certificates
      title: Certificates
      resource: { group: cert-manager.io, versions: [v1], kind: Certificate }
      columns: [{ id: ready, header: READY, value: "status.conditions.exists(c, c.type == 'Ready')" }]
      """
    #expect(Fixtures.problems(text) == [])
  }

  @Test func aFileMayExtendWhatIsShipped() {
    #expect(
      Fixtures.problems("name: pods\nextends: pods\ncolumns+: [{ id: uid, header: UID, value: metadata.uid }]") == [])
    #expect(
      Fixtures.problems("name: pods\nextends: pods\ncolumns+: [{ id: uid, header: UID, value: metadata.ui }]")
        == ["3:52 metadata has no field \"ui\"; did you mean \"uid\"?"])
  }
}
