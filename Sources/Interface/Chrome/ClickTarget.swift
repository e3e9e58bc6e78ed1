import Terminal

/// What a click on a place outside the rows does.
enum ClickTarget: Equatable {
  /// The same as pressing the key.
  case key(Key)
  /// Goes back to the page with this place in the breadcrumb.
  case page(Int)
  /// The same as typing it behind `:`.
  case command(String)
  /// Sorts by a column; again: the other way.
  case sort(String)
  /// Shows a step of the playbook.
  case step(Int)
  /// Takes an entry of the palette.
  case paletteEntry(Int)
}

extension Interface {
  /// Says that a part of the frame being drawn answers to clicks; what is drawn later lies on top.
  func offer(_ target: ClickTarget, at area: Rect) {
    guard !area.isEmpty else { return }
    clickTargets.append((area, target))
  }

  /// Draws spans one after the other, some of which answer to clicks, within a width.
  func put(
    _ parts: [(span: Span, target: ClickTarget?)], row: Int, column: Int, width: Int, into grid: inout Grid
  ) {
    grid.put(parts.map(\.span), row: row, column: column, width: width, ellipsis: glyphs.ellipsis)
    var start = 0
    for part in parts {
      let end = start + textWidth(part.span.text)
      if let target = part.target {
        offer(target, at: Rect(row: row, column: column + start, rows: 1, columns: max(0, min(end, width) - start)))
      }
      start = end
    }
  }

  /// Does what a click at a place of the last frame means; nil when nothing there answers to clicks.
  func click(at position: Position) -> [Effect]? {
    guard let target = clickTargets.last(where: { $0.area.contains(position) })?.target else { return nil }
    clicked = nil
    switch target {
    case .key(let key): return handle(.key(key))
    case .command(let command):
      prompt = nil
      return open(command)
    case .page(let place):
      var effects: [Effect] = []
      while pages.count > place + 1 { effects += pop() }
      return effects
    case .sort(let column):
      guard let table = page?.table else { return [] }
      table.pin()
      sort(table, by: column)
      table.update(now: clock())
      return []
    case .step(let place):
      page?.playbook?.guided?.move { $0.move(to: place) }
      return []
    case .paletteEntry(let place):
      palette?.window.move(to: place)
      return paletteKey(Key(.enter))
    }
  }
}
