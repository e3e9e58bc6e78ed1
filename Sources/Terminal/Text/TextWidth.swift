/// The columns that `text` takes once it has been made safe (see `printable(_:)`): wide East Asian characters and emoji
/// take 2, combining marks belong to the character before them, everything else takes 1. Characters of ambiguous width
/// take 1, as in every locale that Kubernetes names occur in.
public func textWidth(_ text: String) -> Int {
  var columns = 0
  walkPrintable(text) { _, width in
    columns += width
    return true
  }
  return columns
}

/// The columns of one scalar by itself: 0 for marks that combine with the character before, otherwise 1 or 2.
func scalarWidth(_ scalar: Unicode.Scalar) -> Int {
  let value = scalar.value
  // What logs and our own screens are made of: Latin, box lines and CJK, without a look at any table.
  if value < 0x300 { return 1 }
  if value >= 0x2500 && value < 0x25FD { return 1 }
  if value >= 0x4E00 && value <= 0x9FFF { return 2 }
  if value >= 0xAC00 && value <= 0xD7A3 { return 2 }
  // Vowels and trailing consonants of Korean syllables written in parts: they join the leading consonant.
  if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FB).contains(value) { return 0 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: return isWide(value) ? 2 : 1
  }
}

/// The columns of a user-perceived character of several scalars. Terminals add up the widths of its parts or draw one
/// emoji of two columns; more than two is never right.
func clusterWidth(_ scalars: String.UnicodeScalarView) -> Int {
  var sum = 0
  for scalar in scalars {
    // The emoji selector asks for the coloured picture, which is two columns wide even where the plain sign is not.
    if scalar.value == 0xFE0F { return 2 }
    sum += scalarWidth(scalar)
    if sum >= 2 { return 2 }
  }
  return max(1, sum)
}

private func isWide(_ value: UInt32) -> Bool {
  if value < 0x1100 { return false }
  var low = 0
  var high = wideRanges.count
  while low < high {
    let middle = (low + high) / 2
    if wideRanges[middle].last < value { low = middle + 1 } else { high = middle }
  }
  return low < wideRanges.count && wideRanges[low].first <= value
}
