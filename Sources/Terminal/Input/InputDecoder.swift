/// Makes input events of the bytes a terminal sends: UTF-8, control characters, the escape sequences of xterm, the Linux
/// console and their relatives, mouse reports, bracketed paste. It is a value fed with bytes in pieces of any length, so
/// it is tested without a terminal; bytes that mean nothing are dropped, and no input makes it keep more than a few
/// kilobytes.
public struct InputDecoder: Sendable {
  /// Sequences of this terminal that differ from the common ones, from its terminfo entry.
  private let extra: [[UInt8]: Key]
  private let longestExtra: Int
  private var pending: [UInt8] = []
  private var pasted: [UInt8]?

  /// A decoder that also knows `extra` sequences; these win over the common ones.
  public init(extra: [[UInt8]: Key] = [:]) {
    self.extra = extra
    longestExtra = extra.keys.map(\.count).max() ?? 0
  }

  /// Whether bytes are held back that may be a key of their own (escape) or the beginning of a sequence. When nothing
  /// follows within about 25 milliseconds, call `flush()`.
  public var isWaiting: Bool { !pending.isEmpty && pasted == nil }

  /// Takes bytes and gives the events that are complete.
  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [InputEvent] {
    pending += bytes
    return decode(final: false)
  }

  /// Takes what is held back as it is: a lone escape is the escape key.
  public mutating func flush() -> [InputEvent] { decode(final: true) }

  // MARK: - Decoding

  private enum Step {
    /// `length` bytes meant `event`, or nothing.
    case done(InputEvent?, length: Int)
    case pasteBegins(length: Int)
    case incomplete
  }

  private mutating func decode(final: Bool) -> [InputEvent] {
    var events: [InputEvent] = []
    var index = 0
    loop: while index < pending.count {
      if pasted != nil {
        index = takePaste(from: index, &events)
        if pasted != nil { break }
        continue
      }
      switch step(pending[index...], final: final) {
      case .done(let event, let length):
        if let event { events.append(event) }
        index += max(1, length)
      case .pasteBegins(let length):
        pasted = []
        index += length
      case .incomplete: break loop
      }
    }
    pending.removeFirst(min(index, pending.count))
    if let event = pasteSoFar() { events.append(event) }
    return events
  }

  private func step(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    if let known = knownSequence(bytes, final: final) { return known }
    guard let first = bytes.first else { return .incomplete }
    if first != 0x1b { return character(bytes, [], final: final) }
    guard bytes.count > 1 else { return final ? .done(.key(Key(.escape)), length: 1) : .incomplete }
    let rest = bytes.dropFirst()
    switch rest.first {
    case UInt8(ascii: "["): return controlSequence(bytes, final: final)
    case UInt8(ascii: "O"): return applicationKey(bytes, final: final)
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
      return answer(bytes, final: final)
    case 0x1b: return .done(.key(Key(.escape)), length: 1)
    default:
      guard case .done(let event, let length) = character(rest, .alt, final: final) else { return .incomplete }
      return .done(event, length: length + 1)
    }
  }

