/// `text` with everything that could steer a terminal or mislead the eye made visible: control characters as `^[` or
/// `^?`, C1 controls, direction overrides, line separators, zero-width and unassigned characters as `<U+202E>`, tabs as
/// spaces up to the next multiple of 8 columns. Text from the cluster, from files and from the terminal is hostile
/// until it has been through here; `Grid.put` does it by itself.
/// - Parameter column: the column at which the text starts, for tabs.
public func printable(_ text: String, column: Int = 0) -> String {
  if isPlain(text) { return text }
  var result = ""
  result.reserveCapacity(text.utf8.count + 16)
  walkPrintable(text, column: column) { piece, _ in
    switch piece {
    case .scalar(let scalar): result.unicodeScalars.append(scalar)
    case .cluster(let cluster): result += cluster
    }
    return true
  }
  return result
}

/// A character that is safe to draw.
enum PrintablePiece {
  case scalar(Unicode.Scalar)
  case cluster(String)
}

/// More combining marks than any language stacks; what is beyond them only overflows onto the lines around.
private let mostScalarsOfCluster = 24

/// Calls `body` with every printable character of `text` and its width (1 or 2) until it returns false.
func walkPrintable(_ text: String, column start: Int = 0, _ body: (PrintablePiece, Int) -> Bool) {
  var column = start
  let utf8 = text.utf8
  var index = utf8.startIndex
  let end = utf8.endIndex

  func emit(_ ascii: String) -> Bool {
    for scalar in ascii.unicodeScalars {
      column += 1
      if !body(.scalar(scalar), 1) { return false }
    }
    return true
  }

  while index < end {
    let byte = utf8[index]
    let next = utf8.index(after: index)
    if byte < 0x20 || byte == 0x7F {
      // Controls never join with what follows, so no look ahead is needed.
      if !emit(byte == 0x09 ? String(repeating: " ", count: 8 - column & 7) : caret(byte)) { return }
      index = next
    } else if byte < 0x80 && (next == end || utf8[next] < 0x80) {
      column += 1
      if !body(.scalar(Unicode.Scalar(byte)), 1) { return }
      index = next
    } else {
      let after = text.index(after: index)
      let scalars = text[index..<after].unicodeScalars
      guard let first = scalars.first else { return }
      let second = scalars.index(after: scalars.startIndex)
      if second == scalars.endIndex {
        if standsAlone(first) {
          let width = scalarWidth(first)
          column += width
          if !body(.scalar(first), width) { return }
        } else if !emit(codePoint(first)) {
          return
        }
      } else {
        let (cluster, rest) = safe(scalars)
        if let base = cluster.first {
          let width = clusterWidth(cluster)
          column += width
          let piece: PrintablePiece = cluster.count == 1 ? .scalar(base) : .cluster(String(cluster))
          if !body(piece, width) { return }
        }
        if !emit(rest) { return }
      }
      index = after
    }
  }
}

private func isPlain(_ text: String) -> Bool {
  text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
}

private func caret(_ byte: UInt8) -> String {
  "^" + String(Unicode.Scalar(byte ^ 0x40))
}

private func codePoint(_ scalar: Unicode.Scalar) -> String {
  let digits = String(scalar.value, radix: 16, uppercase: true)
  return "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
}

/// Whether a scalar may be drawn as itself with nothing before it to combine with.
private func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
  let value = scalar.value
  if value < 0x300 { return value >= 0x20 && value < 0x7F || value >= 0xA0 && value != 0xAD }
  if value >= 0x2500 && value < 0x2600 || value >= 0x3400 && value < 0xA000 { return true }
  if value >= 0xAC00 && value <= 0xD7A3 { return true }
  return isVisible(scalar) && scalarWidth(scalar) > 0
}

/// Whether a scalar shows anything by itself or as a mark: no control, no format character, not unassigned.
private func isVisible(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
  default: !scalar.properties.isDefaultIgnorableCodePoint
  }
}

/// The part of a character of several scalars that may be drawn, and what has to be spelled out behind it.
private func safe(_ scalars: Substring.UnicodeScalarView) -> (String.UnicodeScalarView, String) {
  var kept = String.UnicodeScalarView()
  var rest = ""
  var dropped = 0
  var index = scalars.startIndex
  while index < scalars.endIndex {
    let scalar = scalars[index]
    index = scalars.index(after: index)
    let following = index < scalars.endIndex ? scalars[index] : nil
    let allowed =
      kept.isEmpty
      ? standsAlone(scalar)
      : isVisible(scalar) || isUsefulFormat(scalar, in: kept, before: following)
    if !allowed {
      rest += codePoint(scalar)
    } else if kept.count >= mostScalarsOfCluster {
      dropped += 1
    } else {
      kept.append(scalar)
    }
  }
  if dropped > 0 { rest += "<+\(dropped)>" }
  return (kept, rest)
}

/// The invisible scalars that belong into a character: variation selectors after a base, the joiner between two emoji
/// or after an Indic virama, and the tags that make the flags of regions.
private func isUsefulFormat(
  _ scalar: Unicode.Scalar, in kept: String.UnicodeScalarView, before following: Unicode.Scalar?
) -> Bool {
  guard let last = kept.last, let first = kept.first else { return false }
  switch scalar.value {
  case 0xFE00...0xFE0F, 0xE0100...0xE01EF:
    return scalarWidth(last) > 0
  case 0x200D:
    if last.properties.canonicalCombiningClass == .virama { return true }
    guard let following else { return false }
    return first.properties.isEmoji && !first.isASCII && following.properties.isEmoji && !following.isASCII
  case 0xE0020...0xE007F:
    return first.value == 0x1F3F4
  default:
    return false
  }
}
