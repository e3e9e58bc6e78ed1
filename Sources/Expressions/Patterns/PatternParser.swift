/// What a pattern is made of.
indirect enum PatternTree: Sendable {
  case set(ScalarSet)
  case assert(PatternAssertion)
  case sequence([PatternTree])
  case alternatives([PatternTree])
  case repetition(PatternTree, ClosedRange<Int>)
  case unbounded(PatternTree, from: Int)
}

/// Turns the text of a pattern into a tree.
struct PatternParser {
  /// Groups within each other.
  private static let deepest = 24
  /// `{n,m}` is written out, so that large numbers cost.
  private static let mostRepeats = 200

  private let scalars: [UnicodeScalar]
  private var position = 0
  private var depth = 0
  private var ignoresCase = false

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  mutating func program() throws(PatternProblem) -> [PatternInstruction] {
    if scalars.prefix(4).elementsEqual("(?i)".unicodeScalars) {
      ignoresCase = true
      position = 4
    }
    let tree = try alternatives()
    if position < scalars.count { throw PatternProblem(message: "a \")\" in the regular expression has no \"(\"") }
    var compiler = PatternCompiler()
    try compiler.add(tree)
    return compiler.program + [.match]
  }

  private var current: UnicodeScalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func take(_ scalar: UnicodeScalar) -> Bool {
    guard current == scalar else { return false }
    position += 1
    return true
  }

  private mutating func alternatives() throws(PatternProblem) -> PatternTree {
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .alternatives(branches)
  }

  private mutating func sequence() throws(PatternProblem) -> PatternTree {
    var parts: [PatternTree] = []
    while let scalar = current, scalar != "|", scalar != ")" { parts.append(try repeated(try atom())) }
    return .sequence(parts)
  }

  private mutating func repeated(_ tree: PatternTree) throws(PatternProblem) -> PatternTree {
    let result: PatternTree
    switch current {
    case "*": result = .unbounded(tree, from: 0)
    case "+": result = .unbounded(tree, from: 1)
    case "?": result = .repetition(tree, 0...1)
    case "{":
      guard let counted = try count(tree) else { return tree }
      result = counted
    default: return tree
    }
    position += 1
    // Whether a repetition is lazy does not change whether there is a match.
    _ = take("?")
    if let next = current, ["*", "+", "?"].contains(next) {
      throw PatternProblem(message: "\"\(next)\" in the regular expression has nothing to repeat")
    }
    return result
  }

  /// `{n}`, `{n,}` or `{n,m}` up to its closing brace; nil when it is none and the brace means itself.
  private mutating func count(_ tree: PatternTree) throws(PatternProblem) -> PatternTree? {
    guard let close = scalars[position...].firstIndex(of: "}") else { return nil }
    let bounds = scalars[(position + 1)..<close].split(separator: ",", omittingEmptySubsequences: false)
    let numbers = bounds.map { Int(String(String.UnicodeScalarView($0))) }
    guard let first = numbers.first, let least = first, least >= 0, numbers.count <= 2 else { return nil }
    let result: PatternTree
    var most = least
    if bounds.count == 2, bounds[1].isEmpty {
      result = .unbounded(tree, from: least)
    } else {
      if numbers.count == 2 {
        guard let second = numbers[1] else { return nil }
        most = second
      }
      guard least <= most else {
        throw PatternProblem(message: "{\(least),\(most)} in the regular expression is empty")
      }
      result = .repetition(tree, least...most)
    }
    guard most <= Self.mostRepeats else {
      throw PatternProblem(message: "a regular expression repeats at most \(Self.mostRepeats) times")
    }
    position = close
    return result
  }

  private mutating func atom() throws(PatternProblem) -> PatternTree {
    guard let scalar = current else { return .sequence([]) }
    position += 1
    switch scalar {
    case ".": return .set(Self.inverted([0x0A...0x0A]))
    case "^": return .assert(.start)
    case "$": return .assert(.end)
    case "[": return .set(try bracket())
    case "(": return try group()
    case "\\": return try escape()
    case "*", "+", "?":
      throw PatternProblem(message: "\"\(scalar)\" in the regular expression has nothing to repeat")
    default: return .set(folded(ScalarSet([scalar.value...scalar.value])))
    }
  }

