import Kube
import Terminal

extension Interface {
  /// Columns before the first one: cursor, severity, mark.
  private static let lead = 3

  /// From this height on there is room for causes of several lines.
  private static let highEnough = 18

  /// Draws a table with its title line; answers where the cursor stands.
  func drawTable(_ table: TableView, in area: Rect, _ grid: inout Grid) -> Position? {
    let (title, rest) = area.splitTop(showsCrumbs ? 1 : 0)
    let (header, below) = rest.splitTop(1)
    // Where there is a cause to tell, the bottom line tells the whole of it for the row under the cursor.
    let tellsCause = area.rows >= 8 && table.source.columns.contains { $0.id == "why" }
    // On a narrow screen it stands nowhere else, and does not fit into one line.
    let leastRows = area.columns < 60 && area.rows >= 10 ? 2 : 1
    let causeRows = max(leastRows, area.rows >= Self.highEnough ? table.source.causeRows : 1)
    let (body, causeLines) = below.splitBottom(tellsCause ? causeRows : 0)
    let now = clock()
    bodyArea = body
    table.setHeight(body.rows)
    let condition = table.source.condition

    let visible = Array(table.window.visible)
    let columns = table.scrolledColumns == 0 ? table.visibleColumns : table.scrolledInColumns
    var cells: [[String: TableCell]] = []
    var longest: [String: Int] = [:]
    // The sign of the sorted column is allowed for everywhere, so that sorting does not move columns.
    for column in columns { longest[column.id] = textWidth(column.title) + 1 }
    for index in visible {
      let row = table.cells(table.row(at: index), columns: columns, now: now)
      for column in columns {
        longest[column.id] = max(longest[column.id] ?? 0, row[column.id].map { textWidth($0.text) } ?? 0)
      }
      cells.append(row)
    }
    let layout = ColumnLayout(columns, longest: longest, width: area.columns - Self.lead - 1)
    table.hiddenColumns = layout.hidden
    drawTitle(details(of: table, layout), condition: condition, in: title, &grid)
    drawColumnHeaders(table, layout, in: header, &grid)
    if table.count == 0 { drawEmpty(table, condition, in: body, &grid) }
    if tellsCause { drawCause(table, in: causeLines, &grid) }
    var cursor: Position?
    for (place, index) in visible.enumerated() {
      let row = body.row + place
      drawRow(table.row(at: index), cells[place], table, layout, row: row, &grid)
      if index == table.window.cursor {
        grid.restyle(Rect(row: row, column: 0, rows: 1, columns: area.columns)) { $0.selected = true }
        cursor = Position(row: row, column: 0)
      }
    }
    return cursor
  }

  private func drawCause(_ table: TableView, in area: Rect, _ grid: inout Grid) {
    guard let current = table.current else { return }
    let cause = table.source.cell(current, column: "why", now: clock()).text
    let object = table.source.object(current)
    guard !cause.isEmpty, object != nil || area.rows > 1 else { return }
    let severity = table.source.severity(current)
    // A severity is never told by sign and colour alone.
    var word = table.visibleColumns.contains { $0.id == "level" } || severity == .none ? "" : "\(severity.word) "
    // The row has the name, too: it is repeated where it takes nothing away from the cause.
    var name = object.map { "\($0.container ?? $0.name): " } ?? ""
    func lines(_ text: String) -> [String] {
      area.rows > 1 ? wrapped(text, width: max(10, area.columns - Self.lead - 1)) : [text]
    }
    let isRoomy =
      area.rows > 1
      ? lines(word + name + cause).count <= area.rows
      : textWidth(word + name + cause) <= area.columns - Self.lead
    if !isRoomy { name = "" }
    if name.isEmpty, !word.isEmpty { word = "\(severity.word): " }
    var shown = lines(word + name + cause)
    // What is too long even so ends as it does in one line.
    if shown.count > area.rows {
      shown = shown.prefix(area.rows - 1) + [shown.dropFirst(area.rows - 1).joined(separator: " ")]
    }
    for (place, line) in shown.enumerated() {
      let start = place == 0 && line.hasPrefix(word) ? word : ""
      let rest = line.dropFirst(start.count)
      let dim = place == 0 && rest.hasPrefix(name) ? name : ""
      grid.put(
        [
          Span(place == 0 ? " \(glyph(of: severity)) " : "   ", severity.role),
          Span(start, severity.role), Span(dim, .dim), Span(String(rest.dropFirst(dim.count)), severity.role),
        ], row: area.row + area.rows - shown.count + place, column: 0, width: area.columns, ellipsis: glyphs.ellipsis)
    }
  }

  private func details(of table: TableView, _ layout: ColumnLayout) -> [Span] {
    let shown = table.count
    var details = [Span(shown == table.total ? "  \(shown)" : "  \(shown) of \(table.total)", .accent)]
    if let filter = table.filter { details.append(Span("  /\(filter.text)", .match)) }
    let isSortShown = layout.placed.contains { $0.column.id == table.sortColumn }
    if !isSortShown, let column = table.source.columns.first(where: { $0.id == table.sortColumn }) {
      let sign = table.sortDescending ? glyphs.sortedDown : glyphs.sortedUp
      details.append(Span("  by \(column.title.lowercased())\(sign)", .dim))
    }
    if table.onlyFaults { details.append(Span("  only trouble", .match)) }
    if !table.marks.isEmpty { details.append(Span("  \(table.marks.count) marked", .marked)) }
    if let note = table.source.note { details.append(Span("  \(note)", .notice)) }
    return details
  }

