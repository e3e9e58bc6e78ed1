import Diagnosis
import Kube
import PlaybookKit
import Terminal

extension Interface {
  /// From so many columns on the step stands beside the list, else below it.
  private static let wideColumns = 100
  /// Number, sign and word of a line.
  private static let headWidth = 20

  func drawPlaybook(_ page: PlaybookPage, in area: Rect, _ grid: inout Grid) {
    let (title, body) = area.splitTop(showsCrumbs ? 1 : 0)
    guard let guided = page.guided, let report = guided.report else {
      bodyArea = body
      drawTitle([], condition: nil, in: title, &grid)
      let text = page.refusal ?? "reading the cluster \(glyphs.ellipsis)"
      let lines = Paragraph.lines([Paragraph(text: text, role: .dim)], width: body.columns - 4)
      for (row, line) in lines.enumerated() where row + 1 < body.rows {
        grid.put(line, row: body.row + row + 1, column: 2, width: body.columns - 3)
      }
      return
    }
    drawTitle([], condition: condition(of: page, guided), in: title, &grid)
    let head = self.head(guided, report, width: body.columns - 2)
    let (top, rest) = body.splitTop(min(head.count, body.rows / 3))
    for (row, line) in head.enumerated() where row < top.rows {
      grid.put(line, row: top.row + row, column: 1, width: top.columns - 2, ellipsis: glyphs.ellipsis)
    }
    let (ruler, parts) = rest.splitTop(1)
    drawRule(ruler, &grid)
    let list: Rect
    let detail: Rect
    if parts.columns >= Self.wideColumns {
      let (left, right) = parts.splitLeft(parts.columns / 2)
      list = left
      let (line, inner) = right.splitLeft(2)
      for row in line.row..<line.endRow {
        grid.put("\(glyphs.vertical)", row: row, column: line.column, style: Style(.border))
      }
      detail = Rect(row: inner.row, column: inner.column, rows: inner.rows, columns: inner.columns - 1)
    } else {
      // The list gives way, since it scrolls with the cursor; three lines of it show where one is.
      let (upper, lower) = parts.splitTop(min(guided.rows.count, max(3, parts.rows * 2 / 5)))
      list = upper
      let (line, inner) = lower.splitTop(1)
      drawRule(line, &grid)
      detail = Rect(row: inner.row, column: 1, rows: inner.rows, columns: inner.columns - 2)
    }
    drawSteps(guided, report, in: list, &grid)
    drawDetails(guided, report, in: detail, &grid)
  }

  /// What there is to say about the current line. Where it has no room, the last row says so and names the keys.
  private func drawDetails(_ guided: GuidedRun, _ report: RunReport, in area: Rect, _ grid: inout Grid) {
    let paragraphs = paragraphs(of: guided, report)
    let isTooLong = area.rows > 1 && Paragraph.lines(paragraphs, width: area.columns).count > area.rows
    let (text, mark) = area.splitTop(isTooLong ? area.rows - 1 : area.rows)
    guided.show(paragraphs, size: text.size)
    guided.detail.draw(into: &grid, area: text)
    guard isTooLong else { return }
    let scroll = guided.detail.scroll
    let words = scroll.isAtEnd ? "pgup: what is above" : "pgdn: \(scroll.count - scroll.visible.upperBound) more lines"
    grid.put(
      [Span("\(glyphs.ellipsis) \(words)", .key)], row: mark.row, column: mark.column, width: mark.columns,
      ellipsis: glyphs.ellipsis)
  }

  private func drawRule(_ area: Rect, _ grid: inout Grid) {
    guard !area.isEmpty else { return }
    let line = String(repeating: glyphs.horizontal, count: area.columns)
    grid.put(line, row: area.row, column: area.column, style: Style(.border))
  }

