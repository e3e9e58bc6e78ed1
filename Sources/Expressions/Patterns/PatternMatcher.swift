/// Walks a text once and keeps the set of all instructions that may come next, as Thompson's construction does.
struct PatternMatcher {
  private let program: [PatternInstruction]
  /// The step in which an instruction was last added, so that it is added once.
  private var addedAt: [Int]
  private var pending: [Int] = []
  private var step = 0
  private var hasMatched = false

  init(_ program: [PatternInstruction]) {
    self.program = program
    addedAt = [Int](repeating: -1, count: program.count)
  }

  mutating func matches(_ text: String) -> Bool {
    var current: [Int] = []
    var next: [Int] = []
    var before: UInt32?
    var iterator = text.unicodeScalars.makeIterator()
    var scalar = iterator.next()?.value
    step = 0
    while true {
      // `current` holds what the characters so far allow; a match may begin at every place.
      follow(0, before: before, after: scalar, into: &current)
      if hasMatched { return true }
      guard let value = scalar else { return false }
      let following = iterator.next()?.value
      step += 1
      for index in current {
        if case .set(let set) = program[index], set.contains(value) {
          follow(index + 1, before: value, after: following, into: &next)
          if hasMatched { return true }
        }
      }
      swap(&current, &next)
      next.removeAll(keepingCapacity: true)
      before = value
      scalar = following
    }
  }

  /// Adds every consuming instruction that can be reached from `start` without consuming.
  private mutating func follow(_ start: Int, before: UInt32?, after: UInt32?, into list: inout [Int]) {
    pending.append(start)
    while let index = pending.popLast() {
      guard addedAt[index] != step else { continue }
      addedAt[index] = step
      switch program[index] {
      case .match: hasMatched = true
      case .set: list.append(index)
      case .jump(let target): pending.append(target)
      case .fork(let first, let second):
        pending.append(second)
        pending.append(first)
      case .assert(let assertion):
        if Self.holds(assertion, before: before, after: after) { pending.append(index + 1) }
      }
    }
  }

  private static func holds(_ assertion: PatternAssertion, before: UInt32?, after: UInt32?) -> Bool {
    switch assertion {
    case .start: before == nil
    case .end: after == nil
    case .wordBoundary: isWord(before) != isWord(after)
    case .noWordBoundary: isWord(before) == isWord(after)
    }
  }

  private static func isWord(_ value: UInt32?) -> Bool {
    guard let value else { return false }
    return (0x30...0x39).contains(value) || (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value)
      || value == 0x5F
  }
}
