import ClusterState
import Kube
import Terminal

extension Interface {
  /// Draws everything for a screen of the given size; the cursor stands on what has the focus.
  public func draw(_ size: Size) -> (grid: Grid, cursor: Position?) {
    self.size = size
    clickTargets = []
    var grid = Grid(size)
    guard size.rows >= 5, size.columns >= 20 else {
      grid.put("podmedic: terminal too small", row: 0, column: 0, width: size.columns)
      return (grid, nil)
    }
    let isFull = page?.isFullScreen == true
    let hasHeader = showsHeader && !isFull
    let (top, rest) = Rect(size).splitTop(hasHeader ? 1 : 0)
    let (middle, footer) = rest.splitBottom(isFull && prompt == nil && flash == nil ? 0 : 1)
    if hasHeader { drawHeader(in: top, &grid) }
    var cursor: Position?
    switch page?.content {
    case .table(let table): cursor = drawTable(table, in: middle, &grid)
    case .text(let text): drawText(text, in: middle, &grid)
    case .logs(let logs): drawLogs(logs, in: middle, &grid)
    case .remedy(let remedy): drawRemedy(remedy, in: middle, &grid)
    case .playbook(let playbook): drawPlaybook(playbook, in: middle, &grid)
    case nil: break
    }
    if let prompt {
      cursor = drawPrompt(prompt, in: footer, &grid)
    } else if let flash {
      grid.put([Span(" \(flash.text)", flash.role)], row: footer.row, column: 0, ellipsis: glyphs.ellipsis)
    } else if !isFull {
      drawFooter(in: footer, &grid)
    }
    if let prompt { drawSuggestions(prompt, in: middle, &grid) }
    if let palette {
      // What lies beneath it does not answer to clicks.
      clickTargets = []
      cursor = drawPalette(palette, in: middle, &grid)
    }
    return (grid, cursor)
  }

  private func drawHeader(in area: Rect, _ grid: inout Grid) {
    grid.fill(area, style: Style(.header))
    var right: [Span] = []
    if let trouble = session.trouble ?? staleness {
      right.append(Span("\(glyphs.stale) \(trouble)", .stale))
    } else if !session.serverVersion.isEmpty {
      right.append(Span(session.serverVersion, .header))
    }
    let rightWidth = min(right.reduce(1) { $0 + textWidth($1.text) }, area.columns / 2)
    let leftWidth = area.columns - rightWidth - 1
    put(
      headerStart(width: leftWidth) + favouriteSpans + drainSpans, row: area.row, column: 0, width: leftWidth,
      into: &grid)
    grid.put(
      right, row: area.row, column: area.columns - rightWidth, width: rightWidth - 1, ellipsis: glyphs.ellipsis)
  }

  /// Where one is, and as whom. What somebody must know before pressing a key comes before long names: they are cut.
  private func headerStart(width: Int) -> [(span: Span, target: ClickTarget?)] {
    let isDangerous = session.context.lowercased().contains("prod")
    var place = session.context.isEmpty ? "no context" : session.context
    if let capture = session.capture { place = "capture \(capture.path)" + (capture.time.map { ", \($0)" } ?? "") }
    let scope = namespace ?? "all namespaces"
    var marks: [Span] = []
    if !session.impersonated.isEmpty { marks.append(Span(" as \(session.impersonated)", .notice)) }
    if session.isInsecure { marks.append(Span(" INSECURE", .danger)) }
    if session.isReadOnly { marks.append(Span(" read-only", .notice)) }
    let crumb = " \(glyphs.crumb) "
    let name = " podmedic "
    let rest = marks.reduce(textWidth(crumb) + textWidth(scope) + 1) { $0 + textWidth($1.text) }
    let isNamed = rest + textWidth(name) + 1 + min(textWidth(place), 24) <= width
    let room = width - rest - (isNamed ? textWidth(name) + 1 : 0)
    if textWidth(place) > room { place = shortened(place, to: max(room, 8), ellipsis: glyphs.ellipsis) }
    var spans: [(span: Span, target: ClickTarget?)] = []
    if isNamed { spans.append((Span(name, Style(.title, .bold)), .key(Key("?")))) }
    spans.append((Span(" ", .header), nil))
    spans.append(
      session.capture == nil
        ? (Span(place, isDangerous ? .danger : .accent), .command("contexts")) : (Span(place, .notice), nil))
    spans += marks.map { ($0, nil) }
    spans.append((Span(crumb, .header), nil))
    spans.append((Span(scope, .accent), .command("namespaces")))
    return spans
  }

