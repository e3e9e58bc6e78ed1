import DataFiles
import Testing

private let user = DataLayer(name: "$XDG_CONFIG_HOME", source: .directory("/u"))
private func embedded(_ files: (String, String)...) -> DataLayer {
  DataLayer(name: "embedded", source: .embedded(files.map { .init(path: $0.0, text: $0.1) }))
}

@Suite struct LayeredFilesTests {
  @Test func searchPathInOrder() {
    let layers = DataLayer.searchPath(
      for: "screens", directories: ["mine", "/b"],
      environment: [
        "PODMEDIC_SCREENS": "/c:relative::/b:/d/", "HOME": "/home/x", "XDG_CONFIG_DIRS": "/etc/a:/etc/b",
        "XDG_DATA_DIRS": "nope",
      ], embedded: [])
    let sketch = layers.map { layer in
      guard case .directory(let path) = layer.source else { return layer.name }
      return "\(layer.name) \(path)"
    }
    #expect(
      sketch == [
        "--screens mine", "--screens /b", "$PODMEDIC_SCREENS /c", "$PODMEDIC_SCREENS /d",
        "$XDG_CONFIG_HOME /home/x/.config/podmedic/screens", "$XDG_CONFIG_DIRS /etc/a/podmedic/screens",
        "$XDG_CONFIG_DIRS /etc/b/podmedic/screens", "embedded",
      ])
  }

  @Test func higherFilesReplaceLowerOnesWhole() throws {
    let files = MemoryFileSystem([
      "/u/deep/pods.yaml": "name: pods\ntitle: Mine\n", "/u/.hidden.yaml": "[", "/u/readme.md": "[",
    ])
    let layered = LayeredFiles(
      layers: [user, embedded(("pods.yaml", "name: pods\ntitle: Pods\nsort: x"), ("nodes.yaml", "name: nodes"))],
      fileSystem: files)
    #expect(layered.problems.isEmpty)
    #expect(layered.definitions.map(\.name) == ["nodes", "pods"])
    let pods = try #require(layered["pods"])
    #expect(pods.candidates[0].root["title"]?.text == "Mine" && pods.candidates[0].root["sort"] == nil)
    #expect(pods.candidates[0].path == "/u/deep/pods.yaml" && pods.candidates[0].layer == "$XDG_CONFIG_HOME")
    #expect(pods.shadowed == ["embedded:pods.yaml"])
  }

  @Test func extendsMergesKeysReplacesListsAndAppends() throws {
    let lower = "name: pods\nkeys: {a: 1, b: 2}\nsort: [x, y]\ncolumns:\n  - {id: one}\nspan: {unit: m}\n"
    let upper = "extends: pods\nname: pods\nkeys: {b: 3, c: 4}\nsort: [z]\ncolumns+:\n  - {id: two, colour: 1}\n"
    let layered = LayeredFiles(
      layers: [user, embedded(("pods.yaml", lower))], fileSystem: MemoryFileSystem(["/u/p.yaml": upper]))
    #expect(layered.problems.isEmpty)
    let first = try #require(layered["pods"]?.candidates.first)
    #expect(first.root["keys"]?.entries?.map { "\($0.key)\($0.value.text ?? "")" } == ["a1", "b3", "c4"])
    #expect(first.root["sort"]?.elements?.map(\.text) == ["z"])
    #expect(first.root["columns"]?.elements?.compactMap { $0["id"]?.text } == ["one", "two"])
    // Each part still knows the file it came from.
    #expect(
      first.root["columns"]?.elements?.map(\.position.description) == ["embedded:pods.yaml:5:5", "/u/p.yaml:6:5"])
    #expect(first.root["span"]?.position.file == "embedded:pods.yaml")
    #expect(first.root["extends"] == nil)
    #expect(first.extended == ["embedded:pods.yaml"])
    #expect(layered["pods"]?.shadowed == [])
  }

  @Test(arguments: [
    ("name: a\nextends: a", "/u/p.yaml:2:10: there is no lower \"a\" to extend"),
    ("name: a\nextends: podz", "/u/p.yaml:2:10: there is no \"podz\" to extend; did you mean \"pods\"?"),
    (
      "name: a\nextends: pods\ncolumns+: [1]",
      "/u/p.yaml:3:1: \"columns+\" appends a list to the list \"columns\" below"
    ),
    ("title: x", "/u/p.yaml:1:1: the key \"name\" is missing"),
    ("name: [x]", "/u/p.yaml:1:7: the name must be a word"),
    ("- x", "/u/p.yaml:1:1: expected a mapping, found a list"),
    ("name: a\nextends: {}", "/u/p.yaml:2:10: \"extends\" takes the name of the file to extend"),
  ]) func brokenFilesAreLeftOut(text: String, problem: String) {
    let layered = LayeredFiles(
      layers: [user, embedded(("pods.yaml", "name: pods"))], fileSystem: MemoryFileSystem(["/u/p.yaml": text]))
    #expect(layered.problems.map(\.description) == [problem])
    #expect(layered.definitions.map(\.name) == ["pods"])
  }

  @Test func circlesEnd() {
    let files = MemoryFileSystem(["/u/a.yaml": "name: a\nextends: b", "/u/b.yaml": "name: b\nextends: a"])
    let layered = LayeredFiles(layers: [user], fileSystem: files)
    #expect(layered.problems.count == 2 && layered.definitions.isEmpty)
    #expect(layered.problems[0].message.hasPrefix("\"extends\" leads in a circle"))
  }

  @Test func aBrokenUpperFileFallsBackToTheLowerOne() throws {
    let layered = LayeredFiles(
      layers: [user, embedded(("pods.yaml", "name: pods\ncolor: red"))],
      fileSystem: MemoryFileSystem(["/u/p.yaml": "name: pods\ncolour: red"]))
    let definition = try #require(layered["pods"])
    let result = definition.first { candidate throws(DataProblems) -> String in
      let reader = DataReader()
      let color = reader.fields(candidate.root, known: ["name", "color"])?["color"].flatMap { reader.string($0) }
      return try reader.finish(color)
    }
    #expect(result.value == "red" && result.candidate?.layer == "embedded")
    #expect(result.problems.map(\.description) == ["/u/p.yaml:2:1: unknown key \"colour\"; did you mean \"color\"?"])
  }

  @Test func placesThatCannotBeReadAreSaid() {
    var files = MemoryFileSystem(["/u/a.yaml": "name: a", "/u/b.yaml": "name: a", "/v/c.yaml": "name: c"])
    files.denied = ["/v"]
    let layers = [
      DataLayer(name: "--screens", source: .directory("/gone"), isRequired: true), user,
      DataLayer(name: "$XDG_DATA_DIRS", source: .directory("/v")),
      DataLayer(name: "$XDG_DATA_DIRS", source: .directory("/w")),
    ]
    #expect(
      LayeredFiles(layers: layers, fileSystem: files).problems.map(\.description) == [
        "/gone: --screens: open /gone: no such file or directory",
        "/u/b.yaml:1:7: /u/a.yaml has the same name", "/v: $XDG_DATA_DIRS: open /v: permission denied",
      ])
  }
}
