import Kube

extension Evaluator {
  /// Calls a function; what is not set has size 0, starts with nothing and has no age.
  mutating func call(_ function: Function, _ arguments: [Node]) throws(Unknown) -> FieldValue {
    let subject = try value(of: arguments[0])
    let argument: FieldValue = arguments.count > 1 ? try value(of: arguments[1]) : .null
    switch function {
    case .size: return .int(try size(subject))
    case .first: return try elements(of: subject).first ?? .null
    case .last: return try elements(of: subject).last ?? .null
    case .startsWith: return .bool(try compareTexts(function, subject, argument) { $0.starts(with: $1) })
    case .endsWith:
      return .bool(try compareTexts(function, subject, argument) { $0.reversed().starts(with: $1.reversed()) })
    case .contains: return .bool(try contains(subject, argument))
    case .lowerAscii: return try recased(function, subject) { $0 >= 0x41 && $0 <= 0x5A ? $0 + 32 : $0 }
    case .upperAscii: return try recased(function, subject) { $0 >= 0x61 && $0 <= 0x7A ? $0 - 32 : $0 }
    case .join: return .string(try joined(subject, argument))
    case .age:
      switch subject {
      case .null: return .null
      case .timestamp(let time):
        return try Operators.calculate(.minus, .timestamp(now), .timestamp(time))
      default: throw Unknown("age needs a time, found \(subject.kindName)")
      }
    case .string: return .string(subject.text)
    case .int: return try int(subject)
    case .double: return try double(subject)
    case .duration:
      if case .duration = subject { return subject }
      return try parsed(subject, "duration") { DurationText.parse($0).map { .duration($0) } }
    case .quantity:
      if case .quantity = subject { return subject }
      if case .int(let value) = subject { return .quantity(Quantity(String(value))) }
      return try parsed(subject, "quantity") { Quantity($0).nanos == nil ? nil : .quantity(Quantity($0)) }
    case .timestamp:
      if case .timestamp = subject { return subject }
      return try parsed(subject, "time") { Timestamp($0).map { .timestamp($0) } }
    }
  }

  private func size(_ value: FieldValue) throws(Unknown) -> Int {
    switch value {
    case .null: return 0
    case .string(let text): return text.unicodeScalars.count
    case .list(let values): return values.count
    case .map(let map): return map.count
    default: throw Unknown("\(value.kindName) has no size")
    }
  }

  private mutating func compareTexts(
    _ function: Function, _ text: FieldValue, _ part: FieldValue,
    _ holds: (Substring.UTF8View, Substring.UTF8View) -> Bool
  ) throws(Unknown) -> Bool {
    switch (text, part) {
    case (.null, _), (_, .null): return false
    case (.string(let text), .string(let part)): return holds(text[...].utf8, part[...].utf8)
    default: throw Unknown("\(function.rawValue) needs texts, found \(text.kindName) and \(part.kindName)")
    }
  }

  private mutating func contains(_ container: FieldValue, _ part: FieldValue) throws(Unknown) -> Bool {
    switch (container, part) {
    case (.null, _), (_, .null): return false
    case (.list(let values), _):
      for value in values where try equal(value, part) { return true }
      return false
    case (.string(let text), .string(let part)):
      // The naive search below costs their product at worst.
      try spend(text.utf8.count * part.utf8.count / 1000)
      return text.holds(part)
    default: throw Unknown("contains needs texts, found \(container.kindName) and \(part.kindName)")
    }
  }

  private func recased(
    _ function: Function, _ value: FieldValue, _ change: (UInt8) -> UInt8
  ) throws(Unknown) -> FieldValue {
    switch value {
    case .null: return .null
    case .string(let text): return .string(String(decoding: text.utf8.map(change), as: UTF8.self))
    default: throw Unknown("\(function.rawValue) needs a text, found \(value.kindName)")
    }
  }

  private mutating func joined(_ list: FieldValue, _ separator: FieldValue) throws(Unknown) -> String {
    var between = ","
    if case .string(let text) = separator { between = text }
    var result = ""
    for (index, element) in try elements(of: list).enumerated() {
      if index > 0 { result += between }
      result += element.text
      guard result.utf8.count <= 65_536 else { throw Unknown("the text is too long") }
    }
    return result
  }

  private func int(_ value: FieldValue) throws(Unknown) -> FieldValue {
    switch value {
    case .null, .int: return value
    case .double(let number):
      if let whole = Int(exactly: number.rounded(.towardZero)) { return .int(whole) }
      throw Unknown("the number is too large")
    case .quantity(let quantity):
      if let whole = quantity.value { return .int(whole) }
    case .duration(let length): return .int(Int(length.components.seconds))
    case .string(let text):
      if let whole = Int(text) { return .int(whole) }
    default: break
    }
    throw Unknown("\(value.quoted) is no whole number")
  }

  private func double(_ value: FieldValue) throws(Unknown) -> FieldValue {
    switch value {
    case .null, .double: return value
    case .int(let whole): return .double(Double(whole))
    case .quantity(let quantity):
      if let nanos = quantity.nanos { return .double(Double(nanos) / 1e9) }
    case .duration(let length): return .double(Double(Operators.nanoseconds(length)) / 1e9)
    case .string(let text):
      if let number = Double(text), number.isFinite { return .double(number) }
    default: break
    }
    throw Unknown("\(value.quoted) is no number")
  }

  private func parsed(
    _ value: FieldValue, _ what: String, _ parse: (String) -> FieldValue?
  ) throws(Unknown) -> FieldValue {
    switch value {
    case .null: return .null
    case .string(let text):
      if let result = parse(text) { return result }
    default: break
    }
    throw Unknown("\(value.quoted) is no \(what)")
  }
}

extension String {
  /// Whether the bytes of `part` stand in this text.
  fileprivate func holds(_ part: String) -> Bool {
    if part.isEmpty { return true }
    let needle = Array(part.utf8)
    let hay = Array(utf8)
    guard needle.count <= hay.count else { return false }
    for start in 0...(hay.count - needle.count) where hay[start] == needle[0] {
      var length = 1
      while length < needle.count, hay[start + length] == needle[length] { length += 1 }
      if length == needle.count { return true }
    }
    return false
  }
}
