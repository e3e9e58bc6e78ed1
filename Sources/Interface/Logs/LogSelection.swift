import Kube

/// Which lines of a log are shown while there is a filter: those that match, with some lines around each.
///
/// Lines are named by their number since the beginning. Looking at them may be spread over many calls, so that a key
/// is answered while a hundred thousand lines are being filtered.
struct LogSelection: Sendable {
  /// What lines must match.
  let filter: RowFilter
  /// Lines shown before and after each match.
  let contextLines: Int

  private var numbers: [Int] = []
  /// Where the kept ones begin in `numbers`: taking one away at the front must not move all others.
  private var first = 0
  /// The number of the first line that was not looked at yet.
  private(set) var next: Int
  private var lastMatch: Int?

  /// Nothing was looked at yet; the oldest line has the number `start`.
  init(_ filter: RowFilter, contextLines: Int, from start: Int) {
    self.filter = filter
    self.contextLines = contextLines
    next = start
  }

  /// How many lines are shown.
  var count: Int { numbers.count - first }

  /// The number of a shown line by its place, 0 being the first.
  subscript(place: Int) -> Int { numbers[first + place] }

  /// The place of a line or, where it is not shown, of the next one that is; `count` behind the last.
  func place(of number: Int) -> Int {
    var low = first
    var high = numbers.count
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low - first
  }

  /// Looks at one more line, which must have the number `next`.
  mutating func take(_ line: LogRow, oldest: Int) {
    let shownSoFar = count > 0 ? numbers[numbers.count - 1] : -1
    if filter.matches(cells: line.text.lowercased(), labels: [:]) {
      for number in max(oldest, next - contextLines)...next where number > shownSoFar { numbers.append(number) }
      lastMatch = next
    } else if let lastMatch, next <= lastMatch + contextLines {
      numbers.append(next)
    }
    next += 1
  }

  /// Forgets the lines before the oldest that is kept.
  mutating func forget(before oldest: Int) {
    next = max(next, oldest)
    while first < numbers.count, numbers[first] < oldest { first += 1 }
    if first > 4096, first > numbers.count / 2 {
      numbers.removeFirst(first)
      first = 0
    }
  }
}