  private mutating func group() throws(PatternProblem) -> PatternTree {
    if take("?") {
      guard take(":") else {
        throw PatternProblem(
          message: "the regular expression has a group (?…) that is not (?:…); look-around does not exist here")
      }
    }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw PatternProblem(message: "the regular expression is nested too deeply") }
    let tree = try alternatives()
    guard take(")") else { throw PatternProblem(message: "a \"(\" in the regular expression has no \")\"") }
    return tree
  }

  private mutating func escape() throws(PatternProblem) -> PatternTree {
    guard let scalar = current else { throw PatternProblem(message: "the regular expression ends in a backslash") }
    switch scalar {
    case "b", "B":
      position += 1
      return .assert(scalar == "b" ? .wordBoundary : .noWordBoundary)
    case "A", "z":
      position += 1
      return .assert(scalar == "A" ? .start : .end)
    default: return .set(folded(try escapedSet()))
    }
  }

  /// What follows a backslash, as a set.
  private mutating func escapedSet() throws(PatternProblem) -> ScalarSet {
    guard let scalar = current else { throw PatternProblem(message: "the regular expression ends in a backslash") }
    position += 1
    switch scalar {
    case "d": return ScalarSet(Self.digits)
    case "D": return Self.inverted(Self.digits)
    case "w": return ScalarSet(Self.words)
    case "W": return Self.inverted(Self.words)
    case "s": return ScalarSet(Self.spaces)
    case "S": return Self.inverted(Self.spaces)
    case "n": return ScalarSet([0x0A...0x0A])
    case "t": return ScalarSet([0x09...0x09])
    case "r": return ScalarSet([0x0D...0x0D])
    default: break
    }
    let isLetterOrDigit = scalar.isASCII && (scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value))
    guard !isLetterOrDigit else {
      throw PatternProblem(message: "\\\(scalar) means nothing in a regular expression here")
    }
    return ScalarSet([scalar.value...scalar.value])
  }

  private mutating func bracket() throws(PatternProblem) -> ScalarSet {
    var set = ScalarSet()
    let isInverted = take("^")
    var isFirst = true
    while let scalar = current, scalar != "]" || isFirst {
      isFirst = false
      position += 1
      var low = scalar.value
      if scalar == "\\" {
        let isClass = current.map { "dDwWsS".unicodeScalars.contains($0) } ?? false
        let escaped = current
        let escapedSet = try escapedSet()
        guard !isClass, let escaped else {
          set.formUnion(escapedSet)
          continue
        }
        low = escaped == "n" ? 0x0A : escaped == "t" ? 0x09 : escaped == "r" ? 0x0D : escaped.value
      }
      guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
        set.insert(low...low)
        continue
      }
      position += 1
      guard var high = current else { break }
      position += 1
      if high == "\\", let escaped = current {
        high = escaped
        position += 1
      }
      guard low <= high.value else { throw PatternProblem(message: "a range in the regular expression is empty") }
      set.insert(low...high.value)
    }
    guard take("]") else { throw PatternProblem(message: "a \"[\" in the regular expression has no \"]\"") }
    set = folded(set)
    if isInverted { set.invert() }
    return set
  }

  private func folded(_ set: ScalarSet) -> ScalarSet {
    guard ignoresCase else { return set }
    var set = set
    set.foldCase()
    return set
  }

  private static func inverted(_ ranges: [ClosedRange<UInt32>]) -> ScalarSet {
    var set = ScalarSet(ranges)
    set.invert()
    return set
  }

  private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
  private static let words: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
  private static let spaces: [ClosedRange<UInt32>] = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]
}

/// Writes a tree out as instructions.
struct PatternCompiler {
  /// Instructions of one pattern: what bounds the cost of each character of a text.
  private static let mostInstructions = 1_000

  private(set) var program: [PatternInstruction] = []
  /// Parts written out so far: repetitions of nothing within each other would take forever and add nothing.
  private var parts = 0

  mutating func add(_ tree: PatternTree) throws(PatternProblem) {
    parts += 1
    guard parts <= 10 * Self.mostInstructions else {
      throw PatternProblem(message: "the regular expression is too large")
    }
    switch tree {
    case .set(let set): try emit(.set(set))
    case .assert(let assertion): try emit(.assert(assertion))
    case .sequence(let parts): for part in parts { try add(part) }
    case .alternatives(let branches):
      var ends: [Int] = []
      for branch in branches.dropLast() {
        let fork = program.count
        try emit(.fork(fork + 1, 0))
        try add(branch)
        ends.append(program.count)
        try emit(.jump(0))
        program[fork] = .fork(fork + 1, program.count)
      }
      if let last = branches.last { try add(last) }
      for end in ends { program[end] = .jump(program.count) }
    case .repetition(let part, let counts):
      for _ in 0..<counts.lowerBound { try add(part) }
      var forks: [Int] = []
      for _ in counts.lowerBound..<counts.upperBound {
        forks.append(program.count)
        try emit(.fork(0, 0))
        try add(part)
      }
      for fork in forks { program[fork] = .fork(fork + 1, program.count) }
    case .unbounded(let part, let least):
      for _ in 0..<least { try add(part) }
      let fork = program.count
      try emit(.fork(0, 0))
      try add(part)
      try emit(.jump(fork))
      program[fork] = .fork(fork + 1, program.count)
    }
  }

  private mutating func emit(_ instruction: PatternInstruction) throws(PatternProblem) {
    guard program.count < Self.mostInstructions else {
      throw PatternProblem(message: "the regular expression is too large")
    }
    program.append(instruction)
  }
}
