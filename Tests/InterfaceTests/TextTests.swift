import Kube
import Terminal
import Testing

@testable import Interface

@Suite struct TextTests {
  private func yaml(_ json: String, _ change: (inout YAMLText) -> Void = { _ in }) throws -> String {
    var text = YAMLText()
    change(&text)
    return text.lines(try JSONValue(parsing: json)).map { $0.map(\.text).joined() }.joined(separator: "\n")
  }

  @Test func yamlAsKubectlPrintsIt() throws {
    let text = try yaml(
      #"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","labels":{"a":"true"}},"spec":{"containers":[{"name":"app","args":["-c","echo: hi"],"env":[]}],"n":1.5,"x":null}}"#
    )
    #expect(
      text == """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          labels:
            a: "true"
        spec:
          containers:
          - name: app
            args:
            - -c
            - 'echo: hi'
            env: []
          "n": 1.5
          x: null
        """)
  }

  @Test func linesBecomeBlocks() throws {
    #expect(try yaml(#"{"script":"a\nb\n"}"#) == "script: |\n  a\n  b")
    #expect(try yaml(#"{"script":"a\nb"}"#) == "script: |-\n  a\n  b")
  }

  @Test func secretsAreMaskedUntilAsked() throws {
    let secret =
      #"{"kind":"Secret","metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"c2VjcmV0"}},"data":{"password":"c2VjcmV0"}}"#
    let masked = try yaml(secret)
    #expect(!masked.contains("c2VjcmV0"))
    #expect(masked.contains("password: … 6 bytes masked (x decodes)"))
    #expect(try yaml(secret) { $0.showsSecrets = true }.contains("password: secret"))
    #expect(try yaml(#"{"kind":"ConfigMap","data":{"k":"v"}}"#).contains("k: v"))
  }

  @Test func managedFieldsAreFolded() throws {
    let object = #"{"kind":"Pod","metadata":{"managedFields":[{"manager":"kubelet"}]}}"#
    #expect(try yaml(object).contains("… 1 entry folded"))
    #expect(try yaml(object) { $0.showsManagedFields = true }.contains("manager: kubelet"))
  }

  @Test func searchFindsAndGoesAround() {
    var view = TextView(lines: (0..<50).map { [Span("line \($0)")] })
    view.setSize(Size(columns: 20, rows: 5))
    view.find("LINE 4")
    #expect(view.search.summary == "'LINE 4' 1 of 11")
    view.findNext(-1)
    #expect(view.search.summary == "'LINE 4' 11 of 11")
    view.findNext(1)
    #expect(view.search.summary == "'LINE 4' 1 of 11")
    view.find("nothing")
    #expect(view.search.summary == "'nothing' not found")
  }

  @Test func columnsLeaveInOrderOfPriority() {
    let columns = [
      TableViewColumn(id: "name", title: "NAME", width: .fill, priority: 0),
      TableViewColumn(id: "ip", title: "IP", width: .fit(maximum: 15), priority: 3),
      TableViewColumn(id: "status", title: "STATUS", width: .fit(maximum: 20), priority: 1),
    ]
    let longest = ["name": 30, "ip": 11, "status": 16]
    let wide = ColumnLayout(columns, longest: longest, width: 80)
    #expect(wide.placed.map(\.column.id) == ["name", "ip", "status"])
    #expect(wide.hidden == 0)
    let last = wide.placed[2]
    #expect(last.start + last.width <= 80)
    let narrow = ColumnLayout(columns, longest: longest, width: 36)
    #expect(narrow.placed.map(\.column.id) == ["name", "status"])
    #expect(narrow.hidden == 1)
    let tiny = ColumnLayout(columns, longest: longest, width: 5)
    #expect(tiny.placed.map(\.column.id) == ["name"])
    #expect(tiny.placed[0].width <= 5)
  }

  @Test func everyBindingHasKeysAndNoTwoClashInOneContext() {
    for binding in Binding.all { #expect(!binding.keys.isEmpty, "\(binding.action) has no key that can be read") }
    for context in KeyContext.allCases {
      var seen: [Key: Action] = [:]
      for binding in Binding.all where binding.context == context {
        for key in binding.keys {
          #expect(seen[key] == nil, "\(key) does two things in \(context)")
          seen[key] = binding.action
        }
      }
    }
  }
}