  /// That a drain is going on, wherever one looks.
  private var drainSpans: [(span: Span, target: ClickTarget?)] {
    guard let drain, drain.isRunning else { return [] }
    let (gone, all) = drain.counts(in: cluster)
    return [
      (Span("  "), nil), (Span("\(drain.word) \(drain.turn)\(gone)/\(all)", drain.role), .command("drain")),
    ]
  }

  /// How old what the page stands on has become, for pages that have no line of their own for it.
  private var staleness: String? {
    guard page?.table == nil else { return nil }
    for need in needs.sorted(by: { $0.resource.qualifiedName < $1.resource.qualifiedName }) {
      if case .stale(let since, _)? = cluster.store(need.resource)?.freshness {
        return "server lost \(now.since(since).human) ago, reconnecting"
      }
    }
    return nil
  }

  /// The namespaces that the keys 0 to 9 go to, once there are any to choose from.
  private var favouriteSpans: [(span: Span, target: ClickTarget?)] {
    guard !favourites.isEmpty else { return [] }
    var spans: [(span: Span, target: ClickTarget?)] = [(Span(" "), nil)]
    for (number, name) in ([nil] + favourites).enumerated() {
      let target = ClickTarget.key(Key(Character("\(number)")))
      spans += [
        (Span(" "), nil), (Span("\(number)", .key), target),
        (Span(" \(name ?? "all")", name == namespace ? .accent : .dim), target),
      ]
    }
    return spans
  }

  /// The line above the page: where this is, how much is shown, how fresh it is.
  func drawTitle(_ details: [Span], condition: TableCondition?, in area: Rect, _ grid: inout Grid) {
    guard !area.isEmpty else { return }
    var right = 0
    if let condition {
      let text = "\(session.capture == nil ? condition.word : condition.wordInCapture) "
      right = min(textWidth(text), area.columns / 2)
      grid.put([Span(text, condition.role)], row: area.row, column: area.columns - right, width: right)
    }
    let room = area.columns - right - 1
    // The page that is shown is named whatever lies below it.
    let between = textWidth(glyphs.crumb) + 2
    var width = pages.reduce(1) { $0 + textWidth($1.crumb) + between } - between
    width += details.reduce(0) { $0 + textWidth($1.text) }
    var first = 0
    while first < pages.count - 1, width + (first > 0 ? textWidth(glyphs.ellipsis) + between : 0) > room {
      width -= textWidth(pages[first].crumb) + between
      first += 1
    }
    var spans: [(span: Span, target: ClickTarget?)] = [(Span(" "), nil)]
    if first > 0 { spans.append((Span(glyphs.ellipsis, .dim), .page(first - 1))) }
    for (index, page) in pages.enumerated().dropFirst(first) {
      if index > 0 { spans.append((Span(" \(glyphs.crumb) ", .dim), nil)) }
      let isLast = index == pages.count - 1
      spans.append((Span(page.crumb, isLast ? Style(.crumb, .bold) : Style(.dim)), isLast ? nil : .page(index)))
    }
    spans += details.map { ($0, nil) }
    put(spans, row: area.row, column: 0, width: room, into: &grid)
  }

  private var titleRows: Int { showsCrumbs && page?.isFullScreen != true ? 1 : 0 }

  private func drawText(_ text: TextPage, in area: Rect, _ grid: inout Grid) {
    let (title, body) = area.splitTop(titleRows)
    bodyArea = body
    text.view.setSize(Size(columns: max(1, body.columns - 2), rows: body.rows))
    var details: [Span] = [Span("  \(Self.lines("\(text.view.lines.count)"))", .accent)]
    if let summary = text.view.search.summary { details.append(Span("  \(summary)", .match)) }
    drawTitle(details, condition: nil, in: title, &grid)
    text.view.draw(
      into: &grid, area: Rect(row: body.row, column: 1, rows: body.rows, columns: max(1, body.columns - 2)))
  }

  private static func lines(_ count: String) -> String { count == "1" ? "1 line" : "\(count) lines" }

