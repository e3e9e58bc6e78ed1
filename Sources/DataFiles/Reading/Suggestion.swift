/// Finds the word that was probably meant.
public enum Suggestion {
  /// The closest of `candidates` to `word`, if any is close enough to be a slip: at most one edit for short words, two
  /// from five letters, three from nine. An edit is a letter added, dropped, changed or swapped with its neighbour;
  /// case does not count. The first of equally close ones wins.
  public static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
    let typed = Array(word.lowercased().unicodeScalars.prefix(65))
    guard !typed.isEmpty, typed.count <= 64 else { return nil }
    let allowed = typed.count < 5 ? 1 : typed.count < 9 ? 2 : 3
    var best: (word: String, distance: Int)?
    for candidate in candidates {
      let letters = Array(candidate.lowercased().unicodeScalars.prefix(65))
      guard abs(letters.count - typed.count) <= allowed else { continue }
      let distance = editDistance(typed, letters)
      if distance <= allowed, distance < typed.count, distance < best?.distance ?? .max {
        best = (candidate, distance)
      }
    }
    return best?.word
  }

  /// `; did you mean "color"?`, or nothing when no candidate is close.
  public static func phrase(for word: String, among candidates: some Sequence<String>) -> String {
    closest(to: word, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// Optimal string alignment: three rows of the usual table, so that a swap of neighbours counts once.
  private static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for (column, other) in right.enumerated() {
        let change = previous[column] + (letter == other ? 0 : 1)
        var least = min(change, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          least = min(least, beforePrevious[column - 1] + 1)
        }
        current.append(least)
      }
      beforePrevious = previous
      previous = current
    }
    return previous.last ?? 0
  }
}
