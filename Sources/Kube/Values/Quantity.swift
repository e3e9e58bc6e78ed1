/// An amount of a resource as Kubernetes writes it (`250m`, `1.5Gi`, `1e3`).
///
/// Source of the rules: apimachinery `pkg/api/resource/quantity.go`. The text is kept as it came, so that it is shown
/// as people wrote it; arithmetic uses exact billionths.
public struct Quantity: Sendable, CustomStringConvertible {
  /// The text as it came; may be nonsense when the object did not come from an API server.
  public let text: String

  /// An amount with the given text.
  public init(_ text: String) { self.text = text }

  /// An amount given in billionths, written in canonical decimal form.
  public init(nanos: Int128) {
    text = Self.decimalText(nanos)
  }

  /// Billionths, rounded away from zero as the API server rounds; nil when the text is no quantity. Clamped at ±2^63 whole units.
  public var nanos: Int128? { QuantityText.parse(text) }

  /// Whole units (bytes, cores, pieces), rounded away from zero; nil when the text is no quantity.
  public var value: Int? { nanos.map { Self.awayFromZero($0, 1_000_000_000) } }

  /// Thousandths, rounded away from zero and clamped to 64 bits; nil when the text is no quantity.
  public var milliValue: Int? { nanos.map { Self.awayFromZero($0, 1_000_000) } }

  /// The text as it came.
  public var description: String { text }

  private static func awayFromZero(_ nanos: Int128, _ unit: Int128) -> Int {
    let quotient = nanos / unit
    return Int(clamping: nanos % unit == 0 ? quotient : quotient + nanos.signum())
  }

  private static func decimalText(_ nanos: Int128) -> String {
    if nanos == 0 { return "0" }
    let steps: [(Int128, String)] = [
      (1_000_000_000_000_000_000_000_000_000, "E"), (1_000_000_000_000_000_000_000_000, "P"),
      (1_000_000_000_000_000_000_000, "T"), (1_000_000_000_000_000_000, "G"), (1_000_000_000_000_000, "M"),
      (1_000_000_000_000, "k"), (1_000_000_000, ""), (1_000_000, "m"), (1_000, "u"), (1, "n"),
    ]
    for (size, suffix) in steps where nanos % size == 0 { return "\(nanos / size)\(suffix)" }
    return "\(nanos)n"
  }
}

extension Quantity: Hashable, Comparable {
  /// Equal when the amounts are equal (`1` and `1000m`); two texts that are no quantities when the texts are.
  public static func == (left: Self, right: Self) -> Bool {
    left.text == right.text || (left.nanos.map { $0 == right.nanos } ?? false)
  }

  /// Equal amounts hash alike.
  public func hash(into hasher: inout Hasher) { hasher.combine(nanos) }

  /// Smaller amounts are less; what is no quantity is less than everything.
  public static func < (left: Self, right: Self) -> Bool { (left.nanos ?? .min) < (right.nanos ?? .min) }
}

extension Quantity {
  init(protobuf reader: inout ProtobufReader) {
    var text = ""
    reader.message { message in
      while let field = message.nextField() {
        if field == 1 { text = message.sharedString() } else { message.skip() }
      }
    }
    self.init(text)
  }

  init(json reader: inout JSONReader) throws(DecodingFailure) {
    self.init(try reader.peek() == .number ? reader.numberText() : reader.sharedString())
  }
}

/// The grammar of quantities: sign, digits with an optional point, and one of three kinds of suffix.
private enum QuantityText {
  /// Largest magnitude that a quantity holds, in billionths.
  private static let limit = Int128(Int64.max) * 1_000_000_000

  static func parse(_ text: String) -> Int128? {
    var text = text
    return text.withUTF8 { parse($0) }
  }

  private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Int128? {
    var position = 0
    var isNegative = false
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
      isNegative = bytes[position] == UInt8(ascii: "-")
      position += 1
    }
    var digits: [UInt8] = []
    var fractionDigits = 0
    var seenPoint = false
    while position < bytes.count {
      let byte = bytes[position]
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        digits.append(byte - UInt8(ascii: "0"))
        if seenPoint { fractionDigits += 1 }
      } else if byte == UInt8(ascii: "."), !seenPoint {
        seenPoint = true
      } else {
        break
      }
      position += 1
    }
    guard !digits.isEmpty, digits.count <= 64,
      let scale = suffix(UnsafeBufferPointer(rebasing: bytes[position...]))
    else { return nil }
    let magnitude = scaled(digits, decimals: scale.decimalExponent - fractionDigits + 9, shift: scale.binaryExponent)
    return isNegative ? -magnitude : magnitude
  }

  private static func suffix(_ bytes: UnsafeBufferPointer<UInt8>) -> (decimalExponent: Int, binaryExponent: Int)? {
    switch String(decoding: bytes, as: UTF8.self) {
    case "": (0, 0)
    case "n": (-9, 0)
    case "u": (-6, 0)
    case "m": (-3, 0)
    case "k": (3, 0)
    case "M": (6, 0)
    case "G": (9, 0)
    case "T": (12, 0)
    case "P": (15, 0)
    case "E": (18, 0)
    case "Ki": (0, 10)
    case "Mi": (0, 20)
    case "Gi": (0, 30)
    case "Ti": (0, 40)
    case "Pi": (0, 50)
    case "Ei": (0, 60)
    case let text where text.first == "e" || text.first == "E":
      Int(text.dropFirst()).flatMap { (-40...40).contains($0) ? ($0, 0) : nil }
    default: nil
    }
  }

  /// digits x 10^decimals x 2^shift, rounded up, at most `limit`.
  private static func scaled(_ digits: [UInt8], decimals: Int, shift: Int) -> Int128 {
    var value: Int128 = 0
    var dropped = false
    // Dividing last keeps `1.5Gi` exact; nine digits more than are kept are enough for that.
    var toDrop = max(0, -decimals)
    var significant = digits
    let droppedLast = shift == 0 ? 0 : 9
    while toDrop > droppedLast, !significant.isEmpty {
      if significant.removeLast() != 0 { dropped = true }
      toDrop -= 1
    }
    for digit in significant {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int128(digit))
      if overflow || carry { return limit }
      value = sum
    }
    for _ in 0..<max(0, decimals) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return limit }
      value = product
    }
    if shift > 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: Int128(1) << Int128(shift))
      if overflow { return limit }
      value = product
      for _ in 0..<toDrop {
        if value % 10 != 0 { dropped = true }
        value /= 10
      }
    }
    return value >= limit ? limit : value + (dropped ? 1 : 0)
  }
}
