import DataFiles
import Testing

private func parse(_ text: String) throws -> DataNode? {
  try YAMLFile.onlyDocument(Array(text.utf8), file: "f.yaml")
}

/// A node in short: `{a: [1, "x"]}`, quoted when it was.
private func sketch(_ node: DataNode) -> String {
  switch node.content {
  case .scalar(let scalar): scalar.isPlain ? scalar.text : "\"\(scalar.text)\""
  case .sequence(let elements): "[" + elements.map(sketch).joined(separator: ", ") + "]"
  case .mapping(let entries): "{" + entries.map { "\($0.key): \(sketch($0.value))" }.joined(separator: ", ") + "}"
  }
}

private func utf16(_ text: String, bigEndian: Bool, mark: Bool) -> [UInt8] {
  ((mark ? "\u{FEFF}" : "") + text).utf16.flatMap {
    bigEndian ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)]
  }
}

@Suite struct YAMLFileTests {
  @Test(arguments: [
    ("a: no\nb: 1.10\nc: 0755", "{a: no, b: 1.10, c: 0755}"),
    ("z: 1\na: 2", "{z: 1, a: 2}"),
    ("{\"a\":[1,\"x\\/\",null,{}]}", "{a: [1, \"x/\", null, {}]}"),
    ("{\n\t\"a\":\t1\n}", "{a: 1}"),
    ("a: &x [1, 2]\nb: *x", "{a: [1, 2], b: [1, 2]}"),
    ("base: &b {k: 1, l: 2}\nc:\n  <<: *b\n  k: 3", "{base: {k: 1, l: 2}, c: {k: 3, l: 2}}"),
    ("a: &a {k: 1}\nb: &b {k: 2, m: 3}\nc:\n  <<: [*a, *b]", "{a: {k: 1}, b: {k: 2, m: 3}, c: {k: 1, m: 3}}"),
    ("c: {\"<<\": 1}", "{c: {<<: 1}}"),
    ("a: |\n  x\n  y\n", "{a: \"x\ny\n\"}"),
    ("a: !!str 3\nb: !custom x", "{a: \"3\", b: x}"),
    ("%YAML 1.2\n---\na: 1\n...\n", "{a: 1}"),
    (#"{"a": "\ud83d\uDE00!", "b": "\u00e9"}"#, "{a: \"😀!\", b: \"é\"}"),
    (#"{"a": "\\ud83d\\ude00"}"#, #"{a: "\ud83d\ude00"}"#),
    (#"a: '\ud83d\ude00'"#, #"{a: "\ud83d\ude00"}"#), ("1: x\ntrue: y", "{1: x, true: y}"),
  ]) func reads(text: String, expected: String) throws {
    #expect(try parse(text).map(sketch) == expected)
  }

  @Test func positionsCountFromOne() throws {
    let node = try #require(try parse("a:\n  - bé: x\n    c: [y, 'z']\n"))
    let first = try #require(node["a"]?.elements?.first)
    #expect(first.position == DataPosition(file: "f.yaml", line: 2, column: 5))
    #expect(first["bé"]?.position.description == "f.yaml:2:9")
    #expect(first["c"]?.elements?[1].position.description == "f.yaml:3:12")
    #expect(first.entries?[1].position.description == "f.yaml:3:5")
  }

  @Test func mergedEntriesKeepTheirOwnPlace() throws {
    let node = try #require(try parse("b: &b\n  k: 1\nc:\n  <<: *b\n"))
    #expect(node["c"]?["k"]?.line == 2)
  }

  @Test(arguments: [
    ("a: 1\na: 2", "f.yaml:2:1: the key \"a\" is already on line 1"),
    ("a:\n\tb: 1", "f.yaml:2:1: a tab indents this line; YAML is indented with spaces only"),
    ("a:\n  b: 1\n \tc: 1", "f.yaml:3:2: a tab indents this line; YAML is indented with spaces only"),
    ("a: b: c", "f.yaml:1:5: a \": \" is not allowed here; put the text in quotes or check the indentation"),
    ("a: *nope", "f.yaml:1:4: nothing before this line is named \"&nope\""),
    ("a: &x [*x]", "f.yaml:1:8: nothing before this line is named \"&x\""),
    ("? [1]\n: 2", "f.yaml:1:3: a key must be a word, not a list or mapping"),
    ("a: 1\n---\nb: 2", "f.yaml:3:1: a second document begins here; one document per file is read"),
    ("<<: 3", "f.yaml:1:5: \"<<\" takes a mapping"),
    ("<<: [3]", "f.yaml:1:5: \"<<\" takes mappings only"),
    ("a: @x", "f.yaml:1:4: a value cannot begin with this character; put it in quotes"),
    ("ab\ncd: \u{1}", "f.yaml:2:5: control characters are not allowed"),
  ]) func refuses(text: String, expected: String) {
    #expect { try parse(text) } throws: { "\($0)" == expected }
  }

  @Test func invalidUTF8IsPlaced() {
    #expect { try YAMLFile.onlyDocument([0x61, 0x3A, 0x0A, 0x20, 0xFF], file: "f") } throws: {
      "\($0)" == "f:2:2: invalid leading UTF-8 octet"
    }
  }

  @Test(arguments: [(false, true), (true, true), (false, false), (true, false)])
  func utf16IsRead(bigEndian: Bool, mark: Bool) throws {
    let bytes = utf16("naïve: \"😀\"\n", bigEndian: bigEndian, mark: mark)
    let node = try #require(try YAMLFile.onlyDocument(bytes, file: "f"))
    #expect(node["naïve"]?.text == "😀")
  }

  @Test func utf8ByteOrderMarkIsSkipped() throws {
    let node = try #require(try YAMLFile.onlyDocument([0xEF, 0xBB, 0xBF] + Array("a: 1".utf8), file: "f"))
    #expect(node["a"]?.integer == 1)
  }

  @Test func documents() throws {
    let all = try YAMLFile.documents(Array("a: 1\n---\n---\nb: 2\n".utf8), file: "f")
    #expect(all.map(sketch) == ["{a: 1}", "", "{b: 2}"])
    #expect(try YAMLFile.documents([], file: "f").isEmpty)
    #expect(try YAMLFile.documents(Array("# nothing\n".utf8), file: "f").isEmpty)
    // What follows the first document is not looked at: kubectl reads such a kubeconfig.
    #expect(try YAMLFile.firstDocument(Array("a: 1\n---\nb: [".utf8), file: "f").map(sketch) == "{a: 1}")
  }

  @Test func aliasesAreBounded() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let alias = "*a\(level - 1)"
      text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
    }
    #expect { try parse(text) } throws: { "\($0)".contains("stand for more than 100000 values") }
  }

