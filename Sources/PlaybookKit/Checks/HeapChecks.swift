import Kube

/// Checks of what programs are told about memory.
let heapChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "heap-fits",
    "whether the heap that a line tells a program to use (-Xmx, MaxRAMPercentage, --max-old-space-size), found "
      + "by an earlier step, leaves room below the container's memory limit: problem when it is as large as the limit or "
      + "larger, warning when it leaves less than the program needs beside it (a fifth for a JVM, a tenth for others), "
      + "ok otherwise, not-applicable without a line or a limit",
    kinds: ["Pod"], parameters: [.init("step", .step, isRequired: true, "the step that has read the line")]
  ) { facts, arguments in
    guard let line = facts.lines[arguments.text("step") ?? ""] else {
      return Judgement(.notApplicable, "no heap setting was found: what is not set follows the limit, or has none")
    }
    guard let limit = facts.container?.memoryLimit, let bytes = limit.nanos, bytes > 0 else {
      return Judgement(.notApplicable, "there is no limit to compare with")
    }
    guard let setting = HeapSetting(in: line, limit: bytes) else {
      return Judgement(Doubt(.failed, "the line names no size that podmedic can read: \(line)"))
    }
    let percent = Int(min(setting.nanos, bytes * 100) * 100 / bytes)
    let words = "\(setting.text) is \(percent) % of the limit of \(limit.text)"
    if percent >= 100 { return Judgement(.problem, "\(words): the heap alone reaches it") }
    if percent > setting.mostPercent {
      return Judgement(.warning, "\(words), which leaves too little for what is not heap (threads, code, buffers)")
    }
    return Judgement(.ok, words)
  }
]

/// How large a program may let its heap grow, as its command line or environment says.
struct HeapSetting: Equatable {
  /// The words that say it, such as `-Xmx1g`.
  let text: String
  /// Bytes, in thousand millionths as quantities have them.
  let nanos: Int128
  /// How much of a limit it may take.
  let mostPercent: Int

  /// Finds the last such setting in a line, since that is the one that holds; nil when there is none that can be read.
  init?(in line: String, limit: Int128) {
    var found: HeapSetting?
    for word in line.split(whereSeparator: { " \t\"',;[]".contains($0) }) {
      found = Self(word: word, limit: limit) ?? found
    }
    guard let found else { return nil }
    self = found
  }

  private init(text: String, nanos: Int128, mostPercent: Int) {
    self.text = text
    self.nanos = nanos
    self.mostPercent = mostPercent
  }

  private init?(word: Substring, limit: Int128) {
    if let start = word.firstRange(of: "-Xmx"), let size = Self.size(word[start.upperBound...], unit: 1) {
      self.init(text: String(word[start.lowerBound...]), nanos: size, mostPercent: 80)
    } else if let start = word.firstRange(of: "MaxRAMPercentage="), let share = Double(word[start.upperBound...]),
      share > 0, share <= 100
    {
      self.init(text: String(word), nanos: limit * Int128(share * 100) / 10_000, mostPercent: 80)
    } else if let start = word.firstRange(of: "max-old-space-size=") ?? word.firstRange(of: "max_old_space_size="),
      let size = Self.size(word[start.upperBound...], unit: 1 << 20)
    {
      self.init(text: String(word), nanos: size, mostPercent: 90)
    } else {
      return nil
    }
  }

  /// A size in a unit, or with a letter of its own (`512m`, `2G`, `800MiB`); nil when it is none or beyond all machines.
  private static func size(_ text: Substring, unit: Int128) -> Int128? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, digits.count < 16, let number = Int128(digits) else { return nil }
    let factor: Int128
    switch text.dropFirst(digits.count).lowercased() {
    case "": factor = unit
    case "b": factor = 1
    case "k", "kib": factor = 1 << 10
    case "m", "mib": factor = 1 << 20
    case "g", "gib": factor = 1 << 30
    case "t", "tib": factor = 1 << 40
    default: return nil
    }
    return number * factor * 1_000_000_000
  }
}
