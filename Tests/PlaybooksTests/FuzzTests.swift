import DataFiles
import PlaybookKit
import Playbooks
import Testing

/// Whatever stands in a file, reading it and running its tests ends and tells what is wrong.
@Suite struct FuzzTests {
  private static let embedded = Playbooks.files.map { DataLayer.EmbeddedFile(path: $0.path, text: $0.text) }
  private static let glossary = Playbooks.glossary.map { DataLayer.EmbeddedFile(path: $0.path, text: $0.text) }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func damagedPlaybooks(seed: UInt64) {
    damage(Self.embedded, seed: seed) { PlaybookLint.problems(in: $0, file: "fuzz.yaml", embedded: []) }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func damagedGlossaries(seed: UInt64) {
    damage(Self.glossary, seed: seed) {
      Glossary.problems(in: $0, file: "fuzz.yaml", embedded: Self.glossary, playbooks: [])
    }
  }

  private func damage(_ files: [DataLayer.EmbeddedFile], seed: UInt64, problems: ([UInt8]) -> [DataProblem]) {
    var generator = SeededGenerator(seed: seed + 1)
    let snippets: [[UInt8]] = [
      "\n", "  ", ": ", "- ", "[", "]", "{", "}", "\"", "'", "&a", "*a", "<<: *a", "!!str", "#", "null", "{{", "}}",
      "{container.", "then: a", "(((", "\u{0}", "\t", "999999999999999999999", "now-9999999h", "steps: [",
    ].map { Array($0.utf8) }
    for _ in 0..<15 {
      guard let file = files.randomElement(using: &generator) else { return }
      var bytes = Array(file.text.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(position..<min(bytes.count, position + 30))
        default: bytes.insert(contentsOf: snippets.randomElement(using: &generator) ?? [], at: position)
        }
        if bytes.isEmpty { bytes = [0x20] }
      }
      for problem in problems(bytes) {
        #expect(problem.file == "fuzz.yaml", "seed \(seed)")
        #expect(!problem.message.unicodeScalars.contains { $0.value < 0x20 }, "seed \(seed)")
      }
    }
  }
}

/// A small generator whose numbers follow from its seed.
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
