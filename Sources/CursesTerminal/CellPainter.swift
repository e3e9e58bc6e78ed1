import CNcurses
import Terminal

/// Puts cells on ncurses's screen.
struct CellPainter {
  /// The colours there are.
  let depth: ColorDepth
  /// Whether characters outside ASCII can be written.
  let isUTF8: Bool
  /// The looks of roles.
  var theme: Theme {
    didSet { looks = [:] }
  }
  private var looks: [Style: (attributes: attr_t, pair: Int32)] = [:]

  init(theme: Theme, depth: ColorDepth, isUTF8: Bool) {
    self.theme = theme
    self.depth = depth
    self.isUTF8 = isUTF8
  }

  /// Draws a cell so that ncurses, which counts with the C library, agrees with the grid about its columns: what the
  /// library takes for narrower is filled up with a blank, what it does not know is a question mark.
  mutating func draw(_ cell: Cell, row: Int, column: Int) {
    let look = look(of: cell.style)
    var used = 0
    var parts: [wchar_t] = []
    func flush(_ width: Int) {
      if parts.isEmpty { return }
      parts.append(0)
      pm_put(Int32(row), Int32(column + used), parts, look.attributes, look.pair)
      used += width
      parts = []
    }
    var partWidth = 0
    for scalar in cell.text.unicodeScalars {
      let writable = scalar.value < 0x80 || isUTF8
      let width = writable ? Int(pm_width(scalar.value)) : -1
      if width == 0 {
        // The joiner and the selectors only make a difference where the terminal and the library do not agree.
        if !parts.isEmpty && parts.count < 5 && scalar.properties.generalCategory != .format
          && !scalar.properties.isVariationSelector
        {
          parts.append(wchar_t(bitPattern: scalar.value))
        }
        continue
      }
      flush(partWidth)
      if used >= cell.width { break }
      let fits = width > 0 && used + width <= cell.width
      partWidth = fits ? width : 1
      parts = [fits ? wchar_t(bitPattern: scalar.value) : 0x3f]
    }
    flush(partWidth)
    while used < cell.width {
      parts = [0x20]
      flush(1)
    }
  }

  private mutating func look(of style: Style) -> (attributes: attr_t, pair: Int32) {
    if let known = looks[style] { return known }
    let appearance = theme.appearance(of: style, depth: depth)
    var attributes: attr_t = 0
    for (attribute, bits) in [
      (TextAttributes.bold, pm_bold()), (.faint, pm_dim()), (.underline, pm_underline()), (.reverse, pm_reverse()),
      (.italic, pm_italic()),
    ] where appearance.attributes.contains(attribute) {
      attributes |= bits
    }
    var pair: Int32 = 0
    if appearance.foreground != nil || appearance.background != nil {
      // Out of pairs means the terminal's own colours, which can always be read.
      pair = max(0, alloc_pair(color(appearance.foreground), color(appearance.background)))
    }
    let look = (attributes, pair)
    looks[style] = look
    return look
  }

  /// A palette index as ncurses wants it: terminals with direct colour take the value itself.
  private func color(_ index: UInt8?) -> Int32 {
    guard let index else { return -1 }
    guard pm_colors() >= 1 << 24, index > 7 else { return Int32(index) }
    let rgb = RGB(indexed: index)
    return Int32(rgb.red) << 16 | Int32(rgb.green) << 8 | Int32(rgb.blue)
  }
}