  private func drawColumnHeaders(_ table: TableView, _ layout: ColumnLayout, in area: Rect, _ grid: inout Grid) {
    for placed in layout.placed {
      let isSorted = placed.column.id == table.sortColumn
      let sign = isSorted ? (table.sortDescending ? glyphs.sortedDown : glyphs.sortedUp) : ""
      grid.put(
        [Span(placed.column.title + sign, Style(.header, isSorted ? .bold : []))], row: area.row,
        column: Self.lead + placed.start, width: placed.width, align: placed.column.alignment)
      offer(
        .sort(placed.column.id),
        at: Rect(row: area.row, column: Self.lead + placed.start, rows: 1, columns: placed.width))
    }
    if layout.hidden + table.scrolledColumns > 0 {
      let hint = (table.scrolledColumns > 0 ? "-\(table.scrolledColumns)" : "") + "+\(layout.hidden)"
      grid.put([Span(hint, .dim)], row: area.row, column: area.columns - textWidth(hint))
    }
  }

  private func drawRow(
    _ id: String, _ cells: [String: TableCell], _ table: TableView, _ layout: ColumnLayout, row: Int,
    _ grid: inout Grid
  ) {
    let severity = table.source.severity(id)
    let isMarked = table.marks.contains(id)
    if id == table.current { grid.put(glyphs.cursor, row: row, column: 0, width: 1, style: Style(.accent)) }
    grid.put(glyph(of: severity), row: row, column: 1, width: 1, style: Style(severity.role))
    if isMarked { grid.put(glyphs.mark, row: row, column: 2, width: 1, style: Style(.marked)) }
    for placed in layout.placed {
      guard let cell = cells[placed.column.id] else { continue }
      let column = Self.lead + placed.start
      if placed.column.id == "why", id == table.current, isUnplaced(id, in: table) {
        offer(.key(Key("x")), at: Rect(row: row, column: column, rows: 1, columns: placed.width))
      }
      // Names that differ at their ends only must still differ when they are cut.
      let isName = placed.column.id == "name" || placed.column.id == "object"
      let text =
        isName
        ? shortened(cell.text, to: placed.width, ellipsis: glyphs.ellipsis)
        : placed.column.isListOfWords ? fewerWords(cell.text, to: placed.width) : cell.text
      grid.put(
        [Span(text, isMarked ? .marked : cell.role)], row: row, column: column, width: placed.width,
        align: placed.column.alignment, ellipsis: glyphs.ellipsis)
      if let wanted = table.filter?.highlighted, placed.column.alignment == .leading {
        LineSearch(wanted, in: []).highlight(
          text, isCurrent: false, row: row, area: Rect(row: row, column: column, rows: 1, columns: placed.width),
          offset: 0, in: &grid)
      }
    }
  }

  func glyph(of severity: RowSeverity) -> String {
    switch severity {
    case .critical: glyphs.critical
    case .warning: glyphs.warning
    case .notice: glyphs.notice
    case .none: " "
    }
  }

  /// Says why there is nothing, and which key helps.
  private func drawEmpty(_ table: TableView, _ condition: TableCondition, in area: Rect, _ grid: inout Grid) {
    let text: String
    if table.total > 0 {
      text = "None of the \(table.total) rows matches. Esc shows all again."
    } else if let explanation = condition.explanation {
      text = explanation
    } else if let namespace {
      text = "No \(table.source.title) in namespace \(namespace). Press 0 for all namespaces."
    } else {
      text = "No \(table.source.title) in this cluster. Key : goes elsewhere."
    }
    let width = max(10, area.columns - 6)
    var lines = wrapped(text, width: width)
    if table.total == 0, let hint = session.troubleHint { lines += wrapped("hint: \(hint)", width: width) }
    for (index, line) in lines.enumerated() where index < area.rows - 1 {
      grid.put(line, row: area.row + 1 + index, column: Self.lead, width: area.columns - 4, style: Style(.dim))
    }
  }
}

/// The text with its middle left out where it is wider than `width`.
func shortened(_ text: String, to width: Int, ellipsis: String) -> String {
  let total = textWidth(text)
  guard total > width, width >= 8 else { return text }
  let tail = (width - 1) / 2
  var head = ""
  for character in text {
    guard textWidth(head) + textWidth(String(character)) <= width - 1 - tail else { break }
    head.append(character)
  }
  var end = ""
  for character in text.reversed() {
    guard textWidth(end) + textWidth(String(character)) <= tail else { break }
    end = String(character) + end
  }
  return head + ellipsis + end
}

/// A list of words, with dashes in the places of words that are missing, as it is where it fits; else its first words,
/// whole, and how many more there are.
func fewerWords(_ text: String, to width: Int) -> String {
  guard textWidth(text) > width else { return text }
  let words = text.split(separator: " ").filter { $0 != "-" }
  for count in stride(from: words.count, to: 0, by: -1) {
    let rest = words.count - count
    let short = words.prefix(count).joined(separator: " ") + (rest > 0 ? " +\(rest)" : "")
    if textWidth(short) <= width { return short }
  }
  return words.first.map(String.init) ?? ""
}
