/// The order of keys in Go's YAML: numbers within names count by their value, letters come before other characters.
enum YAMLKeyOrder {
  static func precedes(_ left: String, _ right: String) -> Bool {
    let a = Array(left.unicodeScalars)
    let b = Array(right.unicodeScalars)
    var digits = false
    for index in 0..<min(a.count, b.count) {
      if a[index] == b[index] {
        digits = isDigit(a[index])
        continue
      }
      let isLetterA = a[index].properties.isAlphabetic
      let isLetterB = b[index].properties.isAlphabetic
      if isLetterA && isLetterB { return a[index].value < b[index].value }
      if isLetterA || isLetterB { return digits ? isLetterA : isLetterB }
      return precedesByNumber(a, b, at: index)
    }
    return a.count < b.count
  }

  private static func precedesByNumber(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], at index: Int) -> Bool {
    if a[index] == "0" || b[index] == "0" {
      var back = index - 1
      while back >= 0, isDigit(a[back]) {
        if a[back] != "0" {
          // Inside a number zeros count as any digit.
          return number(a, index) == number(b, index)
            ? a[index].value < b[index].value : number(a, index) < number(b, index)
        }
        back -= 1
      }
    }
    let x = number(a, index)
    let y = number(b, index)
    if x != y { return x < y }
    let lengthA = digitCount(a, index)
    let lengthB = digitCount(b, index)
    return lengthA != lengthB ? lengthA < lengthB : a[index].value < b[index].value
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func digitCount(_ text: [Unicode.Scalar], _ index: Int) -> Int {
    text[index...].prefix(while: isDigit).count
  }

  private static func number(_ text: [Unicode.Scalar], _ index: Int) -> UInt64 {
    text[index...].prefix(while: isDigit).reduce(0) { $0 &* 10 &+ UInt64($1.value - 48) }
  }
}