  private func drawLogs(_ logs: LogView, in area: Rect, _ grid: inout Grid) {
    let (title, body) = area.splitTop(titleRows)
    bodyArea = body
    let counts = logs.counts
    let count = counts.shown == counts.total ? "\(counts.total)" : "\(counts.shown) of \(counts.total)"
    var details: [Span] = [Span("  \(Self.lines(count))", .accent)]
    if logs.buffer.dropped > 0 { details.append(Span("  \(logs.buffer.dropped) older ones gone", .dim)) }
    if logs.request.previous { details.append(Span("  before the last restart", .notice)) }
    if let filter = logs.filter { details.append(Span("  /\(filter.text)", .match)) }
    if logs.percentLeft > 0 { details.append(Span("  \(logs.percentLeft)% of the lines to go", .notice)) }
    switch logs.searching {
    case .underWay: details.append(Span("  searching \(glyphs.ellipsis)", .notice))
    case .notFound: details.append(Span("  '\(logs.search?.text ?? "")' not found", .match))
    case .nothing, .found: break
    }
    let condition =
      logs.openSources.isEmpty
      ? TableCondition(word: "ended", role: .dim)
      : logs.follows
        ? TableCondition(word: "following", role: .ok) : TableCondition(word: "paused, still reading", role: .notice)
    drawTitle(details, condition: condition, in: title, &grid)
    if counts.shown == 0 {
      let text =
        counts.total == 0
        ? "No lines yet." : logs.hasWork ? "Looking through the lines." : "No line matches. Esc shows all again."
      grid.put(text, row: body.row + 1, column: 3, style: Style(.dim))
    }
    logs.draw(into: &grid, area: body)
  }

  private func drawFooter(in area: Rect, _ grid: inout Grid) {
    let hints = Binding.active(in: contexts).filter { $0.weight > 0 }
    let help = hints.first { $0.action == .help }
    var room = area.columns - 2 - (help.map { width(of: $0) } ?? 0)
    var chosen: [Binding] = []
    for hint in hints.sorted(by: { $0.weight > $1.weight }) where hint.action != .help && chosen.count < 8 {
      if width(of: hint) <= room {
        chosen.append(hint)
        room -= width(of: hint)
      }
    }
    var column = 1
    for hint in chosen + (help.map { [$0] } ?? []) {
      guard let key = hint.keys.first else { continue }
      let width = grid.put(
        [Span(key.description, .key), Span(" \(hint.label)  ", .dim)], row: area.row, column: column)
      offer(.key(key), at: Rect(row: area.row, column: column, rows: 1, columns: max(0, width - 1)))
      column += width
    }
  }

  private func width(of binding: Binding) -> Int {
    textWidth(binding.keys.first?.description ?? "") + textWidth(binding.label) + 3
  }

  private func drawPrompt(_ prompt: Prompt, in area: Rect, _ grid: inout Grid) -> Position {
    // A line longer than the screen is scrolled so far that the cursor is in sight.
    let sign = min(textWidth(prompt.sign), max(1, area.columns - 22))
    let offset = max(0, prompt.editor.cursorColumn - (area.columns - 4 - sign))
    grid.put([Span(prompt.sign, .prompt)], row: area.row, column: 1, width: sign)
    let hint = prompt.editor.text.isEmpty ? prompt.hint : ""
    grid.put(
      [Span(prompt.editor.text), Span(prompt.ghost, .dim), Span(hint, .dim)], row: area.row, column: 1 + sign,
      width: max(0, area.columns - 2 - sign), offset: offset)
    return Position(row: area.row, column: min(area.columns - 1, 1 + sign + prompt.editor.cursorColumn - offset))
  }

  private func drawPalette(_ palette: Palette, in area: Rect, _ grid: inout Grid) -> Position {
    let box = area.centered(Size(columns: min(76, area.columns - 4), rows: min(20, area.rows - 2)))
    grid.fill(box)
    grid.box(box, title: [Span(" go anywhere, do anything ", .title)], glyphs: glyphs)
    let inner = box.inset()
    grid.put(
      [Span("> ", .prompt), Span(palette.editor.text)], row: inner.row, column: inner.column, width: inner.columns)
    let matches = palette.matches
    if matches.isEmpty {
      grid.put(
        "nothing is called that; : opens a kind by name", row: inner.row + 1, column: inner.column + 1,
        width: inner.columns - 1, style: Style(.dim))
    }
    var window = palette.window
    window.update(count: matches.count, height: inner.rows - 1)
    for (place, index) in window.visible.enumerated() {
      let entry = matches[index]
      let row = inner.row + 1 + place
      grid.put([Span(" "), Span(entry.title)], row: row, column: inner.column, width: 20, ellipsis: glyphs.ellipsis)
      grid.put([Span(entry.keys, .key)], row: row, column: inner.column + 20, width: 14, ellipsis: glyphs.ellipsis)
      grid.put(
        [Span(entry.help, .dim)], row: row, column: inner.column + 35, width: max(0, inner.columns - 35),
        ellipsis: glyphs.ellipsis)
      let line = Rect(row: row, column: inner.column, rows: 1, columns: inner.columns)
      offer(.paletteEntry(index), at: line)
      if index == window.cursor { grid.restyle(line) { $0.selected = true } }
    }
    return Position(row: inner.row, column: min(inner.endColumn - 1, inner.column + 2 + palette.editor.cursorColumn))
  }
}