  @Test func aliasesDoNotDefeatTheDepthLimit() {
    var text = "- &a0 [x]\n"
    for level in 1...5_000 { text += "- &a\(level) [*a\(level - 1)]\n" }
    #expect { try parse(text) } throws: { "\($0)".contains("more than 100 levels") }
  }

  @Test func depthAndSizeAreBounded() {
    #expect { try parse(String(repeating: "[", count: 200)) } throws: {
      "\($0)" == "f.yaml:1:101: lists and mappings are nested more than 100 levels deep"
    }
    #expect { try parse(String(repeating: "[", count: 100_000)) } throws: { "\($0)".contains("nested too deeply") }
    var limits = YAMLFile.Limits()
    limits.bytes = 10
    #expect { try YAMLFile.onlyDocument(Array("0123456789A".utf8), file: "f", limits: limits) } throws: {
      "\($0)" == "f: the file has 11 bytes; at most 10 are read"
    }
  }

  /// Any bytes give nodes or a problem in time: nothing here may trap or hang.
  @Test func mutationsNeverTrap() {
    let seed = """
      apiVersion: v1
      kind: Config
      clusters: &c
      - name: "a\\u00e9"
        cluster: {server: 'https://h:6443', certificate-authority-data: !!binary AAAA}
      users: [*c, {<<: {a: 1}, b: ~}]
      text: |+
        x
      --- # next
      ? k
      : >-
        folded
      """
    var random = SeededRandom(seed: 7)
    let alphabet: [UInt8] = Array("\t\n :-?[]{}&*!|>'\"%@`#,<.~aéz0\\".utf8) + [0, 0xFF, 0xFE, 0xEF, 0xBB, 0xBF]
    var parsed = 0
    for _ in 0..<4_000 {
      var bytes = Array(seed.utf8)
      for _ in 0..<(1 + random.below(6)) {
        let place = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(alphabet[random.below(alphabet.count)], at: place)
        case 2: bytes[place] = alphabet[random.below(alphabet.count)]
        default: bytes.removeSubrange(place..<min(bytes.count, place + random.below(20)))
        }
        if bytes.isEmpty { bytes = [0x61] }
      }
      do {
        parsed += try YAMLFile.documents(bytes, file: "f").count
      } catch {
        #expect(error.line >= 0 && !error.message.isEmpty)
      }
    }
    #expect(parsed > 100)
  }
}

/// A small linear congruential generator: the same numbers on every run.
struct SeededRandom {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
