import Kube

/// What the text of a parameter must be.
public enum RemedyParameterType: Sendable, Equatable {
  /// Any text of one line that is not empty.
  case text
  /// A quantity such as `512Mi` or `250m`, above zero.
  case quantity
  /// A quantity, or `none` to take the value away.
  case quantityOrNone
  /// A whole number, 0 or more.
  case count
  /// A whole number, 0 or more, or a share such as `25%`.
  case countOrPercent
  /// A port: 1 to 65535, or the name of one.
  case port
  /// Labels such as `app=web,tier=front`.
  case labels
  /// One of these words.
  case choice([String])

  /// What the text must be and is not; nil when it can be used.
  func complaint(about text: String) -> String? {
    let line = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } && text.utf8.count <= 4096 && !text.isEmpty
    switch self {
    case .text: return line ? nil : "a text of one line"
    case .quantity: return isAmount(text) ? nil : "a quantity above zero such as 512Mi or 250m"
    case .quantityOrNone:
      return text == "none" || isAmount(text) ? nil : "a quantity above zero such as 512Mi or 250m, or none"
    case .count: return isCount(Substring(text)) ? nil : "a whole number, 0 or more"
    case .countOrPercent:
      let digits = text.hasSuffix("%") ? text.dropLast() : Substring(text)
      return isCount(digits) ? nil : "a whole number, 0 or more, or a share such as 25%"
    case .port:
      if let number = Int(text) { return (1...65535).contains(number) ? nil : "a port between 1 and 65535, or a name" }
      return line && text.utf8.count <= 15 ? nil : "a port between 1 and 65535, or a name"
    case .labels: return Self.labels(text) == nil ? "labels such as app=web,tier=front" : nil
    case .choice(let words): return words.contains(text) ? nil : words.joined(separator: " or ")
    }
  }

  private func isAmount(_ text: String) -> Bool { Quantity(text).nanos.map { $0 > 0 } ?? false }

  private func isCount(_ text: Substring) -> Bool { Int32(text).map { $0 >= 0 && text.first != "+" } ?? false }

  /// The labels that a text such as `app=web,tier=front` has, in its order; nil when it is something else.
  static func labels(_ text: String) -> [(key: String, value: String)]? {
    var labels: [(key: String, value: String)] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, isLabelText(sides[0]), isLabelText(sides[1]),
        !labels.contains(where: { $0.key == sides[0] })
      else { return nil }
      labels.append((String(sides[0]), String(sides[1])))
    }
    return labels
  }

  private static func isLabelText(_ text: Substring) -> Bool {
    text.utf8.count <= 317
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_./".utf8.contains(byte)
      }
  }
}

extension RemedyParameterType: CustomStringConvertible {
  /// One word or two for lists of parameters.
  public var description: String {
    switch self {
    case .text: "text"
    case .quantity: "quantity"
    case .quantityOrNone: "quantity|none"
    case .count: "number"
    case .countOrPercent: "number|percent"
    case .port: "port"
    case .labels: "labels"
    case .choice(let words): words.joined(separator: "|")
    }
  }
}