  /// A sequence of the terminfo entry, the longest that fits.
  private func knownSequence(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step? {
    if extra.isEmpty || bytes.first != 0x1b { return nil }
    for length in stride(from: min(longestExtra, bytes.count), to: 1, by: -1) {
      if let key = extra[Array(bytes.prefix(length))] { return .done(.key(key), length: length) }
    }
    return nil
  }

  /// A typed character or control character.
  private func character(_ bytes: ArraySlice<UInt8>, _ modifiers: Key.Modifiers, final: Bool) -> Step {
    guard let first = bytes.first else { return .incomplete }
    if first < 0x20 || first == 0x7f { return .done(.key(Self.controlKey(first, modifiers)), length: 1) }
    let length: Int
    switch first {
    case 0..<0x80: length = 1
    case 0xc2...0xdf: length = 2
    case 0xe0...0xef: length = 3
    case 0xf0...0xf4: length = 4
    default: length = 1
    }
    let available = bytes.prefix(length)
    let continued = available.dropFirst().prefix { $0 & 0xc0 == 0x80 }.count + 1
    if continued == bytes.count && continued < length && !final { return .incomplete }
    // Bytes that are no UTF-8 become U+FFFD, as everywhere.
    let text = String(decoding: available.prefix(continued), as: UTF8.self)
    return .done(text.first.map { .key(Key(.character($0), modifiers)) }, length: continued)
  }

  private static func controlKey(_ byte: UInt8, _ modifiers: Key.Modifiers) -> Key {
    switch byte {
    case 0x09: Key(.tab, modifiers)
    case 0x0a, 0x0d: Key(.enter, modifiers)
    case 0x08, 0x7f: Key(.backspace, modifiers)
    case 0x00: Key(.character(" "), modifiers.union(.control))
    case 0x1b: Key(.escape, modifiers)
    default: Key(.character(Character(Unicode.Scalar(byte | 0x40))), modifiers.union(.control))
    }
  }

  /// `ESC O letter`: cursor, keypad and function keys in application mode.
  private func applicationKey(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    guard let letter = bytes.dropFirst(2).first else {
      return final ? .done(.key(Key(.character("O"), .alt)), length: 2) : .incomplete
    }
    if let code = Self.letterKeys[letter] { return .done(.key(Key(code)), length: 3) }
    switch letter {
    case UInt8(ascii: "M"): return .done(.key(Key(.enter)), length: 3)
    case UInt8(ascii: "j")...UInt8(ascii: "y"):
      return .done(.key(Key(Character(Unicode.Scalar(letter - 0x40)))), length: 3)
    default: return .done(nil, length: 3)
    }
  }

  /// An answer to a question that somebody asked the terminal: dropped, so that it is not taken for typing.
  private func answer(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    let body = bytes.dropFirst(2)
    if body.isEmpty && final {
      guard case .done(let event, _) = character(bytes.dropFirst(), .alt, final: true) else { return .incomplete }
      return .done(event, length: 2)
    }
    for index in body.indices {
      if body[index] == 0x07 { return .done(nil, length: index + 1 - bytes.startIndex) }
      if index > body.startIndex && body[index] == 0x5c && body[index - 1] == 0x1b {
        return .done(nil, length: index + 1 - bytes.startIndex)
      }
    }
    return final || body.count > 4096 ? .done(nil, length: bytes.count) : .incomplete
  }

  // MARK: - Control sequences

  /// `ESC [ parameters letter`.
  private func controlSequence(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    let body = bytes.dropFirst(2)
    if body.isEmpty { return final ? .done(.key(Key(.character("["), .alt)), length: 2) : .incomplete }
    if body.first == UInt8(ascii: "[") {
      // The Linux console's F1 to F5: ESC [ [ A to E.
      guard let letter = body.dropFirst().first else { return final ? .done(nil, length: 3) : .incomplete }
      let number = Int(letter) - 0x40
      return .done((1...5).contains(number) ? .key(Key(.function(number))) : nil, length: 4)
    }
    if body.first == UInt8(ascii: "M") { return oldMouse(body.dropFirst(), final: final) }
    guard let end = body.firstIndex(where: { $0 < 0x20 || $0 > 0x3f }) else {
      return final || body.count > 64 ? .done(nil, length: bytes.count) : .incomplete
    }
    let length = end + 1 - bytes.startIndex
    // A sequence broken off by a control character or by something that no sequence contains.
    if body[end] < 0x40 || body[end] > 0x7e { return .done(nil, length: length - 1) }
    let marks = body[body.startIndex..<end]
    if marks.first == UInt8(ascii: "<") {
      return .done(mouse(Self.numbers(marks.dropFirst()), released: body[end] == UInt8(ascii: "m")), length: length)
    }
    if let first = marks.first, first > 0x3b { return .done(nil, length: length) }
    return sequence(body[end], Self.numbers(marks), length: length)
  }

  private func sequence(_ letter: UInt8, _ numbers: [Int], length: Int) -> Step {
    let first = numbers.first ?? 0
    let modifiers = Self.modifiers(numbers.count > 1 ? numbers[1] : 1)
    switch letter {
    case UInt8(ascii: "~"):
      if first == 200 { return .pasteBegins(length: length) }
      if first == 27, numbers.count == 3 { return .done(Self.codedKey(numbers[2], modifiers), length: length) }
      return .done(Self.numberedKeys[first].map { .key(Key($0, modifiers)) }, length: length)
    case UInt8(ascii: "u"): return .done(Self.codedKey(first, modifiers), length: length)
    case UInt8(ascii: "Z"): return .done(.key(Key(.tab, modifiers.union(.shift))), length: length)
    case UInt8(ascii: "I"): return .done(.focus(true), length: length)
    case UInt8(ascii: "O"): return .done(.focus(false), length: length)
    case UInt8(ascii: "a")...UInt8(ascii: "d"):
      return .done(Self.letterKeys[letter - 0x20].map { .key(Key($0, .shift)) }, length: length)
    default:
      // `ESC [ row ; column R` reports the cursor; F3 has 1 for its first number or none.
      guard first <= 1, let code = Self.letterKeys[letter] else { return .done(nil, length: length) }
      return .done(.key(Key(code, modifiers)), length: length)
    }
  }

  private static let letterKeys: [UInt8: Key.Code] = [
    UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
    UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end, UInt8(ascii: "P"): .function(1),
    UInt8(ascii: "Q"): .function(2), UInt8(ascii: "R"): .function(3), UInt8(ascii: "S"): .function(4),
  ]

  private static let numberedKeys: [Int: Key.Code] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
    11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5), 17: .function(6),
    18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10), 23: .function(11), 24: .function(12),
    25: .function(13), 26: .function(14), 28: .function(15), 29: .function(16), 31: .function(17),
    32: .function(18), 33: .function(19), 34: .function(20),
  ]

  /// A key given by its code point, as terminals send keys that have no sequence of their own.
  private static func codedKey(_ code: Int, _ modifiers: Key.Modifiers) -> InputEvent? {
    guard let value = UInt32(exactly: code), let scalar = Unicode.Scalar(value) else { return nil }
    if value < 0x20 || value == 0x7f { return .key(controlKey(UInt8(value), modifiers)) }
    return .key(Key(.character(Character(scalar)), modifiers))
  }

  private static func modifiers(_ number: Int) -> Key.Modifiers {
    let bits = max(0, number - 1)
    var modifiers: Key.Modifiers = []
    if bits & 1 != 0 { modifiers.insert(.shift) }
    if bits & 10 != 0 { modifiers.insert(.alt) }
    if bits & 4 != 0 { modifiers.insert(.control) }
    return modifiers
  }

  private static func numbers(_ marks: ArraySlice<UInt8>) -> [Int] {
    marks.split(separator: UInt8(ascii: ";"), maxSplits: 8, omittingEmptySubsequences: false).map { part in
      part.reduce(0) { sum, byte in
        (0x30...0x39).contains(byte) ? min(sum * 10 + Int(byte - 0x30), 0xff_ffff) : sum
      }
    }
  }

  // MARK: - Mouse

  private func mouse(_ numbers: [Int], released: Bool) -> InputEvent? {
    guard numbers.count == 3 else { return nil }
    let code = numbers[0]
    var modifiers: Key.Modifiers = []
    if code & 4 != 0 { modifiers.insert(.shift) }
    if code & 8 != 0 { modifiers.insert(.alt) }
    if code & 16 != 0 { modifiers.insert(.control) }
    let position = Position(row: max(0, numbers[2] - 1), column: max(0, numbers[1] - 1))
    if code & 64 != 0 {
      let kinds: [Mouse.Kind] = [.wheelUp, .wheelDown, .wheelLeft, .wheelRight]
      return released ? nil : .mouse(Mouse(kinds[code & 3], at: position, modifiers))
    }
    let buttons: [Mouse.Button] = [.left, .middle, .right, .none]
    let button = buttons[code & 3]
    if code & 32 != 0 { return .mouse(Mouse(.drag, button, at: position, modifiers)) }
    return .mouse(Mouse(released || button == .none ? .release : .press, button, at: position, modifiers))
  }

  /// `ESC [ M` and three bytes: the report of terminals that do not know the newer form.
  private func oldMouse(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    guard bytes.count >= 3 else { return final ? .done(nil, length: 3 + bytes.count) : .incomplete }
    let numbers = bytes.prefix(3).map { Int($0) - 32 }
    let shifted = [numbers[0], numbers[1], numbers[2]]
    return .done(shifted[0] < 0 ? nil : mouse(shifted, released: false), length: 6)
  }

  // MARK: - Paste

  private static let pasteEnd = Array("\u{1b}[201~".utf8)

  /// Moves pasted bytes out of the pending ones, as far as it is certain that they are not the end mark; ends the paste
  /// at the mark. Gives the index behind what was taken.
  private mutating func takePaste(from start: Int, _ events: inout [InputEvent]) -> Int {
    let mark = Self.pasteEnd
    var index = start
    while index < pending.count {
      guard let escape = pending[index...].firstIndex(of: 0x1b) else {
        pasted? += pending[index...]
        return pending.count
      }
      pasted? += pending[index..<escape]
      let rest = pending[escape...].prefix(mark.count)
      if rest.elementsEqual(mark) {
        if let text = pasted, !text.isEmpty { events.append(.paste(String(decoding: text, as: UTF8.self))) }
        pasted = nil
        return escape + mark.count
      }
      if mark.starts(with: rest) { return escape }
      pasted?.append(0x1b)
      index = escape + 1
    }
    return index
  }

  /// What has been pasted so far, up to the last whole character: a paste whose end never comes must not swallow what is
  /// typed after it, nor a huge one fill the memory.
  private mutating func pasteSoFar() -> InputEvent? {
    guard let bytes = pasted, !bytes.isEmpty else { return nil }
    var whole = bytes.count
    for back in 1...min(3, bytes.count) where bytes[bytes.count - back] >= 0xc0 {
      let lead = bytes[bytes.count - back]
      let needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
      if back < needed { whole = bytes.count - back }
      break
    }
    pasted = Array(bytes[whole...])
    return whole == 0 ? nil : .paste(String(decoding: bytes[..<whole], as: UTF8.self))
  }
}
