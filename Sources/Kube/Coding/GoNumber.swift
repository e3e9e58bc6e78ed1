/// Fractions as Go writes them: the same shortest digits that Swift finds, with the point where Go puts it.
public enum GoNumber {
  /// As `encoding/json` writes them: with an exponent from 1e21 on and below 1e-6. What is no number becomes null.
  static func json(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    let number = Digits(value)
    return (-6..<21).contains(number.exponent) ? number.plain : number.scientific(digits: 1)
  }

  /// As `%v` and Go's YAML write them: with an exponent of two digits from 1e6 on and below 1e-4.
  public static func general(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
    let number = Digits(value)
    return (-4..<6).contains(number.exponent) ? number.plain : number.scientific(digits: 2)
  }
}

/// The shortest decimal digits that mean a number.
private struct Digits {
  let isNegative: Bool
  /// Without zeros at either end; "0" for zero.
  let digits: String
  /// The power of ten of the first digit.
  let exponent: Int

  init(_ value: Double) {
    let text = "\(value.magnitude)"
    isNegative = value.sign == .minus
    let parts = text.split(separator: "e")
    let mantissa = parts.first ?? "0"
    let point = mantissa.split(separator: ".", omittingEmptySubsequences: false).first?.count ?? 0
    let all = mantissa.filter { $0 != "." }
    let zeros = all.prefix { $0 == "0" }.count
    let significant = all.dropFirst(zeros)
    let ending = significant.reversed().prefix { $0 == "0" }.count
    digits = significant.isEmpty ? "0" : String(significant.dropLast(ending))
    exponent = significant.isEmpty ? 0 : (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + point - 1 - zeros
  }

  private var sign: String { isNegative ? "-" : "" }

  var plain: String {
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
    let whole = exponent + 1
    if digits.count <= whole { return sign + digits + String(repeating: "0", count: whole - digits.count) }
    return sign + digits.prefix(whole) + "." + digits.dropFirst(whole)
  }

  /// With an exponent of at least so many digits.
  func scientific(digits count: Int) -> String {
    let power = String(exponent.magnitude)
    let padded = String(repeating: "0", count: max(0, count - power.count)) + power
    let rest = digits.dropFirst()
    return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e" + (exponent < 0 ? "-" : "+") + padded
  }
}