  /// What it is about, and what came of it so far.
  private func head(_ guided: GuidedRun, _ report: RunReport, width: Int) -> [[Span]] {
    var place = ""
    if let subject = report.subject {
      place = ": \(subject.shortText)" + (subject.namespace.isEmpty ? "" : " in \(subject.namespace)")
    }
    if !report.container.isEmpty { place += ", container \(report.container)" }
    var lines: [[Span]] = [[Span(report.playbook.title, Style(.title, .bold)), Span(place)]]
    if let doubt = guided.doubt {
      let since = report.subjectDoubt == nil ? "; below is how it was at \(report.time)" : ""
      var paragraphs = [Paragraph(label: "unknown", text: doubt.text + since, role: .unknown)]
      if let owner = guided.owner {
        paragraphs.append(Paragraph(label: "next", text: "enter looks at what \(owner.shortText) has now"))
      }
      return lines + Paragraph.lines(paragraphs, width: width)
    }
    if let cause = report.causes.first {
      lines += Paragraph.lines([Paragraph(label: "cause", text: cause.text, role: .critical)], width: width)
      lines += next(report, width: width)
    } else if report.playbook.isProcedure {
      let text =
        report.firstProblem.map { $0.sentence.isEmpty ? $0.title : $0.sentence }
        ?? (report.isDone
          ? "all is done"
          : report.verdict == .unknown ? "what is unknown below may hide something" : "nothing stands in the way")
      let role: Role = report.firstProblem == nil ? .dim : .critical
      lines += Paragraph.lines([Paragraph(label: "now", text: text, role: role)], width: width)
      lines += next(report, width: width)
    } else if let soundness = report.soundness {
      lines += Paragraph.lines([Paragraph(label: "well", text: soundness, role: .ok)], width: width)
    } else {
      let text =
        switch (report.question, report.firstProblem) {
        case (let step?, _): "not found yet; this waits for you: \(step.title)"
        case (nil, let step?): "not named; the first problem: \(step.sentence.isEmpty ? step.title : step.sentence)"
        case (nil, nil): report.verdict == .unknown ? "not found; what is unknown below may hide it" : "none found"
        }
      lines += Paragraph.lines([Paragraph(label: "cause", text: text, role: .dim)], width: width)
    }
    return lines
  }

  /// What a person does next, if anything.
  private func next(_ report: RunReport, width: Int) -> [[Span]] {
    guard let next = report.next, let number = report.path.firstIndex(of: next.id) else { return [] }
    let text = "\(next.title) (step \(number + 1))"
    return Paragraph.lines([Paragraph(label: "next", text: text, role: .accent)], width: width)
  }

  private func condition(of page: PlaybookPage, _ guided: GuidedRun) -> TableCondition {
    if !isRead(page) { return TableCondition(word: "reading the cluster", role: .progressing) }
    return guided.doubt == nil
      ? TableCondition(word: "live", role: .ok) : TableCondition(word: "as it was", role: .stale)
  }

  private func drawSteps(_ guided: GuidedRun, _ report: RunReport, in area: Rect, _ grid: inout Grid) {
    bodyArea = area
    let rows = guided.rows
    guided.window.update(count: rows.count, height: area.rows)
    guided.window.move(to: guided.place)
    for (place, index) in guided.window.visible.enumerated() where rows.indices.contains(index) {
      let row = area.row + place
      let line = Rect(row: row, column: area.column, rows: 1, columns: area.columns)
      let spans: [Span]
      switch rows[index] {
      case .step(let step):
        let look = StepLook(step, isReading: guided.isReading(step.id))
        // The number on the way that was taken; what is not on it has none.
        let number = report.path.firstIndex(of: step.id).map { "\($0 + 1)" } ?? ""
        let text = String(repeating: " ", count: max(0, 2 - number.count)) + number
        let word = look.word + String(repeating: " ", count: max(1, 15 - look.word.count))
        spans = [
          Span("\(text) ", .dim), Span("\(look.glyph(glyphs)) \(word)", look.role),
          Span(step.title, step.isReached ? .text : .dim),
        ]
      case .continuation(let name):
        spans = [Span("   \(glyphs.right) goes on        ", .accent), Span("playbook \(name)", .accent)]
      }
      grid.put(spans, row: row, column: area.column, width: area.columns - 1, ellipsis: glyphs.ellipsis)
      offer(.step(index), at: line)
      if index == guided.window.cursor { grid.restyle(line) { $0.selected = true } }
    }
  }

  private func paragraphs(of guided: GuidedRun, _ report: RunReport) -> [Paragraph] {
    switch guided.current {
    case .step(let step):
      return StepText(
        report: report, step: step, isReading: guided.isReading(step.id), text: guided.text(of: step.id),
        command: guided.command(of: step.id)?.run, writeRefusal: session.writeRefusal
      ).paragraphs
    case .continuation(let name):
      let title = playbooks[name]?.title ?? name
      return [
        Paragraph(text: title, role: .title),
        Paragraph(text: "The way leads on to playbook \(name). Enter opens it for the same object."),
      ]
    case nil: return []
    }
  }
}
